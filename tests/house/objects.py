"""The list of objects: which permission opens which text, wherever it is shown.

A role may meet a text in pages, API, exports, histories and searches when it holds one of the permissions that stand
here for its column, else for its table, else for its app. `OWN` stands for the patient herself and for who holds the
long link that she was sent; `ALL` for everybody.
"""

import re

from django.apps import apps

from clinic.accounts.permissions import Perm
from clinic.accounts.roles import ROLES, Role
from tests.house.canaries import SHARED_TABLES, mark

P = Perm
OWN, ALL = str(P.OWN_VIEW), "all"
CARE = {P.RECORD_VIEW}
DESK = {P.PATIENTS_VIEW}
MONEY = {P.INVOICES_VIEW, P.LEDGER_VIEW}
SEEN = re.compile(rb"CNRY-A-([a-z0-9]+)-\d+(?:-([a-z]+))?", re.IGNORECASE)

OBJECTS: dict[str, set[str]] = {
    "accounts": {*DESK},
    "accounts.branch": {ALL},
    "accounts.user.fullname": {*DESK, *MONEY, OWN},  # who posted; who read her record, where the clinic shows it
    "analytics": {P.MASTERMIND_VIEW},
    "patients": {*DESK},
    "patients.patient": {*DESK, OWN},
    "patients.patient.firstname": {*DESK, *MONEY, OWN},  # whose bill it is
    "patients.patient.lastname": {*DESK, *MONEY, OWN},
    "patients.patient.note": {*DESK},
    "patients.patient.referralsource": {*DESK},
    "patients.patient.externalid": {P.TABLES_VIEW},
    "scheduling": {P.DIARY_VIEW, P.FLOOR_VIEW},
    "scheduling.appointment.note": {P.DIARY_VIEW, P.FLOOR_VIEW, OWN},
    "scheduling.waitlistentry.note": {P.DIARY_BOOK, OWN},
    "scheduling.service": {ALL},
    "scheduling.servicecategory": {ALL},
    "scheduling.practitioner": {ALL},
    "scheduling.policytext": {ALL},
    "emr": CARE,
    "emr.file": {*DESK, OWN},
    "emr.encounter.advice": {*CARE, OWN},
    "emr.encounter.followupnote": {*CARE, OWN},
    "emr.medicationrequest": {*CARE, OWN},
    "emr.medicationrequest.warningoverridden": CARE,
    "emr.medication": {*CARE, P.SETUP_MANAGE},
    "emr.phrase": {*CARE, P.SETUP_MANAGE},
    "emr.notetemplate": {*CARE, P.SETUP_MANAGE},
    "emr.notetemplateversion": {*CARE, P.SETUP_MANAGE},
    "emr.handoff": {*CARE, OWN},
    "emr.interaction": {*CARE, P.RECORD_LISTS},
    "emr.vitalkind": {*CARE, P.RECORD_LISTS},
    "emr.vitalrange": {*CARE, P.RECORD_LISTS},
    "emr.outcomemeasure": {*CARE, P.RECORD_LISTS},
    "emr.orderitem": {*CARE, P.RECORD_LISTS},
    "emr.lettertemplate": {*CARE, P.RECORD_LISTS},
    "emr.result": {*CARE, OWN},
    "emr.servicerequest": {*CARE, OWN},
    "emr.letter": {*CARE, OWN},
    "emr.careplan": {*CARE, OWN},
    "emr.plangoal": {*CARE, OWN},
    "emr.intake": {*DESK},
    "emr.intakeform": {*DESK, OWN},
    "finance": {*MONEY},
    "finance.invoice": {*MONEY, OWN},
    "finance.invoiceline": {*MONEY, OWN},
    "finance.invoice.note": {*MONEY},
    "finance.invoiceline.discountreason": {*MONEY},
    "finance.payment": {*MONEY, OWN},
    "finance.package": {*MONEY, *DESK, OWN},
    "finance.packagekind": {*MONEY, P.SETUP_MANAGE, P.PAYMENTS_TAKE},
    "finance.giftcard": {*MONEY, OWN},
    "finance.coverage": {*DESK, *MONEY, OWN},
    "finance.insurer": {*DESK, *MONEY, OWN, P.SETUP_MANAGE},
    "finance.insurershare": {*MONEY, P.CLAIMS_WORK},
    "finance.claim": {*MONEY, P.CLAIMS_WORK},
    "finance.membership": {*MONEY, *DESK, OWN},
    "finance.membershipplan": {*MONEY, P.SETUP_MANAGE, P.PAYMENTS_TAKE},
    "finance.journal": {P.LEDGER_VIEW},
    "finance.account": {P.LEDGER_VIEW, P.CLAIMS_WORK},
    "finance.supplier": {P.LEDGER_VIEW},
    "finance.voucher": {P.LEDGER_VIEW},
    "finance.voucherreversal": {P.LEDGER_VIEW},
    "finance.recurringexpense": {P.LEDGER_VIEW},
    "finance.periodmove": {P.LEDGER_VIEW},
    "inventory": {P.STOCK_VIEW},
    "loyalty": {P.POINTS_VIEW, OWN},
    "messaging": {P.MESSAGES_VIEW},
    "messaging.followuptask": {P.FOLLOWUPS_WORK},
    "messaging.chatmessage": {P.CHAT_PATIENTS, OWN},
    "shared": {P.AUDIT_VIEW},
}


def _tables() -> dict[str, str]:
    """The mark of a table in its canaries → app and model."""
    found: dict[str, str] = {}
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label_lower.replace(".historical", ".")
        if model._meta.app_label not in SHARED_TABLES and "_" not in label:
            assert found.setdefault(mark(model._meta.db_table), label) == label, f"{label} has another's mark."
    return found


def readers(label: str, column: str) -> set[str]:
    """Who may read one column. Truncated names of columns (narrow ones) count as what they begin."""
    names = [name for name in OBJECTS if name.startswith(f"{label}.{column}")] if column else []
    for name in [f"{label}.{column}", *names, label, label.partition(".")[0]]:
        if name in OBJECTS:
            return OBJECTS[name]
    raise AssertionError(f"Say in {__name__} who may read {label}.{column}.")


def overheard(role: str, route: str, body: bytes) -> set[str]:
    """Texts in an answer that this role ("" is nobody) may not read."""
    holds = {ALL, *(ROLES[Role(role)].permissions if role else ())} - {OWN}
    if role == Role.PATIENT or "<str:token>" in route or "<str:key>" in route:
        holds.add(OWN)  # staff hold it too, for what is theirs; the walk is not about that
    tables, found = _tables(), set()
    for table, column in SEEN.findall(body):
        label = tables[table.decode().lower()]
        if not holds & readers(label, column.decode().lower()):
            found.add(f"{label}.{column.decode().lower()}")
    return found
