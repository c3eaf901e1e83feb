"""Packages at the desk: sold and looked at; and what patients see of theirs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.permissions import acts_for
from clinic.patients.views.surviving import surviving
from clinic.shared import html
from clinic.shared.errors import ActionError
from finance import actions
from finance.models import GiftCard, Package
from finance.queries.checkout import bill
from finance.queries.memberships import running_memberships, standing
from finance.queries.packages import kinds_on_sale, moves_of, packages_of
from finance.statuses import PackageStatus
from finance.views.checkout import show_panel
from finance.views.package_forms import SellForm
from scheduling.views.frame import branch_of, on_the_clock_of, show


@needs(Perm.PAYMENTS_TAKE)
@require_http_methods(["GET", "POST"])
def sell_package(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Sell a package; the panel goes on with paying its bill."""
    patient = surviving(request, patient_id)
    branch = branch_of(request, Perm.PAYMENTS_TAKE)
    may_discount = request.user.can(Perm.DISCOUNTS_GIVE, branch.pk)
    form = SellForm(request.POST or None)
    if not may_discount:
        del form.fields["discount"], form.fields["discount_reason"]
    if request.method == "POST" and form.is_valid():
        try:
            package = actions.sell_package(patient=patient, branch=branch, **form.cleaned_data, by=request.user)
        except ActionError as error:
            error.put(form)
        else:
            answer = show_panel(request, bill(package.invoice), here=f"/finance/invoices/{package.invoice_id}/pay/")
            return html.toast(html.trigger(answer, live_refresh={}), _("Sold: %(name)s.") % {"name": package.name})
    context = {"form": form, "patient": patient, "kinds": kinds_on_sale(), "may_discount": may_discount}
    return show(request, "finance/sell_package.html", context, status=422 if form.errors else 200)


@needs(Perm.INVOICES_VIEW)
@require_safe
def package_panel(request: HttpRequest, pk: int) -> HttpResponse:
    """One package: what is left, what happened, what can be done."""
    package = get_object_or_404(Package.objects.select_related("patient", "branch", "invoice"), pk=pk)
    with on_the_clock_of(package.branch):
        live = package.status in (PackageStatus.ACTIVE, PackageStatus.FROZEN)
        may_change = request.user.can(Perm.INVOICES_ISSUE, package.branch_id)
        context = {
            "package": package,
            "items": package.items.select_related("service").order_by("pk"),
            "moves": moves_of(package),
            "live": live,
            "may_freeze": live and package.freeze_days and request.user.can(Perm.PAYMENTS_TAKE, package.branch_id),
            "may_transfer": live and package.transferable and may_change,
            "may_extend": (live or package.status == PackageStatus.EXPIRED) and package.valid_until and may_change,
            "may_refund": live and request.user.can(Perm.PAYMENTS_REFUND, package.branch_id),
            "may_take": request.user.can(Perm.PAYMENTS_TAKE, package.branch_id),
        }
        return show(request, "finance/package.html", context)


@needs(Perm.OWN_VIEW)
@require_safe
def my_packages(request: HttpRequest) -> HttpResponse:
    """What is left of packages, memberships and gift cards of those for whom this account acts."""
    people = [each.pk for each in acts_for(request.user)]
    context = {
        "packages": packages_of(people).filter(status__in=[PackageStatus.ACTIVE, PackageStatus.FROZEN]),
        "memberships": [standing(row) for row in running_memberships(people)],
        "cards": GiftCard.objects.filter(buyer__in=people, balance__gt=0).select_related("buyer").order_by("-pk"),
        "several": len(people) > 1,
    }
    return render(request, "finance/_my_packages.html", context)
