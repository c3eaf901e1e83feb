"""What the rows of one import have in common."""

import datetime as dt
import zoneinfo
from dataclasses import dataclass, field

from clinic.accounts.models import Branch


@dataclass(frozen=True)
class Context:
    """The branch of rows that name none, and the name of the other system (it sets its ids apart)."""

    branch: Branch
    system: str = ""
    now: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The branch's time zone."""
        return zoneinfo.ZoneInfo(self.branch.time_zone)

    @property
    def today(self) -> dt.date:
        """The branch's own day."""
        return self.now.astimezone(self.zone).date()

    @property
    def source(self) -> str:
        """What `Patient.source` says of these rows."""
        return f"import:{self.system}" if self.system else "import"

    @property
    def prefix(self) -> str:
        """What stands before the ids of appointments."""
        return f"{self.system}:" if self.system else ""
