"""The SMS gateway behind one small class."""

import logging
from dataclasses import dataclass
from typing import Protocol

log = logging.getLogger("clinic.sms")


class NotSent(Exception):
    """Surely not sent: it may be tried again."""


class Unknown(Exception):
    """Perhaps sent: ask for its status, do not send again."""


@dataclass(frozen=True)
class Sent:
    """What the gateway said: its id of the message and the first status."""

    provider_id: str
    status: int


class Gateway(Protocol):
    """What the product needs of a provider."""

    def lookup(self, *, receptor: str, template: str, tokens: list[str]) -> Sent: ...

    def send(self, *, receptor: str, text: str, local_id: str) -> Sent: ...

    def status(self, provider_ids: list[str]) -> dict[str, int]: ...


class Console:
    """Prints messages where no gateway is wanted."""

    def lookup(self, *, receptor: str, template: str, tokens: list[str]) -> Sent:
        print(f"SMS {receptor} [{template}] {' '.join(tokens)}", flush=True)
        return Sent("", 10)

    def send(self, *, receptor: str, text: str, local_id: str) -> Sent:
        print(f"SMS {receptor}: {text}", flush=True)
        return Sent(local_id, 10)

    def status(self, provider_ids: list[str]) -> dict[str, int]:
        return dict.fromkeys(provider_ids, 10)


def gateway() -> Gateway:
    """The gateway of this installation."""
    return Console()
