"""The last day of a package: moved later, and what happens when it is over."""

import datetime as dt

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from finance.actions.package_care import note
from finance.actions.package_moves import change_item, locked_package, move_package, post_of
from finance.actions.package_refunds import empty, value_left
from finance.models import Package, PackageItem, PackageMove, PackageMoveKind
from finance.queries.days import today
from finance.statuses import PackageStatus

LONGEST = dt.timedelta(days=3660)


@action
def extend_package(*, package: Package, valid_until: dt.date, reason: str, by: User | None) -> Package:
    """Move the last day of a package later; one that expired is valid again with all that it had.

    Raises Invalid for a day that is not later, in the past, or more than ten years away, or without a reason; Conflict
    for a package that ended in another way or has no last day.
    """
    package = locked_package(package)
    now = today(package.branch)
    if (
        package.status not in (PackageStatus.ACTIVE, PackageStatus.FROZEN, PackageStatus.EXPIRED)
        or package.valid_until is None
    ):
        raise Conflict(_("This package has no last day that could be moved."), code="ended")
    if not max(package.valid_until, now - dt.timedelta(1)) < valid_until <= now + LONGEST:
        raise Invalid(_("Choose a day after its last day, from today on."), field="valid_until")
    if not reason.strip():
        raise Invalid(_("Write why."), field="reason")
    package.valid_until = valid_until
    package.save()
    if package.status == PackageStatus.EXPIRED:
        package = _revive(package, by)
    note(package, PackageMoveKind.EXTENDED, reason, by)
    return package


@action
def expire_package(*, package: Package, by: User | None) -> Package:
    """End a package whose last day is over: what was not used becomes revenue. May be repeated."""
    package = locked_package(package)
    if (
        package.status != PackageStatus.ACTIVE
        or package.valid_until is None
        or package.valid_until >= today(package.branch)
    ):
        return package
    cause = f"package:{package.pk}/expired:{package.moves.count()}"
    post_of(package, "package_expired", value_left(package), cause=cause, by=by)
    empty(package, PackageMoveKind.EXPIRED, cause, "", by)
    return move_package(package, PackageStatus.EXPIRED, by)


def _revive(package: Package, by: User | None) -> Package:
    """What the last expiry took is there again."""
    last = package.moves.filter(kind=PackageMoveKind.EXPIRED).order_by("-pk").first()
    if last is None:
        return move_package(package, PackageStatus.ACTIVE, by)
    group = last.cause.rpartition("/")[0]
    cause = f"{group}/revived"
    taken = list(PackageMove.objects.filter(package=package, cause__startswith=f"{group}/").order_by("pk"))
    post_of(package, "package_revived", -sum(move.value for move in taken), cause=cause, by=by)
    for taken_move in taken:
        item = PackageItem.objects.get(pk=taken_move.item_id)
        change_item(
            item, PackageMoveKind.REVIVED, -taken_move.sessions, -taken_move.value, cause=f"{cause}/{item.pk}", by=by
        )
    return move_package(package, PackageStatus.ACTIVE, by)
