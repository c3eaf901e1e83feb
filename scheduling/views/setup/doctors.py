"""Doctors: who they are, what they give, when they work."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError
from scheduling.actions import setup as actions
from scheduling.forms.hours import WeekForm
from scheduling.forms.setup import DoctorForm, OfferForm, present
from scheduling.models import Practitioner, PractitionerService, Service, WorkingHours
from scheduling.queries.setup import doctors_with_gaps, my_branches, my_practitioners, plans_of, sets_up_all, week_of
from scheduling.views.setup.saving import saved_for, tried

BACK = "/set-up/doctors/"
OWN = ("minutes", "buffer_before", "buffer_after", "price")  # what may differ from the price list


@needs(Perm.SETUP_MANAGE)
@require_safe
def doctors(request: HttpRequest) -> HttpResponse:
    """The doctors, with what keeps each from being booked."""
    mine = doctors_with_gaps().filter(pk__in=my_practitioners(request.user).values("pk"))
    return render(request, "scheduling/setup/doctors.html", {"doctors": mine, "whole": sets_up_all(request.user)})


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def doctor(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make or change a doctor."""
    row = get_object_or_404(my_practitioners(request.user), pk=pk) if pk else None
    if request.method == "GET":
        return doctor_page(request, row)
    form, kept = DoctorForm(request.POST), []

    def work(data: dict[str, Any]) -> None:
        kept.append(actions.save_practitioner(practitioner=row, by=request.user, **data))

    if tried(form, work):
        return saved_for(request, f"{BACK}{kept[0].pk}/", practitioner=kept[0].pk)
    return doctor_page(request, row, form=form)


@needs(Perm.SETUP_MANAGE)
@require_POST
def doctor_offers(request: HttpRequest, pk: int) -> HttpResponse:
    """Set which services a doctor gives, and how."""
    row = get_object_or_404(my_practitioners(request.user), pk=pk)
    offers = _offers(row, request.POST)
    valid = [form.is_valid() for form in offers]  # each, so that each shows what is wrong
    if all(valid):
        values = [(form.service, form.cleaned_data) for form in offers]
        terms = [actions.Terms(each, data["offered"], **{name: data[name] for name in OWN}) for each, data in values]
        try:
            actions.set_offers(practitioner=row, terms=terms, by=request.user)
        except ActionError as error:
            _blame(offers, error)
        else:
            return saved_for(request, f"{BACK}{row.pk}/", practitioner=row.pk)
    return doctor_page(request, row, offers=offers)


def _blame(offers: list[OfferForm], error: ActionError) -> None:
    prefix, _dash, field = error.field.partition("-")
    named = next((form for form in offers if form.prefix == prefix), offers[0])
    named.add_error(field if field in named.fields else None, error.message)


def _offers(row: Practitioner, data: Any = None) -> list[OfferForm]:
    present_rows = {each.service_id: each for each in PractitionerService.objects.filter(practitioner=row)}
    forms = []
    for service in Service.objects.filter(is_active=True):
        had = present_rows.get(service.pk)
        start = {"offered": had.is_active, **{name: getattr(had, name) for name in OWN}} if had else {}
        forms.append(OfferForm(data, service=service, initial=start))
    return forms


def doctor_page(
    request: HttpRequest,
    row: Practitioner | None,
    *,
    form: DoctorForm | None = None,
    offers: list[OfferForm] | None = None,
    weeks: dict[int, WeekForm] | None = None,
) -> HttpResponse:
    """The page of a doctor, with the forms that were sent and could not be taken."""
    context: dict[str, Any] = {
        "doctor": row,
        "form": form or DoctorForm(initial=present(row, DoctorForm) if row else None),
        "title": row.name if row else _("New doctor"),
        "whole": sets_up_all(request.user),
    }
    if row:
        branches = list(my_branches(request.user).filter(is_active=True))
        posted = weeks or {}
        dated = WorkingHours.objects.filter(practitioner=row, replaces=False).exclude(valid_from=None, valid_until=None)
        context |= {
            "offers": offers or _offers(row),
            "weeks": [(each, posted.get(each.pk) or WeekForm(week=week_of(row, each))) for each in branches],
            "dated": dated.select_related("branch").order_by("valid_from", "weekday"),
            "plans": plans_of(row, branches),
        }
    wrong = any(each is not None for each in (form, offers, weeks))
    return render(request, "scheduling/setup/doctor.html", context, status=422 if wrong else 200)
