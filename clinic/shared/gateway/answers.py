"""What the product needs of an online gateway, and what may come back. Amounts are whole rials."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Refused(Exception):
    """The gateway said no, with its number and sentence; nothing was paid by this."""

    def __init__(self, code: int, sentence: str = "") -> None:
        super().__init__(f"{code} {sentence}".strip()[:160])
        self.code = code


class NotPaid(Refused):
    """It knows the payment, and it is not paid (yet, or any more)."""


class WrongAmount(Refused):
    """It was paid, but another amount than the one that we asked for; the gateway gives such money back."""


class NoAnswer(Exception):
    """No readable answer: nothing is known, it has to be asked again."""


class State(StrEnum):
    """What a gateway says of a payment that is only looked at."""

    IN_BANK = "IN_BANK"  # the patient is still there
    PAID = "PAID"  # paid, and given back unless it is verified soon
    VERIFIED = "VERIFIED"
    FAILED = "FAILED"
    REVERSED = "REVERSED"


@dataclass(frozen=True)
class Verified:
    """The money is ours: the bank's reference and the masked card; `again` where it had been verified before."""

    reference: str
    card: str = ""
    again: bool = False


class Gateway(Protocol):
    """A provider. Every call raises NoAnswer where nothing is known and Refused where it says no."""

    def request(self, *, amount: int, description: str, callback_url: str, mobile: str) -> str:
        """Announce a payment; the gateway's own name of it (the authority)."""

    def page(self, authority: str) -> str:
        """The address where the patient pays."""

    def verify(self, *, authority: str, amount: int) -> Verified:
        """Take the money of a paid payment; may be repeated. Raises NotPaid or WrongAmount as well."""

    def inquire(self, authority: str) -> State:
        """What became of a payment; takes nothing."""

    def unverified(self) -> dict[str, int]:
        """The authorities that are paid and wait to be verified, with their amounts."""
