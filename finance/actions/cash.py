"""Cash beside payments: put in, paid out, to the safe and the bank; the desks and how a branch keeps its cash."""

from decimal import Decimal

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Forbidden, Invalid
from clinic.shared.notices import tell
from clinic.shared.text import normalise
from finance.actions.invoices import check_amount
from finance.actions.ledger import Entry, post
from finance.models import CashMove, MoveKind, Shift
from finance.queries.days import today
from finance.queries.drawers import drawer_sum, shifts
from finance.statuses import ShiftStatus

# What a person at the drawer may do with cash that is no payment.
BY_HAND = [MoveKind.OUT, MoveKind.IN, MoveKind.FROM_SAFE, MoveKind.TO_SAFE, MoveKind.TO_BANK, MoveKind.FROM_BANK]


TAKES = {MoveKind.OUT, MoveKind.TO_SAFE, MoveKind.TO_BANK}


@action
def move_cash(
    *, shift: Shift, kind: str, amount: Decimal, reason: str = "", form_token: str = "", by: User
) -> CashMove:
    """Put cash into an open drawer or take it out of it. Repeatable by `form_token`.

    Raises Invalid for an amount or kind that cannot be and where a reason is missing, Conflict where the drawer is not
    open or holds less.
    """
    shift = shifts().select_for_update(of=("self",)).get(pk=shift.pk)
    done = CashMove.objects.filter(form_token=form_token).first() if form_token else None
    if done:
        return done
    check_amount(amount)
    if kind not in BY_HAND:
        raise Invalid(_("Choose what happens to the cash."), field="kind")
    if kind in (MoveKind.IN, MoveKind.OUT) and not reason.strip():
        raise Invalid(_("Write what the cash is for."), field="reason")
    own = shift.cashier_id == by.pk or shift.desk.is_shared
    if not own and not by.can(Perm.CASH_MANAGE, shift.branch_id):
        raise Forbidden(_("This is %(who)s’s drawer.") % {"who": shift.cashier.full_name})
    if shift.status != ShiftStatus.OPEN:
        raise Conflict(_("This drawer is not open."), code="not_open")
    if kind in TAKES and amount > drawer_sum(shift):
        raise Conflict(_("There is not so much cash in this drawer."), field="amount", code="too_little")
    made = write_move(shift, kind, amount, reason=reason, form_token=form_token, by=by)
    assert made is not None  # above zero
    tell("money", branch=shift.branch_id)
    return made


def write_move(
    shift: Shift, kind: str, amount: Decimal, *, reason: str = "", form_token: str = "", by: User
) -> CashMove | None:
    """The movement and its journal; nothing for nothing. Call it inside an action that holds the shift."""
    if not amount:
        return None
    row = CashMove(
        shift=shift, kind=kind, amount=amount, reason=normalise(reason)[:200], business_date=today(shift.branch), by=by,
        form_token=form_token or None,
    )  # fmt: skip
    row.save()
    post(
        kind=f"cash_{kind}",
        cause=f"cash-move:{row.pk}",
        entries=[Entry(f"cash_{kind}", amount)],
        business_date=row.business_date,
        branch=shift.branch,
        memo=f"{shift.desk.name} · {row.reason}".removesuffix(" · "),
        shift=shift,
        by=by,
    )
    return row
