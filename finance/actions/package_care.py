"""A package between its sale and its end: frozen, and given on."""

import datetime as dt

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from finance.actions.package_moves import locked_package, move_package, note_move
from finance.models import Package, PackageMoveKind
from finance.queries.days import today
from finance.statuses import PackageStatus


@action
def freeze_package(*, package: Package, reason: str = "", by: User | None) -> Package:
    """Stop the time of a package. Raises Conflict where its rules do not allow it (any more), or it is not usable."""
    package = locked_package(package)
    if package.status == PackageStatus.FROZEN:
        return package
    if not package.freeze_days:
        raise Conflict(_("This package cannot be frozen."), code="not_allowed")
    if package.frozen_days >= package.freeze_days:
        raise Conflict(_("This package was frozen for as long as it may be."), code="used_up")
    package = move_package(package, PackageStatus.FROZEN, by, reason=reason, frozen_on=today(package.branch))
    note(package, PackageMoveKind.FROZEN, reason, by)
    return package


@action
def unfreeze_package(*, package: Package, by: User | None) -> Package:
    """Let the time of a package run again: its last day moves by the days it was frozen, as far as its rules allow."""
    package = locked_package(package)
    if package.status != PackageStatus.FROZEN or package.frozen_on is None:
        return package
    days = min((today(package.branch) - package.frozen_on).days, package.freeze_days - package.frozen_days)
    until = package.valid_until + dt.timedelta(days) if package.valid_until else None
    package = move_package(
        package, PackageStatus.ACTIVE, by, frozen_on=None, frozen_days=package.frozen_days + days, valid_until=until
    )
    note(package, PackageMoveKind.UNFROZEN, "", by)
    return package


@action
def transfer_package(*, package: Package, to: Patient, reason: str, by: User | None) -> Package:
    """Give what is left of a package to another patient; what is owed for it stays with who bought it.

    Raises Conflict where its rules do not allow it or it has ended, Invalid without a reason or for the same patient.
    """
    package = locked_package(package)
    if not package.transferable:
        raise Conflict(_("This package cannot be given to another patient."), code="not_allowed")
    if package.status not in (PackageStatus.ACTIVE, PackageStatus.FROZEN):
        raise Conflict(_("Nothing is left of this package."), code="ended")
    if to.pk == package.patient_id or to.merged_into_id:
        raise Invalid(_("Choose another patient."), field="to")
    if not reason.strip():
        raise Invalid(_("Write why."), field="reason")
    package.patient = to
    package.save()
    note(package, PackageMoveKind.TRANSFERRED, reason, by, patient=to)
    return package


def note(package: Package, kind: str, reason: str, by: User | None, **about: object) -> None:
    """Write a move that changes no sessions."""
    cause = f"package:{package.pk}/{kind}:{package.moves.count()}"
    note_move(package, kind, cause=cause, reason=reason.strip()[:200], by=by, **about)
