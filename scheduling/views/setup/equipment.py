"""Equipment: kinds that services need, and single devices in branches."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from scheduling.actions import equipment as actions
from scheduling.forms.setup import DeviceForm, EquipmentKindForm, present
from scheduling.models import Equipment, EquipmentKind
from scheduling.queries.setup import devices_by_kind, equipment_kinds, my_branches, sets_up_all
from scheduling.views.setup.saving import one, saved, tried

BACK = "/set-up/equipment/"


@needs(Perm.SETUP_MANAGE)
@require_safe
def equipment(request: HttpRequest) -> HttpResponse:
    """Every kind with its devices."""
    devices = devices_by_kind(request.user)
    kinds = [(kind, devices.get(kind.pk, [])) for kind in equipment_kinds()]
    return render(request, "scheduling/setup/equipment.html", {"kinds": kinds, "whole": sets_up_all(request.user)})


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def equipment_kind(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make or change a kind."""
    row = get_object_or_404(EquipmentKind, pk=pk) if pk else None
    start = present(row, EquipmentKindForm) if row else None
    form = EquipmentKindForm(request.POST) if request.method == "POST" else EquipmentKindForm(initial=start)

    def work(data: dict[str, Any]) -> None:
        actions.save_equipment_kind(kind=row, by=request.user, **data)

    if request.method == "POST" and tried(form, work):
        return saved(request, BACK)
    title = str(row) if row else _("New kind of equipment")
    return one(request, form, title=title, back=BACK, back_label=_("Equipment"))


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def device_new(request: HttpRequest, kind_pk: int) -> HttpResponse:
    """A new device of a kind."""
    return _device(request, get_object_or_404(EquipmentKind, pk=kind_pk), None)


@needs(Perm.SETUP_MANAGE)
@require_http_methods(["GET", "POST"])
def device(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a device."""
    mine = Equipment.objects.filter(branch__in=my_branches(request.user)).select_related("kind", "branch")
    row = get_object_or_404(mine, pk=pk)
    return _device(request, row.kind, row)


def _device(request: HttpRequest, kind: EquipmentKind, row: Equipment | None) -> HttpResponse:
    branches = my_branches(request.user)
    start = present(row, DeviceForm) if row else {"branch": branches.order_by("pk").first()}
    form = DeviceForm(request.POST or None, branches=branches, initial=start)

    def work(data: dict[str, Any]) -> None:
        actions.save_device(device=row, kind=kind, by=request.user, **data)

    if request.method == "POST" and tried(form, work):
        return saved(request, BACK)
    title = row.name if row else _("New device: %(kind)s") % {"kind": kind}
    return one(request, form, title=title, back=BACK, back_label=_("Equipment"))
