"""What people write into the books by hand: closed periods, suppliers, vouchers, expenses that come again."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.shared.audit import History
from clinic.shared.models import AppendOnly, Audited, StatusChange, money_field
from finance.models.ledger import Account
from finance.statuses import DueStatus
from scheduling.models import Practitioner

PERIOD_OPEN = """
CREATE OR REPLACE FUNCTION ext.period_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE shut boolean;
BEGIN
    -- Shared by all who post; who closes a period takes it alone, and so waits until all that is under way is written.
    PERFORM pg_advisory_xact_lock_shared(hashtextextended(TG_TABLE_SCHEMA || ':books', 11));
    EXECUTE format('SELECT closes FROM %I.finance_periodmove WHERE $1 BETWEEN first_day AND last_day '
                   'ORDER BY id DESC LIMIT 1', TG_TABLE_SCHEMA) INTO shut USING NEW.business_date;
    IF shut THEN
        RAISE EXCEPTION 'the books of % are closed', NEW.business_date
            USING ERRCODE = 'check_violation', CONSTRAINT = 'period_is_open';
    END IF;
    IF NEW.posted_at = transaction_timestamp() THEN
        NEW.posted_at := clock_timestamp();  -- after the lock: what a closing has counted was posted before it
    END IF;
    RETURN NEW;
END $$;
"""
PERIOD_OPEN_TRIGGER = """
CREATE OR REPLACE TRIGGER period_is_open BEFORE INSERT ON finance_journal
    FOR EACH ROW EXECUTE FUNCTION ext.period_is_open();
"""


class PeriodMove(AppendOnly):
    """Days are closed, or opened again: of all moves over a day the newest holds."""

    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    closes = models.BooleanField()
    year_end = models.BooleanField(default=False)  # the year's profit was carried to the equity with it
    reason = models.CharField(_("reason"), max_length=200)
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    GUARD_SQL = [PERIOD_OPEN, PERIOD_OPEN_TRIGGER]

    class Meta:
        verbose_name = _("closed period")
        verbose_name_plural = _("closed periods")
        constraints = [
            models.CheckConstraint(condition=models.Q(first_day__lte=models.F("last_day")), name="period_has_days"),
        ]


class Supplier(Audited):
    """Whom the clinic owes for goods and services; what is owed stands in the books."""

    name = models.CharField(_("name"), max_length=120)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    tax_number = models.CharField(_("economic or tax number"), max_length=40, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    history = History()

    class Meta:
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["name"], name="supplier_named_once")]

    def __str__(self) -> str:
        return self.name


class VoucherKind(models.TextChoices):
    EXPENSE = "expense", _("Expense")
    INCOME = "income", _("Other income")
    TRANSFER = "transfer", _("Transfer between accounts")
    SUPPLIER = "supplier", _("Payment to a supplier")


class Voucher(AppendOnly):
    """A document written by hand: what was spent, came, or was moved. It is never changed; a reversal corrects it.

    `money` is the account that paid or received, none where it is owed to the supplier; `category` what for;
    `target` where a transfer went.
    """

    number = models.PositiveIntegerField(_("number"), unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=VoucherKind.choices)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    business_date = models.DateField(_("day"))
    amount = money_field()
    money = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Supplier, null=True, on_delete=models.PROTECT, related_name="vouchers")
    practitioner = models.ForeignKey(Practitioner, null=True, on_delete=models.PROTECT, related_name="+")
    memo = models.CharField(_("what for"), max_length=200)
    reference = models.CharField(_("reference number"), max_length=60, blank=True)
    form_token = models.CharField(max_length=60, null=True, unique=True)
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")
        indexes = [models.Index(fields=["-business_date", "-number"], name="vouchers_by_day")]
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="voucher_above_zero")]


class VoucherReversal(AppendOnly):
    """A voucher taken back, with the day on which it was."""

    voucher = models.OneToOneField(Voucher, on_delete=models.PROTECT, related_name="reversal")
    business_date = models.DateField()
    reason = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


class VoucherFile(AppendOnly):
    """A photo or PDF of the paper behind a voucher, decoded and written anew."""

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="files")
    stored = models.CharField(max_length=120)
    mime = models.CharField(max_length=40)
    size = models.PositiveIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")


class Every(models.TextChoices):
    WEEK = "week", _("Every week")
    MONTH = "month", _("Every month")
    QUARTER = "quarter", _("Every three months")
    YEAR = "year", _("Every year")


class RecurringExpense(Audited):
    """An expense that comes again: proposed on its day, posted when somebody confirms it."""

    name = models.CharField(_("what for"), max_length=120)
    every = models.CharField(_("how often"), max_length=10, choices=Every.choices, default=Every.MONTH)
    amount = money_field(verbose_name=_("usual amount"))
    category = models.ForeignKey(Account, verbose_name=_("category"), on_delete=models.PROTECT, related_name="+")
    money = models.ForeignKey(
        Account, verbose_name=_("paid from"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    branch = models.ForeignKey(Branch, verbose_name=_("branch"), on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey(Supplier, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(Practitioner, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(_("first day"))
    next_on = models.DateField(_("next day"))
    is_active = models.BooleanField(_("in use"), default=True)
    history = History()

    class Meta:
        verbose_name = _("recurring expense")
        verbose_name_plural = _("recurring expenses")
        ordering = ["next_on", "pk"]
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="recurring_above_zero")]

    def __str__(self) -> str:
        return self.name


class DueExpense(Audited):
    """One day of a recurring expense: it waits for somebody to confirm it, or to leave it out."""

    status = models.CharField(max_length=20, choices=DueStatus.choices, default=DueStatus.PROPOSED)
    recurring = models.ForeignKey(RecurringExpense, on_delete=models.PROTECT, related_name="due")
    due_on = models.DateField(_("day"))
    voucher = models.OneToOneField(Voucher, null=True, blank=True, on_delete=models.PROTECT, related_name="due")
    history = History()

    class Meta:
        verbose_name = _("expense to confirm")
        verbose_name_plural = _("expenses to confirm")
        ordering = ["due_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["recurring", "due_on"], name="due_once")]


class DueExpenseStatusChange(StatusChange):
    """A move of a proposed expense."""

    subject = models.ForeignKey(DueExpense, on_delete=models.PROTECT, related_name="moves")
