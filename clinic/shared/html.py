"""Pieces of pages made in Python: icons, looks of statuses, answers to htmx, what every template may use."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

ICONS = Path(__file__).resolve().parents[2] / "static" / "dist" / "icons"
MIRRORED = frozenset(
    "arrow-left arrow-right chevron-left chevron-right log-in log-out trending-up trending-down undo-2 reply "
    "corner-up-left send external-link list-ordered list-checks list route footprints".split()
)


@lru_cache(maxsize=512)
def _drawing(name: str) -> str:
    """The strokes of an icon; empty while the assets are not built."""
    if not re.fullmatch(r"[a-z0-9-]+", name):
        raise ValueError(f"no icon is called {name!r}")
    path = ICONS / f"{name}.svg"
    if not path.exists():
        if ICONS.exists() and (settings.DEBUG or settings.TESTING):
            raise ValueError(f"icon {name!r} is not in frontend/icons.txt, or the assets are old")
        return ""
    strokes = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", path.read_text(), flags=re.S)
    return re.sub(r"\s*(<|/>)\s*", r"\1", strokes)


@lru_cache(maxsize=2048)
def icon(name: str, classes: str = "", label: str = "") -> SafeString:
    """An inline icon; without a label it is hidden from screen readers."""
    names = " ".join(filter(None, ["c-icon", "c-icon--mirror" if name in MIRRORED else "", classes]))
    named = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" {}>{}</svg>',  # how it is drawn stands in the style sheet, once
        names,
        named,
        mark_safe(_drawing(name)),  # noqa: S308 -- our own build wrote the file
    )


@dataclass(frozen=True)
class Look:
    """How a status is told: an icon, a word, and one of the tones of the style sheet."""

    icon: str
    tone: str
    label: Any


_S = "c-status--"
LOOKS: dict[str, Look] = {
    "held": Look("timer", _S + "booked", _("Held")),
    "pending": Look("hourglass", "c-chip--warn", _("Waiting for approval")),
    "booked": Look("circle-dashed", _S + "booked", pgettext_lazy("appointment", "Booked")),
    "confirmed": Look("circle-check", _S + "confirmed", pgettext_lazy("appointment", "Confirmed")),
    "arrived": Look("log-in", _S + "arrived", pgettext_lazy("appointment", "Arrived")),
    "checked_in": Look("clipboard-check", _S + "arrived", _("Checked in")),
    "called": Look("megaphone", _S + "confirmed", _("Called")),
    "on_hold": Look("circle-pause", _S + "late", _("On hold")),
    "in_room": Look("door-open", _S + "in-room", _("In room")),
    "checkout": Look("wallet", _S + "late", _("At checkout")),
    "finished": Look("check-check", _S + "done", pgettext_lazy("visit", "Done")),
    "fulfilled": Look("check-check", _S + "done", pgettext_lazy("visit", "Done")),
    "done": Look("check-check", _S + "done", pgettext_lazy("visit", "Done")),
    "late": Look("clock-alert", _S + "late", pgettext_lazy("appointment", "Late")),
    "long_wait": Look("clock-alert", _S + "late", _("Long wait")),
    "no_show": Look("user-x", _S + "no-show", _("No-show")),
    "left_without_being_seen": Look("footprints", _S + "no-show", _("Left unseen")),
    "cancelled": Look("x", _S + "cancelled", _("Cancelled")),
    "rescheduled": Look("calendar-clock", _S + "cancelled", _("Moved")),
    "expired": Look("timer", _S + "cancelled", _("Expired")),
    "entered_in_error": Look("ban", _S + "cancelled", _("Entered in error")),
    "draft": Look("pencil", "c-chip--plain", _("Draft")),
    "issued": Look("file-text", "c-chip--info", _("Issued")),
    "signed": Look("signature", "c-chip--ok", _("Signed")),
    "part_paid": Look("coins", "c-chip--warn", _("Part paid")),
    "paid": Look("check", "c-chip--ok", pgettext_lazy("invoice", "Paid")),
    "unpaid": Look("coins", "c-chip--danger", pgettext_lazy("invoice", "Unpaid")),
    "refunded": Look("undo-2", "c-chip--plain", _("Refunded")),
    "void": Look("ban", _S + "cancelled", pgettext_lazy("invoice", "Void")),
    "queued": Look("clock", "c-chip--plain", pgettext_lazy("message", "Queued")),
    "sent": Look("check", "c-chip--info", pgettext_lazy("message", "Sent")),
    "delivered": Look("check-check", "c-chip--ok", pgettext_lazy("message", "Delivered")),
    "failed": Look("alert-triangle", "c-chip--danger", pgettext_lazy("message", "Failed")),
    "open": Look("circle-dot", "c-chip--info", pgettext_lazy("task", "Open")),
    "closed": Look("check", "c-chip--plain", pgettext_lazy("task", "Closed")),
    "active": Look("circle-check", "c-chip--ok", pgettext_lazy("record", "Active")),
    "suspended": Look("circle-pause", "c-chip--warn", _("Suspended")),
    "waiting": Look("hourglass", "c-chip--info", pgettext_lazy("waitlist", "Waiting")),
    "offered": Look("bell-ring", "c-chip--warn", pgettext_lazy("waitlist", "Offered a time")),
    "accepted": Look("check", "c-chip--ok", pgettext_lazy("waitlist", "Accepted")),
    "declined": Look("x", "c-chip--plain", pgettext_lazy("waitlist", "Declined")),
    "lost": Look("user-x", "c-chip--plain", pgettext_lazy("waitlist", "Somebody else was first")),
    "requested": Look("clipboard-list", "c-chip--plain", _("Requested")),
    "under_way": Look("hourglass", "c-chip--info", _("Under way")),
    "resulted": Look("flask-conical", "c-chip--warn", _("Result is in")),
    "reviewed": Look("eye", "c-chip--ok", _("Seen by the doctor")),
    "recalled": Look("ban", _S + "cancelled", _("Recalled")),
    "dropped": Look("x", _S + "cancelled", _("Dropped")),
    "completed": Look("check-check", "c-chip--ok", _("Completed")),
    "stopped": Look("circle-pause", "c-chip--plain", pgettext_lazy("plan", "Stopped")),
    "withdrawn": Look("undo-2", "c-chip--plain", pgettext_lazy("waitlist", "Withdrawn")),
    "online": Look("video", "c-chip--info", pgettext_lazy("visit", "Online")),
}


# Small signs beside a name on the day board, in lists and panels; a part that has something to say adds its own here
# and names it in `scheduling.queries.marks`.
MARKS: dict[str, Look] = {
    "urgent": Look("zap", "c-mark--danger", _("Urgent")),
    "override": Look("layers", "c-mark--warn", _("Booked over a conflict")),
    "pending": Look("hourglass", "c-mark--warn", _("Waiting for approval")),
    "on_my_way": Look("route", "c-mark--ok", _("On the way here")),
    "online": Look("video", "c-mark--info", pgettext_lazy("visit", "Online")),
    "group": Look("users", "", _("In a group")),
    "series": Look("repeat", "", _("One of a series")),
    "together": Look("link", "", _("Booked together with another visit")),
    "deposit": Look("coins", "", _("A deposit is asked for")),
    "intake_filled": Look("clipboard-pen", "c-mark--warn", _("The form is filled and waits to be looked at")),
    "intake_sent": Look("clipboard-list", "", _("The form is not filled yet")),
    "intake_done": Look("clipboard-check", "c-mark--ok", _("The form was looked at")),
    "note": Look("sticky-note", "", _("Has a note")),
}


@lru_cache(maxsize=512)
def _marks(keys: tuple[str, ...], with_words: bool, language: str) -> SafeString:
    looks = [MARKS[key] for key in keys]
    if with_words:
        chips = ((look.tone, icon(look.icon), look.label) for look in looks)
        return format_html_join("", '<span class="c-chip c-chip--plain c-mark {}">{}{}</span>', chips)
    signs = ((look.tone, look.label, icon(look.icon, label=str(look.label))) for look in looks)
    return format_html_join("", '<span class="c-mark {}" title="{}">{}</span>', signs)


def marks_html(keys: Iterable[str], *, with_words: bool = False) -> SafeString:
    """The signs of an appointment; with their words where there is room."""
    return _marks(tuple(keys), with_words, get_language() or "")


def look_of(status: str, label: Any = None) -> Look:
    """The look of a status; an unknown one is a plain chip with its own words."""
    key = str(status).lower().replace("-", "_").replace(" ", "_")
    found = LOOKS.get(key, Look("circle", "c-chip--plain", str(status)))
    return Look(found.icon, found.tone, label) if label else found


def status_chip(status: str, label: Any = None, *, classes: str = "") -> SafeString:
    """The chip of a status."""
    if label is None:
        return _plain_chip(str(status), classes, get_language() or "")
    return _chip(look_of(status, label), classes)


@lru_cache(maxsize=512)
def _plain_chip(status: str, classes: str, language: str) -> SafeString:
    return _chip(look_of(status), classes)


def _chip(look: Look, classes: str) -> SafeString:
    return format_html('<span class="c-chip {} {}">{}{}</span>', look.tone, classes, icon(look.icon), look.label)


def html_attrs(values: Mapping[str, Any]) -> SafeString:
    """Attributes written out and escaped; True stands alone, False and None are left away."""
    kept = ((name, value) for name, value in values.items() if value is not None and value is not False)
    parts = (name if value is True else format_html('{}="{}"', name, conditional_escape(value)) for name, value in kept)
    return mark_safe(" ".join(str(part) for part in parts))  # noqa: S308 -- each part is escaped above


def join_html(pattern: str, rows: Any) -> SafeString:
    """format_html for every row, nothing between."""
    return format_html_join("", pattern, rows)


def is_htmx(request: HttpRequest) -> bool:
    """Whether the page asks for a fragment."""
    return request.headers.get("HX-Request") == "true"


def trigger(response: HttpResponse, **events: Any) -> HttpResponse:
    """Fire browser events after the answer is swapped in; `_` in a name stands for `:`."""
    found = json.loads(response.headers.get("HX-Trigger", "{}"))
    found.update({name.replace("_", ":"): value for name, value in events.items()})
    # Header values are Latin-1: \u escapes keep Persian text whole.
    response["HX-Trigger"] = json.dumps(found, ensure_ascii=True, default=str)
    return response


def toast(response: HttpResponse, text: Any, *, undo_url: str = "", tone: str = "") -> HttpResponse:
    """Add a short message to the answer, with an undo button where there is an address for it."""
    return trigger(response, toast={"text": str(text), "undo_url": undo_url, "tone": tone})


def close_drawer(text: Any = "", *, undo_url: str = "", **events: Any) -> HttpResponse:
    """The answer to a form in the drawer that has done its work: close, refresh live parts, say it."""
    response = trigger(HttpResponse(status=204), drawer_close={}, live_refresh={}, **events)
    return toast(response, text, undo_url=undo_url) if text else response


def redirect_to(url: str) -> HttpResponse:
    """Leave the page from within a fragment."""
    response = HttpResponse(status=204)
    response["HX-Redirect"] = url
    return response
