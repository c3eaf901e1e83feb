"""What the product needs of an SMS provider, and what may come back."""

from dataclasses import dataclass
from typing import Protocol

# The provider's numbers: 1 queued, 2 scheduled, 4 and 5 on the way, 10 on the phone, 100 no such message.
DELIVERED = 10
UNDELIVERED = {6: "failed", 11: "not delivered", 13: "cancelled", 14: "blocked by the recipient"}
NOT_KNOWN = 100


class NotSent(Exception):
    """Surely not sent: it may be tried again, unless `final` (the number or the text itself is refused)."""

    def __init__(self, reason: str = "", *, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final


class Unknown(Exception):
    """Perhaps sent: ask for its status, do not send again."""


class CannotAsk(Exception):
    """The gateway did not answer a question about statuses; nothing follows from it."""


@dataclass(frozen=True)
class Sent:
    """What the gateway said: its id of the message and the first status."""

    provider_id: str
    status: int


class Gateway(Protocol):
    """A provider. `lookup` and `send` raise NotSent or Unknown, the two questions raise CannotAsk."""

    def lookup(self, *, receptor: str, template: str, tokens: list[str]) -> Sent:
        """Send a template of the provider (service line) with its tokens; `receptor` is E.164."""

    def send(self, *, receptor: str, text: str, local_id: str) -> Sent:
        """Send a text; `local_id` is our number of it, by which it can be asked for later."""

    def status(self, provider_ids: list[str]) -> dict[str, int]:
        """The statuses by the provider's ids; ids without an answer are missing."""

    def status_of_local(self, local_id: str) -> Sent:
        """What became of our number; status NOT_KNOWN where the provider never got it."""
