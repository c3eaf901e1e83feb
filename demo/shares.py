"""Doctors' shares in a demo clinic: rules, what the last days have earned, one payout."""

import datetime as dt

from django.utils import timezone

from clinic.accounts.models import Branch
from finance import actions
from finance.actions.commission_rules import scope_of
from finance.models import Account, CommissionRule, Invoice, ShareOf
from finance.queries.days import clinic_today
from finance.queries.wallets import payables
from scheduling.models import Practitioner, Service, ServiceCategory

DAYS = 6


def lay_share_rules(doctors: list[Practitioner], services: list[Service]) -> None:
    """Every doctor 40 percent, 45 of a category, the first 50 (20 of referred patients), one service after its cost."""
    first = clinic_today() - dt.timedelta(days=365)
    rows: list[tuple[Practitioner | None, Service | ServiceCategory | None, dict]] = [
        (None, None, {"rate": 40}),
        *((None, each, {"rate": 45}) for each in ServiceCategory.objects.all()[1:2]),
        (doctors[0], None, {"rate": 50, "referred_rate": 20, "hold_days": 1}),
        (doctors[1], None, {"rate": 45, "basis": "collected"}),
        (None, services[-1], {"rate": 60, "less_consumables": True, "after_collected": True}),
    ]
    for doctor, what, terms in rows:
        of = {"category" if isinstance(what, ServiceCategory) else "service": what}
        scope = scope_of(ShareOf.SERVICES, what, doctor, None)
        CommissionRule(practitioner=doctor, **of, scope=scope, valid_from=first, **terms).save()


def lay_shares(branch: Branch, today: dt.date) -> None:
    """The bills of the last days get their shares; the first time somebody is paid what was payable three days ago."""
    late = Invoice.objects.filter(business_date__gt=today - dt.timedelta(days=DAYS), lines__commission=None)
    fresh = not Invoice.objects.filter(commissions__isnull=False).exists()
    for invoice in late.filter(issued_at__lte=timezone.now()).distinct().order_by("pk"):
        actions.accrue_commissions(invoice=invoice, by=None)
    until = today - dt.timedelta(days=2)
    due = dict(payables(until)[:1])
    if fresh and due:
        bank = Account.objects.get(code="1030")
        actions.pay_out(
            amounts=due, branch=branch, money=bank, last_day=until, reference="140508301234", by=None
        )  # fmt: skip
