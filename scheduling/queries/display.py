"""Reads of the diary and the floor."""

import hashlib

from clinic.shared.tenancy import salt
from scheduling.models import Display, DisplayKind, Visit


def display_hash(token: str) -> str:
    """How a screen's token is looked up; it is long and random, so a plain hash is enough."""
    return hashlib.sha256(f"{salt('display')}:{token}".encode()).hexdigest()


def display_of(token_hash: str, branch: int, kind: str = DisplayKind.TV) -> Display | None:
    """The screen of this branch that holds the token, paired or waiting; None for others and for retired ones."""
    if not token_hash:
        return None
    return Display.objects.filter(token_hash=token_hash, branch=branch, is_active=True, kind=kind).first()


def holds_queue_token(token: str) -> bool:
    """Whether a token opens a visit's place in the queue."""
    return bool(token) and Visit.objects.filter(queue_token=token).exists()


def display_shows(token_hash: str, branch: int) -> bool:
    """Whether a paired display may show this branch's public queue."""
    return (
        bool(token_hash)
        and Display.objects.filter(
            token_hash=token_hash, branch=branch, is_active=True, paired_at__isnull=False, kind=DisplayKind.TV
        ).exists()
    )
