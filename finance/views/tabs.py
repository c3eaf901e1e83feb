"""The parts of the books, as tabs above each of their pages."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic.accounts.permissions import Perm
from clinic.shared import html
from finance.models import DueExpense
from finance.statuses import DueStatus


def tabs(request: HttpRequest, active: str) -> list[dict[str, Any]]:
    """Every part, the open one marked; vouchers with how many expenses wait to be confirmed."""
    waiting = DueExpense.objects.filter(status=DueStatus.PROPOSED).count()
    parts = [
        ("ledger", _("Ledger"), "book-open", None),
        ("reports", _("Reports"), "chart-column", None),
        ("vouchers", _("Expenses and income"), "receipt-text", waiting or None),
        ("suppliers", _("Suppliers"), "truck", None),
        ("recurring", _("Recurring"), "repeat", None),
        *([("wallets", _("Doctors’ wallets"), "hand-coins", None)] if request.user.can(Perm.WALLETS_VIEW) else []),
        ("accounts", _("Accounts"), "list", None),
        ("periods", _("Periods"), "lock", None),
    ]
    return [
        {"label": label, "url": _url(key), "icon": icon, "count": count, "active": key == active}
        for key, label, icon, count in parts
    ]


def _url(key: str) -> str:
    return reverse("finance:books-report", args=["profit"]) if key == "reports" else reverse(f"finance:{key}")


def done(request: HttpRequest, text: str, url: str) -> HttpResponse:
    """The page anew after a form in the panel has done its work, with what was done."""
    messages.success(request, text)
    return html.redirect_to(url) if html.is_htmx(request) else HttpResponseRedirect(url)
