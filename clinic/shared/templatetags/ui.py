"""Tags and filters of every page: digits, dates and money in the reader's language, icons, statuses, forms."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from clinic.shared import calendar, charts, html, money
from clinic.shared import text as texts
from clinic.shared.templatetags import controls

register = template.Library()
# What stands before many names says nothing on an avatar.
TITLES = {"دکتر", "Dr"}


def _number(value: Any) -> Decimal | None:
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


@register.filter
def num(value: Any, places: int | None = None) -> str:
    """A number with separators: 1234.5 -> "1,234.5", "۱٬۲۳۴٫۵"."""
    number = _number(value)
    return "" if number is None else money.format_number(number, places=places)


@register.filter(name="money")
def money_filter(value: Any, currency: str | None = None) -> str:
    """An amount with its unit."""
    number = _number(value)
    return "" if number is None else money.format_money(number, currency)


@register.filter
def amount(value: Any, currency: str | None = None) -> str:
    """An amount without unit, for columns whose head names it."""
    number = _number(value)
    return "" if number is None else money.format_amount(number, currency)


@register.filter
def in_words(value: Any, currency: str | None = None) -> str:
    """An amount in words."""
    number = _number(value)
    return "" if number is None else money.amount_in_words(number, currency)


@register.filter
def pct(value: Any, places: int = 0) -> str:
    """A share of 0-1 as per cent: 0.098|pct:1 -> "9.8%"."""
    number = _number(value)
    if number is None:
        return ""
    text = money.format_number(number * 100, places=places)
    return f"{text}٪" if money.language() == "fa" else f"{text}%"


@register.filter
def date(value: dt.date | dt.datetime | None, style: calendar.Style = "medium") -> str:
    """A date in the reader's calendar; styles long, medium, weekday, short, numeric, month."""
    return calendar.format_date(value, style=style) if value else ""


@register.simple_tag
def days_of(first: dt.date, last: dt.date) -> str:
    """A whole month of the reader's calendar by its name, other days as "from to"."""
    whole = calendar.year_month_day(first)[2] == 1 and calendar.year_month_day(last + dt.timedelta(days=1))[2] == 1
    if whole and (last - first).days < 31:
        return calendar.format_date(first, style="month")
    return _("%(first)s to %(last)s") % {"first": calendar.format_date(first), "last": calendar.format_date(last)}


@register.filter
def time(value: dt.time | dt.datetime | None) -> str:
    """Hours and minutes in the current time zone."""
    return "" if value is None else calendar.format_time(value)


@register.filter
def datetime(value: dt.datetime | None, style: calendar.Style = "medium") -> str:
    """Date and time in the current time zone."""
    return calendar.format_datetime(value, style=style) if value else ""


@register.filter
def weekday(value: dt.date | None) -> str:
    """The weekday's name."""
    return calendar.weekday_name(value) if value else ""


@register.filter
def minutes(value: Any) -> str:
    """A length of time, from minutes or a timedelta: "45 min", "1 h 30 min"."""
    total = round(value.total_seconds() / 60) if isinstance(value, dt.timedelta) else int(_number(value) or 0)
    hours, rest = divmod(total, 60)
    if not hours:
        return _("%(minutes)s min") % {"minutes": num(rest)}
    if not rest:
        return _("%(hours)s h") % {"hours": num(hours)}
    return _("%(hours)s h %(minutes)s min") % {"hours": num(hours), "minutes": num(rest)}


@register.filter
def digits(value: Any) -> str:
    """Digits of codes and ticket numbers in the reader's writing, without separators."""
    text = "" if value is None else str(value)
    return texts.to_persian_digits(text) if money.language() == "fa" else text


@register.filter
def date_iso(value: dt.date | dt.datetime | None) -> str:
    """The date for machines: attributes, addresses."""
    return value.isoformat() if value else ""


@register.simple_tag
def date_parts(value: dt.date | None) -> dict[str, str]:
    """Day, month and year of a date in the reader's calendar, in Latin digits for inputs."""
    if not value:
        return {}
    year, month, day = calendar.year_month_day(value)
    return {"year": str(year), "month": str(month), "day": str(day)}


@register.simple_tag
def month_choices() -> list[tuple[int, str]]:
    """The twelve months of the reader's calendar."""
    return [(month, calendar.month_name(month)) for month in range(1, 13)]


@register.simple_tag
def month_sheet(
    year: int | None = None,
    month: int | None = None,
    chosen: dt.date | None = None,
    free: dict[str, int] | None = None,
    min: dt.date | None = None,
) -> dict[str, Any]:
    """A month as rows of cells for the month component; this month when none is given."""
    today = timezone.localdate()
    if not year or not month:
        year, month, _day = calendar.year_month_day(chosen or today)
    weeks = [
        [_cell(cell, chosen, today, free, min) for cell in week] for week in calendar.month_grid(int(year), int(month))
    ]
    return {
        "weeks": weeks,
        "header": calendar.week_header(),
        "title": calendar.format_date(calendar.make_date(int(year), int(month), 1), style="month"),
        "previous": calendar.add_months(int(year), int(month), -1),
        "next": calendar.add_months(int(year), int(month), 1),
    }


def _cell(
    cell: calendar.GridDay, chosen: dt.date | None, today: dt.date, free: dict[str, int] | None, first: dt.date | None
) -> dict[str, Any]:
    iso = cell.date.isoformat()
    places = None if free is None else free.get(iso, 0)
    return {
        "shown": cell.in_month,
        "open": (first is None or cell.date >= first) and places != 0,
        "free": places,
        "iso": iso,
        "day": cell.day,
        "today": cell.date == today,
        "chosen": cell.date == chosen,
        "name": calendar.format_date(cell.date, style="long"),
    }


@register.filter
def phone(value: str | None) -> SafeString:
    """A phone number as written at home, kept left to right."""
    shown = digits(texts.format_phone(value)) if value else ""
    return format_html('<bdi class="c-ltr">{}</bdi>', shown) if shown else mark_safe("")


@register.filter
def initials(name: Any) -> str:
    """One or two letters for an avatar."""
    words = [word for word in str(name or "").split() if word[0].isalpha() and word.strip(".") not in TITLES]
    letters = [word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)]
    joiner = texts.ZWNJ if money.language() == "fa" else ""
    return joiner.join(letters).upper()


@register.filter
def get(values: Any, key: Any) -> Any:
    """The entry of a dictionary whose key is a variable or no plain name."""
    return values.get(key) if hasattr(values, "get") else None


@register.filter
def attrs(values: Any) -> SafeString:
    """Component attributes written out, each escaped."""
    return html.html_attrs(values.attrs_dict() if hasattr(values, "attrs_dict") else values)


@register.simple_tag
def icon(name: str, classes: str = "", label: str = "") -> SafeString:
    """An inline icon by its name in frontend/icons.txt."""
    return html.icon(name, classes, str(label))


@register.simple_tag
def status_chip(status: Any, label: Any = None, classes: str = "") -> SafeString:
    """The chip of a status: icon, word, edge."""
    return html.status_chip(status, label, classes=classes)


@register.simple_tag
def board_icons() -> SafeString:
    """The icons that the day board's script puts on its cards."""
    statuses = ((key, html.icon(look.icon)) for key, look in html.LOOKS.items())
    marks = ((key, look.label, look.tone, html.icon(look.icon)) for key, look in html.MARKS.items())
    return html.join_html('<i data-status="{}">{}</i>', statuses) + html.join_html(
        '<i data-mark="{}" title="{}" class="c-mark {}">{}</i>', marks
    )


@register.simple_tag
def chart(value: charts.Chart) -> SafeString:
    """Draw a clinic.shared.charts.Chart."""
    return charts.draw(value)


@register.simple_tag
def spark(values: Any, label: str = "") -> SafeString:
    """A small line of the last values."""
    return charts.spark(list(values or []), label=str(label))


@register.simple_tag
def meter(share: Any, tone: str = "", label: str = "") -> SafeString:
    """A thin bar filled to a share of 0 to 1."""
    return charts.meter(_number(share) or 0, tone, str(label))


@register.simple_tag
def unit(currency: str | None = None) -> str:
    """The word for the shown unit of money."""
    return money.unit_name(currency)


@register.simple_tag
def control(field: BoundField, **extra: Any) -> SafeString:
    """The input of a bound field in the kit's look, tied to its hint and error."""
    return controls.control(field, **extra)


@register.filter
def control_kind(field: BoundField) -> str:
    """Which frame a bound field needs: input, check, toggle, choices or group."""
    return controls.kind(field)


@register.inclusion_tag("partials/form_fields.html")
def form_fields(form: BaseForm, summary: bool = True) -> dict[str, Any]:
    """All fields of a form, with the error summary above."""
    return {"form": form, "summary": summary}


@register.inclusion_tag("partials/error_summary.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """The error summary of a form: links that lead to the fields."""
    found = [(field.id_for_label or field.auto_id, field.label, field.errors[0]) for field in form if field.errors]
    return {"errors": found, "general": form.non_field_errors()}


@register.simple_tag(takes_context=True)
def clinic_name(context: template.Context) -> str:
    """The clinic's name in the page's language; on the platform what the page calls itself."""
    clinic = context.get("clinic")
    if clinic is None:
        return str(context.get("platform_name", ""))
    english = getattr(clinic, "name_en", "")
    return str(english if english and money.language() == "en" else clinic.name)


# The keys of the main pages: g, then a letter.
NAV_KEYS = {
    "board": "B",
    "queue": "Q",
    "patients": "P",
    "messages": "M",
    "my-day": "D",
    "money": "F",
    "mastermind": "O",
}


@register.filter
def nav_key(key: str) -> str:
    """Which keys lead to a page of the navigation; empty where there are none."""
    letter = NAV_KEYS.get(str(key))
    return f"KeyG Key{letter}" if letter else ""


@register.simple_tag
def nav_links(items: Any, css: str, main: bool = False) -> SafeString:
    """The links of the navigation; each is made once for a language and kept."""
    parts = (
        _nav_link(
            nav_key(each.get("key", "")) if main else "",
            str(each["label"]),
            each["url"],
            (each["icon"], css),
            (bool(each.get("active")), num(each["count"]) if each.get("count") else ""),
        )
        for each in items
    )
    return mark_safe("".join(parts))  # noqa: S308 -- each is made by format_html


@lru_cache(maxsize=1024)
def _nav_link(keys: str, label: str, url: str, look: tuple[str, str], state: tuple[bool, str]) -> SafeString:
    (sign, css), (active, count) = look, state
    shortcut = format_html(' data-key="{}" data-key-label="{}"', keys, label) if keys else mark_safe("")
    return format_html(
        '<a class="{}" href="{}"{}{}>{}<span>{}</span>{}</a>',
        css,
        url,
        mark_safe(' aria-current="page"') if active else "",
        shortcut,
        html.icon(sign),
        label,
        format_html('<span class="c-nav__count">{}</span>', count) if count else "",
    )


CURRENT = ' aria-current="page"'


@register.simple_tag
def tab_links(items: Any, label: str) -> SafeString:
    """Tabs of words that lead to pages, as the component `c-tabs` draws them."""
    links = ((escape(each["url"]), CURRENT if each["active"] else "", escape(each["label"])) for each in items)
    inside = "".join(f'<a href="{url}"{current}>{name}</a>' for url, current, name in links)
    return SafeString(f'<nav class="c-tabs" aria-label="{escape(label)}">{inside}</nav>')  # its parts were escaped


def body_words() -> dict[str, dict[str, str]]:
    """The words of drawings on the body: views, kinds of points, what to do."""
    views = {
        "front": _("Front"), "back": pgettext("body", "Back"), "left": _("Left side"), "right": _("Right side"),
        "face": _("Face"), "teeth": _("Teeth"),
    }  # fmt: skip
    kinds = {
        "pain": _("Pain"), "swelling": _("Swelling"), "rash": _("Rash"), "wound": _("Wound"), "numb": _("Numbness"),
        "treated": _("Treated here"), "other": pgettext("finding", "Something else"),
    }  # fmt: skip
    hints = {
        "views": _("Which side of the body"), "kind": _("What the next point means"), "remove": _("Remove the point"),
        "how": _("Press where it is. Arrow keys move the point, Enter sets it."),
    }  # fmt: skip
    return {"views": views, "kinds": kinds, "say": hints}


@register.simple_tag
def js_text() -> SafeString:
    """The words that scripts say, as a JSON block."""
    return _js_text(get_language() or "")


@lru_cache(maxsize=8)
def _js_text(language: str) -> SafeString:
    said = {
        "undo": _("Undo"),
        "undone": _("Undone."),
        "close": _("Close"),
        "loading": _("Loading…"),
        "failed": _("That did not work. Try once more."),
        "offline_action": _("No connection. Nothing was changed."),
        "offline_kept": _("Offline. Your text is kept on this device."),
        "saved": _("Saved %s"),
        "unsaved": _("Not saved yet"),
        "drawer_typed": _("What you typed is not saved. Press Cancel, or Escape twice, to drop it."),
        "live_on": _("Live"),
        "live_off": _("Offline"),
        "found": _("%s results"),
        "found_none": _("Nothing found"),
        "status_401": _("You are signed out. Sign in again in another tab, then repeat."),
        "status_403": _("Your role does not allow this."),
        "status_404": _("This is no longer here."),
        "status_409": _("Somebody else changed this meanwhile. Reload to see it."),
        "status_429": _("Too many tries. Wait a moment."),
        "moved": _("Moved"),
        "columns": _("Columns {first} to {last} of {all}"),
        "body": body_words(),
    }
    # The characters that could end the block are written as escapes.
    data = json.dumps(said, ensure_ascii=False)
    for mark in "<>&":
        data = data.replace(mark, f"\\u{ord(mark):04x}")
    return format_html('<script type="application/json" id="js-text">{}</script>', mark_safe(data))  # noqa: S308
