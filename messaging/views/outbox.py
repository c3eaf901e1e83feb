"""What was sent to patients, and whether it arrived."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.actions import note_contact
from clinic.patients.forms import NoteForm
from clinic.patients.views.surviving import surviving
from clinic.shared import html
from clinic.shared.errors import ActionError
from clinic.shared.text import search_key
from messaging import actions, queries
from messaging.models import Message
from messaging.statuses import MessageStatus
from scheduling.views.frame import refused


@needs(Perm.MESSAGES_VIEW)
@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """All messages, the newest first, by status; a red light when none goes out."""
    status, words = request.GET.get("status", ""), search_key(request.GET.get("q"))[:60]
    status = status if status in MessageStatus.values else ""
    counts = queries.outbox_counts()
    tabs = [{"label": _("All"), "url": "/messages/", "active": not status}] + [
        {"label": label, "url": f"/messages/?status={value}", "active": status == value, "count": counts.get(value, "")}
        for value, label in MessageStatus.choices
        if counts.get(value) or status == value
    ]
    page = Paginator(queries.outbox(status, words), 50).get_page(request.GET.get("page"))
    context = {"page": page, "tabs": tabs, "health": queries.health(), "status": status, "q": words}
    template = "messaging/_outbox.html" if html.is_htmx(request) else "messaging/outbox.html"
    return render(request, template, context)


@needs(Perm.MESSAGES_VIEW)
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Send one that failed once more."""
    message = get_object_or_404(Message, pk=pk)
    try:
        message = actions.retry_message(message=message, by=request.user)
    except ActionError as error:
        return refused(error)
    if not html.is_htmx(request):
        return redirect("messaging:outbox")
    return html.toast(render(request, "messaging/_message.html", {"message": message}), _("It is sent again."))


@needs(Perm.MESSAGES_VIEW, POST=Perm.PATIENTS_EDIT)
@require_http_methods(["GET", "POST"])
def for_patient(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Messages and calls of a patient in one list, for her card; noting a call."""
    patient = surviving(request, patient_id)
    form = NoteForm(request.POST or None) if request.user.can(Perm.PATIENTS_EDIT) else None
    if request.method == "POST" and form and form.is_valid():
        note_contact(patient=patient, by=request.user, **form.cleaned_data)
        form = NoteForm()
    context = {"patient": patient, "rows": queries.contacts_of(patient), "form": form}
    status = 422 if form and form.errors else 200
    return render(request, "messaging/_messages_of.html", context, status=status)
