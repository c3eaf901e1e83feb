"""What happens to accounts, told to `clinic/workflows.py`."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class SignedIn:
    """Somebody showed that she has an account's phone; `last` is when that was shown before."""

    user_id: int
    last: dt.datetime | None
