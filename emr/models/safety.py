"""What may not be taken together, kept by the clinic."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clinic.shared.audit import History
from clinic.shared.models import Audited


class Danger(models.TextChoices):
    """How much an interaction matters; a minor one is told, any other asks for a reason."""

    MINOR = "minor", pgettext_lazy("interaction", "Minor")
    MODERATE = "moderate", pgettext_lazy("interaction", "Moderate")
    MAJOR = "major", pgettext_lazy("interaction", "Major")
    NEVER = "never", _("Never together")


class Interaction(Audited):
    """Two ingredients, or groups of them (ATC prefix), that act on each other. The sides are kept in one order."""

    first = models.CharField(_("drug or group"), max_length=120)
    first_atc = models.CharField(_("its ATC code"), max_length=7, blank=True)
    second = models.CharField(_("with"), max_length=120)
    second_atc = models.CharField(_("ATC code of the other"), max_length=7, blank=True)
    first_key = models.CharField(max_length=120, editable=False, db_index=True)
    second_key = models.CharField(max_length=120, editable=False, db_index=True)
    severity = models.CharField(_("severity"), max_length=10, choices=Danger.choices, default=Danger.MODERATE)
    effect = models.CharField(_("what happens"), max_length=300)
    advice = models.CharField(_("advice"), max_length=300, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    history = History(excluded_fields=["first_key", "second_key"])

    class Meta:
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        ordering = ["first", "second", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["first_key", "first_atc", "second_key", "second_atc"],
                name="interaction_once",
                violation_error_message=_("These two stand in the list already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.first} + {self.second}"
