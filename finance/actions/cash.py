"""Cash beside payments: put in, paid out, to the safe and the bank; the desks and how a branch keeps its cash."""

from decimal import Decimal

from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.accounts.permissions import Perm
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Forbidden, Invalid
from clinic.shared.money import format_money
from clinic.shared.notices import tell
from clinic.shared.text import normalise
from finance.actions.invoices import check_amount
from finance.actions.ledger import Entry, post
from finance.models import BranchCash, CashDesk, CashMove, JournalLine, MoveKind, Shift
from finance.queries.days import today
from finance.queries.drawers import drawer_sum, shifts
from finance.queries.money import total
from finance.statuses import LIVE_SHIFTS, ShiftStatus

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


@action
def save_cash_rules(*, branch: Branch, uses_shifts: bool, is_blind: bool, by: User | None) -> BranchCash:
    """Say whether a branch takes cash in shifts. Turned on, what its drawer holds goes into the safe first.

    Raises Conflict while a shift is open, or without a desk.
    """
    row = BranchCash.objects.select_for_update().filter(branch=branch).first() or BranchCash(branch=branch)
    if row.uses_shifts and not uses_shifts and Shift.objects.filter(branch=branch, status__in=LIVE_SHIFTS).exists():
        raise Conflict(_("A drawer is open. Have it closed first."), field="uses_shifts", code="shift_open")
    if uses_shifts and not row.uses_shifts:
        if not CashDesk.objects.filter(branch=branch, is_active=True).exists():
            raise Invalid(_("Add a cash desk first."), field="uses_shifts")
        _into_safe(branch, by)
    row.uses_shifts, row.is_blind = uses_shifts, is_blind
    row.save()
    return row


@action
def save_desk(
    *, desk: CashDesk | None, branch: Branch, name: str, name_en: str = "", is_shared: bool = True,
    is_active: bool = True, by: User | None,
) -> CashDesk:  # fmt: skip
    """Make or change a cash desk. Raises Conflict for a name that another desk there has, or while it is open."""
    desk = desk or CashDesk(branch=branch)
    name = normalise(name)
    if not name:
        raise Invalid(_("Write a name."), field="name")
    if CashDesk.objects.filter(branch=branch, name=name).exclude(pk=desk.pk or 0).exists():
        raise Conflict(_("There is a cash desk of this name already."), field="name")
    if desk.pk and not is_active and desk.shifts.filter(status__in=LIVE_SHIFTS).exists():
        raise Conflict(_("A drawer is open. Have it closed first."), field="is_active", code="shift_open")
    desk.name, desk.name_en, desk.is_shared, desk.is_active = name, normalise(name_en), is_shared, is_active
    desk.save()
    return desk


def _into_safe(branch: Branch, by: User | None) -> None:
    """What was taken without shifts lies in no shift's drawer: it goes into the safe."""
    held = total(JournalLine.objects.filter(account__code=f"1010-{branch.pk}"))
    rule = "cash_to_safe" if held > 0 else "cash_from_safe"
    post(
        kind=rule,
        cause=f"cash-rules:{branch.pk}:{JournalLine.objects.filter(account__code=f'1010-{branch.pk}').count()}",
        entries=[Entry(rule, abs(held))],
        business_date=today(branch),
        branch=branch,
        memo=format_money(abs(held)),
        by=by,
    )
