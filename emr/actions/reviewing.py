"""Seeing a result, and showing it to the patient."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict
from clinic.shared.statuses import move
from emr.models import ServiceRequest, ServiceRequestStatusChange
from emr.permissions import require_write
from emr.statuses import ORDER_MOVES, OrderStatus


@action
def review_order(*, order: ServiceRequest, release: bool = False, by: User) -> ServiceRequest:
    """The doctor has seen the result; with `release` the patient sees it, too. Raises Conflict without a result."""
    require_write(by)
    now = timezone.now()
    changes: dict[str, Any] = {"reviewed_at": now, "reviewed_by": by, "released_at": now if release else None}
    return move(order, OrderStatus.REVIEWED, moves=ORDER_MOVES, log=ServiceRequestStatusChange, by=by, changes=changes)


@action
def release_order(*, order: ServiceRequest, shown: bool = True, by: User) -> ServiceRequest:
    """Show a result that was seen to the patient, or take it back. Raises Conflict before it was seen."""
    require_write(by)
    row = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=order.pk)
    if row.status != OrderStatus.REVIEWED:
        raise Conflict(_("Look at the result first, then show it to the patient."), code="not_seen")
    if shown != (row.released_at is not None):
        row.released_at = timezone.now() if shown else None
        row.save()
    return row
