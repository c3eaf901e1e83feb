"""Where one wished time falls: the rule of the doctor's hours there, whatever is booked."""

import datetime as dt
from dataclasses import dataclass

from scheduling.models import Service
from scheduling.queries.opening import Offer, Opening, Stretch, offers, zone_of
from scheduling.queries.slots import grid_of
from scheduling.queries.starts import Grid, block_of


@dataclass(frozen=True, slots=True)
class Spot:
    """The doctor's hours at a wished time; `block` is the whole block where numbers in line are given."""

    offer: Offer
    kinds: list[int]
    block: Stretch | None = None
    is_on_grid: bool = True


def spot_at(
    *,
    service: Service,
    practitioner: int,
    branch: int,
    starts_at: dt.datetime,
    minutes: int,
    mode: str,
    opening: Opening | None = None,
) -> Spot | None:
    """The hours in which a visit of so many minutes may begin then; None where the doctor does not give it then.
    `opening` are the doctor's hours around it, where they are known.
    """
    begin = int(starts_at.timestamp())
    end = begin + minutes * 60
    opening = opening or offers(
        service=service.pk, practitioner=practitioner, branch=branch, since=begin - 1, until=end + 1, mode=mode
    )
    for offer in opening.offers:
        block = block_of(offer, begin)
        if offer.tokens and block:
            return Spot(offer, opening.kinds, block)
        if not offer.tokens and any(opens <= begin and end <= closes for opens, closes in offer.open):
            grid = Grid(grid_of(service), zone_of(offer.zone), (block or (begin, end))[0])
            return Spot(offer, opening.kinds, None, grid.has(begin))
    return None
