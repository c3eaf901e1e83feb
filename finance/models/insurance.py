"""Insurers, what they pay by contract, who is insured with them, and the share of each line of a bill."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import AppendOnly, Audited, money_field
from finance.models.documents import Invoice, InvoiceLine, Payment
from scheduling.models import Service


class InsurerKind(models.TextChoices):
    BASIC = "basic", _("Basic insurance")
    EXTRA = "extra", _("Supplementary insurance")


class Insurer(Audited):
    """Who pays a part of bills. A supplementary one pays of what the basic one leaves."""

    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    code = models.CharField(_("code"), max_length=20, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=InsurerKind.choices, default=InsurerKind.BASIC)
    is_active = models.BooleanField(_("in use"), default=True)
    history = History()

    class Meta:
        verbose_name = _("insurer")
        verbose_name_plural = _("insurers")
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["name"], name="insurer_named_once")]

    def __str__(self) -> str:
        return self.name


PERCENT = models.Q(percent__gte=0, percent__lte=100)


class InsurerTerms(Audited):
    """A contract: what of a price the insurer pays, from a day on. Where nothing else is said, `percent` of it.

    `deductible` is what the patient bears first of each bill, `ceiling` the most of one bill.
    """

    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="terms")
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    percent = models.DecimalField(_("percent the insurer pays"), max_digits=5, decimal_places=2, default=0)
    deductible = money_field(verbose_name=_("the patient bears first of each bill"), default=0)
    ceiling = money_field(verbose_name=_("the insurer pays at most of one bill"), null=True, blank=True)
    history = History()

    class Meta:
        verbose_name = _("contract with an insurer")
        verbose_name_plural = _("contracts with insurers")
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.CheckConstraint(condition=PERCENT, name="terms_percent"),
            models.CheckConstraint(
                condition=models.Q(valid_until=None) | models.Q(valid_until__gte=models.F("valid_from")),
                name="terms_have_days",
            ),
            models.CheckConstraint(
                condition=models.Q(deductible__gte=0) & (models.Q(ceiling=None) | models.Q(ceiling__gt=0)),
                name="terms_amounts",
            ),
        ]


class InsurerPrice(Audited):
    """What a contract says of one service: the insurer's own tariff, another percentage, or both."""

    terms = models.ForeignKey(InsurerTerms, on_delete=models.PROTECT, related_name="prices")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    tariff = money_field(verbose_name=_("tariff"), null=True, blank=True)
    percent = models.DecimalField(_("percent"), max_digits=5, decimal_places=2, null=True, blank=True)
    is_active = models.BooleanField(default=True)
    history = History()

    class Meta:
        verbose_name = _("price of an insurer")
        verbose_name_plural = _("prices of insurers")
        constraints = [
            models.UniqueConstraint(fields=["terms", "service"], name="insurer_price_once"),
            models.CheckConstraint(condition=models.Q(percent=None) | PERCENT, name="insurer_price_percent"),
            models.CheckConstraint(condition=models.Q(tariff=None) | models.Q(tariff__gte=0), name="insurer_tariff"),
        ]


class Holder(models.TextChoices):
    SELF = "self", _("The patient")
    SPOUSE = "spouse", _("Spouse")
    PARENT = "parent", _("Father or mother")
    CHILD = "child", _("Son or daughter")
    OTHER = "other", _("Somebody else")


class Coverage(Audited):
    """A patient's policy (FHIR Coverage). Of several valid ones of a kind the newest counts."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="coverages")
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="coverages")
    number = models.CharField(_("policy number"), max_length=40)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    relation = models.CharField(_("insured through"), max_length=10, choices=Holder.choices, default=Holder.SELF)
    holder = models.CharField(_("name of the insured"), max_length=120, blank=True)
    ceiling = money_field(verbose_name=_("pays at most in all"), null=True, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    history = History()

    class Meta:
        verbose_name = _("insurance of a patient")
        verbose_name_plural = _("insurances of patients")
        ordering = ["insurer__kind", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_until=None)
                | models.Q(valid_from=None)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="coverage_has_days",
            ),
        ]


class InsurerShare(AppendOnly):
    """What an insurer owes of one line, resolved when the bill was issued: `percent` of `base` by the `terms` then.

    `payment` is how it pays the bill; what goes back to the patient is taken off there.
    """

    line = models.ForeignKey(InvoiceLine, on_delete=models.PROTECT, related_name="shares")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="shares")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="shares")
    coverage = models.ForeignKey(Coverage, on_delete=models.PROTECT, related_name="shares")
    insurer = models.ForeignKey(Insurer, on_delete=models.PROTECT, related_name="shares")
    terms = models.ForeignKey(InsurerTerms, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(_("policy number"), max_length=40)  # as it was then
    base = money_field()
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    amount = money_field()

    class Meta:
        verbose_name = _("insurer's share")
        verbose_name_plural = _("insurers' shares")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="share_positive"),
            models.UniqueConstraint(fields=["line", "payment"], name="share_once"),
        ]
