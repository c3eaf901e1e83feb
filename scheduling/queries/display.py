"""Reads of the diary and the floor."""

from scheduling.models import Display, Visit


def holds_queue_token(token: str) -> bool:
    """Whether a token opens a visit's place in the queue."""
    return bool(token) and Visit.objects.filter(queue_token=token).exists()


def display_shows(token_hash: str, branch: int) -> bool:
    """Whether a paired display may show this branch's public queue."""
    return bool(token_hash) and Display.objects.filter(
        token_hash=token_hash, branch=branch, is_active=True, paired_at__isnull=False
    ).exists()


