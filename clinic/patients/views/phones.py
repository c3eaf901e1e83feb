"""Numbers that change owners: the question to whoever signs in after a long silence, and the desk's own button."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients import actions
from clinic.patients.forms import WhoForm
from clinic.patients.permissions import is_held
from clinic.patients.views.surviving import surviving
from clinic.shared.errors import ActionError


@needs(Perm.OWN_VIEW, POST=Perm.OWN_BOOK)
@require_http_methods(["GET", "POST"])
def who(request: HttpRequest) -> HttpResponse:
    """Is it still the same person? A birth date says so; `new` says that the number was somebody else's."""
    if not is_held(request.user):
        return HttpResponseRedirect("/my/")
    if "new" in request.POST:
        actions.start_anew(user=request.user, by=request.user)
        messages.success(request, _("Welcome. Nothing of the former owner is shown to you."))
        return HttpResponseRedirect("/my/")
    form = WhoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if actions.prove_same_person(
                user=request.user, birth_date=form.cleaned_data["birth_date"], by=request.user
            ):
                return HttpResponseRedirect("/my/")
        except ActionError as error:
            form.add_error(None, error.message)
        else:
            form.add_error("birth_date", _("This is not the birth date we know. Try once more."))
    return render(request, "patients/who.html", {"form": form}, status=422 if form.errors else 200)


@needs(Perm.PATIENTS_EDIT)
@require_POST
def phone_gone(request: HttpRequest, pk: int) -> HttpResponse:
    """The patient's number belongs to somebody else now."""
    patient = surviving(request, pk)
    actions.give_up_phone(patient=patient, by=request.user)
    messages.success(request, _("The number left the card. Ask for the new one at the next visit."))
    return HttpResponseRedirect(f"/patients/{patient.pk}/")
