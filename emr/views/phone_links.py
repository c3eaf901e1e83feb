"""Files from a phone: the code on the desk's screen, and the page that the phone opens."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.accounts.guards import needs, open_to_all
from clinic.accounts.permissions import Perm
from clinic.patients.views.surviving import surviving
from clinic.shared.errors import ActionError, Conflict
from clinic.shared.uploads import files_of, takes_files
from emr import actions
from emr.forms import PhoneLinkForm
from emr.models import PhoneLink
from emr.views.files import usual_kind
from scheduling.views.frame import branch_of, show
from scheduling.views.transfer import drawn

COOKIE = "phone"


@needs(Perm.FILES_ADD)
@require_http_methods(["GET", "POST"])
def phone_code(request: HttpRequest, patient_id: int) -> HttpResponse:
    """The panel with the code; choosing another kind draws another code."""
    patient = surviving(request, patient_id)
    if request.method == "GET":
        form = PhoneLinkForm(initial=usual_kind(request.user))
        return show(request, "emr/files/phone.html", {"patient": patient, "form": form})
    form = PhoneLinkForm(request.POST)
    if not form.is_valid():
        return render(request, "emr/files/phone_code.html", {"patient": patient, "form": form}, status=422)
    branch = branch_of(request, Perm.FILES_ADD)
    link, token = actions.open_phone_link(patient=patient, branch=branch, by=request.user, **form.cleaned_data)
    address = request.build_absolute_uri(reverse("emr:phone", args=[token]))
    context = {"link": link, "address": address, "qr": drawn(address), "patient": patient, "branch": branch}
    return render(request, "emr/files/phone_code.html", context)


@needs(Perm.FILES_ADD)
@require_GET
def phone_state(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the phone is: waiting, connected, so many received."""
    link = get_object_or_404(PhoneLink.objects.select_related("branch"), pk=pk, by=request.user)
    return render(request, "emr/files/phone_state.html", {"link": link, "branch": link.branch})


@open_to_all("a code shown at the desk lets one phone send files, for some minutes")
@require_GET
def phone(request: HttpRequest, token: str) -> HttpResponse:
    """The page of the phone: camera, chosen photos, what has arrived. It names no patient."""
    try:
        link, holder = actions.take_phone_link(token=token, holder=request.COOKIES.get(COOKIE, ""), by=None)
    except ActionError as error:
        return render(request, "emr/files/phone_over.html", {"message": error.message}, status=error.status)
    answer = render(request, "emr/files/phone_page.html", {"link": link, "token": token})
    answer.set_cookie(
        COOKIE, holder, max_age=3600, path=f"/phone/{token}/", httponly=True, secure=request.is_secure(),
        samesite="Strict",
    )  # fmt: skip
    answer["Cache-Control"] = "no-store"
    return answer


@takes_files
@open_to_all("a code shown at the desk lets one phone send files, for some minutes")
@require_POST
def phone_send(request: HttpRequest, token: str) -> HttpResponse:
    """Files of the phone that holds the code: JSON with how many arrived, or the refusal in words."""
    holder = request.COOKIES.get(COOKIE, "")
    try:
        actions.require_phone(token=token, holder=holder)
        for upload in files_of(request, at_most=10):
            actions.send_from_phone(token=token, holder=holder, upload=upload, by=None)
    except ActionError as error:
        return JsonResponse({"message": error.message}, status=422 if error.status == 400 else error.status)
    return JsonResponse({"text": _("It has arrived at the clinic.")})


@open_to_all("a code shown at the desk lets one phone send files, for some minutes")
@require_POST
def phone_done(request: HttpRequest, token: str) -> HttpResponse:
    """The phone is done: its code ends."""
    try:
        link = actions.close_phone_link(token=token, holder=request.COOKIES.get(COOKIE, ""), by=None)
    except Conflict as error:
        return render(request, "emr/files/phone_over.html", {"message": error.message}, status=error.status)
    except ActionError as error:
        return render(request, "emr/files/phone_over.html", {"message": error.message}, status=error.status)
    context = {"message": _("Thank you. The clinic has your pictures."), "link": link, "done": True}
    return render(request, "emr/files/phone_over.html", context)
