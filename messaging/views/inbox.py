"""What patients write to the clinic: the patient's own page, and the desk's inbox with one conversation open."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from clinic.patients.permissions import acts_for
from clinic.shared.errors import ActionError
from clinic.shared.html import is_htmx, toast, trigger
from messaging import actions, queries
from messaging.models import Conversation, ConversationKind
from messaging.permissions import visible_conversations
from scheduling.views.frame import branch_of, frame, on_the_clock_of, refused

SHOWN = 100


@needs(Perm.OWN_VIEW)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Write to the clinic: one conversation for each of the family, `?patient=` chooses."""
    family = list(acts_for(request.user))
    wanted = request.GET.get("patient", "")
    patient = next((each for each in family if str(each.pk) == wanted), None) or next(iter(family), None)
    found = actions.conversation_with_clinic(patient=patient, by=request.user) if patient else None
    context = {"family": family, "patient": patient, "conversation": found}
    return render(request, "messaging/my_chat.html", context)


@needs(Perm.CHAT_PATIENTS)
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Everybody who wrote, the latest first; `?patient=` begins with one who has not."""
    branch = branch_of(request, Perm.CHAT_PATIENTS)
    context = {**frame(request, branch, Perm.CHAT_PATIENTS), **_rows(request)}
    if request.GET.get("patient", "").isdecimal():
        if not request.user.can(Perm.PATIENTS_VIEW):
            raise Http404
        card = get_object_or_404(Patient.objects.select_related("merged_into"), pk=request.GET["patient"][:18])
        patient = card.merged_into or card
        begun = actions.conversation_with_clinic(patient=patient, branch=branch, by=request.user)
        return redirect("messaging:inbox_one", pk=begun.pk)
    with on_the_clock_of(branch):
        return render(request, "messaging/inbox.html", context)


@needs(Perm.CHAT_PATIENTS)
@require_safe
def inbox_one(request: HttpRequest, pk: int) -> HttpResponse:
    """The inbox with one conversation open."""
    found = _find(request, pk)
    branch = found.branch
    context = {**frame(request, branch, Perm.CHAT_PATIENTS), **_rows(request), "open": found}
    context["replies"] = [
        _("You can come at the time you have. We are expecting you."),
        _("Please call the clinic, so that we can find a time for you."),
        _("The doctor will see this and answer you."),
    ]
    with on_the_clock_of(branch):
        return render(request, "messaging/inbox.html", context)


@needs(Perm.CHAT_PATIENTS)
@require_safe
def inbox_part(request: HttpRequest) -> HttpResponse:
    """The list, fetched again when somebody writes."""
    branch = branch_of(request, Perm.CHAT_PATIENTS)
    opened = request.GET.get("open", "")
    open_pk = int(opened) if opened.isdecimal() and len(opened) < 19 else 0
    context = {"branch": branch, **_rows(request), "open": Conversation(pk=open_pk) if open_pk else None}
    with on_the_clock_of(branch):
        return render(request, "messaging/_inbox_rows.html", context)


@needs(Perm.CHAT_PATIENTS)
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """I answer this one; pressed again, anybody may."""
    found = _find(request, pk)
    becomes_mine = found.assigned_to_id != request.user.pk
    try:
        actions.assign_conversation(conversation=found, to=request.user if becomes_mine else None, by=request.user)
    except ActionError as error:
        return refused(error)
    if not is_htmx(request):
        return HttpResponseRedirect(f"/desk/chat/{pk}/")
    said = _("You answer this patient.") if becomes_mine else _("Anybody may answer this patient.")
    return toast(trigger(HttpResponse(status=204), live_refresh={}), said)


def _find(request: HttpRequest, pk: int) -> Conversation:
    rows = visible_conversations(request.user).filter(kind=ConversationKind.CLINIC)
    found: Conversation = get_object_or_404(rows.select_related("patient", "branch", "assigned_to"), pk=pk)
    if not request.user.can(Perm.CHAT_PATIENTS, found.branch_id):
        raise Http404
    return found


def _rows(request: HttpRequest) -> dict[str, Any]:
    allowed = visible_conversations(request.user).filter(kind=ConversationKind.CLINIC)
    scope = request.user.rights.branches(Perm.CHAT_PATIENTS)
    allowed = allowed if scope is None else allowed.filter(branch__in=scope)
    rows = list(
        queries.with_unread(allowed.filter(messages__isnull=False, patient__merged_into=None), request.user)[:SHOWN]
    )
    unread = sum(1 for row in rows if row.unread)  # type: ignore[attr-defined]  # annotated
    return {"rows": rows, "unread": unread}
