"""Equipment that services need: kinds, and single devices in branches."""

from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import Branch
from clinic.shared.actions import action
from clinic.shared.errors import Conflict
from clinic.shared.text import normalise
from scheduling.actions.setup import _check_branch, _check_whole, _name
from scheduling.models import Equipment, EquipmentKind


@action
def save_equipment_kind(*, kind: EquipmentKind | None, name: str, name_en: str = "", by: Any) -> EquipmentKind:
    """Make or change a kind of equipment. Raises Conflict for a name that another kind has."""
    _check_whole(by)
    kind = kind or EquipmentKind()
    kind.name, kind.name_en = _name(name, 80), normalise(name_en)
    if EquipmentKind.objects.filter(name=kind.name).exclude(pk=kind.pk or 0).exists():
        raise Conflict(_("There is a kind of this name already."), field="name")
    kind.save()
    return kind


@action
def save_device(
    *, device: Equipment | None, kind: EquipmentKind, branch: Branch, name: str, is_active: bool = True, by: Any
) -> Equipment:
    """Make or change a device of a branch; one that is not in use is offered to nobody.

    Raises Conflict for a name that another device there has.
    """
    _check_branch(by, branch)
    if device is not None:
        _check_branch(by, device.branch)
    device = device or Equipment()
    device.kind, device.branch, device.name, device.is_active = kind, branch, _name(name, 80), is_active
    same = Equipment.objects.filter(branch=branch, kind=kind, name=device.name).exclude(pk=device.pk or 0)
    if same.exists():
        raise Conflict(_("There is a device of this name already."), field="name")
    device.save()
    return device
