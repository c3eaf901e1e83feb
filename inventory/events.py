"""What stock can say."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StockMoved:
    """A movement was posted; its worth goes to the books."""

    movement_id: int
