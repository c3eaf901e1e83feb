"""Open orders and last values as tiles at the top of the chart."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from clinic.accounts.permissions import Perm
from clinic.shared.calendar import format_date
from clinic.shared.chart import Ask, Line, of_patient, tile
from emr.models import ServiceRequest, VitalSign
from emr.queries.vitals import latest_of, readings_of
from emr.statuses import ORDER_OPEN, OrderStatus

READ = Perm.RECORD_VIEW
OPEN = [*ORDER_OPEN, OrderStatus.RESULTED]


@tile(
    "orders",
    label=_("Open orders"),
    icon="flask-conical",
    permission=READ,
    order=50,
    empty=_("None open"),
    where=of_patient(ServiceRequest),
)
def open_orders(ask: Ask) -> Iterable[Line]:
    """What is on its way, and what nobody has seen yet."""
    rows = ServiceRequest.objects.filter(patient__in=ask.patients, status__in=OPEN).prefetch_related("results")
    for row in rows.order_by("-pk")[:6]:
        names = " · ".join(each.name for each in row.results.all())
        tone = "warn" if row.status == OrderStatus.RESULTED else ""
        more = f"{row.get_status_display()} · {format_date(row.created_at, style='short')}"
        yield Line(names, more, url=f"/doctor/orders/{row.pk}/", tone=tone)


@tile(
    "vitals",
    label=_("Last values"),
    icon="activity",
    permission=READ,
    order=35,
    empty=_("Nothing was measured yet"),
    where=of_patient(VitalSign),
)
def last_values(ask: Ask) -> Iterable[Line]:
    """The newest value of each measure."""
    found = {each.measure.code: each for each in latest_of(readings_of(ask.patient, limit=100))}
    if "systolic" in found and "diastolic" in found:
        over, under = found.pop("systolic"), found.pop("diastolic")
        shown = f"{over.shown}/{under.shown} {over.measure.unit}"
        yield Line(shown, _("Blood pressure"), tone=over.tone or under.tone)
    for each in found.values():
        yield Line(f"{each.shown} {each.measure.unit}".strip(), str(each.measure.name), tone=each.tone)
