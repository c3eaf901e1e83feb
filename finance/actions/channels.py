"""Card terminals and bank accounts: kept by the clinic, and what the bank pays out of a terminal."""

from decimal import Decimal

from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.money import format_money, quantise
from clinic.shared.notices import tell
from clinic.shared.text import normalise
from finance.actions.invoices import check_amount
from finance.actions.ledger import Entry, post, take_turn
from finance.models import PaymentMethod, PayPoint, PayPointKind, Settlement
from finance.queries.channels import on_terminals
from finance.queries.days import today

# Which kind of place money of a method arrives at.
ARRIVES_AT = {
    PaymentMethod.CARD: PayPointKind.TERMINAL,
    PaymentMethod.CARD_TO_CARD: PayPointKind.ACCOUNT,
    PaymentMethod.TRANSFER: PayPointKind.ACCOUNT,
}


@action
def save_point(
    *, point: PayPoint | None, branch: Branch, kind: str, name: str, number: str = "", is_active: bool = True,
    by: User | None,
) -> PayPoint:  # fmt: skip
    """Make or change a terminal or account; its kind stays. Raises Conflict for a name that another one has."""
    point = point or PayPoint(branch=branch, kind=kind)
    name = normalise(name)
    if not name:
        raise Invalid(_("Write a name."), field="name")
    if point.kind not in PayPointKind.values:
        raise Invalid(_("Choose a terminal or an account."), field="kind")
    if PayPoint.objects.filter(branch=branch, kind=point.kind, name=name).exclude(pk=point.pk or 0).exists():
        raise Conflict(_("There is one of this name already."), field="name")
    point.name, point.number, point.is_active = name, normalise(number)[:34], is_active
    point.save()
    return point


@action
def settle_terminal(
    *, point: PayPoint, gross: Decimal, fee: Decimal = Decimal(0), reference: str = "", form_token: str = "",
    by: User | None,
) -> Settlement:  # fmt: skip
    """Note that the bank paid out `gross` of a terminal less its `fee`. Repeatable by `form_token`.

    Raises Invalid for sums that cannot be, Conflict for more than is on its way to the bank from this branch.
    """
    take_turn(f"terminals:{point.branch_id}")
    done = Settlement.objects.filter(form_token=form_token).first() if form_token else None
    if done:
        return done
    check_amount(gross, "gross")
    if point.kind != PayPointKind.TERMINAL:
        raise Invalid(_("Only card terminals are settled."), field="gross")
    if not 0 <= fee <= gross or fee != quantise(fee):
        raise Invalid(_("The fee is at most the sum itself."), field="fee")
    waiting = on_terminals(point.branch)
    if gross > waiting:
        text = _("Only %(waiting)s of this branch’s terminals is on its way to the bank.")
        raise Conflict(text % {"waiting": format_money(waiting)}, field="gross", code="too_much")
    row = Settlement(
        point=point, gross=gross, fee=fee, reference=normalise(reference)[:60], business_date=today(point.branch),
        by=by, form_token=form_token or None,
    )  # fmt: skip
    row.save()
    post(
        kind="card_settled",
        cause=f"settlement:{row.pk}",
        entries=[Entry("card_settled", row.net), Entry("card_fee", fee)],
        business_date=row.business_date,
        branch=point.branch,
        memo=f"{point} {row.reference}".strip(),
        by=by,
    )
    tell("money", branch=point.branch_id)
    return row


def check_point(point: PayPoint | None, method: str, branch: Branch) -> None:
    """Raise Invalid for a terminal or account where money of this method does not arrive."""
    if point is not None and (point.kind != ARRIVES_AT.get(PaymentMethod(method)) or point.branch_id != branch.pk):
        raise Invalid(_("Choose where the money arrives."), field="point")
