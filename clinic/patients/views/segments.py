"""Groups of patients: the list with counts, and the builder. Who is in one is asked each time."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients import actions, queries
from clinic.patients.models import Segment
from clinic.patients.views.builder import Draft, read_draft, start_draft
from clinic.shared.errors import ActionError
from clinic.shared.html import is_htmx, redirect_to, toast
from clinic.shared.segments import may_ask

FACES = 6  # names beside the count while a group is put together


def find_segment(request: HttpRequest, pk: int) -> Segment:
    """A group of which this account may know what it asks; else 404."""
    row = get_object_or_404(Segment, pk=pk)
    if not may_ask(request.user, queries.terms_of(row)):
        raise Http404
    return row


@needs(Perm.SEGMENTS_VIEW)
@require_safe
def segments(request: HttpRequest) -> HttpResponse:
    """All groups with what they ask and how many people are in them now."""
    return render(request, "patients/segments.html", _list_context(request))


def _list_context(request: HttpRequest) -> dict[str, Any]:
    return {
        "rows": queries.counted(queries.segments_for(request.user)),
        "may_change": request.user.can(Perm.SEGMENTS_EDIT),
        "may_take": request.user.can(Perm.SEGMENTS_EXPORT),
    }


@needs(Perm.SEGMENTS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def segment(request: HttpRequest, segment_pk: int) -> HttpResponse:
    """Put a group together; number 0 is a new one. Each change is sent and comes back with the count."""
    row = find_segment(request, segment_pk) if segment_pk else None
    if request.method != "POST":
        return _builder(request, row, start_draft(row, request.user))
    draft = read_draft(request.POST, request.user)
    if request.POST.get("do") != "save":
        return _builder(request, row, draft)
    draft.look_closely()
    if not draft.errors:
        try:
            actions.save_segment(
                segment=row, name=draft.name, terms=draft.terms(), any_of=draft.any_of, by=request.user
            )
        except ActionError as error:
            draft.errors[error.field or "rule"] = error.message
        else:
            messages.success(request, _("The group is saved."))
            there = reverse("segments")
            return redirect_to(there) if is_htmx(request) else HttpResponseRedirect(there)
    return _builder(request, row, draft, 422)


def _builder(request: HttpRequest, row: Segment | None, draft: Draft, status: int = 200) -> HttpResponse:
    found = queries.patients_who(draft.terms(), any_of=draft.any_of)
    count = found.count() if draft.whole else None
    context = {
        "segment": row,
        "draft": draft,
        "sentence": draft.sentence(),
        "count": count,
        "faces": found.order_by("-pk")[:FACES] if count else [],
        "rest": max(0, (count or 0) - FACES),
    }
    return render(request, "patients/segment.html", context, status=status)


@needs(Perm.SEGMENTS_EDIT)
@require_POST
def segment_remove(request: HttpRequest, segment_pk: int) -> HttpResponse:
    """Take a group out of use; it can be put back at once."""
    row = find_segment(request, segment_pk)
    actions.remove_segment(segment=row, by=request.user)
    return _after(request, _("The group was removed."), undo_url=reverse("segment-restore", args=[row.pk]))


@needs(Perm.SEGMENTS_EDIT)
@require_POST
def segment_restore(request: HttpRequest, segment_pk: int) -> HttpResponse:
    """Put a removed group back."""
    try:
        actions.restore_segment(segment=find_segment(request, segment_pk), by=request.user)
    except ActionError as error:
        return HttpResponse(error.message, status=error.status, content_type="text/plain; charset=utf-8")
    return _after(request, _("The group is back."))


def _after(request: HttpRequest, said: str, **more: Any) -> HttpResponse:
    if not is_htmx(request):
        messages.success(request, said)
        return HttpResponseRedirect(reverse("segments"))
    return toast(render(request, "patients/_segments.html", _list_context(request)), said, **more)
