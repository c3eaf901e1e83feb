"""Every route of a clinic host as a callable address: what the policy says, with ids and tokens that exist."""

import re
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from clinic.accounts.models import Branch, RoleGrant, User
from clinic.patients.models import (
    Consent,
    Patient,
    PatientAccess,
    PatientMerge,
    RecordExport,
    RelatedPerson,
    Segment,
    Tag,
)
from clinic.roof.management.commands.policy import lines
from emr.models import (
    AllergyIntolerance,
    BackgroundEntry,
    CarePlan,
    Condition,
    Cosign,
    Encounter,
    FavouriteDrug,
    File,
    Intake,
    IntakeForm,
    Interaction,
    Letter,
    LetterTemplate,
    Medication,
    MedicationRequest,
    NoteTemplate,
    OrderItem,
    OutcomeMeasure,
    OutcomeScore,
    PhoneLink,
    Phrase,
    PlanGoal,
    PrescriptionSet,
    ServiceRequest,
    VitalSign,
)
from finance.models import (
    Account,
    CashDesk,
    Cheque,
    Claim,
    ClaimLine,
    Commission,
    CommissionRule,
    Coverage,
    CreditNote,
    DebtContact,
    Discount,
    DueExpense,
    GiftCard,
    Insurer,
    InsurerTerms,
    Invoice,
    Journal,
    Membership,
    MembershipPlan,
    OnlinePayment,
    Package,
    PackageKind,
    Payment,
    PaymentPlan,
    Payout,
    PayPoint,
    RecurringExpense,
    Shift,
    Supplier,
    Voucher,
    VoucherFile,
    WriteOff,
)
from inventory.models import Item, Lot
from messaging.models import Conversation, FollowUpTask, Message
from scheduling.models import (
    Appointment,
    Display,
    Equipment,
    EquipmentKind,
    FreedTime,
    Holiday,
    MissFee,
    OnlineEvent,
    Practitioner,
    Room,
    Service,
    ServiceCategory,
    TimeOff,
    Visit,
    WaitlistEntry,
    WaitlistOffer,
    WorkingHours,
)
from scheduling.views.coming import door_key

# Which thing an address speaks of: by the parameter's own name, else by the word before it.
BY_NAME: dict[str, Any] = {
    "appointment_id": Appointment, "kind_pk": EquipmentKind,
    "visit_id": Visit, "patient_id": Patient, "service_id": Service, "service": Service, "item_id": Item,
    "branch_pk": Branch, "branch": Branch, "grant_pk": RoleGrant, "access_pk": PatientAccess, "consent_pk": Consent,
    "other_pk": Patient, "related_pk": RelatedPerson, "merge_pk": PatientMerge, "segment_pk": Segment, "tag_pk": Tag,
    "condition": Condition, "allergy": AllergyIntolerance, "line": MedicationRequest,
    "favourite": FavouriteDrug, "of_set": PrescriptionSet, "entry": BackgroundEntry,
    "cosign": Cosign, "kind_id": PackageKind, "plan_id": MembershipPlan,
    "vital": VitalSign, "measure": OutcomeMeasure, "score": OutcomeScore, "goal": PlanGoal,
}  # fmt: skip
BY_WORD: dict[str, Any] = {
    "packages": Package, "sell": Patient, "sell-gift": Patient, "gift-cards": GiftCard,
    "memberships": Membership, "sell-membership": Patient,
    "online-payments": OnlinePayment, "labels": Tag, "records": RecordExport, "readers": Patient,
    "appointments": Appointment, "visits": Visit, "visit": Visit, "displays": Display, "patients": Patient,
    "for-patient": Patient, "record": Encounter, "drugs": Medication, "encounters": Encounter, "invoices": Invoice,
    "prescriptions": Encounter, "payments": Payment, "ledger": Journal, "follow-ups": FollowUpTask, "messages": Message,
    "family": Patient, "branches": Branch, "doctors": Practitioner, "services": Service, "rooms": Room, "staff": User,
    "holidays": Holiday, "time-off": TimeOff, "items": Item, "lots": Lot,
    "chat": Conversation, "conversations": Conversation, "online": OnlineEvent,  # stands for its appointment
    "hours": WorkingHours, "equipment": EquipmentKind, "categories": ServiceCategory, "devices": Equipment,
    "decide": Appointment, "fees": MissFee, "next": Practitioner,
    "files": File, "codes": PhoneLink, "intake": Intake,
    "templates": NoteTemplate, "phrases": Phrase,
    "waitlist": WaitlistEntry, "offers": WaitlistOffer, "times": FreedTime,
    "desks": CashDesk, "shifts": Shift, "commissions": CommissionRule, "shares": Commission, "payouts": Payout,
    "wallets": Practitioner, "doctor-wallets": Practitioner,
    "credit-notes": CreditNote, "discounts": Discount,
    "vouchers": Voucher, "papers": VoucherFile, "suppliers": Supplier, "recurring": RecurringExpense, "due": DueExpense,
    "accounts": Account, "opening": Journal, "journals": Journal,
    "background": BackgroundEntry, "scores": OutcomeScore, "outcome-measures": OutcomeMeasure,
    "prescription-sets": PrescriptionSet, "interactions": Interaction, "examinations": OrderItem,
    "letter-templates": LetterTemplate, "medications": Medication,
    "terminals": PayPoint, "places": PayPoint, "instalments": PaymentPlan, "write-offs": WriteOff,
    "claims": Claim, "claim-lines": ClaimLine, "insurance-of": Patient,
    "coverages": Coverage, "insurers": Insurer, "contracts": InsurerTerms, "cheques": Cheque,
    "<str:which>": Interaction, "orders": ServiceRequest, "letters": Letter, "plans": CarePlan,
}  # fmt: skip
WORDS = {
    "which": "interactions",
    "kind": "pdf",
    "do": "arrive",
    "hex": "0f766e",
    "sheet": "csv",
    "asked": "q3",
    "app_label": "patients",
}
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>|\(\?P<(\w+)>[^)]*\)")


@dataclass(frozen=True)
class Call:
    """One line of the policy as an address."""

    method: str
    route: str
    path: str
    roles: frozenset[str]

    @property
    def public(self) -> bool:
        """Whether everybody may come."""
        return "public" in self.roles


class Ids:
    """Real ids and tokens of the clinic at hand."""

    def __init__(self) -> None:
        visit = Visit.objects.filter(appointment__isnull=False).order_by("pk").first()
        patient = visit.patient
        self.rows: dict[Any, int] = {
            Visit: visit.pk,
            Patient: patient.pk,
            Appointment: Appointment.objects.filter(patient=patient, status="booked").order_by("pk").first().pk,
            Encounter: Encounter.objects.order_by("pk").first().pk,
            Service: visit.service_id,
            Practitioner: visit.practitioner_id,
            Conversation: Conversation.objects.get(kind="clinic").pk,
            OnlineEvent: OnlineEvent.objects.order_by("pk").first().appointment_id,
        }
        self.tokens = {
            "/a/": Appointment.objects.get(pk=self.rows[Appointment]).link_token,
            "/v/": Appointment.objects.get(pk=self.rows[OnlineEvent]).link_token,
            "/here/": door_key(Branch.objects.order_by("pk").first()),
            "/q/": Visit.objects.filter(status="arrived").order_by("pk").first().queue_token,
            "/cal/": f"{connection.schema_name}-feed",  # made by the canaries
            "/in/": Intake.objects.order_by("pk").first().token,
            "/phone/": f"{connection.schema_name}-phone",
            "/pay/visit/": Appointment.objects.get(pk=self.rows[Appointment]).link_token,
            "/pay/": OnlinePayment.objects.order_by("pk").first().token,
            "/w/": WaitlistEntry.objects.order_by("pk").first().link_token,
            "/o/": WaitlistOffer.objects.order_by("pk").first().token,
            "/my/record/": RecordExport.objects.order_by("pk").first().token,
            "/owed/": DebtContact.objects.order_by("pk").first().token,
            "/bill/": Invoice.objects.order_by("pk").last().public_token,
        }

    def of(self, model: Any) -> int:
        """The id of one row, the same in both clinics."""
        if model not in self.rows:
            self.rows[model] = model.objects.order_by("pk").first().pk
        return self.rows[model]

    def address(self, route: str) -> str:
        """A route with its parameters filled in."""

        def filled(found: re.Match[str]) -> str:
            name = found[2] or found[3]
            if name in WORDS:
                return WORDS[name]
            if name in {"token", "key"}:
                return next(token for start, token in self.tokens.items() if route.startswith(start))
            if name == "object_id":
                return "1"
            before = route[: found.start()].strip("/").rsplit("/", 1)[-1]
            if route.startswith("/set-up/intake/"):
                return str(self.of(IntakeForm))
            return str(self.of(BY_NAME.get(name) or BY_WORD[before]))

        return PARAMETER.sub(filled, route).replace("\\", "")


def calls(ids: Ids, *, tables: bool = True) -> list[Call]:
    """Every line of the policy of clinic hosts; a parameter nobody knows fails here, so new routes are walked too."""
    found = []
    for line in sorted(set(lines())):
        method, rest = line.split(" ", 1)
        route, roles = rest.rsplit(" ", 1)
        if method == "WS" or route.startswith("platform:"):
            continue
        if not tables and route.startswith("/mastermind/tables/"):
            continue
        found.append(Call(method, route, ids.address(route), frozenset(roles.split(","))))
    return found


def ask(client: Client, call: Call, method: str = "", **more: Any) -> HttpResponse:
    """One request whose effects are taken back."""
    with transaction.atomic():
        answer = client.generic(method or call.method, call.path, **more)
        answer.body = body_of(answer)  # type: ignore[attr-defined]  # put there by the tests
        transaction.set_rollback(True)
    return answer  # type: ignore[no-any-return]  # Django's test client is untyped


def body_of(answer: Any) -> bytes:
    """Everything an answer says: headers, cookies and content."""
    head = "\n".join(f"{name}: {value}" for name, value in answer.items()) + answer.cookies.output()
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return head.encode() + b"\n\n" + content


def is_refusal(answer: HttpResponse) -> bool:
    """Not for this person: sign in, forbidden, unknown, or not this method."""
    if answer.status_code in {301, 302}:
        return answer["Location"].startswith("/sign-in")
    return answer.status_code in {401, 403, 404, 405}
