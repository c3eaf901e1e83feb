"""The online payment gateway behind one small class; its base address is PAYMENT_URL."""

from functools import lru_cache

from django.conf import settings

from clinic.shared.gateway.answers import Gateway, NoAnswer, NotPaid, Refused, State, Verified, WrongAmount
from clinic.shared.gateway.zarinpal import Zarinpal

__all__ = ["Gateway", "NoAnswer", "NotPaid", "Refused", "State", "Verified", "WrongAmount", "Zarinpal", "gateway"]


def gateway(merchant_id: str) -> Gateway:
    """The gateway of this installation, in the name of a merchant."""
    return _zarinpal(settings.PAYMENT_URL, merchant_id)


@lru_cache(maxsize=64)
def _zarinpal(base: str, merchant_id: str) -> Zarinpal:
    return Zarinpal(base, merchant_id)
