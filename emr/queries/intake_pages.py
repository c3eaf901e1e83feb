"""What pages of intake forms draw: questions with their answers, lists of forms, rows of the builder."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from clinic.patients.forms import PatientForm
from clinic.patients.models import Patient
from emr.models import Intake, IntakeDraft
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


def questions(content: list[Item], given: dict[str, Any], wrong: dict[str, str]) -> list[Question]:
    """The questions with what was typed and what is wrong."""
    return [_question(item, given.get(item["key"], ""), wrong.get(item["key"], "")) for item in content]


def _question(item: Item, value: Any, error: str) -> Question:
    kind = item["kind"]
    attrs: dict[str, str] = {}
    options: list[tuple[str, str, bool]] = []
    if kind == "card":
        kind, attrs, options = _of_the_card(item["field"], value)
    elif "options" in item:
        chosen = {str(each) for each in (value if isinstance(value, list) else [value])}
        options = [(str(at), in_words(each), str(at) in chosen) for at, each in enumerate(item["options"])]
    return Question(
        item["key"], kind, label_of(item), item["required"], value, error, in_words(item.get("text")), options, attrs
    )


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
