"""Expenses that come again, and what waits to be confirmed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError
from finance import actions
from finance.models import DueExpense, RecurringExpense
from finance.queries.books import name_of
from finance.queries.days import today
from finance.statuses import DueStatus
from finance.views.books_forms import DueForm, RecurringForm
from finance.views.tabs import done, tabs
from scheduling.views.frame import branch_of, refused, show

LATEST, LIST = 30, "/finance/books/recurring/"
FIELDS = ("name", "amount", "every", "starts_on", "category", "money", "supplier", "practitioner", "is_active")


@needs(Perm.LEDGER_VIEW)
@require_safe
def recurring(request: HttpRequest) -> HttpResponse:
    """What comes again, what waits, and what was left out or posted lately."""
    rows = list(RecurringExpense.objects.select_related("category", "branch", "supplier"))
    for row in rows:
        row.category_name = name_of(row.category)  # type: ignore[attr-defined]  # for the template
    due = DueExpense.objects.select_related("recurring__branch", "voucher")
    context = {
        "tabs": tabs(request, "recurring"),
        "rows": rows,
        "due": due.filter(status=DueStatus.PROPOSED),
        "done": due.exclude(status=DueStatus.PROPOSED).order_by("-due_on", "-pk")[:LATEST],
        "may_write": request.user.can(Perm.LEDGER_WRITE),
    }
    return render(request, "finance/books/recurring.html", context)


@needs(Perm.LEDGER_WRITE)
@require_http_methods(["GET", "POST"])
def recurring_new(request: HttpRequest) -> HttpResponse:
    """Add an expense that comes again, of the branch at hand."""
    return _form(request, None)


@needs(Perm.LEDGER_WRITE)
@require_http_methods(["GET", "POST"])
def recurring_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one; what is proposed already stays."""
    return _form(request, get_object_or_404(RecurringExpense.objects.select_related("branch"), pk=pk))


def _form(request: HttpRequest, row: RecurringExpense | None) -> HttpResponse:
    branch = row.branch if row else branch_of(request, Perm.LEDGER_WRITE)
    initial: dict[str, Any] = {name: getattr(row, name) for name in FIELDS} if row else {"starts_on": today(branch)}
    form = RecurringForm(request.POST or None, branch=branch, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_recurring(recurring=row, branch=branch, **form.cleaned_data, by=request.user)
        except ActionError as error:
            error.put(form)
        else:
            return done(request, _("Saved. It is proposed on its day."), LIST)
    title = row.name if row else _("New recurring expense")
    context = {"form": form, "title": title, "action": request.path, "sub": branch.name}
    return show(request, "finance/books/form.html", context, status=422 if form.errors else 200)


@needs(Perm.LEDGER_WRITE)
@require_http_methods(["GET", "POST"])
def due(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a proposed expense with what it really was."""
    row = get_object_or_404(DueExpense.objects.select_related("recurring__branch", "recurring__money"), pk=pk)
    of = row.recurring
    initial = {"amount": of.amount, "business_date": row.due_on, "money": of.money}
    form = DueForm(request.POST or None, branch=of.branch, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.confirm_due(due=row, **form.cleaned_data, by=request.user)
        except ActionError as error:
            error.put(form)
        else:
            return done(request, _("The expense is posted."), LIST)
    context = {"form": form, "due": row}
    return show(request, "finance/books/due.html", context, status=422 if form.errors else 200)


@needs(Perm.LEDGER_WRITE)
@require_POST
def due_skip(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a proposed expense out, or (`again`) propose it once more."""
    row = get_object_or_404(DueExpense, pk=pk)
    try:
        if request.POST.get("again"):
            actions.propose_again(due=row, by=request.user)
        else:
            actions.skip_due(due=row, by=request.user)
    except ActionError as error:
        return refused(error)
    return done(request, _("It is noted."), LIST)
