"""The printed day: what hangs at the desk when the screens are dark."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from scheduling.queries.board import Day, day_of
from scheduling.queries.floor import own_name
from scheduling.queries.lines import Line
from scheduling.views.frame import branch_of, day_of_address, on_the_clock_of

BLANK = range(5)  # rows for who comes without an appointment


@needs(Perm.DIARY_VIEW)
@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """A branch's day on A4, one page a doctor, in either language: `?day=&doctor=&language=`."""
    branch = branch_of(request, Perm.DIARY_VIEW)
    language = request.GET.get("language", "")
    if language not in dict(settings.LANGUAGES):
        language = translation.get_language() or settings.LANGUAGE_CODE
    with on_the_clock_of(branch), translation.override(language):
        day = day_of(branch, day_of_address(request, branch))
        doctors = sorted((pk, name) for pk, (name, _specialty) in day.doctors.items())
        wanted = request.GET.get("doctor", "")
        doctor = next((pk for pk, _name in doctors if str(pk) == wanted), None)
        query = {"branch": branch.pk, "day": day.date.isoformat()} | ({"doctor": doctor} if doctor else {})
        context: dict[str, Any] = {
            "branch": branch,
            "branch_name": own_name(branch),
            "day": day,
            "doctors": doctors,
            "doctor": doctor,
            "sheets": _sheets(day, doctors, doctor),
            "blank": BLANK,
            "now": timezone.now(),
            "language": language,
            "languages": settings.LANGUAGES,
            "query": urlencode(query),
        }
        return render(request, "scheduling/keep/sheet.html", context)


def _sheets(day: Day, doctors: list[tuple[int, str]], doctor: int | None) -> list[tuple[str, list[Line]]]:
    """(doctor, her lines) of each page."""
    lines = [line for line in day.of_look("") if line.look != "no_show"]
    chosen = [each for each in doctors if doctor in (None, each[0])]
    return [(name, [line for line in lines if line.practitioner_id == pk]) for pk, name in chosen] or [("", [])]
