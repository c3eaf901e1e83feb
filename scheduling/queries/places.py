"""Rooms and devices in which a service can be given: pools of which one each must be free."""

from dataclasses import dataclass, field

from clinic.shared.db.prepared import rows
from scheduling.models import Mode, Service
from scheduling.queries.opening import Offer, Opening

PLACES = """
    SELECT r.branch_id, 'r', r.id,
           (SELECT CASE WHEN bool_or(named.room_id = r.id) THEN 1 ELSE 2 END FROM scheduling_service_rooms named
            WHERE named.service_id = %(service)s::bigint HAVING count(*) > 0)
    FROM scheduling_room r WHERE r.is_active AND %(needs_room)s::boolean AND r.branch_id = ANY(%(branches)s::bigint[])
    UNION ALL
    SELECT e.branch_id, 'e', e.id, e.kind_id
    FROM scheduling_equipment e
    WHERE e.is_active AND e.kind_id = ANY(%(kinds)s::bigint[]) AND e.branch_id = ANY(%(branches)s::bigint[])
    ORDER BY 1, 2, 3
"""


@dataclass(slots=True)
class Places:
    """The rooms (all, and those that the service names) and devices by kind, of each branch."""

    needs_room: bool = False
    names_rooms: bool = False
    kinds: list[int] = field(default_factory=list)
    rooms: dict[int, list[int]] = field(default_factory=dict)
    named: dict[int, list[int]] = field(default_factory=dict)
    devices: dict[tuple[int, int], list[int]] = field(default_factory=dict)

    def room_pool(self, branch: int, own: int | None) -> list[int] | None:
        """The rooms of which one is taken; None where none is needed. `own` is the room of the doctor's hours.

        A service that names its rooms is given there; else in the room of the hours; else, if it needs one, in any.
        """
        if own is not None and (not self.names_rooms or own in self.named.get(branch, [])):
            return [own]
        if not self.needs_room:
            return None
        return (self.named if self.names_rooms else self.rooms).get(branch, [])

    def device_pools(self, branch: int) -> list[list[int]]:
        """For each kind that is needed the branch's devices, of which one is taken."""
        return [self.devices.get((branch, kind), []) for kind in self.kinds]

    def pools(self, offer: Offer) -> list[list[str]]:
        """Everything of which one each must be free, as names of resources."""
        rooms = self.room_pool(offer.branch, offer.room)
        found = [[f"e:{device}" for device in pool] for pool in self.device_pools(offer.branch)]
        return found if rooms is None else [[f"r:{room}" for room in rooms], *found]


def places_of(service: Service, opening: Opening, mode: str) -> Places:
    """The rooms and devices of the branches of an opening; who meets online needs none."""
    return read_places(service, {offer.branch for offer in opening.offers}, opening.kinds, mode)


def read_places(service: Service, branches: set[int], kinds: list[int], mode: str) -> Places:
    """The rooms and devices of some branches; one statement, none where nothing is needed."""
    needs_room = service.needs_room and mode != Mode.ONLINE
    places = Places(needs_room, False, kinds if mode != Mode.ONLINE else [])
    if not needs_room and not places.kinds:
        return places
    values = {"service": service.pk, "needs_room": needs_room, "branches": list(branches), "kinds": places.kinds}
    for branch, sort, pk, detail in rows(PLACES, values):
        if sort == "e":
            places.devices.setdefault((branch, detail), []).append(pk)
            continue
        places.rooms.setdefault(branch, []).append(pk)
        places.names_rooms |= detail is not None
        if detail == 1:
            places.named.setdefault(branch, []).append(pk)
    return places
