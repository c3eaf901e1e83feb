"""A signed-in patient's own people: whom she acts for, adding a family member, her contact details."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients import actions
from clinic.patients.forms import ContactForm, FamilyForm
from clinic.patients.models import PatientAccess
from clinic.patients.permissions import acts_for
from clinic.shared.errors import ActionError


@needs(Perm.OWN_VIEW, POST=Perm.OWN_BOOK)
@require_http_methods(["GET", "POST"])
def family(request: HttpRequest) -> HttpResponse:
    """Whom this account acts for; adding somebody."""
    form = FamilyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            patient = actions.add_family_member(user=request.user, by=request.user, **form.cleaned_data)
        except ActionError as error:
            error.put(form)
        else:
            messages.success(request, _("You can now book for %(name)s.") % {"name": patient.full_name})
            return HttpResponseRedirect(request.path)
    people = PatientAccess.objects.filter(user=request.user, patient__merged_into=None).select_related("patient")
    context = {"people": people.order_by("pk"), "form": form}
    return render(request, "patients/family.html", context, status=422 if form.errors else 200)


@needs(Perm.OWN_VIEW, POST=Perm.OWN_BOOK)
@require_http_methods(["GET", "POST"])
def own_details(request: HttpRequest, pk: int) -> HttpResponse:
    """Contact details of somebody this account acts for."""
    patient = get_object_or_404(acts_for(request.user), pk=pk)
    if request.method == "GET":
        form = ContactForm(initial={name: getattr(patient, name) for name in ContactForm.base_fields})
        return render(request, "patients/own_details.html", {"patient": patient, "form": form})
    form = ContactForm(request.POST)
    if form.is_valid():
        try:
            actions.change(patient=patient, by=request.user, **form.cleaned_data)
        except ActionError as error:
            error.put(form)
        else:
            messages.success(request, _("The details were saved."))
            return HttpResponseRedirect("/my/family/")
    return render(request, "patients/own_details.html", {"patient": patient, "form": form}, status=422)
