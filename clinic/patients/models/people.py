"""Patients, who may act for them, what they agreed to, and who read their record."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinic.shared.audit import History
from clinic.shared.models import AppendOnly, Audited


class Sex(models.TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("Not said")


class Patient(Audited):
    """A person the clinic cares for (FHIR Patient). A phone is no identity: families share one."""

    first_name = models.CharField(_("first name"), max_length=80)
    last_name = models.CharField(_("last name"), max_length=80)
    phone = models.CharField(_("mobile number"), max_length=20, blank=True)
    national_code = models.CharField(_("national code"), max_length=20, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    sex = models.CharField(_("sex"), max_length=10, choices=Sex.choices, default=Sex.UNKNOWN)
    email = models.EmailField(_("e-mail"), blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    language = models.CharField(_("language"), max_length=2, blank=True, choices=settings.LANGUAGES)
    insurer = models.CharField(_("insurer"), max_length=80, blank=True)
    insurance_number = models.CharField(_("insurance number"), max_length=40, blank=True)
    referral_source = models.CharField(_("came through"), max_length=80, blank=True)
    note = models.TextField(_("note for the desk"), blank=True)
    # Folded for search by any part: name, phone and national code in one text.
    search_text = models.TextField(editable=False, default="")
    source = models.CharField(max_length=30, blank=True, default="")  # how the row came: desk, site, import:…
    external_id = models.CharField(max_length=80, blank=True, default="")
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    history = History(excluded_fields=["search_text"])

    class Meta:
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        indexes = [
            # The list of what is not sorted in yet is read by every search: it stays short.
            GinIndex(
                fields=["search_text"], opclasses=["gin_trgm_ops"], name="patient_search", gin_pending_list_limit=256
            ),
            models.Index(fields=["search_text"], opclasses=["text_pattern_ops"], name="patient_whole"),
            models.Index(fields=["phone"], name="patient_phone"),
            models.Index(fields=["national_code"], name="patient_national_code"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=~models.Q(external_id=""),
                name="patient_imported_once",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """First and last name as people say them."""
        return f"{self.first_name} {self.last_name}".strip()


class Relation(models.TextChoices):
    SELF = "self", _("Self")
    PARENT = "parent", _("Parent")
    CHILD = "child", _("Child")
    SPOUSE = "spouse", _("Spouse")
    GUARDIAN = "guardian", _("Guardian")
    OTHER = "other", _("Other relative")


class PatientAccess(Audited):
    """An account may act for a patient: herself, or family (FHIR RelatedPerson)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="patient_access")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="access")
    relation = models.CharField(max_length=10, choices=Relation.choices, default=Relation.SELF)
    # Held back since the number was silent for long: whoever signed in has to show who it is first.
    held_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    history = History()

    erased_whole = True

    class Meta:
        verbose_name = _("access to a patient")
        verbose_name_plural = _("access to patients")
        constraints = [models.UniqueConstraint(fields=["user", "patient"], name="access_once")]


@dataclass(frozen=True)
class ConsentText:
    """One text that can be agreed to."""

    kind: str
    version: str
    title: str | Promise
    text: str | Promise


CONSENTS: dict[str, ConsentText] = {
    each.kind: each
    for each in (
        ConsentText(
            "record",
            "1",
            _("Keeping a medical record"),
            _(
                "The clinic keeps my details and the record of my visits, shows them only to those who treat me or "
                "settle my bill, and notes every reading of them."
            ),
        ),
        ConsentText(
            "messages",
            "1",
            _("Messages about visits"),
            _("The clinic may remind me of visits and follow-ups by SMS. The messages name no illness."),
        ),
        ConsentText(
            "treatment",
            "1",
            _("Examination and treatment"),
            _(
                "The aim, the usual risks and the other ways of the treatment were explained to me, my questions were "
                "answered, and I may say no at any time."
            ),
        ),
    )
}


class Consent(Audited):
    """What a patient agreed to: the very text, when, from where (FHIR Consent)."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(_("kind"), max_length=40)
    version = models.CharField(_("version"), max_length=20)
    text = models.TextField(_("text"))
    accepted_at = models.DateTimeField(_("accepted"), db_default=Now())
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ip = models.GenericIPAddressField(null=True, blank=True)
    # Signed by hand: strokes (`clinic.shared.strokes`), or the name typed by who cannot draw, and on what.
    signature = models.JSONField(_("signature"), default=list, blank=True, editable=False)
    signed_name = models.CharField(_("signed as"), max_length=160, blank=True, default="")
    device = models.CharField(_("device"), max_length=200, blank=True, default="", editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    history = History()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")


class AccessLog(AppendOnly):
    """Somebody read something of a patient's record."""

    at = models.DateTimeField(db_default=Now())
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=60)
    ip = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        verbose_name = _("access to a record")
        verbose_name_plural = _("accesses to records")
        indexes = [models.Index(fields=["patient", "-at"], name="access_by_patient")]
