"""The chart of accounts, opening balances, suppliers."""

from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError
from finance import actions
from finance.models import Account, Journal, JournalLine, Supplier, Voucher
from finance.postings import CHART
from finance.queries.accounts import by_kind, is_ruled, openable
from finance.queries.books import name_of
from finance.queries.days import clinic_today
from finance.queries.suppliers import owed_to, suppliers_owed
from finance.views.books_forms import AccountForm, OpeningForm, SupplierForm
from finance.views.tabs import done, tabs
from scheduling.views.frame import refused, show

PAGE, ACCOUNTS, SUPPLIERS = 40, "/finance/books/accounts/", "/finance/books/suppliers/"


@needs(Perm.LEDGER_VIEW)
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """The chart by kinds, and the opening journals."""
    rows = list(Account.objects.select_related("branch").order_by("code"))
    for row in rows:
        row.called, row.ruled = name_of(row), is_ruled(row)  # type: ignore[attr-defined]  # for the template
    context = {
        "tabs": tabs(request, "accounts"),
        "groups": by_kind(rows),
        "openings": Journal.objects.filter(kind="opening").select_related("by", "reversed_by").order_by("-pk"),
        "may_write": request.user.can(Perm.LEDGER_WRITE),
    }
    return render(request, "finance/books/accounts.html", context)


@needs(Perm.LEDGER_WRITE)
@require_http_methods(["GET", "POST"])
def account_new(request: HttpRequest) -> HttpResponse:
    """Add an account."""
    return _account(request, None)


@needs(Perm.LEDGER_WRITE)
@require_http_methods(["GET", "POST"])
def account_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename an account, take it in or out of use."""
    return _account(request, get_object_or_404(Account, pk=pk))


def _account(request: HttpRequest, row: Account | None) -> HttpResponse:
    initial = {"name": row.name, "name_en": row.name_en, "is_active": row.is_active} if row else {}
    form = AccountForm(request.POST or None, account=row, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_account(account=row, **form.cleaned_data, by=request.user)
        except ActionError as error:
            error.put(form)
        else:
            return done(request, _("The account is saved."), ACCOUNTS)
    title = name_of(row) if row else _("New account")
    context = {"form": form, "title": title, "action": request.path, "sub": row.code if row else ""}
    return show(request, "finance/books/form.html", context, status=422 if form.errors else 200)


@needs(Perm.LEDGER_WRITE)
@require_http_methods(["GET", "POST"])
def opening(request: HttpRequest) -> HttpResponse:
    """What accounts held before these books began."""
    rows = list(openable())
    first = Journal.objects.order_by("business_date").values_list("business_date", flat=True).first()
    form = OpeningForm(request.POST or None, accounts=rows, initial={"business_date": first or clinic_today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.open_balances(
                amounts=form.amounts(), business_date=data["business_date"], form_token=data["form_token"],
                by=request.user,
            )  # fmt: skip
        except ActionError as error:
            error.put(form)
        else:
            return done(request, _("The opening balances are posted."), ACCOUNTS)
    hint = _("What each account held, on its own side: what the clinic had, what it owed. The rest is its capital.")
    context = {"form": form, "title": _("Opening balances"), "action": request.path, "hint": hint}
    return show(request, "finance/books/form.html", context, status=422 if form.errors else 200)


@needs(Perm.LEDGER_WRITE)
@require_POST
def opening_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take opening balances back."""
    row = get_object_or_404(Journal, pk=pk, kind="opening")
    try:
        actions.take_back_opening(journal=row, by=request.user)
    except ActionError as error:
        return refused(error)
    return done(request, _("Taken back today; both stay in the books."), ACCOUNTS)


@needs(Perm.LEDGER_VIEW)
@require_safe
def suppliers(request: HttpRequest) -> HttpResponse:
    """Suppliers and what each is owed."""
    rows = suppliers_owed()
    context = {
        "tabs": tabs(request, "suppliers"),
        "rows": rows,
        "owed": sum((row.amount for row in rows), Decimal(0)),
        "may_write": request.user.can(Perm.LEDGER_WRITE),
    }
    return render(request, "finance/books/suppliers.html", context)


@needs(Perm.LEDGER_VIEW)
@require_safe
def supplier(request: HttpRequest, pk: int) -> HttpResponse:
    """One supplier: details, what is owed, every bill and payment."""
    row = get_object_or_404(Supplier, pk=pk)
    lines = JournalLine.objects.filter(account__code=CHART["supplier"].code, supplier=row).select_related("journal")
    page: Any = Paginator(lines.order_by("-journal__business_date", "-pk"), PAGE).get_page(request.GET.get("page"))
    causes = {line.journal.cause.partition(":")[2].partition("/")[0] for line in page}
    found = Voucher.objects.in_bulk([int(pk) for pk in causes if pk.isdigit()])
    for line in page:
        line.voucher = found.get(int(line.journal.cause.partition(":")[2].partition("/")[0] or 0))
        line.owed, line.paid = max(-line.amount, Decimal(0)), max(line.amount, Decimal(0))
    context = {
        "tabs": tabs(request, "suppliers"),
        "supplier": row,
        "owed": owed_to(row),
        "page": page,
        "may_write": request.user.can(Perm.LEDGER_WRITE),
    }
    return render(request, "finance/books/supplier.html", context)


@needs(Perm.LEDGER_WRITE)
@require_http_methods(["GET", "POST"])
def supplier_new(request: HttpRequest) -> HttpResponse:
    """Add a supplier."""
    return _supplier(request, None)


@needs(Perm.LEDGER_WRITE)
@require_http_methods(["GET", "POST"])
def supplier_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a supplier's details."""
    return _supplier(request, get_object_or_404(Supplier, pk=pk))


def _supplier(request: HttpRequest, row: Supplier | None) -> HttpResponse:
    names = ("name", "phone", "tax_number", "note", "is_active")
    form = SupplierForm(request.POST or None, initial={name: getattr(row, name) for name in names} if row else {})
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_supplier(supplier=row, **form.cleaned_data, by=request.user)
        except ActionError as error:
            error.put(form)
        else:
            return done(request, _("The supplier is saved."), SUPPLIERS)
    context = {"form": form, "title": row.name if row else _("New supplier"), "action": request.path}
    return show(request, "finance/books/form.html", context, status=422 if form.errors else 200)
