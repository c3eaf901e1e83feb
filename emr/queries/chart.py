"""A patient's record as screens show it: each in a number of queries that does not grow with the record."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from clinic.accounts.models import User
from clinic.patients.models import Patient
from emr.models import Addendum, AllergyIntolerance, Condition, Cosign, Encounter, MedicationRequest
from emr.permissions import closed_to
from emr.statuses import EncounterStatus
from scheduling.models import Service, Visit

OPEN_ENDED_DAYS = 90  # a course without a length counts as taken for this long
LAST_VISITS = 5

FollowUpWish = tuple[dt.date, Service | None, str]


@dataclass(frozen=True)
class Glance:
    """What a doctor must know before the first word."""

    patient: Patient
    allergies: list[AllergyIntolerance]
    problems: list[Condition]
    medicines: list[MedicationRequest]
    last_visits: list[Encounter]


def whole_of(patient: Patient) -> Q:
    """The patient's rows, and those of patients merged into this one."""
    return Q(patient=patient) | Q(patient__merged_into=patient)


def ids_of(patient: Patient) -> tuple[int, ...]:
    """The patient, and who was merged into this one."""
    return (patient.pk, *Patient.objects.filter(merged_into=patient).values_list("pk", flat=True))


def record_at_a_glance(patient: Patient, *, reader: User, besides: Encounter | None = None) -> Glance:
    """Allergies, problems, current medicines and the last visits (not counting the one at hand): four queries.

    Of visits whose note is closed to the reader it keeps no diagnosis.
    """
    whole = whole_of(patient)
    kept = Encounter.objects.filter(whole).exclude(status=EncounterStatus.ENTERED_IN_ERROR)
    last = list(
        with_content(kept.exclude(pk=besides.pk if besides else None)).order_by("-visit__arrived_at")[:LAST_VISITS]
    )
    closed = closed_to(reader, [(each.pk, each.privacy) for each in last])
    for each in last:
        each.first_finding = None if each.pk in closed else next(iter(each.conditions.all()), None)
    return Glance(
        patient=patient,
        allergies=list(AllergyIntolerance.objects.filter(whole, ended_on=None)),
        problems=list(
            Condition.objects.filter(whole, is_problem=True, entered_in_error=False, ended_on=None).order_by("-pk")
        ),
        medicines=current_medicines(patient),
        last_visits=last,
    )


def allergies_of(patients: Iterable[int]) -> dict[int, list[str]]:
    """What each of many patients does not tolerate, in words, with what was recorded of patients merged into them."""
    ids = set(patients)
    rows = AllergyIntolerance.objects.filter(Q(patient__in=ids) | Q(patient__merged_into__in=ids), ended_on=None)
    found: dict[int, list[str]] = {}
    for row in rows.select_related("patient").order_by("pk"):
        words = f"{row.substance} ({row.reaction})" if row.reaction else row.substance
        found.setdefault(row.patient.merged_into_id or row.patient_id, []).append(words)
    return found


def with_content(encounters: QuerySet[Encounter]) -> QuerySet[Encounter]:
    """Encounters with all that a page shows of them."""
    return encounters.select_related(
        "visit",
        "visit__service",
        "visit__branch",
        "practitioner",
        "patient",
        "signed_by",
        "saved_by",
        "hand_off",
        "template",
    ).prefetch_related(
        Prefetch("conditions", Condition.objects.filter(entered_in_error=False)),
        Prefetch("prescriptions", MedicationRequest.objects.select_related("medication")),
        Prefetch("addenda", Addendum.objects.select_related("by")),
        Prefetch("cosigns", Cosign.objects.select_related("asked_of", "asked_by")),
    )


def current_medicines(patient: Patient) -> list[MedicationRequest]:
    """What the patient takes as far as this clinic knows: lines whose course has not run out, newest first."""
    today = timezone.localdate()
    recent = Q(created_at__gte=timezone.now() - dt.timedelta(days=366)) | Q(is_ongoing=True)
    lines = (
        MedicationRequest.objects.filter(whole_of(patient), recent, is_cancelled=False, stopped_on=None)
        .exclude(encounter__status=EncounterStatus.ENTERED_IN_ERROR)
        .select_related("medication")
        .order_by("-created_at")
    )
    running = (line for line in lines if _runs_until(line) >= today)
    return list({line.name: line for line in reversed(list(running))}.values())[::-1]


def _runs_until(line: MedicationRequest) -> dt.date:
    if line.is_ongoing:
        return dt.date.max
    return timezone.localdate(line.created_at) + dt.timedelta(days=line.days or OPEN_ENDED_DAYS)


def lines_to_take(encounter: Encounter) -> list[MedicationRequest]:
    """The lines that stand on the printed prescription."""
    return [line for line in encounter.prescriptions.all() if not line.is_cancelled]


def follow_up_wish(visit: Visit) -> FollowUpWish | None:
    """When, for what and why the doctor wants to see the patient again; None where nothing was asked for."""
    record = (
        Encounter.objects.filter(visit=visit, follow_up_on__isnull=False)
        .exclude(status=EncounterStatus.ENTERED_IN_ERROR)
        .select_related("follow_up_service")
        .first()
    )
    if record is None or record.follow_up_on is None:
        return None
    return record.follow_up_on, record.follow_up_service, record.follow_up_note


def signed_of(encounters: QuerySet[Encounter]) -> Iterable[Encounter]:
    """Signed records for the patient's own page, newest first."""
    return with_content(encounters.filter(status=EncounterStatus.SIGNED)).order_by("-signed_at")
