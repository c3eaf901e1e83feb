"""Sends sign-in codes. The row is the promise; this only fetches and makes one call."""

from celery import shared_task
from django.db import connection

from clinic.accounts.models import SignInCode
from clinic.accounts.queries import code_for
from clinic.shared import sms


@shared_task
def send_code(pk: int) -> None:
    """Send one code, at most once: the row is claimed before the gateway is called."""
    claimed = SignInCode.objects.filter(pk=pk, delivery="waiting", expires_at__gt=_now()).update(delivery="sending")
    if not claimed:
        return
    row = SignInCode.objects.get(pk=pk)
    try:
        sms.gateway().lookup(receptor=row.phone, template="sign-in", tokens=[code_for(row.challenge)])
    except sms.NotSent:
        # Surely not sent: the next sweep may try again while the code lives.
        SignInCode.objects.filter(pk=pk).update(delivery="waiting")
    except sms.Unknown:
        SignInCode.objects.filter(pk=pk).update(delivery="failed")
    else:
        SignInCode.objects.filter(pk=pk).update(delivery="sent")


def sweep_codes() -> None:
    """Send what a lost wake-up left behind."""
    for pk in SignInCode.objects.filter(delivery="waiting", expires_at__gt=_now()).values_list("pk", flat=True):
        send_code(pk)


def _now():  # type: ignore[no-untyped-def]
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        return cursor.fetchone()[0]
