"""Cash desks and their shifts: who holds a drawer, what went in and out of it, what was counted."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.shared.audit import History
from clinic.shared.models import AppendOnly, Audited, money_field


class BranchCash(Audited):
    """How a branch keeps its cash; without a row (or with `uses_shifts` off) cash is taken without shifts."""

    branch = models.OneToOneField(Branch, on_delete=models.PROTECT, related_name="cash_rules")
    uses_shifts = models.BooleanField(_("cash is taken in shifts only"), default=False)
    is_blind = models.BooleanField(_("the drawer is counted without seeing what it should hold"), default=True)
    history = History()

    class Meta:
        verbose_name = _("rules of cash")
        verbose_name_plural = _("rules of cash")


class CashDesk(Audited):
    """A drawer with a place. With `is_shared` colleagues of the branch may use it while somebody's shift is open."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="cash_desks")
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    is_shared = models.BooleanField(_("colleagues may take cash here too"), default=True)
    is_active = models.BooleanField(_("in use"), default=True)
    history = History()

    class Meta:
        verbose_name = _("cash desk")
        verbose_name_plural = _("cash desks")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["branch", "name"], name="desk_of_this_name")]

    def __str__(self) -> str:
        return self.name


class DayClose(AppendOnly):
    """A day of a branch as it was closed: its figures, and the cash counted. What comes later is of the next day."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="cash_days_closed")
    day = models.DateField()
    figures = models.JSONField()
    expected = money_field()
    counted = money_field()
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("closed day")
        verbose_name_plural = _("closed days")
        constraints = [models.UniqueConstraint(fields=["branch", "day"], name="books_closed_once_a_day")]
