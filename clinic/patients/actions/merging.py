"""Two cards of one person become one, and can be told apart again for a while. Rows move; nothing is copied."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.patients.events import PatientsMerged
from clinic.patients.models import NotTheSame, Patient, PatientMerge
from clinic.patients.queries import links, search_text_of
from clinic.patients.queries.merging import Link
from clinic.shared.actions import action
from clinic.shared.bulk import relink
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.events import publish
from clinic.shared.text import normalise

WINDOW = dt.timedelta(days=30)
# Details that are filled in from the other card, or taken from it where the person says so.
DETAILS = (
    *("first_name", "last_name", "phone", "national_code", "birth_date", "sex", "email", "address", "language"),
    *("insurer", "insurance_number", "referral_source", "note"),
)
UNSAID = {"", None, "unknown"}


@action
def merge_patients(
    *, source: Patient, target: Patient, take: Iterable[str] = (), reason: str = "", by: User | None
) -> PatientMerge:
    """Make `source` part of `target`: every row moves over, empty details are filled in, those in `take` replaced.

    What is written once stays and is read through `merged_into`; money and points go over by entries of their own.
    Raises Invalid for the same card twice and for unknown details, Conflict where one was merged already.
    """
    if source.pk == target.pk:
        raise Invalid(_("Choose two different cards."), field="source")
    source, target = _locked(source.pk, target.pk)
    if source.merged_into_id or target.merged_into_id:
        raise Conflict(_("One of these cards was merged already. Open the card again."), code="merged")
    merge = PatientMerge(
        source=source,
        target=target,
        merged_by=by,
        reason=normalise(reason)[:200],
        separable_until=timezone.now() + WINDOW,
    )
    merge.save()
    moved = {}
    for link in links():
        ids = [] if link.stays else _carry(link, link.rows(**{link.field: source.pk}), target.pk)
        if ids:
            moved[link.label] = ids
    source.merged_into = target
    source.save()
    merge.moved = moved
    merge.before, merge.after = _take_details(source, target, set(take))
    merge.save()
    publish(PatientsMerged(merge.pk))
    return merge


@action
def separate_patients(*, merge: PatientMerge, reason: str, by: User | None) -> PatientMerge:
    """Take a merge back: every row that moved goes back, what was written since stays with the target.

    Raises Conflict after the window, where it was separated already, or where a later merge stands in between.
    """
    reason = normalise(reason)[:200]
    if not reason:
        raise Invalid(_("Write why they are separated."), field="reason")
    source, target = _locked(merge.source_id, merge.target_id)
    merge = PatientMerge.objects.select_for_update().get(pk=merge.pk)
    if merge.separated_at:
        raise Conflict(_("These cards were separated already."), code="separated")
    if not merge.is_separable:
        raise Conflict(_("The time for separating them is over."), code="over")
    if source.merged_into_id != target.pk or target.merged_into_id:
        raise Conflict(_("The card was merged on into another one. Separate that merge first."), code="merged_on")
    moved: dict[str, list[int]] = merge.moved
    for link in links():
        if ids := moved.get(link.label):
            _carry(link, link.rows(pk__in=ids, **{link.field: target.pk}), source.pk)
    source.merged_into = None
    source.save()
    _give_details_back(merge, target)
    publish(PatientsMerged(merge.pk, apart=True))
    merge.separated_at, merge.separated_by, merge.separated_because = timezone.now(), by, reason
    merge.save()
    return merge


@action
def say_not_the_same(*, one: Patient, other: Patient, by: User | None) -> NotTheSame:
    """Remember that two cards that are alike are two people; again gives the same row."""
    if one.pk == other.pk:
        raise Invalid(_("Choose two different cards."))
    first, second = sorted((one, other), key=lambda each: each.pk)
    found, _made = NotTheSame.objects.get_or_create(first=first, second=second, defaults={"said_by": by})
    return found


def _locked(source: int, target: int) -> tuple[Patient, Patient]:
    """Both rows, locked in the order of their ids."""
    rows = {row.pk: row for row in Patient.objects.select_for_update().filter(pk__in=[source, target]).order_by("pk")}
    return rows[source], rows[target]


def _carry(link: Link, rows: Any, to: int) -> list[int]:
    """Point rows at another patient; returns the ids of those that went. What the database refuses stays behind."""
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    if not ids:
        return []
    try:
        with transaction.atomic():
            relink(link.model, link.field, ids, to)
        return ids
    except IntegrityError:  # at least one of them would be there twice
        return [pk for pk in ids if _carried(link, pk, to)]


def _carried(link: Link, pk: int, to: int) -> bool:
    try:
        with transaction.atomic():
            relink(link.model, link.field, [pk], to)
    except IntegrityError:
        return False
    return True


def _take_details(source: Patient, target: Patient, take: set[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Fill in what is empty, replace what is asked for; returns the changed details before and after."""
    if strange := take - set(DETAILS):
        raise Invalid(_("A card has no such detail."), field=sorted(strange)[0])
    names = [
        name
        for name in DETAILS
        if getattr(source, name) not in UNSAID and (name in take or getattr(target, name) in UNSAID)
    ]
    before = {name: _plain(target, name) for name in (*names, "search_text")}
    for name in names:
        setattr(target, name, getattr(source, name))
    target.search_text = search_text_of(target)
    target.save()
    return before, {name: _plain(target, name) for name in before}


def _give_details_back(merge: PatientMerge, target: Patient) -> None:
    """What the merge changed and nobody changed since is as it was."""
    for name, value in merge.before.items():
        if name != "search_text" and _plain(target, name) == merge.after.get(name):
            setattr(target, name, dt.date.fromisoformat(value) if name == "birth_date" and value else value)
    untouched = target.search_text == merge.after.get("search_text")
    target.search_text = merge.before["search_text"] if untouched else search_text_of(target)
    target.save()


def _plain(patient: Patient, name: str) -> Any:
    value = getattr(patient, name)
    return value.isoformat() if isinstance(value, dt.date) else value
