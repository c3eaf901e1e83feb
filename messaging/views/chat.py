"""A conversation as a part of other pages: beside an online visit (by link or by number), and by its own number."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from clinic.accounts.guards import needs, open_to_all, signed_in
from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError
from clinic.shared.html import trigger
from messaging import actions, queries
from messaging.actions.chat import LONGEST
from messaging.models import ChatSide, Conversation
from messaging.permissions import side_of, visible_conversations
from scheduling.queries import online
from scheduling.views.frame import on_the_clock_of, refused
from scheduling.views.held import user_of


@dataclass(frozen=True)
class Reader:
    """Who looks at which conversation, and the addresses by which she does."""

    conversation: Conversation
    side: str
    user: User | None
    base: str
    key: str  # what the socket is asked for

    def context(self) -> dict[str, Any]:
        """What the templates need."""
        who = {"side": self.side, "reader": self.user}
        lines = queries.chat_lines(self.conversation, **who)
        return {
            "conversation": self.conversation,
            "lines": lines,
            "last": lines[-1].message.pk if lines else 0,
            "unread": queries.unread_in(self.conversation, **who),
            "may_write": queries.is_open_for_writing(self.conversation),
            "base": self.base,
            "key": self.key,
            "longest": LONGEST,
        }


def reader_by_link(request: HttpRequest, token: str) -> Reader:
    """The patient beside her online visit; 404 for other links and once the visit is long over."""
    found = online.online_by_link(token)
    if found is None or found.link_token != token:
        raise Http404
    user = user_of(request)
    conversation = actions.conversation_beside(appointment=found, by=user)
    if not queries.is_open_for_writing(conversation):
        raise Http404
    return Reader(conversation, ChatSide.PATIENT, user, reverse("messaging:chat_by_link", args=[token]), token)


def reader_of(request: HttpRequest, pk: int) -> Reader:
    """Whoever is signed in and takes part; 404 otherwise."""
    rows = visible_conversations(request.user).select_related("appointment", "patient", "branch")
    conversation = get_object_or_404(rows, pk=pk)
    side = side_of(request.user, conversation)
    return Reader(conversation, side, request.user, reverse("messaging:chat", args=[pk]), str(pk))


@needs(Perm.ONLINE_MEET)
@never_cache
@require_safe
def beside(request: HttpRequest, pk: int) -> HttpResponse:
    """The conversation beside an online visit, for who meets the patient there."""
    found = online.online_for(request.user, pk)
    conversation = actions.conversation_beside(appointment=found, by=request.user)
    base = reverse("messaging:chat", args=[conversation.pk])
    return _show(request, Reader(conversation, ChatSide.CLINIC, request.user, base, str(conversation.pk)))


@open_to_all("the long random token in the address is the key to the chat beside one online visit")
@never_cache
@require_safe
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The same for the patient; `?part=1` is its live part."""
    return _show(request, reader_by_link(request, token))


@open_to_all("the long random token in the address is the key to the chat beside one online visit")
@require_POST
def write_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The patient says something."""
    return _write(request, reader_by_link(request, token))


@open_to_all("the long random token in the address is the key to the chat beside one online visit")
@require_POST
def seen_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The patient has read so far."""
    return _seen(request, reader_by_link(request, token))


@signed_in()
@never_cache
@require_safe
def conversation(request: HttpRequest, pk: int) -> HttpResponse:
    """A conversation of which one is a part; `?part=1` is its live part."""
    return _show(request, reader_of(request, pk))


@signed_in()
@require_POST
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something."""
    return _write(request, reader_of(request, pk))


@signed_in()
@require_POST
def seen(request: HttpRequest, pk: int) -> HttpResponse:
    """Have read so far."""
    return _seen(request, reader_of(request, pk))


def _show(request: HttpRequest, reader: Reader) -> HttpResponse:
    template = "messaging/_chat_list.html" if "part" in request.GET else "messaging/_chat.html"
    with on_the_clock_of(reader.conversation.branch):
        return render(request, template, reader.context())


def _write(request: HttpRequest, reader: Reader) -> HttpResponse:
    try:
        actions.write_message(
            conversation=reader.conversation,
            side=reader.side,
            text=request.POST.get("text", ""),
            key=request.POST.get("key", ""),
            by=reader.user,
        )
    except ActionError as error:
        return refused(error)
    with on_the_clock_of(reader.conversation.branch):
        response = render(request, "messaging/_chat_list.html", reader.context())
    return trigger(response, chat_sent={})


def _seen(request: HttpRequest, reader: Reader) -> HttpResponse:
    last = request.POST.get("last", "")
    if not last.isdecimal() or len(last) > 18:
        return HttpResponse(_("This message is not known."), status=400, content_type="text/plain; charset=utf-8")
    actions.mark_seen(conversation=reader.conversation, side=reader.side, last=int(last), by=reader.user)
    return HttpResponse(status=204)
