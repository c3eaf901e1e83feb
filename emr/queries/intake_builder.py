"""Rows of the builder of intake forms, and what a new form begins with."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from emr.queries.intake_items import Item


def for_builder(item: Item) -> dict[str, str]:
    """An item as the builder's inputs hold it: one answer a line."""
    label, text, options = item.get("label", {}), item.get("text", {}), item.get("options", [])
    return {
        "kind": item["kind"],
        "field": item.get("field", ""),
        "fa": label.get("fa", ""),
        "en": label.get("en", ""),
        "options_fa": "\n".join(each.get("fa", "") for each in options),
        "options_en": "\n".join(each.get("en", "") for each in options),
        "text_fa": text.get("fa", ""),
        "text_en": text.get("en", ""),
        "required": "1" if item.get("required") else "",
        "clinical": "1" if item.get("clinical") else "",
    }


def from_builder(row: dict[str, str]) -> Item:
    """An item out of the builder's inputs; `checked` decides whether it is one."""
    fa, en = row["options_fa"].splitlines(), row["options_en"].splitlines()
    longest = max(len(fa), len(en))
    pairs = [{"fa": (fa[at : at + 1] or [""])[0], "en": (en[at : at + 1] or [""])[0]} for at in range(longest)]
    return {
        "kind": row["kind"],
        "field": row["field"],
        "label": {"fa": row["fa"], "en": row["en"]},
        "text": {"fa": row["text_fa"], "en": row["text_en"]},
        "options": [pair for pair in pairs if pair["fa"].strip() or pair["en"].strip()],
        "required": row["required"] == "1",
        "clinical": row["clinical"] == "1",
    }


def usual_items() -> list[Item]:
    """What a new form begins with: details, history, insurance, how she came, a consent."""
    language = "en" if (get_language() or "").startswith("en") else "fa"

    def asked(kind: str, label: str = "", **more: Any) -> Item:
        return {"kind": kind, "label": {language: label} if label else {}, **more}

    agreed = _("The clinic keeps my details and the record of my visits, and shows them only to those who treat me.")
    return [
        asked("section", _("Your details")),
        *[asked("card", field=name) for name in ("national_code", "birth_date", "sex", "address")],
        asked("section", _("Your health")),
        asked("long", _("Which medicines do you take?"), clinical=True),
        asked("long", _("What are you allergic to?"), clinical=True),
        asked("long", _("Illnesses and operations so far"), clinical=True),
        asked("section", _("Insurance")),
        *[asked("card", field=name) for name in ("insurer", "insurance_number", "referral_source")],
        asked("photo", _("A photo of your insurance card")),
        asked("consent", _("Consent"), required=True, text={language: agreed}),
    ]
