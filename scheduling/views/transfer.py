"""What the desk does with one visit beside its steps: another line, the printed token, corrected details."""

from typing import Any

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients import actions as patients
from clinic.shared.errors import ActionError, Forbidden
from clinic.shared.html import close_drawer
from clinic.shared.phones import region
from scheduling import actions
from scheduling.forms.floor import CorrectForm, TransferForm
from scheduling.models import Visit
from scheduling.queries import panel
from scheduling.queries.floor import own_name
from scheduling.views.frame import on_the_clock_of, show
from scheduling.views.visit import undo_url


@needs(Perm.FLOOR_WORK)
@require_http_methods(["GET", "POST"])
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """Into the line of another doctor or room."""
    visit = _of(request, pk)
    form = TransferForm(request.POST or None, visit=visit)
    if request.method == "POST" and form.is_valid():
        try:
            any_room = form.cleaned_data["room"] is None
            after = actions.transfer_visit(visit=visit, any_room=any_room, by=request.user, **form.cleaned_data)
        except ActionError as error:
            error.put(form)
        else:
            text = _("%(name)s waits for %(doctor)s now.")
            words = {"name": visit.patient.full_name, "doctor": own_name(after.practitioner)}
            return close_drawer(text % words, undo_url=undo_url(after))
    context = {"form": form, "visit": visit}
    return show(request, "scheduling/visit/transfer.html", context, status=422 if form.errors else 200)


@needs(Perm.FLOOR_VIEW)
@require_safe
def token(request: HttpRequest, pk: int) -> HttpResponse:
    """The token on paper: number, branch and the way to her own place in line; no name."""
    visit = panel.visit_for(request.user, pk)
    with on_the_clock_of(visit.branch):
        return render(request, "scheduling/visit/token.html", token_context(request, visit))


@needs(Perm.PATIENTS_EDIT)
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Her mobile number, national code and birth date, put right while she stands at the desk."""
    visit = panel.visit_for(request.user, pk)
    patient = visit.patient
    start = {name: getattr(patient, name) for name in ("phone", "national_code", "birth_date")}
    form = CorrectForm(request.POST or None, initial=start, region=region())
    if request.method == "POST" and form.is_valid():
        try:
            patients.change(patient=patient, by=request.user, **form.cleaned_data)
        except ActionError as error:
            error.put(form)
        else:
            return close_drawer(_("The details of %(name)s are corrected.") % {"name": patient.full_name})
    context = {"form": form, "visit": visit, "patient": patient}
    return show(request, "scheduling/visit/correct.html", context, status=422 if form.errors else 200)


def token_context(request: HttpRequest, visit: Visit) -> dict[str, Any]:
    """What a printed or shown token holds."""
    link = request.build_absolute_uri(reverse("place", args=[visit.queue_token]))
    return {
        "visit": visit,
        "branch": visit.branch,
        "branch_name": own_name(visit.branch),
        "practitioner": own_name(visit.practitioner),
        "room": own_name(visit.room) if visit.room else "",
        "link": link,
        "qr": drawn(link),
    }


def drawn(link: str) -> Any:
    """A QR code as SVG that scales with its place."""
    return mark_safe(segno.make(link, error="m").svg_inline(border=2, omitsize=True))  # noqa: S308 (drawn here)


def _of(request: HttpRequest, pk: int) -> Visit:
    visit = panel.visit_for(request.user, pk)
    if not request.user.can(Perm.FLOOR_WORK, visit.branch_id):
        raise Forbidden(_("Your role does not allow this."))
    return visit
