"""Who read which record: the owner's page with its file, and the patient's own where the clinic shows it."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients import queries
from clinic.patients.forms import AccessFilter
from clinic.patients.models import AccessLog
from clinic.patients.permissions import acts_for
from clinic.shared.calendar import format_datetime
from clinic.shared.sheets import csv_answer
from clinic.shared.tenancy import current_clinic

ROWS = 100
IN_A_FILE = 20_000


@needs(Perm.ACCESS_VIEW)
@require_safe
def access_log(request: HttpRequest) -> HttpResponse:
    """Readings of records by person, patient, kind and day; `file` gives them as a table to keep."""
    form = AccessFilter(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    rows = _rows(wanted)
    if "file" in request.GET and not form.errors:
        return _file(rows)
    query = urlencode([(key, value) for key, value in request.GET.items() if key not in {"page", "file"} and value])
    context = {
        "form": form,
        "patient": wanted.get("patient"),
        "page": _worded(Paginator(rows, ROWS).get_page(request.GET.get("page"))),
        "query": f"{query}&" if query else "",
    }
    return render(request, "patients/access_log.html", context, status=422 if form.errors else 200)


def _rows(wanted: dict[str, Any]) -> QuerySet[AccessLog]:
    zone = ZoneInfo(current_clinic().time_zone)
    since, until, user = wanted.get("since"), wanted.get("until"), wanted.get("user")
    return queries.readings(
        patient=wanted.get("patient"),
        user=user.pk if user else None,
        what=wanted.get("what", ""),
        since=dt.datetime.combine(since, dt.time(), tzinfo=zone) if since else None,
        until=dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), tzinfo=zone) if until else None,
    )


def _worded(page: Any) -> Any:
    for row in page:
        row.words = queries.what_was_read(row.what)
    return page


def _file(rows: QuerySet[AccessLog]) -> HttpResponse:
    head = [_("When"), _("Who"), _("Patient"), _("What"), _("From where")]
    return csv_answer(
        "access",
        head,
        (
            [
                format_datetime(row.at),
                row.user or _("System"),
                row.patient.full_name,
                queries.what_was_read(row.what),
                row.ip or "",
            ]
            for row in rows[:IN_A_FILE]
        ),
    )


@needs(Perm.OWN_VIEW)
@require_safe
def own_readers(request: HttpRequest, pk: int) -> HttpResponse:
    """Who read the record of somebody this account acts for; only where the clinic shows it."""
    patient = get_object_or_404(acts_for(request.user), pk=pk)
    if not queries.patient_rules().shows_readers:
        raise Http404
    rows = queries.readings(patient=patient).exclude(user=request.user)
    page = _worded(Paginator(rows, ROWS).get_page(request.GET.get("page")))
    return render(request, "patients/own_readers.html", {"patient": patient, "page": page})
