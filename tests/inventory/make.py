"""Makers of items, stock and visits."""

import itertools
import secrets
from datetime import date
from decimal import Decimal
from typing import Any

from inventory import actions
from inventory.models import Item, Lot
from inventory.queries import today_in
from scheduling.models import Visit
from scheduling.statuses import VisitStatus
from tests.make import Make

_numbers = itertools.count(10_000)  # far above those of the other makers: all may write on one day


def item(**fields: Any) -> Item:
    """Something counted by the piece."""
    values = {"name": f"گاز استریل {next(_numbers)}", "unit": "عدد", "step": Decimal(1), "low_level": Decimal(5)}
    return actions.save_item(by=None, **{**values, **fields})


def stock(make: Make, thing: Item, quantity: Any, *, expires_on: date | None = None, **fields: Any) -> Lot:
    """So much of it received in the first branch."""
    fields = {"branch": make.branch(), "number": f"L{next(_numbers)}", "unit_cost": Decimal(1000), **fields}
    cause = f"test:{next(_numbers)}"
    movement = actions.receive(
        item=thing, quantity=Decimal(quantity), expires_on=expires_on, cause=cause, by=None, **fields
    )
    return movement.lot


def visit(make: Make, **fields: Any) -> Visit:
    """A patient in the doctor's room."""
    service = fields.pop("service", None) or make.service()
    branch = make.branch()
    row = Visit(
        **{
            "status": VisitStatus.IN_ROOM,
            "branch": branch,
            "patient": make.patient(),
            "practitioner": fields.pop("practitioner", None) or make.practitioner(service, hours=False),
            "service": service,
            "day": today_in(branch),
            "number": next(_numbers),
            "queue_token": secrets.token_urlsafe(16),
            **fields,
        }
    )
    row.save()
    return row
