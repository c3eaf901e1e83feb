"""Ready phrases: a doctor's own first, then the clinic's."""

from typing import Any

from django.db.models import F, Q, QuerySet

from clinic.accounts.models import User
from clinic.shared.text import search_key
from emr.models import Phrase

SHOWN = 8


def phrases_of(user: User | None, *, all_of_them: bool = False) -> QuerySet[Phrase]:
    """The phrases of an account, or (None) the clinic's."""
    rows = Phrase.objects.filter(owner=user).order_by("-is_active", "shortcut")
    return rows if all_of_them else rows.filter(is_active=True)


def find_phrases(user: User, text: str, facts: dict[str, Any]) -> list[tuple[str, str]]:
    """(short name, words with the facts filled in) of what begins or holds the text; one's own before the clinic's."""
    wanted = search_key(text)
    rows = Phrase.objects.filter(Q(owner=user) | Q(owner=None), is_active=True).order_by(
        F("owner").desc(nulls_last=True)
    )
    found: dict[str, str] = {}
    for row in rows:
        if wanted in search_key(row.shortcut) or (len(wanted) > 2 and wanted in search_key(row.text)):
            found.setdefault(row.shortcut, _filled(row.text, facts))
    in_order = sorted(found.items(), key=lambda pair: (not search_key(pair[0]).startswith(wanted), pair[0]))
    return in_order[:SHOWN]


def _filled(text: str, facts: dict[str, Any]) -> str:
    for name, value in facts.items():
        text = text.replace("{" + name + "}", str(value))
    return text
