"""The clinic's public home."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.accounts.guards import open_to_all
from clinic.accounts.queries import open_branches
from scheduling.queries.again import usual_of
from scheduling.queries.categories import in_categories
from scheduling.queries.diary import doctors_on_offer, services_on_offer
from scheduling.queries.site_hours import usual_hours
from scheduling.views.held import remember_campaign


@open_to_all("the clinic's public site")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the clinic offers, by whom, where; one action: book."""
    remember_campaign(request)
    context = {
        "again": usual_of(request.user) if request.user.is_authenticated else [],
        "services": in_categories(services_on_offer()),
        "doctors": doctors_on_offer().order_by("pk"),
        "branches": [(branch, usual_hours(branch)) for branch in open_branches()],
    }
    return render(request, "scheduling/site/home.html", context)
