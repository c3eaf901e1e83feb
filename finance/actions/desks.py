"""Cash desks, and how a branch keeps its cash."""

from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.text import normalise
from finance.actions.ledger import Entry, post
from finance.models import BranchCash, CashDesk, JournalLine, Shift
from finance.queries.days import today
from finance.queries.money import total
from finance.statuses import LIVE_SHIFTS


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
        by=by,
    )
