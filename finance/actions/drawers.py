"""Which drawer money goes through: every journal that moves cash names its shift."""

from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.shared.errors import Conflict
from finance.models import BranchCash, PaymentMethod, Shift
from finance.queries.drawers import live_shift
from finance.statuses import ShiftStatus

BY_THE_PATIENT = {
    PaymentMethod.ONLINE, PaymentMethod.WALLET, PaymentMethod.DEPOSIT, PaymentMethod.POINTS, PaymentMethod.PACKAGE,
    PaymentMethod.GIFT, PaymentMethod.INSURER,
}  # fmt: skip


def drawer_for(branch: Branch, method: str, by: User | None) -> Shift | None:
    """The shift through which somebody's money of this method goes, None where the branch keeps no shifts.

    For cash it is locked, so that nobody counts it meanwhile. Raises Conflict for cash without an open drawer.
    """
    if by is None or method in BY_THE_PATIENT or not uses_shifts(branch):
        return None
    shift = live_shift(branch, by)
    if method != PaymentMethod.CASH:
        return shift
    if shift:
        # `no_key`: writers of rows that name it need not wait for each other's foreign keys.
        open_still = Shift.objects.select_for_update(of=("self",), no_key=True)
        shift = open_still.filter(pk=shift.pk, status=ShiftStatus.OPEN).first()
    if shift is None:
        raise Conflict(_("Open your cash desk first; cash goes into an open drawer only."), code="no_shift")
    return shift


def uses_shifts(branch: Branch) -> bool:
    """Whether cash is taken in shifts only."""
    return BranchCash.objects.filter(branch=branch, uses_shifts=True).exists()
