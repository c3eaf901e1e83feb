"""Numbers in line of a block: which are left, and when each is expected. Pure functions on seconds since 1970.

A block is divided evenly: number 5 of twenty in four hours is expected after four times twelve minutes. Numbers whose
time falls into a leave, or onto a visit that was there before, are not given.
"""

from collections.abc import Iterable

from scheduling.queries.opening import Offer, Stretch
from scheduling.queries.starts import is_clear, is_within

MINUTE = 60


def expected(block: Stretch, tokens: int, number: int) -> Stretch:
    """When a number is expected to be seen, in whole minutes; the shortest turn is one minute."""
    begin, end = block
    turn = max((end - begin) // tokens // MINUTE, 1) * MINUTE
    start = min(begin + (number - 1) * turn, end - turn)
    return start, start + turn


def numbers_left(offer: Offer, block: Stretch, tokens: int, seats: Iterable[int], alone: list[Stretch]) -> list[int]:
    """The numbers of a block that can still be given, in order. `alone` is what the doctor has besides the block."""
    gone = set(seats)
    left = []
    for number in range(1, tokens + 1):
        begin, end = expected(block, tokens, number)
        if number not in gone and is_within(offer.open, begin, end) and is_clear(alone, begin, end):
            left.append(number)
    return left


def next_number(block: Stretch, tokens: int, left: list[int], now: int, wish: int = 0) -> int:
    """The number to give of those left: the wished moment's own, else the first that is not past, else the first."""
    if wish > block[0]:
        for number in left:
            begin, end = expected(block, tokens, number)
            if begin <= wish < end:
                return number
    return next((number for number in left if expected(block, tokens, number)[1] > now), left[0])
