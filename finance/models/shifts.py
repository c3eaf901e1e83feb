"""Shifts at a cash desk, and the cash that went through them beside payments."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.shared.audit import History
from clinic.shared.models import AppendOnly, Audited, StatusChange, money_field
from finance.models.desks import CashDesk
from finance.models.kept import kept
from finance.statuses import LIVE_SHIFTS, ShiftStatus


class Shift(Audited):
    """One person's time at a drawer. What the drawer must hold are the cash lines of the journals that name it."""

    status = models.CharField(max_length=10, choices=ShiftStatus.choices, default=ShiftStatus.OPEN)
    desk = models.ForeignKey(CashDesk, on_delete=models.PROTECT, related_name="shifts")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    cashier = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    business_date = models.DateField()
    opened_at = models.DateTimeField(db_default=Now())
    opening = money_field(default=0)  # the cash that was there when it began
    opening_notes = models.JSONField(default=dict, blank=True)  # how many of each note, where they were counted so
    counted = money_field(null=True, blank=True)
    counted_notes = models.JSONField(default=dict, blank=True)
    expected = money_field(null=True, blank=True)  # by the books when it was counted last
    left = money_field(null=True, blank=True)  # stays in the drawer for the next shift
    banked = money_field(default=0)  # taken to the bank at the end
    note = models.CharField(_("note"), max_length=200, blank=True)
    offered_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    came_from = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="went_to")
    closed_at = models.DateTimeField(null=True, blank=True)
    history = History()

    GUARD_SQL = kept(
        "finance_shift", "desk_id", "branch_id", "cashier_id", "business_date", "opened_at", "opening", "came_from_id"
    )

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        indexes = [models.Index(fields=["branch", "business_date"], name="shifts_of_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["desk"], condition=models.Q(status__in=LIVE_SHIFTS), name="one_live_shift_of_desk"
            ),
            models.UniqueConstraint(
                fields=["cashier"], condition=models.Q(status__in=LIVE_SHIFTS), name="one_live_shift_of_person"
            ),
            models.CheckConstraint(condition=models.Q(opening__gte=0), name="shift_opens_with_cash_or_none"),
            models.CheckConstraint(
                condition=models.Q(status=ShiftStatus.OPEN) | models.Q(counted__gte=0, expected__isnull=False),
                name="shift_ends_counted",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=ShiftStatus.OFFERED) | models.Q(offered_to__isnull=False),
                name="offered_to_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=ShiftStatus.CLOSED)
                | models.Q(
                    closed_at__isnull=False,
                    left__gte=0,
                    banked__gte=0,
                    counted__gte=models.F("left") + models.F("banked"),
                ),
                name="closed_shift_accounts_for_its_cash",
            ),
        ]

    @property
    def difference(self) -> Decimal | None:
        """Counted less expected: below zero is missing."""
        return None if self.counted is None or self.expected is None else self.counted - self.expected

    @property
    def off(self) -> Decimal:
        """How much it is, whichever way."""
        return abs(self.difference or Decimal(0))


class ShiftStatusChange(StatusChange):
    """One move of a shift."""

    subject = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="moves")
    counted = money_field(null=True)  # what was counted then, also where it was counted again


class MoveKind(models.TextChoices):
    OPENED = "opened", _("Cash at the opening")
    IN = "in", _("Cash put in")
    OUT = "out", _("Cash paid out")
    FROM_SAFE = "from_safe", _("Out of the safe")
    TO_SAFE = "to_safe", _("Into the safe")
    FROM_BANK = "from_bank", _("From the bank")
    TO_BANK = "to_bank", _("To the bank")
    SHORT = "short", _("Missing")
    OVER = "over", _("Too much")
    HANDED = "handed", _("Handed over")
    TAKEN_OVER = "taken_over", _("Taken over")
    LEFT = "left", _("Left for the next shift")


class CashMove(AppendOnly):
    """Cash that went into or out of a drawer beside payments; posted once, corrected by another one."""

    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="cash_moves")
    kind = models.CharField(max_length=12, choices=MoveKind.choices)
    amount = money_field()
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    business_date = models.DateField()
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    form_token = models.CharField(max_length=70, unique=True, null=True)

    class Meta:
        verbose_name = _("cash movement")
        verbose_name_plural = _("cash movements")
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="cash_move_positive")]
