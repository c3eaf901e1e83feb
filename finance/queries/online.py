"""Reads of online payments: in whose name, which are open, which are to be asked about."""

import datetime as dt

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from clinic.shared.tenancy import current_clinic
from finance.models import GatewayAccount, OnlinePayment
from finance.statuses import OnlineStatus

GATEWAY_CURRENCY = "IRR"
# Longer than a bank's page lives: what is still open then is asked for, and shown as not finished.
OPEN_FOR = dt.timedelta(minutes=30)


def merchant() -> str:
    """In whose name patients of this clinic pay online; empty where they cannot: not set, off, or another currency."""
    if current_clinic().currency != GATEWAY_CURRENCY:
        return ""
    own = GatewayAccount.objects.first()
    if own and not own.is_on:
        return ""
    return (own.merchant_id if own else "") or str(settings.PAYMENT_MERCHANT_ID)


def is_open(online: OnlinePayment) -> bool:
    """Whether the patient may be at the bank now."""
    young = online.created_at > timezone.now() - OPEN_FOR
    return online.status in (OnlineStatus.STARTED, OnlineStatus.SENT) and young


def online_of(token: str) -> OnlinePayment | None:
    """An online payment by the token of our own address."""
    rows = OnlinePayment.objects.select_related("deposit__appointment", "invoice", "patient", "branch", "payment")
    return rows.filter(token=token).first()


def online_to_ask(now: dt.datetime, most: int) -> QuerySet[OnlinePayment]:
    """The payments about which the gateway is to be asked, the longest waiting first."""
    return OnlinePayment.objects.filter(look_at__lte=now).order_by("look_at")[:most]
