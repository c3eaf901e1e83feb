"""One debtor: what is owed, reminders, notes; and what the patient sees."""

from typing import Any, cast

from django.contrib import messages
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
from clinic.shared.money import format_number
from finance import actions
from finance.models import DebtContact, WriteOff
from finance.queries.days import clinic_today
from finance.queries.debts import account_of, open_bills, open_rows
from finance.queries.documents import staff_scope
from finance.queries.online import merchant
from finance.views.debt_forms import ContactForm
from finance.views.debts import PAGE
from finance.views.panel import panel
from scheduling.views.frame import show


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
