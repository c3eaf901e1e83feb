"""Which template a visit opens with, what may be copied, what waits for a signature."""

from django.db.models import QuerySet

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from emr.models import Cosign, Encounter, GlassBreak, NoteTemplate, NoteTemplateVersion, TemplateKind
from emr.permissions import readable_by
from emr.statuses import CosignStatus, EncounterStatus
from scheduling.models import Visit


def templates_for(visit: Visit) -> list[NoteTemplate]:
    """The templates in use that fit a visit's service, those made for it first."""
    rows = NoteTemplate.objects.filter(is_active=True).prefetch_related("services")
    fitting = [(row, {service.pk for service in row.services.all()}) for row in rows]
    found = [
        (visit.service_id not in services, row)
        for row, services in fitting
        if not services or visit.service_id in services
    ]
    return [row for _general, row in sorted(found, key=lambda pair: (pair[0], pair[1].name))]


def first_choice(visit: Visit) -> NoteTemplateVersion | None:
    """What a new record asks by itself: of the templates that open themselves the one made for first visits, where it
    is one, else the one made for the service."""
    choices = [row for row in templates_for(visit) if row.is_first_choice]
    if not choices:
        return None
    is_first = not Encounter.objects.filter(patient_id=visit.patient_id, status=EncounterStatus.SIGNED).exists()
    fitting = [row for row in choices if row.kind != TemplateKind.FIRST_VISIT or is_first]
    fitting.sort(key=lambda row: row.kind != TemplateKind.FIRST_VISIT)
    return fitting[0].versions.last() if fitting else None


def last_signed(record: Encounter, reader: User | None) -> Encounter | None:
    """The patient's signed record before this one, as far as the reader may read it."""
    rows = Encounter.objects.filter(patient_id=record.patient_id, status=EncounterStatus.SIGNED).exclude(pk=record.pk)
    if reader is not None:
        rows = rows.filter(readable_by(reader))
    return rows.select_related("template").order_by("-signed_at").first()


def to_cosign(user: User) -> QuerySet[Cosign]:
    """What waits for this account's second signature, oldest first."""
    related = ("encounter__visit__service", "encounter__patient", "encounter__practitioner", "asked_by")
    return Cosign.objects.filter(asked_of=user, status=CosignStatus.ASKED).select_related(*related)


def to_sign(user: User) -> QuerySet[Encounter]:
    """The account's own records that are still drafts though the visit is over, oldest first."""
    rows = Encounter.objects.filter(
        status=EncounterStatus.DRAFT, practitioner__user=user, visit__finished_at__isnull=False
    )
    return rows.select_related("visit__service", "patient").order_by("pk")


def colleagues(user: User) -> list[User]:
    """Who else reads records: to be named as a reader."""
    return [each for each in _staff() if each.pk != user.pk and each.can(Perm.RECORD_VIEW)]


def supervisors(user: User) -> list[User]:
    """Who else writes records: may be asked to sign as well."""
    return [each for each in _staff() if each.pk != user.pk and each.can(Perm.RECORD_WRITE)]


def _staff() -> QuerySet[User]:
    return (
        User.objects.filter(is_active=True, grants__isnull=False)
        .distinct()
        .prefetch_related("grants", "overrides")
        .order_by("full_name")
    )


def broken_glass() -> QuerySet[GlassBreak]:
    """Private notes opened in emergencies, newest first: who, whose, why; nothing of what they say."""
    return GlassBreak.objects.select_related("user", "patient").order_by("-at", "-pk")
