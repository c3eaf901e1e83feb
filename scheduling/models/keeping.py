"""What is kept for the time when screens are dark, and what was written on paper meanwhile; calendars of others."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import Branch
from clinic.shared.audit import History
from clinic.shared.models import AppendOnly, Audited
from scheduling.models.floor import Visit
from scheduling.models.setup import Practitioner


class FeedNames(models.TextChoices):
    """How much of a patient's name a doctor's calendar shows to whoever runs that calendar."""

    BUSY = "busy", _("Only “busy”")
    INITIALS = "initials", _("Initials and service")
    FULL = "full", _("Full name and service")


class CalendarFeed(Audited):
    """A secret address from which a calendar program reads: a doctor's diary, or the visits of an account's family.

    Only the hash of the secret is kept; a new address ends the old one.
    """

    practitioner = models.ForeignKey(
        Practitioner, null=True, blank=True, on_delete=models.PROTECT, related_name="feeds"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    names = models.CharField(_("names in it"), max_length=10, choices=FeedNames.choices, default=FeedNames.BUSY)
    language = models.CharField(max_length=5)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    read_on = models.DateField(null=True, blank=True)  # the last day on which a program asked for it
    history = History(excluded_fields=["token_hash"])

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(practitioner__isnull=False, user__isnull=True)
                | models.Q(practitioner__isnull=True, user__isnull=False),
                name="feed_of_one",
            ),
            models.UniqueConstraint(
                fields=["practitioner"], condition=models.Q(revoked_at=None), name="one_feed_of_doctor"
            ),
            models.UniqueConstraint(fields=["user"], condition=models.Q(revoked_at=None), name="one_feed_of_account"),
        ]


class DayPackKey(Audited):
    """What a branch's day packs are locked with: derived from a passphrase that is kept nowhere, and itself locked."""

    branch = models.OneToOneField(Branch, on_delete=models.PROTECT, related_name="day_pack_key")
    salt = models.CharField(max_length=32)  # hex
    iterations = models.PositiveIntegerField()
    wrapped_key = models.CharField(max_length=160)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    history = History(excluded_fields=["wrapped_key"])

    class Meta:
        verbose_name = _("key of day packs")
        verbose_name_plural = _("keys of day packs")


class DayPack(models.Model):
    """The latest locked pack of a branch, made every few minutes: taking it costs nothing."""

    branch = models.OneToOneField(Branch, on_delete=models.PROTECT, related_name="day_pack")
    made_at = models.DateTimeField()
    locked = models.JSONField()  # nonce and ciphertext, base64; nothing of it can be read without the passphrase
    lines = models.PositiveIntegerField()


class DayPackTaken(AppendOnly):
    """Somebody put a pack on a device."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    made_at = models.DateTimeField()  # how old the pack was
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ip = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [models.Index(fields=["branch", "-at"], name="packs_taken")]


class PaperNote(AppendOnly):
    """What stood on paper beside a visit that was entered afterwards; the last one, where an entry was taken back."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="paper_notes")
    note = models.CharField(max_length=500, blank=True)
    payment_hint = models.CharField(max_length=200, blank=True)
    entered_at = models.DateTimeField(db_default=Now())
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
