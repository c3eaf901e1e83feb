"""Packages are built by the clinic."""

from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Invalid
from finance.actions.invoices import check_amount
from finance.models import (
    PackageKind,
    PackageKindLine,
)
from scheduling.models import Service


@action
def save_package_kind(
    *, kind: PackageKind | None, counts: dict[Service, int], by: User | None, **fields: Any
) -> PackageKind:
    """Make or change a kind of package; what was sold already keeps its own rules. `price` in the clinic's currency.

    Raises Invalid without a service, or for a price that cannot be.
    """
    if not any(counts.values()):
        raise Invalid(_("A package has at least one service with a session."), field="counts")
    if fields.get("price"):
        check_amount(fields["price"], "price")
    row = kind or PackageKind()
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    lines = {line.service_id: line for line in row.lines.all()}
    for service, count in counts.items():
        line = lines.pop(service.pk, None) or PackageKindLine(kind=row, service=service)
        if line.count != count and (count or line.pk):
            line.count = count
            line.save()
    for line in lines.values():
        line.count = 0
        line.save()
    return row
