"""Orders, letters, plans, measurements and scores on a patient's timeline, and open orders and last values as tiles."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from clinic.accounts.permissions import Perm
from clinic.shared.calendar import format_date
from clinic.shared.chart import Ask, Line, Moment, moments, tile
from clinic.shared.money import format_number
from emr.models import CarePlan, Letter, OutcomeScore, ServiceRequest
from emr.queries.vitals import latest_of, readings_of
from emr.statuses import ORDER_OPEN, OrderStatus

READ = Perm.RECORD_VIEW
OPEN = [*ORDER_OPEN, OrderStatus.RESULTED]


@moments("orders", label=_("Orders and results"), icon="flask-conical", permission=READ, order=25)
def orders(ask: Ask) -> Iterable[Moment]:
    """What was ordered, and whether it came back."""
    rows = ServiceRequest.objects.filter(patient__in=ask.patients).exclude(status=OrderStatus.ENTERED_IN_ERROR)
    for row in ask.newest(rows.prefetch_related("results"), "created_at"):
        names = " · ".join(each.name for each in row.results.all())
        yield Moment(
            row.created_at, row.pk, row.get_kind_display(), names, url=f"/doctor/orders/{row.pk}/", status=row.status
        )


@moments("letters", label=_("Letters"), icon="file-signature", permission=READ, order=26)
def letters(ask: Ask) -> Iterable[Moment]:
    """What was issued."""
    rows = Letter.objects.filter(patient__in=ask.patients, issued_at__isnull=False)
    for row in ask.newest(rows, "issued_at"):
        url, at = f"/doctor/letters/{row.pk}/print/", row.issued_at
        if at is not None:
            yield Moment(at, row.pk, row.title, row.get_kind_display(), url=url, status=row.status)


@moments("plans", label=_("Treatment plans"), icon="route", permission=READ, order=27)
def plans(ask: Ask) -> Iterable[Moment]:
    """When a plan was made, and where it stands."""
    rows = CarePlan.objects.filter(patient__in=ask.patients)
    for row in ask.newest(rows, "created_at"):
        url = f"/doctor/patients/{row.patient_id}/plans/"
        yield Moment(row.created_at, row.pk, row.title, url=url, status=row.status)


@moments("scores", label=_("Scores"), icon="chart-line", permission=READ, order=28)
def scores(ask: Ask) -> Iterable[Moment]:
    """What was asked, and the answer."""
    rows = OutcomeScore.objects.filter(patient__in=ask.patients, entered_in_error=False).select_related("measure")
    for row in ask.newest(rows, "measured_at"):
        url = f"/doctor/patients/{row.patient_id}/scores/"
        yield Moment(row.measured_at, row.pk, row.measure.name, format_number(row.score), url=url)


@tile("orders", label=_("Open orders"), icon="flask-conical", permission=READ, order=50, empty=_("None open"))
def open_orders(ask: Ask) -> Iterable[Line]:
    """What is on its way, and what nobody has seen yet."""
    rows = ServiceRequest.objects.filter(patient__in=ask.patients, status__in=OPEN).prefetch_related("results")
    for row in rows.order_by("-pk")[:6]:
        names = " · ".join(each.name for each in row.results.all())
        tone = "warn" if row.status == OrderStatus.RESULTED else ""
        more = f"{row.get_status_display()} · {format_date(row.created_at, style='short')}"
        yield Line(names, more, url=f"/doctor/orders/{row.pk}/", tone=tone)


@tile("vitals", label=_("Last values"), icon="activity", permission=READ, order=35, empty=_("Nothing was measured yet"))
def last_values(ask: Ask) -> Iterable[Line]:
    """The newest value of each measure."""
    for each in latest_of(readings_of(ask.patient, limit=100)):
        yield Line(f"{each.shown} {each.measure.unit}".strip(), str(each.measure.name), tone=each.tone)
