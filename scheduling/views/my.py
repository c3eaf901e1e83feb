"""The patient's home: what comes, what was, for whom she acts; the parts of other apps come by address."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.permissions import acts_for, is_held
from scheduling.models import Appointment
from scheduling.queries.diary import past_of, upcoming_of
from scheduling.queries.opening import zone_of

# Fragments of higher apps; an address that does not answer leaves its place empty.
PARTS = ["/my/waitlist/", "/my/bills/", "/my/packages/", "/my/points/", "/my/prescriptions/", "/my/care/"]


@needs(Perm.OWN_VIEW)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """My visits; a number that was silent for long is asked who it is first."""
    if is_held(request.user):
        return HttpResponseRedirect("/my/who/")
    context = {
        "upcoming": [_with_wall(each) for each in upcoming_of(request.user)],
        "past": [_with_wall(each) for each in past_of(request.user)],
        "family": acts_for(request.user),
        "parts": PARTS,
    }
    return render(request, "scheduling/my/home.html", context)


def _with_wall(appointment: Appointment) -> Appointment:
    """With its time as the clock of its branch shows it."""
    zone = zone_of(appointment.time_zone)
    appointment.wall = appointment.starts_at.astimezone(zone).replace(tzinfo=None)  # type: ignore[attr-defined]  # what the template shows, put on the row
    return appointment
