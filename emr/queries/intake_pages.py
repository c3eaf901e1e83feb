"""What pages of intake forms draw: questions with their answers, lists of forms, rows of the builder."""

import base64
from dataclasses import dataclass, field
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet
from django.utils import timezone

from clinic.patients.forms import PatientForm
from clinic.patients.models import Patient
from emr.models import File, Intake, IntakeDraft
from emr.queries.intake_items import Item, in_words, label_of
from emr.statuses import IntakeStatus


@dataclass(frozen=True)
class Question:
    """One question as the patient sees it."""

    key: str
    kind: str
    label: str
    required: bool
    value: Any = ""
    error: str = ""
    text: str = ""
    options: list[tuple[str, str, bool]] = field(default_factory=list)
    attrs: dict[str, str] = field(default_factory=dict)
    photos: list["Sent"] = field(default_factory=list)


@dataclass(frozen=True)
class Sent:
    """A photo or paper that has arrived. Its small picture is in the page itself: it has no address to be shared."""

    pk: int
    title: str
    picture: str


def photos_of(intake: Intake) -> dict[str, list[File]]:
    """What she has sent for each question that asks for photos, oldest first."""
    found: dict[str, list[File]] = {item["key"]: [] for item in intake.asked.content if item["kind"] == "photo"}
    if found:
        for file in File.objects.filter(intake=intake, removed_at=None).order_by("pk"):
            found.setdefault(file.asked_for, []).append(file)
    return found


def photos_sent(intake: Intake, key: str) -> list[Sent]:
    """The photos of one question as her page shows them."""
    return [_sent(file) for file in photos_of(intake).get(key, [])]


def _sent(file: File) -> Sent:
    picture = ""
    if file.stored_thumb:
        with default_storage.open(file.stored_thumb) as kept:
            kind = "png" if file.stored_thumb.endswith(".png") else "jpeg"
            picture = f"data:image/{kind};base64,{base64.b64encode(kept.read()).decode()}"
    return Sent(file.pk, str(file.get_kind_display()), picture)


def questions(intake: Intake, given: dict[str, Any], wrong: dict[str, str]) -> list[Question]:
    """The questions with what was typed, what has arrived and what is wrong."""
    photos = photos_of(intake)
    return [
        _question(item, given.get(item["key"], ""), wrong.get(item["key"], ""), photos.get(item["key"], []))
        for item in intake.asked.content
    ]


def _question(item: Item, value: Any, error: str, photos: list[File]) -> Question:
    kind = item["kind"]
    attrs: dict[str, str] = {}
    options: list[tuple[str, str, bool]] = []
    if kind == "card":
        kind, attrs, options = _of_the_card(item["field"], value)
    elif "options" in item:
        chosen = {str(each) for each in (value if isinstance(value, list) else [value])}
        options = [(str(at), in_words(each), str(at) in chosen) for at, each in enumerate(item["options"])]
    return Question(
        item["key"], kind, label_of(item), item["required"], value, error, in_words(item.get("text")), options, attrs,
        [_sent(file) for file in photos],
    )  # fmt: skip


# What a phone's keyboard should offer for details of the card.
KEYBOARDS = {
    "phone": {"inputmode": "tel", "dir": "ltr", "autocomplete": "tel"}, "address": {"autocomplete": "street-address"},
    "national_code": {"inputmode": "numeric", "dir": "ltr"}, "birth_date": {"inputmode": "numeric", "dir": "ltr"},
    "email": {"inputmode": "email", "dir": "ltr", "autocomplete": "email"}, "insurance_number": {"dir": "ltr"},
    "first_name": {"autocomplete": "given-name"}, "last_name": {"autocomplete": "family-name"},
}  # fmt: skip


def _of_the_card(name: str, value: Any) -> tuple[str, dict[str, str], list[tuple[str, str, bool]]]:
    form_field: Any = PatientForm.base_fields[name]
    if name == "sex":
        return "choice", {}, [(key, str(text), key == value) for key, text in form_field.choices]
    return "date" if name == "birth_date" else "text", KEYBOARDS.get(name, {}), []


def is_open(intake: Intake) -> bool:
    """Whether the patient may still write."""
    return intake.status == IntakeStatus.SENT and intake.expires_at > timezone.now()


def typed_before(intake: Intake) -> dict[str, Any]:
    """What she typed before; nothing of her card is shown to who holds the link."""
    draft = IntakeDraft.objects.filter(intake=intake).first()
    return dict(draft.answers) if draft else {}


def intakes_of(patient: Patient) -> QuerySet[Intake]:
    """The forms of a patient and of those merged into her, the latest first."""
    whole = Q(patient=patient) | Q(patient__merged_into=patient)
    return Intake.objects.filter(whole).select_related("asked__form").order_by("-pk")
