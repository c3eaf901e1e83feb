"""Each line of a bill as it stands: what was billed, kept, paid, taken off, used for it."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, Sum

from clinic.shared.money import quantise, split_by_largest_remainder
from clinic.shared.tenancy import current_clinic
from finance.models import Bearer, ClaimLine, CreditKind, CreditLine, Invoice, InvoiceLine, Payment, PaymentMethod
from finance.statuses import ChequeStatus, ClaimStatus, InvoiceStatus
from inventory.models import MovementKind, StockMovement

ZERO = Decimal(0)


@dataclass(frozen=True)
class Part:
    """One line of a bill as it stands: `net` was billed, `kept` of it was not given back, `paid` has come.

    `discounts` are (amount, who bears it); `cost` is what was used for it. In the clinic's currency.
    """

    net: Decimal
    kept: Decimal
    paid: Decimal
    discounts: list[tuple[Decimal, str]]
    cost: Decimal
    cancelled: bool

    def kept_of(self, whole: Decimal) -> Decimal:
        """As much of an amount as of the line was not given back."""
        return _part(whole, self.kept, self.net) if self.net else ZERO if self.cancelled else whole

    def paid_of(self, whole: Decimal) -> Decimal:
        """As much of an amount as of the line has come."""
        return _part(whole, self.paid, self.net) if self.net else self.kept_of(whole)


def parts_of(invoice: Invoice) -> dict[int, Part]:
    """Every line of a bill as it stands, by its id; what is not said of one line is split over all in proportion."""
    lines = list(invoice.lines.order_by("pk"))
    if not lines:
        return {}
    cancelled = invoice.status == InvoiceStatus.CANCELLED
    returned, later = _credited(invoice)  # a lost debt is the clinic's loss
    nets = [line.total - sum((off for off, _bearer in later[line.pk]), ZERO) for line in lines]
    back = [returned[line.pk] for line in lines]
    kept = [ZERO if cancelled else net - off for net, off in zip(nets, back, strict=True)]
    paid = _split(collected(invoice), kept)
    costs = _costs(invoice, lines)
    return {
        line.pk: Part(
            nets[place], kept[place], paid[place], _discounts(line, later[line.pk]), costs[line.pk], cancelled
        )
        for place, line in enumerate(lines)
    }  # fmt: skip


def collected(invoice: Invoice) -> Decimal:
    """What has come of a bill: a cheque only once the bank has paid it, an insurer's share once its claim is paid."""
    cheques = Q(method=PaymentMethod.CHEQUE) & ~Q(cheque__status=ChequeStatus.CLEARED)
    paid = ClaimLine.objects.filter(share__payment=OuterRef("pk"), is_live=True, claim__status=ClaimStatus.PAID)
    waiting = Payment.objects.filter(cheques | Q(method=PaymentMethod.INSURER) & ~Exists(paid), invoice=invoice)
    held = waiting.aggregate(sum=Sum(F("amount") - F("refunded")))["sum"] or ZERO
    return max(ZERO, invoice.paid - held)


def _credited(invoice: Invoice) -> tuple[dict[int, Decimal], dict[int, list[tuple[Decimal, str]]]]:
    """What credit notes took off each line, by its id: what was given back, and discounts with who bears them."""
    returned: dict[int, Decimal] = defaultdict(Decimal)
    discounts: dict[int, list[tuple[Decimal, str]]] = defaultdict(list)
    for row in CreditLine.objects.filter(note__invoice=invoice).select_related("note").order_by("pk"):
        if row.note.kind == CreditKind.DISCOUNT:
            discounts[row.line_id].append((row.amount, row.note.bearer or Bearer.CLINIC))
        else:
            returned[row.line_id] += row.amount
    return returned, discounts


def _discounts(line: InvoiceLine, later: list[tuple[Decimal, str]]) -> list[tuple[Decimal, str]]:
    return [*([(line.discount, line.discount_bearer)] if line.discount else []), *later]


def _costs(invoice: Invoice, lines: list[InvoiceLine]) -> dict[int, Decimal]:
    """The cost of what was used in the visit, on its services in proportion to their prices."""
    used = ZERO
    if invoice.visit_id:
        moves = StockMovement.objects.filter(visit=invoice.visit_id)
        moves = moves.filter(Q(kind=MovementKind.CONSUME) | Q(reverses__kind=MovementKind.CONSUME))
        used = whole_units(-(moves.aggregate(sum=Sum(F("quantity") * F("unit_cost")))["sum"] or ZERO))
    weights = [line.total + line.discount if line.service_id else ZERO for line in lines]
    if used and not sum(weights):
        weights = [Decimal(1) if line.service_id else ZERO for line in lines]
    return dict(zip([line.pk for line in lines], _split(max(ZERO, used), weights), strict=True))


def _split(amount: Decimal, weights: list[Decimal]) -> list[Decimal]:
    if amount == 0 or sum(weights) <= 0:
        return [ZERO] * len(weights)
    return split_by_largest_remainder(amount, weights, current_clinic().currency)


def _part(whole: Decimal, part: Decimal, of: Decimal) -> Decimal:
    return whole if part == of else whole * part / of


def whole_units(amount: Decimal) -> Decimal:
    """In the smallest units of the currency."""
    return quantise(amount, current_clinic().currency)
