"""The rules of doctors' shares: their terms stand from the day they begin."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.shared.audit import History
from clinic.shared.models import Audited
from finance.models.share_terms import Terms, percent_field
from scheduling.models import Practitioner, Service, ServiceCategory

# The terms of a rule stand; only its last day is set, and never to a day that is over.
TERMS_STAND = """
CREATE OR REPLACE FUNCTION ext.commission_terms_stand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'valid_until' IS DISTINCT FROM to_jsonb(OLD) - 'valid_until' THEN
        RAISE EXCEPTION 'the terms of a commission rule stand; end it and make another'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
TERMS_STAND_TRIGGER = """
CREATE OR REPLACE TRIGGER commission_terms_stand BEFORE UPDATE ON finance_commissionrule
    FOR EACH ROW EXECUTE FUNCTION ext.commission_terms_stand();
"""


class ShareOf(models.TextChoices):
    """What a rule is for."""

    SERVICES = "services", _("Services")
    GOODS = "goods", _("Goods sold")


DAYS = models.Func(
    "valid_from", "valid_until", models.Value("[]"), function="DATERANGE", output_field=DateRangeField()
)  # fmt: skip


class CommissionRule(Terms, Audited):
    """Which share a doctor gets: of a service or a category of them, by a doctor, in a branch; none named is every one.

    `referred_rate` is for patients who were referred to that doctor: empty is the same rate, zero is nothing.
    """

    share_of = models.CharField(_("of"), max_length=8, choices=ShareOf.choices, default=ShareOf.SERVICES)
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(ServiceCategory, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    practitioner = models.ForeignKey(Practitioner, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(max_length=60, editable=False)  # what it is for, as one word
    referred_rate = percent_field(verbose_name=_("percent for referred patients"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("last day"), null=True, blank=True)
    history = History()

    GUARD_SQL = [TERMS_STAND, TERMS_STAND_TRIGGER]

    class Meta:
        verbose_name = _("rule of doctors’ shares")
        verbose_name_plural = _("rules of doctors’ shares")
        constraints = [
            ExclusionConstraint(
                name="one_share_rule_at_a_time",
                expressions=[("scope", RangeOperators.EQUAL), (DAYS, RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                condition=models.Q(rate__gte=0, rate__lte=100)
                & (models.Q(referred_rate=None) | models.Q(referred_rate__gte=0, referred_rate__lte=100)),
                name="share_rate_in_hundred",
            ),
            models.CheckConstraint(
                condition=models.Q(share_of=ShareOf.SERVICES) | models.Q(service=None, category=None),
                name="goods_have_no_service",
            ),
            models.CheckConstraint(
                condition=models.Q(service=None) | models.Q(category=None), name="share_of_service_or_category"
            ),
        ]
