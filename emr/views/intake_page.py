"""The form as the patient fills it, on her phone, without signing in."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.accounts.guards import open_to_all
from clinic.shared.calendar import format_time
from clinic.shared.errors import ActionError, NotFound
from clinic.shared.html import is_htmx
from clinic.shared.uploads import ACCEPT, files_of, takes_files
from emr import actions, queries
from emr.models import File, Intake, IntakeDraft

REASON = "a long random link, sent to the patient, that ends after the visit"


def _find(token: str) -> Intake:
    rows = Intake.objects.select_related("asked__form", "patient", "appointment")
    return get_object_or_404(rows, token=token)


def given_of(request: HttpRequest, intake: Intake) -> dict[str, Any]:
    """What was typed, by item; several answers as a list."""
    found: dict[str, Any] = {}
    for item in intake.asked.content:
        values = request.POST.getlist(item["key"])
        found[item["key"]] = values if item["kind"] == "several" else (values[-1] if values else "")
    return found


@open_to_all(REASON)
@require_http_methods(["GET", "POST"])
def fill(request: HttpRequest, token: str) -> HttpResponse:
    """The form with what was typed before; POST sends it for good."""
    intake = _find(token)
    if not queries.is_open(intake):
        return _over(request, intake)
    if request.method == "GET":
        return _page(request, intake, queries.typed_before(intake))
    given = given_of(request, intake)
    try:
        intake = actions.fill_intake(
            intake=intake, given=given, signature=request.POST.get("signature", "")[:200_000],
            signed_name=request.POST.get("signed_name", "")[:300],
            device=request.META.get("HTTP_USER_AGENT", ""), by=None,
        )  # fmt: skip
    except ActionError as error:
        if error.status != 400:
            return _over(request, _find(token))
        return _page(request, intake, given, error=error)
    return _over(request, intake)


def _page(
    request: HttpRequest, intake: Intake, given: dict[str, Any], error: ActionError | None = None
) -> HttpResponse:
    wrong = error.details.get("wrong", {}) if error else {}
    draft = IntakeDraft.objects.filter(intake=intake).first()
    context = {
        "intake": intake,
        "questions": queries.questions(intake, given, wrong),
        "version": draft.version if draft else 0,
        "saved_at": draft.saved_at if draft else None,
        "error": error,
        "signature": request.POST.get("signature", "")[:200_000],
        "signed_name": request.POST.get("signed_name", "")[:300],
        "accept": ACCEPT,
    }
    answer = render(request, "emr/intake/page.html", context, status=422 if error else 200)
    answer["Cache-Control"] = "no-store"
    return answer


def _over(request: HttpRequest, intake: Intake) -> HttpResponse:
    intake.refresh_from_db()
    return render(request, "emr/intake/over.html", {"intake": intake})


@open_to_all(REASON)
@require_POST
def draft(request: HttpRequest, token: str) -> HttpResponse:
    """What was typed so far: JSON with the version and "10:42"."""
    intake = _find(token)
    sent = request.POST.get("version", "0")
    version = int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 9 else 0
    try:
        kept = actions.save_intake_draft(intake=intake, given=given_of(request, intake), version=version, by=None)
    except ActionError as error:
        return JsonResponse({"message": error.message}, status=410 if isinstance(error, NotFound) else error.status)
    return JsonResponse({"version": kept.version, "saved_at": format_time(kept.saved_at)})


@takes_files
@open_to_all(REASON)
@require_POST
def photos(request: HttpRequest, token: str, asked: str) -> HttpResponse:
    """Photos for one question, or one taken back: the question again, with what has arrived and what was refused."""
    intake = _find(token)
    if not queries.is_open(intake):
        raise NotFound(_("The time of this form is over. Ask the clinic for a new one."))
    if asked not in queries.photos_of(intake):
        raise NotFound(_("This form does not ask for that."))
    problem = ""
    try:
        if "drop" in request.POST:
            actions.drop_intake_photo(intake=intake, file=_own(intake, request.POST["drop"]), by=None)
        else:
            for upload in files_of(request, at_most=6):
                actions.add_intake_photo(intake=intake, key=asked, upload=upload, by=None)
    except ActionError as error:
        if isinstance(error, NotFound):
            raise
        problem = error.message
    if not is_htmx(request) and not problem:
        return redirect("emr:intake", token=token)
    question = next(each for each in queries.questions(intake, {}, {asked: problem}) if each.key == asked)
    context = {"intake": intake, "q": question, "accept": ACCEPT}
    return render(request, "emr/intake/photos.html", context, status=422 if problem else 200)


def _own(intake: Intake, pk: str) -> File:
    known = pk.isascii() and pk.isdecimal() and len(pk) < 19
    return get_object_or_404(File, pk=int(pk) if known else 0, intake=intake)
