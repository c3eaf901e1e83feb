"""What the record can say."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EncounterOpened:
    encounter_id: int
    visit_id: int


@dataclass(frozen=True)
class EncounterSigned:
    encounter_id: int
    visit_id: int


@dataclass(frozen=True)
class GlassBroken:
    glass_id: int
