"""Set-up of the online gateway."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from finance import actions
from finance.forms import GatewayForm
from finance.models import GatewayAccount
from scheduling.queries.setup import sets_up_all
from scheduling.views.setup.saving import one, saved, tried


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def gateway(request: HttpRequest) -> HttpResponse:
    """The clinic's merchant id, and whether patients may pay online; for who sets up the whole clinic."""
    if not sets_up_all(request.user):
        raise PermissionDenied(_("Set up the whole clinic to change where its money goes."))
    row = GatewayAccount.objects.first() or GatewayAccount()
    start = {"merchant_id": row.merchant_id, "is_on": row.is_on}
    form = GatewayForm(request.POST) if request.method == "POST" else GatewayForm(initial=start)

    def work(data: dict[str, Any]) -> None:
        actions.save_gateway(by=request.user, **data)

    if request.method == "POST" and tried(form, work):
        return saved(request, "/set-up/")
    return one(request, form, title=_("Online payment"), back="/set-up/", back_label=_("Set-up"))
