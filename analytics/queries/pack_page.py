"""The file itself: one page of HTML that needs nothing but a browser and the passphrase."""

import base64
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.html import format_html, json_script
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from clinic.shared.tenancy import current_clinic
from scheduling.actions.packs import seal_of
from scheduling.models import DayPack, DayPackKey
from scheduling.queries.floor import own_name

DIST = Path(settings.BASE_DIR) / "static" / "dist"

PAGE = """<!doctype html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<div id="pack"></div>
<noscript>{unable}</noscript>
{data}
<script>{script}</script>
</body>
</html>
"""


@lru_cache(maxsize=4)
def _built(name: str) -> str:
    """A built script or style sheet, fit to stand inside a page."""
    return (DIST / name).read_text().strip().replace("</", "<\\/" if name.endswith(".js") else "</")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def page_of(pack: DayPack, key: DayPackKey) -> str:
    """A locked pack as a page. Its policy lets it reach nothing: neither the network nor another file."""
    script, style = _built("pack.js"), _built("pack.css")
    data: dict[str, Any] = {
        "salt": key.salt,
        "iterations": key.iterations,
        "seal": seal_of(pack.branch, pack.made_at),
        "made_at": pack.made_at.isoformat(),
        **pack.locked,
        "words": {language: _words(pack, language) for language, _name in settings.LANGUAGES},
        "first": translation.get_language() or settings.LANGUAGE_CODE,
    }
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; base-uri 'none'; form-action 'none'"
    )
    words = data["words"][data["first"]]
    return format_html(
        PAGE,
        language=data["first"],
        direction="rtl" if data["first"] == "fa" else "ltr",
        policy=policy,
        title=f"{words['title']} · {words['branch']} · {words['clinic']}",
        unable=words["unable"],
        data=json_script(data, "data"),
        script=mark_safe(script),  # noqa: S308 (our own build)
        style=mark_safe(style),  # noqa: S308 (our own build)
    )


def _words(pack: DayPack, language: str) -> dict[str, str]:
    with translation.override(language):
        return {
            "clinic": own_name(current_clinic()),
            "branch": own_name(pack.branch),
            "title": _("Day pack"),
            "passphrase": _("Passphrase"),
            "open": _("Open"),
            "opening": _("Opening…"),
            "wrong": _("These are not the words of this pack. Look at spaces and letters, or ask who set them."),
            "unable": _("This browser cannot open it. Use Chrome, Edge, Firefox or Safari of the last years."),
            "age_now": _("made just now"),
            "age_minutes": _("{n} min old"),
            "age_hours": _("{n} h old"),
            "age_days": _("{n} days old"),
            "old": _("Ask by phone before you rely on it."),
            "search": _("Name, mobile, doctor or service"),
            "print": _("Print"),
            "lock": _("Lock"),
            "nothing": _("Nobody fits."),
            "empty": _("Nothing is booked for this day."),
            "holiday": _("Holiday"),
            "allergy": _("Allergy"),
            "number": _("No."),
            "time": _("Time"),
            "patient": _("Patient"),
            "mobile": _("Mobile"),
            "service": _("Service"),
            "doctor": _("Doctor"),
            "status": _("Status"),
            "balance": _("Balance"),
            "notes": _("Notes"),
            "language": dict(settings.LANGUAGES)[language],
        }
