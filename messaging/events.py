"""What messaging can say."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FollowUpDone:
    task_id: int
