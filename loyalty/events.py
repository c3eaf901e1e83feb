"""What loyalty can say."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PointsEarned:
    patient_id: int
    points: int
    cause: str
