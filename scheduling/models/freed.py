"""Times that became free, and the search for somebody who waits for them."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from scheduling.models.diary import Appointment
from scheduling.models.setup import Practitioner


class Outcome(models.TextChoices):
    """What became of a freed time."""

    OPEN = "", _("Looking for somebody")
    FILLED = "filled", _("Filled from the waitlist")
    NOBODY = "nobody", _("Nobody on the list could take it")
    TAKEN = "taken", _("Booked in the ordinary way")
    UNDONE = "undone", _("Taken back")
    TOO_LATE = "too_late", _("Too close to offer")


class FreedTime(models.Model):
    """A time that became free, and the search for somebody who waits for it: round after round until its outcome.

    It takes nothing by itself; while an offer is open, `hold` does. Work, not history: its offers and skips are that.
    """

    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # Whose time it was; none where the desk offers an empty time or a leave was taken back.
    freed = models.ForeignKey(Appointment, null=True, on_delete=models.PROTECT, related_name="freed_times")
    # Nobody is told before: until then the clinic or the patient may take it back.
    undo_until = models.DateTimeField(null=True)
    look_at = models.DateTimeField(null=True)  # when the search goes on; none while it rests on answers
    hold = models.ForeignKey(Appointment, null=True, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, default=Outcome.OPEN)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("freed time")
        verbose_name_plural = _("freed times")
        indexes = [
            models.Index(fields=["look_at"], name="freed_to_look_at", condition=models.Q(outcome="")),
            models.Index(fields=["freed"], name="freed_of", condition=models.Q(outcome="")),
            models.Index(fields=["branch", "-created_at"], name="freed_latest"),
        ]
