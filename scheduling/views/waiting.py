"""The desk's waitlist: who waits, who is asked, what was filled, and who fits an empty time."""

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.shared.calendar import format_datetime
from clinic.shared.errors import ActionError, Forbidden, NotFound
from clinic.shared.html import close_drawer, is_htmx
from clinic.shared.text import normalise
from scheduling import actions
from scheduling.forms.waiting import AddForm, EntryForm
from scheduling.forms.waitlist import present_wishes
from scheduling.models import FreedTime, Practitioner, WaitlistEntry
from scheduling.queries.matching import Opening, judged
from scheduling.queries.opening import zone_of
from scheduling.queries.policy import booking_rules
from scheduling.queries.waitlist import (
    count_of,
    desk_entries,
    history_of,
    month_of,
    offers_of,
    refilled,
    visible_entries,
)
from scheduling.queries.wishes import standing_of
from scheduling.views.frame import branch_of, frame, on_the_clock_of, refused, show
from scheduling.views.offers import wall_of
from scheduling.views.quick import written_person

TABS = ("waiting", "offers", "refilled")


@needs(Perm.DIARY_BOOK)
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Who waits, who is being asked, which seats were filled this month."""
    branch = branch_of(request, Perm.DIARY_BOOK)
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else TABS[0]
    month = month_of(branch)
    with on_the_clock_of(branch):
        context = frame(request, branch, Perm.DIARY_BOOK) | {
            "tab": tab,
            "count": count_of(branch, *month),
            "entries": desk_entries(request.user, branch, request.GET.get("q", "")) if tab == "waiting" else [],
            "offers": offers_of(branch) if tab == "offers" else [],
            "filled": refilled(branch, *month)[:200] if tab == "refilled" else [],
            "q": request.GET.get("q", ""),
            "now": timezone.now(),
            "branch_url": "/desk/waitlist/",
        }
        part = is_htmx(request) and request.headers.get("HX-Target", "").endswith("waitlist")
        return render(request, f"scheduling/waiting/{'_list' if part else 'list'}.html", context)


@needs(Perm.DIARY_BOOK)
@require_http_methods(["GET", "HEAD", "POST"])
def waiting_new(request: HttpRequest) -> HttpResponse:
    """Put a patient on the list."""
    branch = branch_of(request, Perm.DIARY_BOOK)
    known = {name: request.GET.get(name, "") for name in ("patient", "service")}
    form = AddForm(request.POST or None, branch=branch, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            entry = actions.join_person(
                person=written_person(request, form.cleaned_data), service=form.cleaned_data["service"],
                companions=_companions(request, form), by=request.user, **form.wishes(),
            )  # fmt: skip
        except ActionError as error:
            form.add_action_error(error)
        else:
            return close_drawer(_on_the_list(entry))
    context = {"form": form, "branch": branch, "query": request.GET.urlencode()}
    return show(request, "scheduling/waiting/new.html", context, status=422 if form.errors else 200)


def _companions(request: HttpRequest, form: AddForm) -> list[Any]:
    """Those who come along: patients, or the details of who is new."""
    people = form.cleaned_data["companions"]
    if any(who.patient is None for who in people) and not request.user.can(Perm.PATIENTS_EDIT):
        raise Forbidden(_("Your role does not register patients. Choose one."), field="companions")
    return [
        who.patient or {"first_name": who.first_name, "last_name": who.last_name, "phone": who.phone} for who in people
    ]


def _on_the_list(entry: WaitlistEntry) -> str:
    if entry.instead_of is None:
        return _("%(name)s is on the list.") % {"name": entry.patient}
    when = format_datetime(entry.instead_of.starts_at, style="short")
    text = _("%(name)s is on the list for an earlier time than hers on %(when)s.")
    return text % {"name": entry.patient, "when": when}


def _entry(request: HttpRequest, pk: int) -> WaitlistEntry:
    return get_object_or_404(visible_entries(request.user).select_related("patient", "service"), pk=pk)


@needs(Perm.DIARY_BOOK)
@require_http_methods(["GET", "HEAD", "POST"])
def waiting_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One who waits: her wishes to change, what she was offered, and why she was passed over."""
    entry = _entry(request, pk)
    form = EntryForm(request.POST or None, service=entry.service, initial=present_wishes(entry))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_entry(entry=entry, by=request.user, **form.wishes())
        except ActionError as error:
            form.add_action_error(error)
        else:
            return close_drawer(_("Saved."))
    live = entry.status in {"waiting", "offered"}
    standing = standing_of(entry) if live else None
    context = {"form": form, "entry": entry, "live": live, "companions": list(entry.companions.order_by("pk"))}
    context |= {"standing": standing, "standing_wall": wall_of(standing) if standing else None, **history_of(entry)}
    return show(request, "scheduling/waiting/entry.html", context, status=422 if form.errors else 200)


@needs(Perm.DIARY_BOOK)
@require_POST
def waiting_end(request: HttpRequest, pk: int) -> HttpResponse:
    """She waits no more."""
    entry = _entry(request, pk)
    try:
        actions.withdraw_entry(entry=entry, reason=normalise(request.POST.get("reason", ""))[:300], by=request.user)
    except ActionError as error:
        return refused(error)
    return close_drawer(_("%(name)s is off the list.") % {"name": entry.patient})


@needs(Perm.DIARY_BOOK)
@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """The desk needs an offered time itself."""
    time = get_object_or_404(FreedTime, pk=pk)
    if not request.user.can(Perm.DIARY_BOOK, time.branch_id):
        raise Http404
    actions.stop_offering(time=time, by=request.user)
    return close_drawer(_("The time is free again."))


@needs(Perm.DIARY_BOOK)
@require_http_methods(["GET", "HEAD", "POST"])
def fits(request: HttpRequest) -> HttpResponse:
    """Who of those that wait could take an empty time of the board; offer it by message, or book at once."""
    branch = branch_of(request, Perm.DIARY_BOOK)
    doctor, starts_at = _place(request, branch)
    problem: str = ""
    warned: str | None = ""  # whom the rules warn of
    if request.method == "POST":
        try:
            return _give(request, branch, doctor, starts_at)
        except ActionError as error:
            problem, warned = error.message, request.POST.get("entry") if error.code == "warned" else ""
    now, begin = timezone.now(), int(starts_at.timestamp())
    opening = Opening(doctor.pk, branch.pk, branch.time_zone, begin, begin + 60, exact=True)
    found = [each for each in judged(opening, booking_rules(), tell_at=now, now=now) if each.party]
    allowed = set(visible_entries(request.user).filter(pk__in=[e.entry.pk for e in found]).values_list("pk", flat=True))
    context = {
        "found": [each for each in found if each.entry.pk in allowed],
        "branch": branch,
        "doctor": doctor,
        "starts_at": starts_at,
        "wall": starts_at.replace(tzinfo=None),
        "query": request.GET.urlencode(),
        "problem": problem,
        "warned": warned,
    }
    return show(request, "scheduling/waiting/fits.html", context, status=409 if problem else 200)


def _place(request: HttpRequest, branch: Branch) -> tuple[Practitioner, dt.datetime]:
    """The empty place that was clicked: `start` in the branch's wall time, `resource` the doctor."""
    wanted = request.GET.get("resource", "").removeprefix("p")
    known = wanted.isascii() and wanted.isdigit() and len(wanted) < 18
    doctor = Practitioner.objects.filter(pk=wanted).first() if known else None
    try:
        start = dt.datetime.fromisoformat(request.GET.get("start", ""))
        starts_at = start.replace(tzinfo=zone_of(branch.time_zone), second=0, microsecond=0)
        if doctor is not None and 2000 < start.year < 2200:
            return doctor, starts_at
    except ValueError:
        pass
    raise NotFound(_("Choose an empty time on the board."), field="start")


def _give(request: HttpRequest, branch: Branch, doctor: Practitioner, starts_at: dt.datetime) -> HttpResponse:
    wanted = request.POST.get("entry", "")
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 18):
        raise NotFound(_("She does not wait any more."), field="entry")
    entry = visible_entries(request.user).filter(pk=wanted).first()
    if entry is None:
        raise NotFound(_("She does not wait any more."), field="entry")
    place: dict[str, Any] = {"practitioner": doctor, "branch": branch, "starts_at": starts_at, "by": request.user}
    if request.POST.get("do") == "book":
        actions.book_entry(entry=entry, despite="despite" in request.POST, **place)
        return close_drawer(_("%(name)s has the time.") % {"name": entry.patient})
    actions.offer_time(entry=entry, **place)
    return close_drawer(_("%(name)s is asked by SMS; the time is held for her.") % {"name": entry.patient})
