"""How freed time is offered to those who wait."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from scheduling import actions
from scheduling.forms.setup import present
from scheduling.forms.waiting import RulesForm
from scheduling.queries.policy import booking_rules
from scheduling.views.setup.saving import one, saved, tried

HERE = "/set-up/waitlist/"


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def waitlist(request: HttpRequest) -> HttpResponse:
    """The clinic's own rules of the waitlist."""
    form = (
        RulesForm(request.POST) if request.method == "POST" else RulesForm(initial=present(booking_rules(), RulesForm))
    )

    def work(data: dict[str, Any]) -> None:
        actions.save_waitlist_rules(by=request.user, **data)

    if request.method == "POST" and tried(form, work):
        return saved(request, HERE)
    return one(request, form, title=_("Waitlist"), back="/set-up/", back_label=_("Set-up"))
