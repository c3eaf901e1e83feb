"""How sessions and value come and go: each with the row that says why. Below all that is done with packages."""

from decimal import Decimal

from django.utils import timezone

from clinic.accounts.models import User
from clinic.shared.notices import tell
from clinic.shared.statuses import move
from finance.actions.ledger import Entry, post
from finance.models import (
    Package,
    PackageItem,
    PackageMove,
    PackageStatusChange,
)
from finance.queries.days import today
from finance.statuses import PACKAGE_MOVES, PackageStatus


def locked_package(package: Package) -> Package:
    """The package as it is now, held until the transaction ends; its sessions are held with it."""
    rows = Package.objects.select_for_update(of=("self",)).select_related("patient", "branch", "invoice")
    return rows.get(pk=package.pk)


def change_item(
    item: PackageItem, kind: str, sessions: int, value: Decimal, *, cause: str, by: User | None, **about: object
) -> PackageMove:
    """Sessions and value of a locked package come or go, with the row that says why."""
    item.left += sessions
    item.value_left += value
    item.save()
    return note_move(item.package, kind, cause=cause, item=item, sessions=sessions, value=value, by=by, **about)


def note_move(package: Package, kind: str, *, cause: str, by: User | None, **about: object) -> PackageMove:
    """Write one move of a package."""
    row = PackageMove(package=package, kind=kind, cause=cause, at=timezone.now(), by=by, **about)
    row.save(force_insert=True)
    tell("money", branch=package.branch_id)
    return row


def close_if_empty(package: Package, by: User | None) -> None:
    """The last session is the end of a package."""
    if not PackageItem.objects.filter(package=package, left__gt=0).exists():
        move_package(package, PackageStatus.USED_UP, by)


def move_package(package: Package, to: str, by: User | None, *, reason: str = "", **changes: object) -> Package:
    """Move a package by its table."""
    return move(package, to, moves=PACKAGE_MOVES, log=PackageStatusChange, by=by, reason=reason, changes=changes)


def post_of(package: Package, kind: str, amount: Decimal, *, cause: str, by: User | None) -> None:
    """Post what became of the debt of a package; the kind is the rule's name."""
    post(
        kind=kind, cause=cause, entries=[Entry(kind, amount)], business_date=today(package.branch),
        branch=package.branch, memo=package.name, by=by,
    )  # fmt: skip
