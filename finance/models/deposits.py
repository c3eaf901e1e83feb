"""Deposits of appointments."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import Audited, StatusChange, money_field
from finance.statuses import DepositStatus
from scheduling.models import Appointment


class Deposit(Audited):
    """Money asked for when an appointment is booked: a debt of the clinic until the visit, then part of its bill.

    It goes with the appointment when that is moved. What is held is what came less what was used and returned.
    """

    status = models.CharField(max_length=10, choices=DepositStatus.choices, default=DepositStatus.ASKED)
    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="deposit_row")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    amount = money_field(verbose_name=_("amount"))  # asked for
    paid = money_field(default=0)
    used = money_field(default=0)  # on bills
    returned = money_field(default=0)  # into the patient's credit
    history = History()

    class Meta:
        verbose_name = _("deposit")
        verbose_name_plural = _("deposits")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="deposit_positive"),
            models.CheckConstraint(
                condition=models.Q(used__gte=0, returned__gte=0, paid__gte=models.F("used") + models.F("returned")),
                name="used_in_deposit",
            ),
            models.CheckConstraint(
                condition=models.Q(status=DepositStatus.HELD, paid__gt=models.F("used") + models.F("returned"))
                | models.Q(~models.Q(status=DepositStatus.HELD), paid=models.F("used") + models.F("returned")),
                name="held_while_something_is_left",
            ),
        ]

    @property
    def held(self) -> Decimal:
        """What the clinic keeps for her now."""
        return self.paid - self.used - self.returned


class DepositStatusChange(StatusChange):
    """One move of a deposit."""

    subject = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="moves")
