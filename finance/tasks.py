"""Timed work of money; what runs when stands in clinic/celery.py."""

import time

from django.utils import timezone

from clinic.shared import gateway
from finance.actions.accounts import furnish_accounts
from finance.actions.debts import remind_by_rule
from finance.actions.follow_ups import expire_follow_ups
from finance.actions.gift_ends import sweep_gifts
from finance.actions.membership_sweep import sweep_memberships
from finance.actions.online import check_online
from finance.actions.package_sweep import sweep_packages
from finance.actions.recurring import propose_expenses
from finance.actions.settling import end_online
from finance.models import OnlinePayment
from finance.queries.online import merchant, online_to_ask
from finance.statuses import OnlineStatus

SECONDS, AT_ONCE = 20, 50


def sweep_online() -> None:
    """Ask the gateway about payments whose browser never came back, and about paid ones that we had given up."""
    ends = time.monotonic() + SECONDS
    for online in online_to_ask(timezone.now(), AT_ONCE):
        if time.monotonic() > ends:
            return
        if online.status == OnlineStatus.STARTED:  # nobody was sent to the bank
            end_online(online=online, to=OnlineStatus.EXPIRED, by=None)
        else:
            check_online(online)
    _settle_forgotten(ends)


def keep_books() -> None:
    """A new branch gets its accounts, and expenses whose day has come are laid out to be confirmed."""
    furnish_accounts(by=None)
    propose_expenses(by=None)


def _settle_forgotten(ends: float) -> None:
    """The gateway lists what is paid and not verified: some of it we may hold for ended."""
    given_up = [OnlineStatus.FAILED, OnlineStatus.CANCELLED, OnlineStatus.EXPIRED]
    account = merchant()
    if not account or not OnlinePayment.objects.filter(status__in=given_up).exists():
        return
    try:
        waiting = gateway.gateway(account).unverified()
    except (gateway.Refused, gateway.NoAnswer):
        return
    for online in OnlinePayment.objects.filter(status__in=given_up, authority__in=list(waiting)):
        if time.monotonic() < ends and waiting[online.authority or ""] == int(online.amount):
            check_online(online, came_back=True)


def remind_debtors() -> None:
    """Who owes for long is reminded, as the clinic's rule says."""
    remind_by_rule(by=None)


def sweep_ahead() -> None:
    """What was sold ahead is earned, billed anew and ended when its time is over."""
    expire_follow_ups(by=None)
    sweep_packages()
    sweep_gifts()
    sweep_memberships()
