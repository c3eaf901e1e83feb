"""When a doctor works: the usual week, another week for some time, one day, and the rules of a stretch."""

import datetime as dt
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError
from scheduling.actions import hours as actions
from scheduling.forms.hours import DayForm, PlanForm, WeekForm
from scheduling.forms.rules import RulesForm
from scheduling.models import Practitioner, WorkingHours
from scheduling.queries.setup import my_branches, my_practitioners, week_of
from scheduling.views.setup.doctors import doctor_page
from scheduling.views.setup.saving import one, saved, saved_for, tried

BACK = "/set-up/doctors/"


def _whose(request: HttpRequest, pk: int, branch_pk: int) -> tuple[Practitioner, Branch]:
    return (
        get_object_or_404(my_practitioners(request.user), pk=pk),
        get_object_or_404(my_branches(request.user), pk=branch_pk),
    )


@needs(Perm.SETUP_MANAGE)
@require_POST
def doctor_hours(request: HttpRequest, pk: int, branch_pk: int) -> HttpResponse:
    """Set a doctor's usual week in a branch."""
    row, branch = _whose(request, pk, branch_pk)
    form = WeekForm(request.POST, week=week_of(row, branch))
    if form.is_valid() and _set(form, practitioner=row, branch=branch, by=request.user):
        return saved_for(request, f"{BACK}{row.pk}/", practitioner=row.pk)
    return doctor_page(request, row, weeks={branch.pk: form})


def _set(form: WeekForm, dates: forms.Form | None = None, **values: Any) -> bool:
    """Whether the week could be set; the refusal stands at its day or date."""
    try:
        actions.set_week(blocks=form.blocks(), **values)
    except ActionError as error:
        if dates is not None and error.field in dates.fields:
            dates.add_error(error.field, error.message)
        else:
            name = f"{error.field}_0_from"
            form.add_error(name if name in form.fields else None, error.message)
        return False
    return True


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, pk: int, branch_pk: int) -> HttpResponse:
    """Another week for some time; `?from=…&until=…` name one that is there, a new one begins as the usual week."""
    row, branch = _whose(request, pk, branch_pk)
    first, last = _day(request, "from"), _day(request, "until")
    had = week_of(row, branch, first, last) if first else {}
    if first and not had:
        raise Http404
    dates = PlanForm(request.POST or None, initial={"valid_from": first, "valid_until": last})
    form = WeekForm(request.POST or None, week=had or week_of(row, branch))
    if request.method == "POST" and dates.is_valid() and form.is_valid():
        if first and (first, last) != (dates.cleaned_data["valid_from"], dates.cleaned_data["valid_until"]):
            dates.add_error("valid_from", _("The dates of a plan stay; remove it and make a new one."))
        elif not form.blocks():
            form.add_error(None, _("Write the hours of at least one day; for days off add a leave."))
        elif _set(form, dates, practitioner=row, branch=branch, by=request.user, **dates.cleaned_data):
            return saved_for(request, f"{BACK}{row.pk}/", practitioner=row.pk)
    context = {"doctor": row, "branch": branch, "dates": dates, "week": form, "is_new": not first}
    wrong = dates.errors or form.errors
    return render(request, "scheduling/setup/plan.html", context, status=422 if wrong else 200)


def _day(request: HttpRequest, name: str) -> dt.date | None:
    text = request.GET.get(name, "")
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise Http404 from None


@needs(Perm.SETUP_MANAGE)
@require_POST
def plan_remove(request: HttpRequest, pk: int, branch_pk: int) -> HttpResponse:
    """Take another week back; the usual one counts again."""
    row, branch = _whose(request, pk, branch_pk)
    first, last = _day(request, "from"), _day(request, "until")
    if not first or not week_of(row, branch, first, last):
        raise Http404
    actions.set_week(practitioner=row, branch=branch, blocks=[], valid_from=first, valid_until=last, by=request.user)
    return saved_for(request, f"{BACK}{row.pk}/", practitioner=row.pk, text=_("Removed. The usual week counts again."))


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def other_day(request: HttpRequest, pk: int, branch_pk: int) -> HttpResponse:
    """Other hours on one day."""
    row, branch = _whose(request, pk, branch_pk)
    form = DayForm(request.POST or None)

    def work(data: dict[str, Any]) -> None:
        day = data["date"]
        try:
            actions.set_week(
                practitioner=row, branch=branch, blocks=form.blocks(), valid_from=day, valid_until=day, by=request.user
            )
        except ActionError as error:
            error.field = "first_from"
            raise

    if request.method == "POST" and tried(form, work):
        return saved_for(request, f"{BACK}{row.pk}/", practitioner=row.pk)
    title = _("Other hours of %(name)s on one day") % {"name": row.name}
    return one(request, form, title=title, back=f"{BACK}{row.pk}/", back_label=row.name)


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest, pk: int) -> HttpResponse:
    """How a stretch of work is given: by time or by number, where, for what."""
    mine = WorkingHours.objects.filter(
        practitioner__in=my_practitioners(request.user).values("pk"), branch__in=my_branches(request.user)
    )
    hours = get_object_or_404(mine.select_related("practitioner", "branch"), pk=pk)
    form = RulesForm(request.POST or None, hours=hours)

    def work(data: dict[str, Any]) -> None:
        actions.set_hours_rules(hours=hours, by=request.user, **{**data, "services": list(data["services"])})

    back = f"{BACK}{hours.practitioner_id}/"
    if request.method == "POST" and tried(form, work):
        return saved(request, back)
    context = {"form": form, "hours": hours, "back": back}
    return render(request, "scheduling/setup/rules.html", context, status=422 if form.errors else 200)
