"""Sends sign-in codes. The row is the promise; the gateway gets each once, and again only if surely not sent."""

import time

from celery import shared_task
from django.db.models import QuerySet
from django.db.models.functions import Now

from clinic.accounts.models import SignInCode
from clinic.accounts.queries import code_for
from clinic.shared import sms

TEMPLATE = "sign-in"
SWEEP_SECONDS = 8


@shared_task
def send_code(pk: int) -> None:
    """Send one code, if it still waits and nobody else has it."""
    _send(pk)


def _send(pk: int) -> bool:
    """Whether the gateway is in order. The row is claimed before the gateway is called."""
    if not _waiting().filter(pk=pk).update(delivery="sending"):
        return True
    row = SignInCode.objects.get(pk=pk)
    try:
        sms.gateway().lookup(receptor=row.phone, template=TEMPLATE, tokens=[code_for(row.challenge)])
    except sms.NotSent as error:
        # Surely not sent: the next sweep may try again while the code lives.
        _settle(pk, "failed" if error.final else "waiting")
        return error.final
    except sms.Unknown:
        _settle(pk, "failed")  # perhaps sent: never a second time by itself, the person may ask for a new one
        return False
    _settle(pk, "sent")
    return True


def _waiting() -> QuerySet[SignInCode]:
    return SignInCode.objects.filter(delivery="waiting", expires_at__gt=Now())


def _settle(pk: int, delivery: str) -> None:
    SignInCode.objects.filter(pk=pk).update(delivery=delivery)


def sweep_codes() -> None:
    """Send what a lost wake-up left behind, the newest first; a gateway in trouble is left alone until the next one."""
    ends = time.monotonic() + SWEEP_SECONDS
    for pk in _waiting().order_by("-created_at").values_list("pk", flat=True)[:100]:
        if time.monotonic() > ends or not _send(pk):
            return
