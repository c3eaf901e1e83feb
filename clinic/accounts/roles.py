"""Every role on one page: its name, the sentence a manager reads, and what it may do."""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinic.accounts.permissions import Perm


class Role(models.TextChoices):
    """The name is what the database keeps."""

    PATIENT = "patient", _("Patient")
    SECRETARY = "secretary", _("Reception")
    NURSE = "nurse", _("Nurse or assistant")
    DOCTOR = "doctor", _("Doctor")
    CASHIER = "cashier", _("Cashier")
    ACCOUNTANT = "accountant", _("Accountant")
    MANAGER = "manager", _("Branch manager")
    OWNER = "owner", _("Owner")
    OPERATOR = "operator", _("Platform operator")


@dataclass(frozen=True)
class RoleCard:
    """What stands behind a role's name."""

    sentence: str | Promise
    home: str
    permissions: frozenset[Perm]
    needs_totp: bool = False
    on_platform: bool = False


_OWN = frozenset({Perm.OWN_VIEW, Perm.OWN_BOOK})
_DESK = frozenset(
    {
        Perm.DIARY_VIEW,
        Perm.DIARY_BOOK,
        Perm.DAYPACK_TAKE,
        Perm.FEES_DECIDE,
        Perm.FLOOR_VIEW,
        Perm.FLOOR_WORK,
        Perm.PATIENTS_VIEW,
        Perm.PATIENTS_EDIT,
        Perm.SEGMENTS_VIEW,
        Perm.FILES_ADD,
        Perm.INVOICES_VIEW,
        Perm.PAYMENTS_TAKE,
        Perm.POINTS_VIEW,
        Perm.POINTS_REDEEM,
        Perm.STOCK_VIEW,
        Perm.FOLLOWUPS_WORK,
        Perm.MESSAGES_VIEW,
        Perm.CHAT,
        Perm.CHAT_PATIENTS,
    }
)
_MANAGER = _DESK | {
    Perm.DIARY_OVERRIDE,
    Perm.INVOICES_ISSUE,
    Perm.PAYMENTS_REFUND,
    Perm.REFUND_CHANNEL,
    Perm.CASH_MANAGE,
    Perm.CLAIMS_WORK,
    Perm.DEBTS_WRITE_OFF,
    Perm.DISCOUNTS_GIVE,
    Perm.STOCK_MOVE,
    Perm.STOCK_MANAGE,
    Perm.SETUP_MANAGE,
    Perm.RECORD_LISTS,
    Perm.SEGMENTS_EDIT,
    Perm.SEGMENTS_EXPORT,
    Perm.PATIENTS_MERGE,
    Perm.PATIENTS_EXPORT,
    Perm.PATIENTS_ERASE,
}

ROLES: dict[Role, RoleCard] = {
    Role.PATIENT: RoleCard(_("Books, and sees her own visits and bills."), "/my/", _OWN),
    Role.SECRETARY: RoleCard(
        _("Runs the day: bookings, check-in, queue, payments and the call list. Reads no medical notes."),
        "/desk/",
        _OWN | _DESK,
    ),
    Role.NURSE: RoleCard(
        _("Leads patients to rooms, prepares visits and records what was used."),
        "/desk/queue/",
        _OWN
        | {
            Perm.DIARY_VIEW,
            Perm.DAYPACK_TAKE,
            Perm.FLOOR_VIEW,
            Perm.FLOOR_WORK,
            Perm.PATIENTS_VIEW,
            Perm.RECORD_VIEW,
            Perm.FILES_ADD,
            Perm.RECORD_MEASURE,
            Perm.STOCK_VIEW,
            Perm.STOCK_MOVE,
            Perm.CHAT,
            Perm.CHAT_PATIENTS,
            Perm.ONLINE_MEET,
        },
    ),
    Role.DOCTOR: RoleCard(
        _("Sees the whole record of patients, writes and prescribes. Sees no payroll and no books."),
        "/doctor/",
        _OWN
        | {
            Perm.DIARY_VIEW,
            Perm.DAYPACK_TAKE,
            Perm.FLOOR_VIEW,
            Perm.FLOOR_WORK,
            Perm.PATIENTS_VIEW,
            Perm.RECORD_VIEW,
            Perm.FILES_ADD,
            Perm.RECORD_WRITE,
            Perm.PRESCRIBE,
            Perm.WALLET_OWN,
            Perm.RECORD_MEASURE,
            Perm.RECORD_LISTS,
            Perm.PATIENTS_EXPORT,
            Perm.STOCK_VIEW,
            Perm.CHAT,
            Perm.CHAT_PATIENTS,
            Perm.ONLINE_MEET,
        },
    ),
    Role.CASHIER: RoleCard(
        _("Takes payments, pays back and closes the day. Reads no medical notes."),
        "/finance/",
        _OWN
        | {
            Perm.FLOOR_VIEW,
            Perm.PATIENTS_VIEW,
            Perm.INVOICES_VIEW,
            Perm.INVOICES_ISSUE,
            Perm.PAYMENTS_TAKE,
            Perm.PAYMENTS_REFUND,
            Perm.CASH_MANAGE,
            Perm.CLAIMS_WORK,
            Perm.LEDGER_VIEW,
            Perm.POINTS_VIEW,
            Perm.POINTS_REDEEM,
            Perm.CHAT,
        },
    ),
    Role.ACCOUNTANT: RoleCard(
        _("Keeps the books: reports, vouchers, terminals, closed periods. Opens no patient and no medical record."),
        "/finance/ledger/",
        _OWN
        | {
            Perm.INVOICES_VIEW,
            Perm.CASH_MANAGE,
            Perm.LEDGER_VIEW,
            Perm.LEDGER_WRITE,
            Perm.PERIODS_CLOSE,
            Perm.WALLETS_VIEW,
            Perm.WALLETS_PAY,
        },
    ),
    Role.MANAGER: RoleCard(
        _("Runs one branch: everything of reception, set-up, stock and discounts there."),
        "/desk/",
        _OWN | _MANAGER,
    ),
    Role.OWNER: RoleCard(
        _("Decides: numbers, books, staff, rules and the log of changes. Reads no medical notes."),
        "/mastermind/",
        # What patients write to the desk and in online visits is not for the owner to read.
        _OWN
        | (_MANAGER - {Perm.CHAT_PATIENTS})
        | {
            Perm.LEDGER_VIEW,
            Perm.LEDGER_WRITE,
            Perm.PERIODS_CLOSE,
            Perm.WALLETS_VIEW,
            Perm.WALLETS_PAY,
            Perm.COMMISSIONS_SET,
            Perm.POINTS_RULES,
            Perm.MASTERMIND_VIEW,
            Perm.TABLES_VIEW,
            Perm.AUDIT_VIEW,
            Perm.ACCESS_VIEW,
            Perm.STAFF_MANAGE,
        },
        needs_totp=True,
    ),
    Role.OPERATOR: RoleCard(
        _("Admits clinics to the platform and watches over it."),
        "/control/",
        frozenset({Perm.PLATFORM_CLINICS, Perm.PLATFORM_AUDIT}),
        needs_totp=True,
        on_platform=True,
    ),
}

# After sign-in the person lands on the home of the first of these roles that they have.
HOME_ORDER = [
    Role.OPERATOR,
    Role.OWNER,
    Role.MANAGER,
    Role.DOCTOR,
    Role.SECRETARY,
    Role.CASHIER,
    Role.ACCOUNTANT,
    Role.NURSE,
    Role.PATIENT,
]


def roles_with(permission: str) -> list[Role]:
    """The roles that hold a permission, in the order of the page."""
    return [role for role, card in ROLES.items() if permission in card.permissions]
