"""Vouchers: the list, one of them, writing one, its papers, taking it back."""

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError
from clinic.shared.serving import serve
from clinic.shared.templatetags.ui import digits
from clinic.shared.uploads import ACCEPT, files_of, takes_files
from finance import actions
from finance.models import DueExpense, Journal, Supplier, Voucher, VoucherFile, VoucherKind
from finance.queries.books import name_of
from finance.queries.days import today
from finance.statuses import DueStatus
from finance.views.books_forms import VoucherForm, WhyForm
from finance.views.tabs import done, tabs
from scheduling.views.frame import branch_of, refused, show

PAGE, LIST = 40, "/finance/books/vouchers/"


@needs(Perm.LEDGER_VIEW)
@require_safe
def vouchers(request: HttpRequest) -> HttpResponse:
    """All that was written by hand, the newest first; `?kind=` of one kind; above it what waits to be confirmed."""
    kind = request.GET.get("kind", "")
    rows = Voucher.objects.select_related("branch", "money", "category", "target", "supplier", "practitioner", "by")
    if kind in VoucherKind.values:
        rows = rows.filter(kind=kind)
    rows = rows.select_related("reversal").prefetch_related("files").order_by("-business_date", "-number")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for row in page:
        row.where = _where(row)  # type: ignore[attr-defined]  # for the template
    due = DueExpense.objects.filter(status=DueStatus.PROPOSED).select_related("recurring__branch")
    context = {
        "tabs": tabs(request, "vouchers"),
        "page": page,
        "kind": kind,
        "kinds": VoucherKind.choices,
        "due": due,
        "may_write": request.user.can(Perm.LEDGER_WRITE),
    }
    return render(request, "finance/books/vouchers.html", context)


def _where(row: Voucher) -> str:
    """What the amount went to or came for, in words."""
    if row.target:
        return f"{name_of(row.money)} ← {name_of(row.target)}" if row.money else name_of(row.target)
    return name_of(row.category) if row.category else str(row.supplier or "")


@needs(Perm.LEDGER_WRITE)
@takes_files
@require_http_methods(["GET", "POST"])
def voucher_new(request: HttpRequest) -> HttpResponse:
    """Write an expense, an income, a transfer, or a payment to a supplier (`?kind=`, `?supplier=`)."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in VoucherKind.values else VoucherKind.EXPENSE
    branch = branch_of(request, Perm.LEDGER_WRITE)
    initial = {"business_date": today(branch), "supplier": _number(request.GET.get("supplier", ""))}
    form = VoucherForm(request.POST or None, request.FILES or None, kind=kind, branch=branch, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            upload = data.pop("file", None)
            voucher = actions.enter_voucher(
                written=actions.Written(kind=kind, branch=branch, **data), upload=upload, by=request.user
            )
        except ActionError as error:
            error.put(form)
        else:
            said = _("Voucher %(number)s is posted.") % {"number": digits(voucher.number)}
            return done(request, said, LIST)
    context = {"form": form, "kind": kind, "title": VoucherKind(kind).label, "branch": branch}
    return show(request, "finance/books/voucher_new.html", context, status=422 if form.errors else 200)


@needs(Perm.LEDGER_VIEW)
@require_safe
def voucher(request: HttpRequest, pk: int) -> HttpResponse:
    """One voucher with its papers and its journals."""
    rows = Voucher.objects.select_related("branch", "money", "category", "target", "supplier", "practitioner", "by")
    row = get_object_or_404(rows.select_related("reversal__by"), pk=pk)
    context = {
        "voucher": row,
        "money": name_of(row.money) if row.money else "",
        "category": name_of(row.category) if row.category else "",
        "target": name_of(row.target) if row.target else "",
        "reversal": getattr(row, "reversal", None),
        "files": row.files.order_by("pk"),
        "journals": Journal.objects.filter(cause__in=[f"voucher:{row.pk}", f"voucher:{row.pk}/reversed"]),
        "accept": ACCEPT,
        "may_write": request.user.can(Perm.LEDGER_WRITE),
    }
    return show(request, "finance/books/voucher.html", context)


@needs(Perm.LEDGER_WRITE)
@require_http_methods(["GET", "POST"])
def voucher_reverse(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a voucher back, with the reason."""
    row = get_object_or_404(Voucher.objects.select_related("branch"), pk=pk)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.reverse_voucher(voucher=row, reason=form.cleaned_data["reason"], by=request.user)
        except ActionError as error:
            error.put(form)
        else:
            return done(request, _("Taken back today; both stay in the books."), LIST)
    context = {"form": form, "voucher": row}
    return show(request, "finance/books/voucher_reverse.html", context, status=422 if form.errors else 200)


@needs(Perm.LEDGER_WRITE)
@takes_files
@require_POST
def voucher_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a paper that came later."""
    row = get_object_or_404(Voucher, pk=pk)
    try:
        actions.add_file(voucher=row, upload=files_of(request, at_most=1)[0], by=request.user)
    except ActionError as error:
        return refused(error)
    return done(request, _("The paper is kept with its voucher."), LIST)


@needs(Perm.LEDGER_VIEW)
@require_safe
def paper(request: HttpRequest, pk: int) -> FileResponse:
    """The photo or PDF behind a voucher."""
    row = get_object_or_404(VoucherFile.objects.select_related("voucher"), pk=pk)
    return serve(row.stored, called=f"voucher-{row.voucher.number}")


def _number(text: str) -> int | None:
    found = int(text) if text.isascii() and text.isdigit() and len(text) < 15 else None
    return found if found and Supplier.objects.filter(pk=found).exists() else None
