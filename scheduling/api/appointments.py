"""Appointments: one's own, or a branch's for staff; and everything that can happen to one before the visit."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.accounts.guards import needs
from clinic.accounts.models import Branch, User
from clinic.accounts.permissions import Perm
from clinic.patients.actions import own_patient_for
from clinic.patients.models import Patient
from clinic.patients.permissions import acts_for
from clinic.patients.queries import own_patient
from clinic.shared.api import once, read, shape
from clinic.shared.errors import Invalid, NotFound
from clinic.shared.tenancy import current_clinic
from clinic.shared.text import format_phone
from scheduling import actions
from scheduling.api.origins import DeskOriginInput, origin_of
from scheduling.api.parameters import day, number
from scheduling.api.slots import ConflictOutput
from scheduling.api.undoing import UndoInput, status_seen
from scheduling.models import Appointment, Mode, Practitioner, Room
from scheduling.permissions import check_may_change, is_desk, visible_appointments
from scheduling.queries.asked import asked_for
from scheduling.queries.chains import MOST
from scheduling.queries.diary import of_day, with_names
from scheduling.queries.steps import undo_permission
from scheduling.statuses import AppointmentStatus


class AppointmentOutput(serializers.ModelSerializer):
    doctor = serializers.IntegerField(source="practitioner_id")
    service_name = serializers.CharField(source="service.name")
    doctor_name = serializers.CharField(source="practitioner.name")
    patient_name = serializers.CharField(source="patient.full_name", default="")
    visit = serializers.IntegerField(source="visit.pk", default=None, allow_null=True)
    successor = serializers.IntegerField(source="successor_id", allow_null=True)

    class Meta:
        model = Appointment
        fields = [
            *("id", "status", "service", "service_name", "doctor", "doctor_name", "branch", "room", "patient"),
            *("patient_name", "starts_at", "ends_at", "time_zone", "price", "confirmed_at", "source", "note"),
            *("was_late_cancel", "cancelled_by_patient", "successor", "visit"),
            *("hold_expires_at", "needs_approval", "deposit", "deposit_settled_at"),
        ]


class BookInput(DeskOriginInput):
    hold = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    holds = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False, allow_empty=False, max_length=MOST, help_text="several held together, in place of `hold`",
    )  # fmt: skip
    service = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, help_text="a free time, at once"
    )
    doctor = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    branch = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    starts_at = serializers.DateTimeField(required=False)
    patient = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False, allow_null=True)
    secret = serializers.CharField(max_length=64, required=False, allow_blank=True)
    first_name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    last_name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)
    agreed = serializers.CharField(
        max_length=16, required=False, allow_blank=True, help_text="the mark of the terms that were shown with the hold"
    )
    mode = serializers.ChoiceField(
        choices=[Mode.IN_PERSON, Mode.ONLINE],
        required=False,
        help_text="where the service leaves it open",
    )
    room = serializers.PrimaryKeyRelatedField(
        queryset=Room.objects.filter(is_active=True), required=False, allow_null=True, help_text="staff only"
    )
    anyway = serializers.BooleanField(default=False, help_text="staff: book although the rules of booking warn")


class ReasonInput(serializers.Serializer):
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


TOGETHER = "everything that was booked together with it, too: all or none"


class CancelInput(ReasonInput):
    together = serializers.BooleanField(default=False, help_text=TOGETHER)
    by_patient = serializers.BooleanField(
        default=False, help_text="staff: she called it off herself, so her limit for cancelling counts"
    )
    keep_time_closed = serializers.BooleanField(
        default=False, help_text="staff: the doctor is not there then, so nobody else is booked or asked in"
    )


class RescheduleInput(ReasonInput):
    starts_at = serializers.DateTimeField()
    doctor = serializers.PrimaryKeyRelatedField(queryset=Practitioner.objects.all(), required=False)
    branch = serializers.PrimaryKeyRelatedField(queryset=Branch.objects.all(), required=False)
    override = serializers.BooleanField(default=False)
    together = serializers.BooleanField(default=False, help_text=f"{TOGETHER}; as far apart as before")


CONFLICT = {200: AppointmentOutput, 409: ConflictOutput}


@needs(Perm.OWN_BOOK, list=Perm.OWN_VIEW, retrieve=Perm.OWN_VIEW, no_show=Perm.DIARY_BOOK, reject=Perm.DIARY_BOOK)
class Appointments(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """A patient sees and changes her own and her family's; staff those of their branches."""

    serializer_class = AppointmentOutput
    queryset = Appointment.objects.none()

    def get_queryset(self) -> QuerySet[Appointment]:
        return with_names(visible_appointments(self.request.user)).order_by("starts_at", "pk")

    def filter_queryset(self, queryset: Any) -> Any:
        if self.action != "list":
            return queryset
        on, doctor, branch = day(self.request, "day"), number(self.request, "doctor"), number(self.request, "branch")
        if doctor is not None:
            queryset = queryset.filter(practitioner=doctor)
        if branch is not None:
            queryset = queryset.filter(branch=branch)
        if on is not None:
            where = Branch.objects.filter(pk=branch).first() if branch else None
            queryset = of_day(queryset, on, branch=where, zone=current_clinic().time_zone)
        return queryset

    @extend_schema(
        parameters=[
            OpenApiParameter("day", str, description="2026-11-22"),
            OpenApiParameter("doctor", int),
            OpenApiParameter("branch", int),
        ]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Appointments in the order of their time."""
        return super().list(request, *args, **kwargs)

    @extend_schema(request=BookInput, responses={201: AppointmentOutput, 409: ConflictOutput})
    def create(self, request: Request) -> Response:
        """Book a held time, or a free one at once (`service`, `doctor`, `branch`, `starts_at`); for oneself where no
        patient is named. With `holds` several, all or none, answered by `{"appointments": […]}`. `Idempotency-Key` is
        obeyed.
        """
        values = read(BookInput, request.data)
        wanted: Sequence[int] = values.get("holds") or ([values["hold"]] if "hold" in values else [])
        if not wanted and "service" not in values:
            raise Invalid(_("Name the held time."), field="hold")

        def work() -> tuple[int, Any]:
            if not wanted:
                return 201, _just_booked(self._at_once(request.user, values))
            shown = self._held(request.user, wanted, values)
            return 201, {"appointments": shown} if "holds" in values else shown[0]

        return once(request, f"appointments:{request.user.pk}", work)

    def _held(self, user: User, wanted: Sequence[int], values: dict[str, Any]) -> Sequence[Any]:
        holds = Appointment.objects.in_bulk(wanted)
        if len(holds) < len(wanted):
            raise NotFound(_("There is no such held time for you. Choose a time again."), field="hold")
        booked = actions.book_several(
            holds=[holds[pk] for pk in wanted],
            patient=self._patient(user, holds[wanted[0]].branch_id, values, own_patient(user)),
            secret=values.get("secret", ""),
            note=values.get("note", ""),
            agreed=values.get("agreed", ""),
            device=self.request.headers.get("User-Agent", ""),
            despite=values["anyway"],
            origin=_origin_anew(values, at_desk=user.can(Perm.DIARY_BOOK, holds[wanted[0]].branch_id)),
            by=user,
        )
        was = AppointmentStatus.HELD  # else it is a repeat, and may be a visit by now
        return [_just_booked(each) if holds[each.pk].status == was else self._data(each) for each in booked]

    def _at_once(self, user: User, values: dict[str, Any]) -> Appointment:
        names = {name: values.get(name, 0) for name in ("service", "doctor", "branch")}
        service, doctor, branch, own, known = asked_for(**names, starts_at=values.get("starts_at"), user=user)
        if service is None or doctor is None or branch is None or "starts_at" not in values:
            missing = [name for name, found in zip(names, (service, doctor, branch), strict=True) if found is None]
            text = _("Name a held time, or service, doctor, branch and start.")
            raise Invalid(text, field=[*missing, "starts_at"][0])
        at_desk = user.can(Perm.DIARY_BOOK, branch)
        return actions.book_direct(
            service=service,
            practitioner=doctor,
            branch=branch,
            patient=self._patient(user, branch.pk, values, own),
            starts_at=values["starts_at"],
            **origin_of(values, at_desk=at_desk),
            mode=values.get("mode"),
            room=values["room"].pk if at_desk and values.get("room") else None,
            note=values.get("note", ""),
            agreed=values.get("agreed", ""),
            device=self.request.headers.get("User-Agent", ""),
            despite=values["anyway"],
            as_patient=not at_desk,
            known=known,
            by=user,
        )

    def _patient(self, user: User, branch: int, values: dict[str, Any], own: Patient | None) -> Patient:
        """The patient who was named, or who the account is itself."""
        wanted, at_desk = values.get("patient"), user.can(Perm.DIARY_BOOK, branch)
        if wanted:
            among = Patient.objects.filter(merged_into=None) if at_desk else acts_for(user)
            patient = among.filter(pk=wanted).first()
            if patient is None:
                raise NotFound(_("There is no such patient for you."), field="patient")
            return patient
        if at_desk and own is None:
            raise Invalid(_("Name the patient."), field="patient")
        return own or own_patient_for(user=user, by=user, **_name(user, values))

    @extend_schema(request=None, responses=CONFLICT)
    def confirm(self, request: Request, pk: int) -> Response:
        """The patient will come; staff approve with it what waits for approval."""
        return self._answer(actions.confirm(appointment=self._own(pk), by=request.user))

    @extend_schema(request=ReasonInput, responses=CONFLICT)
    def reject(self, request: Request, pk: int) -> Response:
        """Refuse what waits for approval, with the reason that the patient reads."""
        reason = self._read(ReasonInput).get("reason", "")
        return self._answer(actions.reject(appointment=self._of_desk(pk), reason=reason, by=request.user))

    @extend_schema(request=CancelInput, responses=CONFLICT)
    def cancel(self, request: Request, pk: int) -> Response:
        """Call it off; late where the service's limit is over."""
        appointment, values = self._own(pk), self._read(CancelInput)
        reason = values.get("reason", "")
        by_patient = values["by_patient"] or not is_desk(request.user, appointment)
        how: dict[str, Any] = {"reason": reason, "by_patient": by_patient, "by": request.user}
        how["keep_time_closed"] = values["keep_time_closed"]
        if values["together"]:
            self._check_together(appointment)
            return self._answer_one(pk, actions.cancel_several(appointment=appointment, **how))
        return self._answer(actions.cancel(appointment=appointment, **how))

    @extend_schema(request=RescheduleInput, responses=CONFLICT)
    def reschedule(self, request: Request, pk: int) -> Response:
        """Move it to another time: the answer is its successor."""
        appointment, values = self._own(pk), self._read(RescheduleInput)
        how: dict[str, Any] = {
            "starts_at": values["starts_at"],
            "reason": values.get("reason", ""),
            "by_patient": not is_desk(request.user, appointment),
            "by": request.user,
        }
        if values["together"]:
            self._check_together(appointment)
            moved = actions.reschedule_several(appointment=appointment, **how)
            return self._answer(moved[0])
        more = {"practitioner": values.get("doctor"), "branch": values.get("branch"), "override": values["override"]}
        return self._answer(actions.reschedule(appointment=appointment, **how, **more))

    @extend_schema(request=ReasonInput, responses=CONFLICT)
    def no_show(self, request: Request, pk: int) -> Response:
        """She did not come."""
        reason = self._read(ReasonInput).get("reason", "")
        return self._answer(actions.no_show(appointment=self._of_desk(pk), reason=reason, by=request.user))

    @extend_schema(request=UndoInput, responses=CONFLICT)
    def undo(self, request: Request, pk: int) -> Response:
        """Take the last change back, once where `of` names what it was."""
        appointment = self._visible(pk)
        status_seen(request, appointment)
        if request.user.can(undo_permission(appointment), appointment.branch_id):
            return self._answer(actions.undo_appointment(appointment=appointment, by=request.user))
        check_may_change(request.user, appointment)
        return self._answer(actions.undo_own(appointment=appointment, by=request.user))

    def _check_together(self, appointment: Appointment) -> None:
        """All of it is changed only by who may change each part."""
        for each in actions.together_with(appointment):
            check_may_change(self.request.user, each)

    def _answer_one(self, pk: int, several: Sequence[Appointment]) -> Response:
        return self._answer(next(each for each in several if each.pk == pk))

    def _visible(self, pk: int) -> Appointment:
        appointment = self.get_queryset().filter(pk=pk).first()
        if appointment is None:
            raise NotFound(_("There is no such appointment for you."))
        return appointment

    def _own(self, pk: int) -> Appointment:
        appointment = self._visible(pk)
        check_may_change(self.request.user, appointment)
        return appointment

    def _of_desk(self, pk: int) -> Appointment:
        appointment = self._own(pk)
        if not is_desk(self.request.user, appointment):
            raise NotFound(_("There is no such appointment for you."))
        return appointment

    def _read(self, serializer: type[serializers.Serializer]) -> dict[str, Any]:
        return read(serializer, self.request.data)

    def _answer(self, appointment: Appointment) -> Response:
        return Response(self._data(appointment))

    def _data(self, appointment: Appointment) -> Any:
        fresh = with_names(Appointment.objects.filter(pk=appointment.pk)).get()
        return shape(AppointmentOutput, fresh)


def _just_booked(appointment: Appointment) -> Any:
    """With all that it was booked with; there is no visit yet, so none is looked for."""
    appointment._state.fields_cache["visit"] = None
    return shape(AppointmentOutput, appointment)


def _name(user: User, values: dict[str, Any]) -> dict[str, str]:
    """What a new patient is called: as sent, as the account, or, until the desk asks her, by her number."""
    if values.get("first_name") or values.get("last_name"):
        return {"first_name": values.get("first_name", ""), "last_name": values.get("last_name", "")}
    first, _space, last = user.full_name.partition(" ")
    return {"first_name": first if last else "", "last_name": last or first or format_phone(user.phone)}


def _origin_anew(values: dict[str, Any], *, at_desk: bool) -> dict[str, Any] | None:
    """Where it came from, if that is said with the booking and not with the hold."""
    said = values.get("utm") or (at_desk and (values.get("source") or values.get("referred_by")))
    return origin_of(values, at_desk=at_desk) if said else None
