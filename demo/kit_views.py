"""The sheet that shows every part of the kit, in the reader's language and theme."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from clinic.shared import calendar, charts, fields
from clinic.shared.money import language
from clinic.shared.templatetags.ui import minutes

STATUSES = (
    "booked confirmed arrived checked_in called in_room checkout done late long_wait no_show cancelled rescheduled"
).split()
PEOPLE = {
    "fa": ["سارا محمدی", "رضا توکلی", "مینا شریفی", "حمید اکبری", "زهرا نادری"],
    "en": ["Sara Mohammadi", "Reza Tavakoli", "Mina Sharifi", "Hamid Akbari", "Zahra Naderi"],
}


class SampleForm(forms.Form):
    """One field of each kind."""

    name = fields.PlainText(label=gettext_lazy("Full name"), max_length=80)
    phone = fields.PhoneField(
        label=gettext_lazy("Mobile number"), help_text=gettext_lazy("We text the appointment to this number.")
    )
    national_code = fields.NationalCodeField(label=gettext_lazy("National code"), required=False)
    born = fields.BirthDateField(label=gettext_lazy("Date of birth"), required=False)
    price = fields.MoneyField(label=gettext_lazy("Price"), required=False)
    channel = forms.ChoiceField(
        label=gettext_lazy("Send reminders by"),
        widget=forms.RadioSelect,
        choices=[("sms", gettext_lazy("Text message")), ("call", gettext_lazy("Call"))],
        initial="sms",
    )
    agrees = forms.BooleanField(label=gettext_lazy("Agrees to receive reminders"), required=False)


def _slots(day: dt.date) -> list[dict[str, Any]]:
    start = timezone.make_aware(dt.datetime.combine(day, dt.time(9)))
    times = [start + dt.timedelta(minutes=45 * step) for step in range(6)]
    return [{"value": str(n), "starts_at": at, "free": n != 3} for n, at in enumerate(times)]


def _charts(today: dt.date) -> dict[str, charts.Chart]:
    days = [today - dt.timedelta(days=13 - n) for n in range(14)]
    labels = [calendar.format_date(day, style="short") for day in days]
    came = [41, 38, 45, 52, 47, 20, 0, 44, 49, 54, 61, 58, 23, 46]
    missed = [3, 2, 4, 5, 6, 1, 0, 3, 4, 8, 9, 7, 1, 5]
    return {
        "visits": charts.Chart(
            _("Visits and no-shows, 14 days"),
            labels,
            [charts.Series(_("Missed"), missed, "danger"), charts.Series(_("Came"), came)],
            kind="stacked",
        ),
        "waits": charts.Chart(_("Median wait, minutes"), labels[-7:], [charts.Series(_("Minutes"), came[:7], "info")]),
    }


@require_GET
def kit(request: HttpRequest) -> HttpResponse:
    """Everything at once."""
    today = timezone.localdate()
    lang = language()
    people = PEOPLE[lang]
    services = [_("Consultation"), _("Follow-up"), _("Botox"), _("Laser"), _("Check-up")]
    rows = list(zip(people, services, ["done", "in_room", "arrived", "confirmed", "no_show"], strict=True))
    empty = SampleForm(prefix="new")
    context = {
        "today": today,
        "now": timezone.now(),
        "late": timezone.now() - dt.timedelta(minutes=26),
        "soon": timezone.now() + dt.timedelta(minutes=5),
        "statuses": STATUSES,
        "people": people,
        "rows": [{"name": n, "service": s, "status": k, "amount": Decimal(4500000)} for n, s, k in rows],
        "queue": [
            {"ticket": 12 + n, "name": name, "minutes": wait}
            for n, (name, wait) in enumerate(zip(people[1:], (26, 14, 9, 3), strict=True))
        ],
        "form": SampleForm({"name": people[0], "phone": "0912345678", "national_code": "1234567890", "channel": "sms"}),
        "empty_form": empty,
        "days": [
            {"date": today + dt.timedelta(days=n), "free": free}
            for n, free in enumerate((3, 10, 8, 0, 6, 12, 4, 9, 2, 7, 5, 11, 6, 8))
        ],
        "tomorrow": today + dt.timedelta(days=1),
        "slots": _slots(today),
        "free_days": {(today + dt.timedelta(days=n)).isoformat(): (n * 7) % 5 for n in range(40)},
        "charts": _charts(today),
        "trend": [61, 58, 66, 63, 70, 74, 72, 81],
        "balance": Decimal(-1250000),
        "total": Decimal(864000000),
        "share": Decimal("0.098"),
        "events": _events(people),
        "steps": [_("Service"), _("Time"), _("Your details")],
        "cards": [
            {"value": "1", "label": services[0], "hint": people[0], "end": minutes(30)},
            {"value": "2", "label": services[1], "hint": people[1], "end": minutes(15)},
        ],
        "heads": [
            {"label": _("Patient")},
            {"label": _("Service")},
            {"label": _("Amount"), "num": True},
            {"label": _("Status")},
        ],
        "tabs": [
            {"label": _("Summary"), "url": "#", "active": True},
            {"label": _("Visits"), "url": "#", "count": 12},
            {"label": _("Money"), "url": "#"},
        ],
        "chosen": "2",
    }
    return render(request, "kit/kit.html", context)


def _events(people: list[str]) -> list[dict[str, Any]]:
    now = timezone.now()
    return [
        {"icon": "check", "title": _("Visit finished"), "at": now, "by": people[1]},
        {"icon": "door-open", "title": _("Entered the room"), "at": now - dt.timedelta(minutes=22), "by": people[2]},
        {"icon": "calendar-plus", "title": _("Booked online"), "at": now - dt.timedelta(days=3)},
    ]


@require_GET
def drawer(request: HttpRequest) -> HttpResponse:
    """A sample of what opens in the panel."""
    return render(request, "kit/drawer.html", {"form": SampleForm(prefix="drawer"), "title": _("New patient")})


@require_GET
def options(request: HttpRequest) -> HttpResponse:
    """Answers of the sample combobox."""
    words = request.GET.get("q", "").casefold()
    names = [name for row in PEOPLE.values() for name in row if words in name.casefold()]
    return render(request, "kit/options.html", {"names": names})
