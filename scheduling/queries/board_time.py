"""Where things stand on a board: the clock of a day that begins when the night's work ends.

A branch whose day begins at six has 01:30 of the next date near the foot of its board. There everything is that many
hours earlier; the board's script adds them again wherever it shows or sends a time.
"""

import datetime as dt

from clinic.accounts.models import Branch
from scheduling.queries.opening import zone_of


def board_wall(moment: dt.datetime, branch: Branch) -> dt.datetime:
    """A moment on the branch's clock, counted from the beginning of its working day; without a zone."""
    return moment.astimezone(zone_of(branch.time_zone)).replace(tzinfo=None) - dt.timedelta(
        hours=branch.day_starts_hour
    )


def board_text(moment: dt.datetime, branch: Branch) -> str:
    """The same as the board reads it."""
    if branch.day_starts_hour == 0:  # nearly every branch; a board has hundreds of these
        return moment.strftime("%Y-%m-%dT%H:%M")
    return board_wall(moment, branch).strftime("%Y-%m-%dT%H:%M")


def within(
    blocks: list[tuple[dt.datetime, dt.datetime]], day: tuple[dt.datetime, dt.datetime]
) -> list[tuple[dt.datetime, dt.datetime]]:
    """What of some stretches of time lies in a day."""
    cut = [(max(begin, day[0]), min(end, day[1])) for begin, end in blocks]
    return sorted((begin, end) for begin, end in cut if begin < end)
