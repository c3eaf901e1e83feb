"""Debtors: who owes what and for how long, what was done about it, and giving a debt up."""

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts.guards import needs, open_to_all
from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from clinic.patients.views.surviving import surviving
from clinic.shared import html
from clinic.shared.errors import ActionError
from clinic.shared.money import format_money, format_number
from finance import actions
from finance.models import DebtContact, WriteOff
from finance.queries.days import clinic_today
from finance.queries.debts import EDGES, account_of, debtors_of, open_bills, open_rows, sums, whose_debts
from finance.queries.documents import invoices_for, staff_scope
from finance.queries.online import merchant
from finance.views.debt_forms import ContactForm, SearchForm, WriteOffForm
from finance.views.panel import panel
from finance.views.report_files import as_csv, as_xlsx
from finance.views.report_tables import COUNT, DAY, MONEY, TEXT, Table
from scheduling.views.frame import show

PAGE, MOST_IN_FILE = 50, 20_000


@needs(Perm.INVOICES_VIEW)
@require_safe
def debtors_page(request: HttpRequest) -> HttpResponse:
    """Everybody who owes, the largest debt first; `?older=30`, `?q=`, `?sort=age`, `?sheet=csv|xlsx`."""
    wanted = SearchForm(request.GET).wanted()
    day, rows = clinic_today(), open_rows(request.user)
    groups = whose_debts(rows, day, older_than=wanted["older"], text=wanted["q"], by_age=wanted["sort"] == "age")
    if request.GET.get("sheet") in ("csv", "xlsx"):
        return _file(request, debtors_of(list(groups[:MOST_IN_FILE]), day))
    page = Paginator(groups, PAGE).get_page(request.GET.get("page"))
    query = urlencode({key: value for key, value in wanted.items() if value})
    context = {
        "page": page,
        "query": f"{query}&" if query else "",
        "debtors": debtors_of(list(page.object_list), day),
        "buckets": _buckets(sums(rows, day)),
        "wanted": wanted,
        "filters": [(0, _("All")), *((edge, _edge(edge)) for edge in EDGES)],
        "may_work": request.user.can(Perm.PAYMENTS_TAKE),
        "may_rule": request.user.can(Perm.SETUP_MANAGE),
    }
    return render(request, "finance/debts/debtors.html", context)


def _edge(days: int) -> str:
    return _("more than %(days)s days") % {"days": format_number(days)}


def _buckets(found: dict[str, Any]) -> list[dict[str, Any]]:
    """All that is owed by age, in words, with the filter that shows it."""
    spans = [(0, 30), (31, 60), (61, 90)]
    words = [_("%(first)s to %(last)s days") % {"first": format_number(a), "last": format_number(b)} for a, b in spans]
    sizes = [found["age0"], found["age1"], found["age2"], found["age3"]]
    return [
        {"label": label, "amount": amount, "late": place > 0}
        for place, (label, amount) in enumerate(zip([*words, _edge(90)], sizes, strict=True))
    ]


def _file(request: HttpRequest, found: list[Any]) -> HttpResponse:
    ages = [bucket["label"] for bucket in _buckets({"age0": 0, "age1": 0, "age2": 0, "age3": 0})]
    columns = [(_("Patient"), TEXT), (_("Phone"), TEXT), *((label, MONEY) for label in ages)]
    table = Table(
        _("Debtors"), [*columns, (_("Owed"), MONEY), (_("Oldest bill"), DAY), (_("Days"), COUNT), (_("Bills"), COUNT)]
    )
    for row in found:
        who = (row.patient.full_name, row.patient.phone)
        table.add(*who, *row.ages, row.owed, row.oldest, row.days, row.bills)
    make = as_xlsx if request.GET["sheet"] == "xlsx" else as_csv
    return make("debtors", [table])


@needs(Perm.INVOICES_VIEW)
@require_safe
def debtor(request: HttpRequest, patient_id: int) -> HttpResponse:
    """One patient's open bills with their ages, and what was said about them."""
    patient = surviving(request, patient_id)
    user = cast(User, request.user)
    context = {
        "account": account_of(user, patient, clinic_today()),
        "patient": patient,
        "may_work": user.can(Perm.PAYMENTS_TAKE),
        "may_write_off": user.can(Perm.DEBTS_WRITE_OFF),
        "given_up": WriteOff.objects.filter(
            staff_scope(user, Perm.INVOICES_VIEW, "invoice__branch"), invoice__patient=patient, reversal=None
        ).select_related("invoice"),
    }
    return show(request, "finance/debts/debtor.html", context)


@needs(Perm.PAYMENTS_TAKE)
@require_POST
def remind(request: HttpRequest) -> HttpResponse:
    """Remind the chosen ones by SMS, with a link where they can pay."""
    ids = [int(pk) for pk in request.POST.getlist("patient")[:PAGE] if pk.isascii() and pk.isdigit() and len(pk) < 19]
    mine = open_rows(request.user).annotate(whose=Coalesce("patient__merged_into", "patient")).values("whose")
    seen = list(Patient.objects.filter(pk__in=ids, merged_into=None).filter(pk__in=mine))
    sent, refused = actions.remind_debtors(patients=seen, by=request.user)
    said = ngettext("%(n)s reminder is on its way.", "%(n)s reminders are on their way.", sent)
    said = " ".join([said % {"n": format_number(sent)}, *refused[:3]]) if ids else _("Choose who is reminded first.")
    if html.is_htmx(request):
        return html.close_drawer(said)
    (messages.success if sent else messages.warning)(request, said)
    return HttpResponseRedirect("/finance/debtors/")


@needs(Perm.PAYMENTS_TAKE)
@require_http_methods(["GET", "POST"])
def note_debt(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Keep what a patient said about her debt."""
    patient = surviving(request, patient_id)

    def work(data: dict[str, Any]) -> str:
        actions.note_debt(patient=patient, by=request.user, **data)
        return _("Noted.")

    return panel(request, "finance/debts/note.html", ContactForm(request.POST or None), work, patient=patient)


@needs(Perm.DEBTS_WRITE_OFF)
@require_http_methods(["GET", "POST"])
def write_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up what is owed on a bill, or a part of it."""
    invoice = get_object_or_404(invoices_for(request.user, Perm.DEBTS_WRITE_OFF), pk=pk)
    form = WriteOffForm(request.POST or None, initial={"amount": invoice.due})

    def work(data: dict[str, Any]) -> str:
        row = actions.write_off(invoice=invoice, by=request.user, **data)
        return _("%(amount)s was written off.") % {"amount": format_money(row.amount)}

    return panel(request, "finance/debts/write_off.html", form, work, invoice=invoice)


@needs(Perm.DEBTS_WRITE_OFF)
@require_POST
def write_off_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The debt is owed again: she pays after all."""
    rows = WriteOff.objects.filter(staff_scope(request.user, Perm.DEBTS_WRITE_OFF, "invoice__branch"))
    row = get_object_or_404(rows.select_related("invoice"), pk=pk)
    try:
        actions.take_back_write_off(write_off=row, reason=_("She pays after all."), by=request.user)
    except ActionError as error:
        return HttpResponse(error.message, status=error.status, content_type="text/plain; charset=utf-8")
    address = f"/finance/invoices/{row.invoice_id}/"
    return html.redirect_to(address) if html.is_htmx(request) else HttpResponseRedirect(address)


@needs(Perm.PAYMENTS_TAKE)
@require_POST
def send_bill(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the bill to the patient by SMS."""
    invoice = get_object_or_404(invoices_for(request.user, Perm.PAYMENTS_TAKE), pk=pk)
    try:
        actions.send_bill(invoice=invoice, form_token=request.POST.get("form_token", "")[:60], by=request.user)
    except ActionError as error:
        return HttpResponse(error.message, status=error.status, content_type="text/plain; charset=utf-8")
    if html.is_htmx(request):
        return html.close_drawer(_("The bill is on its way by SMS."))
    messages.success(request, _("The bill is on its way by SMS."))
    return HttpResponseRedirect(f"/finance/invoices/{invoice.pk}/")


@open_to_all("what is owed by whoever was sent the link in a reminder; the token is long and random")
@require_safe
def owed(request: HttpRequest, token: str) -> HttpResponse:
    """The open bills behind the link of a reminder."""
    contact = get_object_or_404(DebtContact.objects.select_related("patient__merged_into"), token=token)
    bills = list(open_bills(contact.patient.merged_into or contact.patient))
    context = {"bills": bills, "owed": sum(bill.due for bill in bills), "can_pay": bool(merchant())}
    answer = render(request, "finance/debts/owed.html", context)
    answer["Cache-Control"] = "no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer
