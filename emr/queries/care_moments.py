"""Orders, letters, plans and scores on a patient's timeline."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from clinic.accounts.permissions import Perm
from clinic.shared.chart import Ask, Moment, moments, of_patient
from clinic.shared.money import format_number
from emr.models import CarePlan, Letter, OutcomeScore, ServiceRequest
from emr.statuses import OrderStatus

READ = Perm.RECORD_VIEW


@moments(
    "orders",
    label=_("Orders and results"),
    icon="flask-conical",
    permission=READ,
    order=25,
    where=of_patient(ServiceRequest),
)
def orders(ask: Ask) -> Iterable[Moment]:
    """What was ordered, and whether it came back."""
    rows = ServiceRequest.objects.filter(patient__in=ask.patients).exclude(status=OrderStatus.ENTERED_IN_ERROR)
    for row in ask.newest(rows.prefetch_related("results"), "created_at"):
        names = " · ".join(each.name for each in row.results.all())
        yield Moment(
            row.created_at, row.pk, row.get_kind_display(), names, url=f"/doctor/orders/{row.pk}/", status=row.status
        )


@moments("letters", label=_("Letters"), icon="file-signature", permission=READ, order=26, where=of_patient(Letter))
def letters(ask: Ask) -> Iterable[Moment]:
    """What was issued."""
    rows = Letter.objects.filter(patient__in=ask.patients, issued_at__isnull=False)
    for row in ask.newest(rows, "issued_at"):
        url, at = f"/doctor/letters/{row.pk}/print/", row.issued_at
        if at is not None:
            yield Moment(at, row.pk, row.title, row.get_kind_display(), url=url, status=row.status)


@moments("plans", label=_("Treatment plans"), icon="route", permission=READ, order=27, where=of_patient(CarePlan))
def plans(ask: Ask) -> Iterable[Moment]:
    """When a plan was made, and where it stands."""
    rows = CarePlan.objects.filter(patient__in=ask.patients)
    for row in ask.newest(rows, "created_at"):
        url = f"/doctor/patients/{row.patient_id}/plans/"
        yield Moment(row.created_at, row.pk, row.title, url=url, status=row.status)


@moments("scores", label=_("Scores"), icon="chart-line", permission=READ, order=28, where=of_patient(OutcomeScore))
def scores(ask: Ask) -> Iterable[Moment]:
    """What was asked, and the answer."""
    rows = OutcomeScore.objects.filter(patient__in=ask.patients, entered_in_error=False).select_related("measure")
    for row in ask.newest(rows, "measured_at"):
        url = f"/doctor/patients/{row.patient_id}/scores/"
        yield Moment(row.measured_at, row.pk, row.measure.name, format_number(row.score), url=url)
