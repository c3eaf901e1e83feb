"""The record of one visit, frozen by its signature."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.patients.models import Patient
from clinic.shared.audit import History
from clinic.shared.models import AppendOnly, Audited, StatusChange
from emr.models.templates import NoteTemplateVersion
from emr.statuses import CosignStatus, EncounterStatus
from scheduling.models import Practitioner, Service, Visit

# What was signed stays as it was signed, whoever asks: later words stand in dated additions.
FROZEN = """
CREATE OR REPLACE FUNCTION ext.signed_record_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ext.is_erasing(TG_RELID) THEN
        RETURN NEW;
    END IF;
    IF (OLD.complaint, OLD.note, OLD.advice, OLD.follow_up_on, OLD.follow_up_service_id, OLD.follow_up_note,
        OLD.template_id, OLD.answers, OLD.visit_id, OLD.practitioner_id, OLD.signed_at, OLD.signed_by_id)
       IS DISTINCT FROM
       (NEW.complaint, NEW.note, NEW.advice, NEW.follow_up_on, NEW.follow_up_service_id, NEW.follow_up_note,
        NEW.template_id, NEW.answers, NEW.visit_id, NEW.practitioner_id, NEW.signed_at, NEW.signed_by_id)
       OR (OLD.patient_id <> NEW.patient_id AND NOT ext.follows_merge(TG_TABLE_SCHEMA, OLD.patient_id, NEW.patient_id))
    THEN
        RAISE EXCEPTION 'record % is signed: write an addendum', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
FROZEN_TRIGGER = """
CREATE OR REPLACE TRIGGER signed_record_is_frozen BEFORE UPDATE ON emr_encounter
    FOR EACH ROW WHEN (OLD.status = 'signed') EXECUTE FUNCTION ext.signed_record_is_frozen();
"""


class Privacy(models.TextChoices):
    """Who among those who read records reads this note."""

    EVERYBODY = "everybody", _("Everybody who treats patients here")
    DISCIPLINE = "discipline", _("Doctors of the same specialty")
    NAMED = "named", _("Only the author and people named")


class Encounter(Audited):
    """The record of one visit (FHIR Encounter), written without saving and locked by signing."""

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="encounter")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="encounters")
    practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="encounters")
    status = models.CharField(max_length=20, choices=EncounterStatus.choices, default=EncounterStatus.DRAFT)
    complaint = models.TextField(_("complaint"), blank=True)
    note = models.TextField(_("note"), blank=True)
    advice = models.TextField(_("recommendations to the patient"), blank=True)
    # The questions it was written with, and the answers by their keys.
    template = models.ForeignKey(
        NoteTemplateVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="encounters"
    )
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    privacy = models.CharField(_("who reads it"), max_length=12, choices=Privacy.choices, default=Privacy.EVERYBODY)
    # What the doctor asked the desk to do next.
    follow_up_on = models.DateField(_("see again on"), null=True, blank=True)
    follow_up_service = models.ForeignKey(
        Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("for")
    )
    follow_up_note = models.CharField(_("what for"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)  # a stale save gets 409
    # The open page that wrote last: its own later save is never stale, even if the answer got lost on the way.
    saved_from = models.CharField(max_length=40, blank=True, default="", editable=False)
    saved_at = models.DateTimeField(db_default=Now())
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    history = History(excluded_fields=["saved_from"])

    GUARD_SQL = [FROZEN, FROZEN_TRIGGER]

    first_finding: "models.Model | None" = None  # put there by `record_at_a_glance`

    class Meta:
        verbose_name = _("record of a visit")
        verbose_name_plural = _("records of visits")
        indexes = [models.Index(fields=["patient", "-created_at"], name="encounters_of_patient")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status=EncounterStatus.SIGNED)
                | models.Q(signed_at__isnull=False, signed_by__isnull=False),
                name="signed_by_somebody",
            )
        ]

    @property
    def is_open(self) -> bool:
        """Whether it may still be written; a signed one gets dated additions only."""
        return self.status == EncounterStatus.DRAFT


class EncounterStatusChange(StatusChange):
    """One move of an encounter."""

    subject = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="moves")


class Addendum(Audited):
    """A dated addition to a signed record."""

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="addenda")
    text = models.TextField(_("addition"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    history = History()

    class Meta:
        verbose_name = _("addition to a record")
        verbose_name_plural = _("additions to records")
        ordering = ["pk"]


class NoteReader(Audited):
    """Somebody named as a reader of a private note."""

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="readers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    history = History()

    class Meta:
        verbose_name = _("reader of a private note")
        verbose_name_plural = _("readers of private notes")
        constraints = [models.UniqueConstraint(fields=["encounter", "user"], name="reader_once")]


class GlassBreak(AppendOnly):
    """Somebody opened a private note in an emergency, and why. It stays open to that person for some hours."""

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="glass_breaks")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("private note opened in an emergency")
        verbose_name_plural = _("private notes opened in emergencies")
        indexes = [models.Index(fields=["encounter", "user"], name="glass_of_encounter")]


class Cosign(Audited):
    """A supervisor is asked to sign a signed record as well."""

    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="cosigns")
    status = models.CharField(max_length=12, choices=CosignStatus.choices, default=CosignStatus.ASKED)
    asked_of = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("remark"), max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    history = History()

    class Meta:
        verbose_name = _("request to co-sign")
        verbose_name_plural = _("requests to co-sign")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["encounter", "asked_of"],
                condition=models.Q(status=CosignStatus.ASKED),
                name="cosign_asked_once",
            )
        ]


class CosignStatusChange(StatusChange):
    """One move of a request to co-sign."""

    subject = models.ForeignKey(Cosign, on_delete=models.PROTECT, related_name="moves")
