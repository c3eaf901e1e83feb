"""Making the packs for the time without a network, and handing them out."""

import datetime as dt

from django.utils import timezone

from analytics.queries.day_pack import content_of
from clinic.accounts.models import Branch, User
from clinic.shared.actions import action
from scheduling import actions as scheduling
from scheduling.models import DayPack, DayPackKey

FRESH = dt.timedelta(minutes=2)


@action
def make_pack(*, branch: Branch, by: User | None = None) -> DayPack:
    """Today and tomorrow of a branch as they are now, locked. Raises NotFound without a passphrase."""
    now = timezone.now()
    content = content_of(branch, now=now)
    return scheduling.keep_pack(branch=branch, text=content.text, lines=content.lines, made_at=now, by=by)


@action
def make_packs(*, by: User | None = None) -> int:
    """The packs of every branch that has a passphrase; how many."""
    keys = DayPackKey.objects.select_related("branch").filter(branch__is_active=True).order_by("branch")
    return len([make_pack(branch=key.branch, by=by) for key in keys])


@action
def current_pack(*, branch: Branch, by: User | None) -> DayPack:
    """The branch's pack, not older than two minutes."""
    pack = DayPack.objects.filter(branch=branch).first()
    if pack is None or timezone.now() - pack.made_at > FRESH:
        pack = make_pack(branch=branch, by=by)
    return pack
