"""What a late cancellation or a missed visit costs: put on a list, charged or waived by a person."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.events import publish
from clinic.shared.money import format_money
from clinic.shared.notices import tell
from clinic.shared.statuses import move
from clinic.shared.text import normalise
from scheduling.actions.occupancy import database_now
from scheduling.events import FeeCharged, FeeWaived
from scheduling.models import Appointment, MissFee, MissFeeStatusChange
from scheduling.queries.policy import fee_for
from scheduling.statuses import FEE_MOVES, AppointmentStatus, FeeStatus


def note_fee(appointment: Appointment, kind: str, *, by: User | None) -> MissFee | None:
    """Put what the patient owes by the service's terms on the list; None where these ask for nothing.

    A paid deposit is kept by it, and counts towards it. Nothing is charged before a person says so.
    """
    amount = fee_for(appointment, kind)
    if amount <= 0:
        return None
    before = MissFee.objects.select_for_update().filter(appointment=appointment).first()
    if before is not None:
        if before.status != FeeStatus.WAIVED:
            return before
        return _move(before, FeeStatus.DUE, by=by, kind=kind, amount=amount, decided_by=None, decided_at=None)
    fee = MissFee(appointment=appointment, kind=kind, amount=amount)
    fee.save()
    MissFeeStatusChange.record(fee, "", FeeStatus.DUE, by=by)
    return fee


def withdraw_fee(appointment: Appointment, *, by: User | None) -> None:
    """The cancellation or no-show is taken back, and its fee with it; a veto where it has been paid."""
    fee = MissFee.objects.select_for_update().filter(appointment=appointment).first()
    if fee is not None and fee.status != FeeStatus.WAIVED:
        _waive(fee, reason="undo", by=by)


@action
def charge_fee(*, fee: MissFee, amount: Decimal | None = None, reason: str = "", by: User | None) -> MissFee:
    """Ask the patient for a fee; another `amount` (in the clinic's currency) needs a reason. Twice is once.

    Raises Invalid for an amount that is nothing or more than the visit would have cost, Conflict for a waived one.
    """
    now = _fresh(fee)
    if now.status == FeeStatus.CHARGED:
        return now
    reason, wanted = normalise(reason)[:500], now.amount if amount is None else amount
    price = now.appointment.price
    if not 0 < wanted <= price:
        text = _("Write an amount of more than nothing and at most %(price)s.") % {"price": format_money(price)}
        raise Invalid(text, field="amount")
    if wanted != now.amount and not reason:
        raise Invalid(_("Write why the amount is another one."), field="reason")
    charged = _move(now, FeeStatus.CHARGED, by=by, reason=reason, amount=wanted, **_decided(by))
    publish(FeeCharged(fee_id=charged.pk))
    return charged


@action
def waive_fee(*, fee: MissFee, reason: str, by: User | None) -> MissFee:
    """Let a fee go, with a reason; one that was charged is taken back, unless it has been paid. Twice is once.

    Raises Invalid without a reason.
    """
    now, reason = _fresh(fee), normalise(reason)[:500]
    if now.status == FeeStatus.WAIVED:
        return now
    if not reason:
        raise Invalid(_("Write why it is waived."), field="reason")
    return _waive(now, reason=reason, by=by)


@action
def reopen_fee(*, fee: MissFee, by: User | None) -> MissFee:
    """Put a waived fee back on the list. Raises Conflict where the visit itself was taken back."""
    now = _fresh(fee)
    if now.status == FeeStatus.DUE:
        return now
    if now.appointment.status not in {AppointmentStatus.CANCELLED, AppointmentStatus.NO_SHOW}:
        raise Conflict(_("This visit stands again: there is nothing to ask for."), code="visit_stands")
    return _move(now, FeeStatus.DUE, by=by, reason="undo", decided_by=None, decided_at=None)


def _waive(fee: MissFee, *, reason: str, by: User | None) -> MissFee:
    waived = _move(fee, FeeStatus.WAIVED, by=by, reason=reason, **_decided(by))
    publish(FeeWaived(fee_id=waived.pk))  # a deposit that was kept for it goes back, charged or not
    return waived


def _decided(by: User | None) -> dict[str, Any]:
    return {"decided_by": by, "decided_at": database_now()}


def _fresh(fee: MissFee) -> MissFee:
    return MissFee.objects.select_for_update(of=("self",)).select_related("appointment").get(pk=fee.pk)


def _move(fee: MissFee, to: str, *, by: User | None, reason: str = "", **changes: Any) -> MissFee:
    moved = move(fee, to, moves=FEE_MOVES, log=MissFeeStatusChange, by=by, reason=reason, changes=changes)
    tell("board", branch=moved.appointment.branch_id)
    return moved
