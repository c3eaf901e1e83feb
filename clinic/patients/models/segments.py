"""Groups of patients by rule: what is asked is kept, who fits is asked anew whenever it is read."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.shared.audit import History
from clinic.shared.models import Audited


class Segment(Audited):
    """A named rule over patients: "not here for half a year, nothing booked". `rule` is a list of terms."""

    name = models.CharField(_("name"), max_length=80)
    any_of = models.BooleanField(_("one condition is enough"), default=False)
    rule = models.JSONField(_("conditions"), default=list)
    is_active = models.BooleanField(_("in use"), default=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    history = History()

    class Meta:
        verbose_name = _("group of patients")
        verbose_name_plural = _("groups of patients")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=models.Q(is_active=True), name="segment_once")
        ]

    def __str__(self) -> str:
        return self.name
