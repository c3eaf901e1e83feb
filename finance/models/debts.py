"""What is owed and not paid: reminders and promises, bad debts given up, bills sent by SMS."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import AppendOnly, Audited, money_field
from finance.models.documents import Invoice


class ContactKind(models.TextChoices):
    REMINDED = "reminded", _("Reminder by SMS")
    PROMISED = "promised", _("Promise to pay")
    CALLED = "called", _("Called")
    NOTED = "noted", _("Note")


def contact_token() -> str:
    """What the link in a reminder carries."""
    return secrets.token_urlsafe(18)


class DebtContact(AppendOnly):
    """One time that somebody who owes was reminded or spoken to, and what came of it.

    `cause` lets a reminder go out once a day, whoever asks for it; `token` is the link that it carries.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="debt_contacts")
    kind = models.CharField(_("kind"), max_length=10, choices=ContactKind.choices)
    amount = money_field(verbose_name=_("owed then"), default=0)
    note = models.CharField(_("note"), max_length=200, blank=True)
    promised_on = models.DateField(_("promised for"), null=True, blank=True)
    next_on = models.DateField(_("call again on"), null=True, blank=True)
    is_automatic = models.BooleanField(default=False)
    cause = models.CharField(max_length=80, null=True, unique=True)
    token = models.CharField(max_length=43, unique=True, default=contact_token)
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("contact about a debt")
        verbose_name_plural = _("contacts about debts")
        indexes = [models.Index(fields=["patient", "-at"], name="debt_contacts_of_patient")]


class DebtRules(Audited):
    """When patients are reminded of what they owe without anybody's asking; one row, made when first set."""

    only_one = models.BooleanField(default=True, unique=True, editable=False)
    is_on = models.BooleanField(_("remind by itself"), default=False)
    after_days = models.PositiveSmallIntegerField(_("days after the bill"), default=30)
    every_days = models.PositiveSmallIntegerField(_("days between two reminders"), default=14)
    most = models.PositiveSmallIntegerField(_("reminders at most"), default=3)
    least = money_field(verbose_name=_("smallest debt"), default=0)
    history = History()

    class Meta:
        verbose_name = _("rules of reminders")
        verbose_name_plural = _("rules of reminders")


class WriteOff(AppendOnly):
    """What is not expected to be paid any more: the claim becomes a cost. Taken back when she pays after all."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="write_offs")
    amount = money_field(verbose_name=_("amount"))
    reason = models.CharField(_("reason"), max_length=200)
    business_date = models.DateField()
    form_token = models.CharField(max_length=60, null=True, unique=True)
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("bad debt")
        verbose_name_plural = _("bad debts")
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="write_off_positive")]


class WriteOffReversal(AppendOnly):
    """A bad debt that is owed again, with the day on which it was."""

    write_off = models.OneToOneField(WriteOff, on_delete=models.PROTECT, related_name="reversal")
    reason = models.CharField(_("reason"), max_length=200)
    business_date = models.DateField()
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("bad debt taken back")
        verbose_name_plural = _("bad debts taken back")


class BillSending(AppendOnly):
    """A bill that was sent to the patient by SMS, with the link where it can be seen and paid."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="sendings")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    form_token = models.CharField(max_length=60, null=True, unique=True)
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("bill sent by SMS")
        verbose_name_plural = _("bills sent by SMS")
