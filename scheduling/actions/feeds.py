"""Secret addresses for calendar programs: made, renewed, taken back."""

import datetime as dt
import hashlib

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.shared.actions import action
from clinic.shared.errors import Forbidden
from clinic.shared.tenancy import salt
from scheduling.actions.occupancy import lock
from scheduling.models import CalendarFeed, FeedNames, Practitioner


def token_hash(token: str) -> str:
    """How a feed's secret is kept."""
    return hashlib.sha256(f"{salt('feed')}:{token}".encode()).hexdigest()


@action
def open_feed(
    *, token: str, practitioner: Practitioner | None = None, names: str = FeedNames.BUSY, by: User
) -> CalendarFeed:
    """A new feed of a doctor's diary, or without one of the account's own visits, for whoever has the secret `token`.

    Only its hash is kept. The feed before it ends at once. Raises Forbidden for a diary that is not hers to give away.
    """
    _check(practitioner, by)
    owner: dict[str, object] = {"practitioner": practitioner} if practitioner else {"user": by}
    lock(f"feed:{practitioner.pk}" if practitioner else f"feed-of:{by.pk}")
    for old in CalendarFeed.objects.filter(**owner, revoked_at=None):
        _end(old)
    feed = CalendarFeed(
        **owner,
        token_hash=token_hash(token),
        names=names if practitioner else FeedNames.FULL,
        language=get_language() or "fa",
        made_by=by,
    )
    feed.save()
    return feed


@action
def revoke_feed(*, feed: CalendarFeed, by: User) -> None:
    """The address answers no more. Twice is once; Forbidden for somebody else's."""
    if feed.user_id is not None and feed.user_id != by.pk:
        raise Forbidden(_("This calendar is not yours."))
    if feed.practitioner is not None:
        _check(feed.practitioner, by)
    feed = CalendarFeed.objects.select_for_update(of=("self",)).get(pk=feed.pk)
    if feed.revoked_at is None:
        _end(feed)


@action
def note_read(*, feed: CalendarFeed, day: dt.date, by: User | None = None) -> None:
    """A program asked for the feed; noted once a day."""
    if feed.read_on != day:
        feed.read_on = day
        feed.save()


def _end(feed: CalendarFeed) -> None:
    feed.revoked_at = timezone.now()
    feed.save()


def _check(practitioner: Practitioner | None, by: User) -> None:
    own = practitioner is None or practitioner.user_id == by.pk
    if not own and not by.can(Perm.SETUP_MANAGE):
        raise Forbidden(_("Only the doctor herself gives her diary to a calendar program."))
