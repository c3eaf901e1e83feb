"""Double entry: journals whose lines sum to zero, written once, corrected by reversal."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import AppendOnly, Audited, money_field
from finance.models.shifts import Shift
from scheduling.models import Practitioner, Service

BALANCED = """
CREATE OR REPLACE FUNCTION ext.journal_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE total numeric;
BEGIN
    EXECUTE format('SELECT sum(amount) FROM %I.finance_journalline WHERE journal_id = $1', TG_TABLE_SCHEMA)
        INTO total USING NEW.journal_id;
    IF total <> 0 THEN
        RAISE EXCEPTION 'journal % does not balance: %', NEW.journal_id, total USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""
BALANCED_TRIGGER = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'journal_balances'
                   AND tgrelid = 'finance_journalline'::regclass) THEN
        CREATE CONSTRAINT TRIGGER journal_balances AFTER INSERT ON finance_journalline
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ext.journal_balances();
    END IF;
END $$;
"""
# Reports ask for days and branches of a million lines: each line carries its journal's, and only its journal's.
LINE_DAY = """
CREATE OR REPLACE FUNCTION ext.line_follows_journal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT business_date, branch_id FROM %I.finance_journal WHERE id = $1', TG_TABLE_SCHEMA)
        INTO NEW.business_date, NEW.branch_id USING NEW.journal_id;
    RETURN NEW;
END $$;
"""
LINE_DAY_TRIGGER = """
CREATE OR REPLACE TRIGGER line_follows_journal BEFORE INSERT ON finance_journalline
    FOR EACH ROW EXECUTE FUNCTION ext.line_follows_journal();
"""


class AccountKind(models.TextChoices):
    ASSET = "asset", _("Asset")
    LIABILITY = "liability", _("Liability")
    EQUITY = "equity", _("Equity")
    INCOME = "income", _("Income")
    EXPENSE = "expense", _("Expense")


class Account(Audited):
    """An account of the books. `code` is what the posting rules name; cash and card accounts name their branch."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=AccountKind.choices)
    branch = models.ForeignKey(Branch, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(_("in use"), default=True)
    is_money = models.BooleanField(_("money lies there"), default=False)  # a drawer, a bank, what is on its way to one
    history = History()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


JOURNAL_KINDS = {
    "issue": _("Bill issued"),
    "discount": _("Discount given"),
    "credit_note": _("Credit note"),
    "written_off": _("Bad debt written off"),
    "payment": _("Payment"),
    "deposit": _("Deposit"),
    "deposit_held": _("Deposit of an appointment"),
    "deposit_returned": _("Deposit returned to the credit"),
    "deposit_taken_back": _("Deposit taken back from the credit"),
    "refund": _("Money paid back"),
    "package_credit": _("Sold ahead and taken back"),
    "package_kept": _("Kept of a package taken back"),
    "package_expired": _("Package expired"),
    "gift_expired": _("Gift card expired"),
    "membership_earned": _("Membership, days that have passed"),
    "package_revived": _("Package valid again"),
    "commission": _("Doctors’ shares"),
    "commission_adjusted": _("Doctor’s wallet corrected"),
    "payout": _("Paid out to a doctor"),
    "points_earned": _("Points earned"),
    "points_expired": _("Points expired"),
    "points_reversed": _("Points taken back"),
    "points_revalued": _("New worth of a point"),
    "card_settled": _("Paid out by the bank"),
    "cheque_deposited": _("Cheque brought to the bank"),
    "cheque_cleared": _("Cheque cashed"),
    "cheque_bounced": _("Cheque bounced"),
    "cash_opened": _("Cash at the opening of a drawer"),
    "cash_in": _("Cash put into the drawer"),
    "cash_out": _("Cash paid out of the drawer"),
    "cash_from_safe": _("Cash out of the safe"),
    "cash_to_safe": _("Cash into the safe"),
    "cash_from_bank": _("Cash from the bank"),
    "cash_to_bank": _("Cash to the bank"),
    "cash_short": _("Cash missing"),
    "cash_over": _("Too much cash"),
    "cash_handed": _("Drawer handed over"),
    "cash_taken_over": _("Drawer taken over"),
    "cash_left": _("Cash left for the next shift"),
    "patients_merged": _("Carried to the card of the same person"),
    "patients_separated": _("Carried back to a separated card"),
    "claim_paid": _("Paid by an insurer"),
    "expense": _("Expense"),
    "income": _("Other income"),
    "transfer": _("Transfer between accounts"),
    "supplier": _("Payment to a supplier"),
    "opening": _("Opening balances"),
    "year_closed": _("Profit of the year carried to the equity"),
    "banked": _("Cash taken to the bank"),
    "stock_purchase": _("Stock received"),
    "stock_consume": _("Stock used in a visit"),
    "stock_sale": _("Stock sold"),
    "stock_return_in": _("Stock returned"),
    "stock_return_out": _("Stock sent back"),
    "stock_transfer_in": _("Stock from another branch"),
    "stock_transfer_out": _("Stock to another branch"),
    "stock_found": _("Stock found"),
    "stock_lost": _("Stock lost"),
    "stock_expired": _("Stock expired"),
    "stock_damaged": _("Stock damaged"),
}


class Journal(AppendOnly):
    """One posting: what happened, when, by whom. `cause` with `kind` makes it repeatable."""

    kind = models.CharField(max_length=30)
    cause = models.CharField(max_length=80)
    business_date = models.DateField()
    posted_at = models.DateTimeField(db_default=Now())
    branch = models.ForeignKey(Branch, null=True, on_delete=models.PROTECT, related_name="+")
    memo = models.CharField(max_length=200, blank=True)
    shift = models.ForeignKey(Shift, null=True, on_delete=models.PROTECT, related_name="journals")  # of its cash
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversed_by")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    erased_with = "lines"  # its words go with an erased person; amounts, accounts and days stay

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal entries")
        constraints = [models.UniqueConstraint(fields=["cause", "kind"], name="journal_once")]
        indexes = [
            models.Index(fields=["business_date"], name="journal_by_day"),
            models.Index(
                fields=["business_date"],
                name="journals_of_year_ends",
                condition=models.Q(kind__in=["year_closed", "year_closed_reversed"]),
            ),
        ]

    @property
    def kind_label(self) -> str:
        """What it is, in words."""
        if self.kind in JOURNAL_KINDS:
            return str(JOURNAL_KINDS[self.kind])
        plain = self.kind.removesuffix("_reversed")
        return str(_("Taken back: %(what)s") % {"what": JOURNAL_KINDS.get(plain, plain)})

    @property
    def size(self) -> Decimal:
        """The sum of one side."""
        return sum((line.amount for line in self.lines.all() if line.amount > 0), Decimal(0))


class JournalLine(AppendOnly):
    """One side: positive is debit, negative is credit. Sums to zero over its journal, checked at commit."""

    journal = models.ForeignKey(Journal, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lines")
    amount = money_field()
    patient = models.ForeignKey(Patient, null=True, on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(Practitioner, null=True, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, null=True, on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey("finance.Supplier", null=True, on_delete=models.PROTECT, related_name="+")
    insurer = models.ForeignKey("finance.Insurer", null=True, on_delete=models.PROTECT, related_name="+")
    # Written by the database from the journal, whatever is given.
    business_date = models.DateField(null=True, editable=False)
    branch = models.ForeignKey(Branch, null=True, editable=False, on_delete=models.PROTECT, related_name="+")

    GUARD_SQL = [BALANCED, BALANCED_TRIGGER, LINE_DAY, LINE_DAY_TRIGGER]

    class Meta:
        verbose_name = _("journal line")
        verbose_name_plural = _("journal lines")
        constraints = [models.CheckConstraint(condition=~models.Q(amount=0), name="line_not_zero")]
        indexes = [
            models.Index(fields=["account", "business_date", "journal"], include=["amount"], name="lines_of_account"),
            models.Index(fields=["business_date", "account"], include=["amount"], name="lines_by_day"),
            models.Index(fields=["patient"], name="lines_of_patient", condition=models.Q(patient__isnull=False)),
            models.Index(fields=["insurer"], name="lines_of_insurer", condition=models.Q(insurer__isnull=False)),
            models.Index(fields=["supplier"], name="lines_of_supplier", condition=models.Q(supplier__isnull=False)),
        ]


class WalletAccount(models.Model):
    """A patient's credit with the clinic, equal to her lines on the wallet account; locked by whoever changes it."""

    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, related_name="wallet")
    balance = money_field(default=0)

    stays_on_merge = "The credit goes over by a journal."

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(balance__gte=0), name="wallet_not_negative")]
