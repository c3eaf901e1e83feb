"""The SMS gateway behind one small class; which one is decided by SMS_URL."""

from functools import lru_cache

from django.conf import settings

from clinic.shared.sms.answers import (
    DELIVERED,
    NOT_KNOWN,
    UNDELIVERED,
    CannotAsk,
    Gateway,
    NotSent,
    Sent,
    Unknown,
)
from clinic.shared.sms.console import Console
from clinic.shared.sms.kavenegar import Kavenegar

__all__ = [
    "DELIVERED",
    "NOT_KNOWN",
    "UNDELIVERED",
    "CannotAsk",
    "Console",
    "Gateway",
    "Kavenegar",
    "NotSent",
    "Sent",
    "Unknown",
    "gateway",
]


def gateway() -> Gateway:
    """The gateway of this installation: the console for `console:`, else Kavenegar's API at that base address."""
    if settings.SMS_URL.startswith("console:"):
        return Console()
    return _kavenegar(settings.SMS_URL, settings.KAVENEGAR_API_KEY)


@lru_cache(maxsize=8)
def _kavenegar(base: str, key: str) -> Kavenegar:
    """One client a process, so that connections are kept."""
    return Kavenegar(base, key)
