"""The desk's drawers for what was written down wrongly: it never was, or it is somebody else's."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError, Forbidden
from clinic.shared.html import close_drawer
from scheduling import actions
from scheduling.forms.desk import GiveForm, WrongForm
from scheduling.models import Appointment, Visit
from scheduling.queries import panel
from scheduling.views.frame import on_the_clock_of, show
from scheduling.views.quick import written_person


@needs(Perm.DIARY_BOOK)
@require_http_methods(["GET", "POST"])
def wrong_appointment(request: HttpRequest, pk: int) -> HttpResponse:
    """It was entered in error, with its visit if there is one."""
    found = panel.appointment_for(request.user, pk)
    return _wrong(request, found, lambda reason: actions.appointment_was_wrong(
        appointment=found, reason=reason, by=request.user))  # fmt: skip


@needs(Perm.DIARY_BOOK)
@require_http_methods(["GET", "POST"])
def wrong_visit(request: HttpRequest, pk: int) -> HttpResponse:
    """A visit without an appointment was entered in error."""
    found = panel.visit_for(request.user, pk)
    return _wrong(request, found, lambda reason: actions.visit_was_wrong(visit=found, reason=reason, by=request.user))


def _wrong(request: HttpRequest, found: Appointment | Visit, step: Any) -> HttpResponse:
    if not request.user.can(Perm.DIARY_BOOK, found.branch_id):
        raise Forbidden(_("Your role does not allow this."))
    form = WrongForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            step(form.cleaned_data["reason"])
        except ActionError as error:
            error.put(form)
        else:
            return close_drawer(_("Marked as entered in error."))
    context = {"form": form, "patient": found.patient, "back": request.path.removesuffix("wrong/")}
    return show(request, "scheduling/visit/wrong.html", context, status=422 if form.errors else 200)


@needs(Perm.DIARY_BOOK)
@require_http_methods(["GET", "POST"])
def give(request: HttpRequest, pk: int) -> HttpResponse:
    """The booking is somebody else's."""
    found = panel.appointment_for(request.user, pk)
    if not request.user.can(Perm.DIARY_BOOK, found.branch_id):
        raise Forbidden(_("Your role does not allow this."))
    with on_the_clock_of(found.branch):
        form = GiveForm(request.POST or None, branch=found.branch)
        if request.method == "POST" and form.is_valid():
            try:
                new = actions.give_to_person(
                    person=written_person(request, form.cleaned_data), appointment=found,
                    despite="despite" in request.POST, by=request.user,
                )  # fmt: skip
            except ActionError as error:
                form.add_action_error(error)
            else:
                return close_drawer(_("The time is %(name)s's now.") % {"name": new.patient})
        context = {"form": form, "appointment": found}
        return show(request, "scheduling/visit/give.html", context, status=422 if form.errors else 200)
