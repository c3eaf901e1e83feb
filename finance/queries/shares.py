"""How large a doctor's share of a line is now: the terms are the line's own, the facts the bill's."""

from dataclasses import dataclass
from decimal import Decimal

from finance.models import Basis, Commission, DiscountIn
from finance.queries.share_parts import ZERO, Part, whole_units

HUNDRED = Decimal(100)
BEARS = {"doctor": Decimal(1), "split": Decimal("0.5")}


@dataclass(frozen=True)
class Share:
    """What a line earns now: `whole` with nothing given back, `earned` of it, `released` of that may be paid."""

    price: Decimal
    discount: Decimal
    cost: Decimal
    base: Decimal
    own_discount: Decimal
    whole: Decimal
    earned: Decimal
    released: Decimal


def share(terms: Commission, part: Part) -> Share:
    """Count one line by its terms."""
    off = sum((amount for amount, _bearer in part.discounts), ZERO) if terms.discounts == DiscountIn.NET else ZERO
    cost = part.cost if terms.less_consumables else ZERO
    base = max(ZERO, terms.price - off - cost)
    own = ZERO
    if terms.discounts == DiscountIn.STATED:
        own = sum((amount * BEARS.get(bearer, ZERO) for amount, bearer in part.discounts), ZERO)
    whole = max(ZERO, base * terms.rate / HUNDRED - own)
    kept, paid = whole_units(part.kept_of(whole)), whole_units(part.paid_of(whole))
    earned = paid if terms.basis == Basis.COLLECTED else kept
    released = min(paid, earned) if terms.after_collected else earned
    return Share(terms.price, off, cost, base, whole_units(own), whole_units(whole), earned, released)
