"""What an intake form asks, whether an answer fits, and how answers differ from the patient's card.

[{"key": "q1", "kind": "choice", "label": {"fa": "…", "en": "…"}, "required": true, "options": [{"fa": "…"}],
  "clinical": true}, {"key": "c1", "kind": "card", "field": "insurer", …},
 {"key": "a1", "kind": "consent", "label": {…}, "text": {"fa": "…", "en": "…"}}]
"""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from clinic.patients.forms import PatientForm
from clinic.shared.errors import Invalid
from clinic.shared.text import normalise

Item = dict[str, Any]
Answers = dict[str, Any]

KINDS: dict[str, str | Promise] = {
    "section": gettext_lazy("A heading"),
    "card": gettext_lazy("A detail of the patient's card"),
    "text": gettext_lazy("A short text"),
    "long": gettext_lazy("A long text"),
    "yes_no": gettext_lazy("Yes or no"),
    "choice": gettext_lazy("One of several"),
    "several": gettext_lazy("Several of several"),
    "date": gettext_lazy("A date"),
    "photo": gettext_lazy("A photo or paper"),
    "consent": gettext_lazy("A text to agree to"),
}
CARD = (
    *("first_name", "last_name", "phone", "national_code", "birth_date", "sex", "email", "address"),
    *("insurer", "insurance_number", "referral_source"),
)
MOST_ITEMS, MOST_OPTIONS = 80, 30


def in_words(texts: dict[str, str] | None, language: str = "") -> str:
    """The text in the reader's language, else in the one it was written in."""
    texts = texts or {}
    wanted = (language or get_language() or "")[:2]
    return texts.get(wanted) or texts.get("fa") or texts.get("en") or ""


def label_of(item: Item) -> str:
    """What an item asks; a detail of the card is called as the desk calls it."""
    said = in_words(item.get("label"))
    return said or (str(PatientForm.base_fields[item["field"]].label) if item["kind"] == "card" else "")


def checked(content: Any) -> list[Item]:
    """The content of a form as it is kept. Raises Invalid in the words of who builds it."""
    if not isinstance(content, list) or not content:
        raise Invalid(_("Ask at least one thing."), field="content")
    if len(content) > MOST_ITEMS:
        raise Invalid(_("A form asks at most %(count)s things.") % {"count": MOST_ITEMS}, field="content")
    return [_checked_item(item, place) for place, item in enumerate(content, 1)]


def _checked_item(item: Any, place: int) -> Item:
    if not isinstance(item, dict) or item.get("kind") not in KINDS:
        raise Invalid(_("Choose one of the answers."), field="content")
    kind = item["kind"]
    found: Item = {"key": f"q{place}", "kind": kind, "label": _texts(item.get("label"), 300)}
    found["required"] = bool(item.get("required")) and kind != "section"
    found["clinical"] = bool(item.get("clinical")) and kind not in {"section", "card", "consent"}
    if kind == "card":
        if item.get("field") not in CARD:
            raise Invalid(
                _("Choose which detail of the card number %(place)s asks.") % {"place": place}, field="content"
            )
        return {**found, "field": item["field"]}
    if not found["label"]:
        raise Invalid(_("Write what number %(place)s asks.") % {"place": place}, field="content")
    if kind in {"choice", "several"}:
        options = [_texts(each, 120) for each in (item.get("options") or [])[:MOST_OPTIONS]]
        found["options"] = [each for each in options if each]
        if len(found["options"]) < 2:
            raise Invalid(_("Number %(place)s needs at least two answers.") % {"place": place}, field="content")
    if kind == "consent":
        found["text"] = _texts(item.get("text"), 6_000, lines=True)
        if not found["text"]:
            raise Invalid(
                _("Write the text that number %(place)s asks to agree to.") % {"place": place}, field="content"
            )
    return found


def _texts(given: Any, longest: int, *, lines: bool = False) -> dict[str, str]:
    given = given if isinstance(given, dict) else {}
    texts = {name: normalise(str(given.get(name) or ""), lines=lines)[:longest] for name in ("fa", "en")}
    return {name: text for name, text in texts.items() if text}
