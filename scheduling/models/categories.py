"""Categories of services: headings for patients, and what rules of money may name at once."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.shared.audit import History
from clinic.shared.models import Audited


class ServiceCategory(Audited):
    """A kind of services (FHIR HealthcareService.category). Lists show categories by `position`, then as they came."""

    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(_("place in lists"), default=1)
    history = History()

    class Meta:
        verbose_name = _("category of services")
        verbose_name_plural = _("categories of services")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["name"], name="service_category_named_once")]

    def __str__(self) -> str:
        return self.name
