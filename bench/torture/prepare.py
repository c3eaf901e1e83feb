"""The clinic that is tortured: doctors, people, stock, and one account for every client."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from bench.data import World, manage, new_clinic
from clinic.accounts.actions import grant_role
from clinic.accounts.models import Token, User
from clinic.accounts.queries import token_hash
from clinic.accounts.roles import Role
from clinic.patients.models import Patient
from clinic.shared.tenancy import ClinicInfo, use_clinic


@dataclass
class Town:
    """What clients name in their requests."""

    world: World
    patients: list[int] = field(default_factory=list)
    slots: list[dict[str, Any]] = field(default_factory=list)
    item: int = 0

    @property
    def clinic(self) -> ClinicInfo:
        """As the product knows it."""
        return self.world.clinic()


def prepare(*, clients: int, people: int) -> Town:
    """Build the schema and one clinic by the product's own actions."""
    manage("upgrade")
    world = new_clinic("c_torture", "torture.localhost", people=people, history=0, clients=clients)
    town = Town(world)
    with use_clinic(world.clinic()):
        for key in world.staff:
            user = User.objects.get(pk=Token.objects.get(key_hash=token_hash(key)).user_id)
            grant_role(user=user, role=Role.OWNER, branch=None, by=None)
        town.patients = list(Patient.objects.order_by("pk").values_list("pk", flat=True))
        town.slots = _slots(world)
        town.item = _item(user)
    Random(7).shuffle(town.slots)
    return town


def _slots(world: World) -> list[dict[str, Any]]:
    from bench.works.w2 import Times

    return [slot.as_dict() for slot in Times(world).slots]


def _item(by: User) -> int:
    from decimal import Decimal

    from inventory.actions import save_item

    return save_item(name="Gauze", unit="piece", step=Decimal(1), low_level=Decimal(1), by=by).pk
