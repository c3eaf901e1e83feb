"""What loyalty can say."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class PointsMoved:
    """Points were given or ended otherwise than as payment; their worth goes to the books."""

    entry_id: int


@dataclass(frozen=True)
class PointsRevalued:
    """The worth of a point changed: `amount` more (or less) is owed for the points that are out."""

    rule_id: int
    amount: Decimal
