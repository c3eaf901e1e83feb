"""Records and prescriptions for clients. A patient's account gets her own signed ones, without the doctor's notes."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from clinic.accounts.guards import needs
from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.patients.actions import log_access
from clinic.patients.models import Patient
from clinic.patients.permissions import acts_for
from clinic.shared.errors import Forbidden, Invalid, NotFound
from clinic.shared.text import normalise
from emr import actions, permissions, queries
from emr.models import Addendum, Condition, Encounter, Medication, MedicationRequest, NoteTemplate, Privacy
from emr.statuses import EncounterStatus
from scheduling.models import Service, Visit

BIGGEST_ID = 2**63 - 1
FILTERS = [OpenApiParameter("patient", OpenApiTypes.INT, description="Only of this patient")]


class ConditionOutput(serializers.ModelSerializer):
    class Meta:
        model = Condition
        fields = ["id", "code", "title", "is_problem"]


class PrescriptionLineOutput(serializers.ModelSerializer):
    class Meta:
        model = MedicationRequest
        fields = [
            "id", "encounter", "patient", "medication", "name", "dose", "quantity", "days", "is_cancelled",
            "warning_overridden", "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    for_staff = frozenset({"warning_overridden", "medication"})

    def to_representation(self, line: MedicationRequest) -> dict[str, Any]:
        shown = super().to_representation(line)
        return shown if self.context.get("clinical") else {k: v for k, v in shown.items() if k not in self.for_staff}


class AddendumOutput(serializers.ModelSerializer):
    by = serializers.CharField(source="by.full_name", read_only=True)

    class Meta:
        model = Addendum
        fields = ["id", "text", "by", "created_at"]


class EncounterOutput(serializers.ModelSerializer):
    """What only who reads records gets is left away for a patient."""

    practitioner_name = serializers.CharField(source="practitioner.name", read_only=True)
    conditions = ConditionOutput(many=True, read_only=True)
    prescriptions = PrescriptionLineOutput(many=True, read_only=True)
    addenda = AddendumOutput(many=True, read_only=True)

    class Meta:
        model = Encounter
        fields = [
            "id", "visit", "patient", "practitioner", "practitioner_name", "status", "advice", "follow_up_on",
            "follow_up_note", "signed_at", "created_at", "prescriptions", "complaint", "note", "conditions", "addenda",
            "follow_up_service", "version", "saved_at", "template", "answers", "privacy",
        ]  # fmt: skip
        read_only_fields = fields

    for_staff = frozenset(
        "complaint note conditions addenda follow_up_service version saved_at template answers privacy".split()
    )

    def to_representation(self, record: Encounter) -> dict[str, Any]:
        shown = super().to_representation(record)
        if self.context.get("clinical"):
            return shown
        shown["prescriptions"] = [line for line in shown["prescriptions"] if not line["is_cancelled"]]
        return {name: value for name, value in shown.items() if name not in self.for_staff}


class OpenInput(serializers.Serializer):
    visit = serializers.IntegerField(min_value=1, max_value=BIGGEST_ID)


class NoteInput(serializers.Serializer):
    """Fields not sent stay as they are; `version` is the one the client read."""

    version = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    complaint = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    note = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    advice = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    answers = serializers.DictField(required=False, help_text="By the keys of the template; null takes an answer away")


class TemplateInput(serializers.Serializer):
    template = serializers.IntegerField(allow_null=True, min_value=1, max_value=BIGGEST_ID)


class PrivacyInput(serializers.Serializer):
    level = serializers.ChoiceField(choices=Privacy.choices)
    readers = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=BIGGEST_ID), required=False, max_length=200
    )


class OpeningInput(serializers.Serializer):
    reason = serializers.CharField(max_length=300)


class TemplateOutput(serializers.ModelSerializer):
    version = serializers.SerializerMethodField()
    content = serializers.SerializerMethodField()

    class Meta:
        model = NoteTemplate
        fields = ["id", "name", "kind", "services", "version", "content"]

    def get_version(self, row: NoteTemplate) -> int | None:
        """The id of what it asks now: an encounter's `template`."""
        return row.newest.pk if row.newest else None

    def get_content(self, row: NoteTemplate) -> dict[str, Any]:
        """Sections with questions, and scores."""
        return row.newest.content if row.newest else {}


class FollowUpInput(serializers.Serializer):
    on = serializers.DateField(allow_null=True)
    service = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=BIGGEST_ID)
    note = serializers.CharField(required=False, allow_blank=True, max_length=200)


class ConditionInput(serializers.Serializer):
    code = serializers.CharField(required=False, allow_blank=True, max_length=12)
    title = serializers.CharField(required=False, allow_blank=True, max_length=250)
    is_problem = serializers.BooleanField(required=False, default=False)


class EncounterAddendumInput(serializers.Serializer):
    text = serializers.CharField()


class PrescriptionLineInput(serializers.Serializer):
    encounter = serializers.IntegerField(min_value=1, max_value=BIGGEST_ID)
    medication = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=BIGGEST_ID)
    name = serializers.CharField(required=False, allow_blank=True, max_length=200)
    dose = serializers.CharField(required=False, allow_blank=True, max_length=200)
    quantity = serializers.CharField(required=False, allow_blank=True, max_length=40)
    days = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=365)
    override_reason = serializers.CharField(required=False, allow_blank=True, max_length=300)


STALE = OpenApiResponse(description="Signed, or somebody else wrote: `yours`, `theirs`, the new `version`")
OPEN = OpenApiResponse(description="The caller may read this note already")
ALLERGY = OpenApiResponse(description="Signed, or the patient is allergic: `allergies`; send `override_reason`")


class Records(GenericViewSet):
    """Common to both: who sees what, and that reading is noted."""

    kind = ""

    @property
    def clinical(self) -> bool:
        """Whether the caller reads records as staff."""
        return permissions.may_read(self.request.user)

    def get_serializer_context(self) -> dict[str, Any]:
        clinical = not getattr(self, "swagger_fake_view", False) and self.clinical
        return {**super().get_serializer_context(), "clinical": clinical}

    def wanted_patient(self) -> Patient | None:
        """The patient that the address names; 404 for one that the caller may not know of."""
        text = normalise(self.request.query_params.get("patient", ""))
        if not text:
            return None
        if not text.isdecimal():
            raise Invalid(_("Name the patient by number."), field="patient")
        known = Patient.objects.all() if self.clinical else acts_for(self.request.user)
        patient = known.filter(pk=int(text)).first()
        if patient is None:
            raise NotFound(_("There is no such patient for you."))
        return patient

    def note_reading(self, patient: Patient) -> None:
        """Who read what through the API."""
        log_access(patient=patient, what=f"api {self.kind}", by=self.request.user)

    def for_writing(self, pk: str | int) -> Encounter:
        """A record that the caller may write; 404 where there is none."""
        record = get_object_or_404(Encounter.objects.select_related("visit", "patient"), pk=pk)
        if not permissions.may_write(self.request.user, record.visit.branch_id):
            raise Forbidden(_("Only who may write medical records in this branch can do this."))
        permissions.require_note(self.request.user, record)
        return record

    def checked(self, serializer: type[serializers.Serializer]) -> dict[str, Any]:
        """The body, checked for shape."""
        data = serializer(data=self.request.data)
        data.is_valid(raise_exception=True)
        return dict(data.validated_data)


@needs(
    Perm.OWN_VIEW,
    create=Perm.RECORD_WRITE,
    partial_update=Perm.RECORD_WRITE,
    sign=Perm.RECORD_WRITE,
    finish=Perm.RECORD_WRITE,
    add=Perm.RECORD_WRITE,
    diagnose=Perm.RECORD_WRITE,
    follow_up=Perm.RECORD_WRITE,
    use_template=Perm.RECORD_WRITE,
    privacy=Perm.RECORD_WRITE,
    open_glass=Perm.RECORD_VIEW,
)
class Encounters(ListModelMixin, RetrieveModelMixin, Records):
    """Records of visits, newest first."""

    kind = "encounters"
    serializer_class = EncounterOutput
    queryset = Encounter.objects.none()

    def get_queryset(self) -> QuerySet[Encounter]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        mine = permissions.released_to(self.request.user)
        visible = Encounter.objects.filter(permissions.readable_by(self.request.user)) if self.clinical else mine
        patient = self.wanted_patient() if self.action == "list" else None
        if patient is not None:
            visible = visible.filter(patient=patient)
        elif self.action == "list" and self.clinical:
            raise Invalid(_("Name the patient by number."), field="patient")
        return queries.with_content(Encounter.objects.filter(pk__in=visible.values("pk"))).order_by("-pk")

    @extend_schema(parameters=FILTERS)
    def list(self, request: Request) -> Response:
        """A patient's records; staff name the patient, others get those of the people they act for."""
        patient = self.wanted_patient()
        if patient is not None:
            self.note_reading(patient)
        return super().list(request)

    def retrieve(self, request: Request, pk: int) -> Response:
        """One record."""
        record = self.get_object()
        self.note_reading(record.patient)
        return Response(self.get_serializer(record).data)

    @extend_schema(request=OpenInput, responses={201: EncounterOutput})
    def create(self, request: Request) -> Response:
        """Open the record of a visit; the same one at every call."""
        visit = get_object_or_404(Visit, pk=self.checked(OpenInput)["visit"])
        return self._answer(actions.open_encounter(visit=visit, by=request.user), 201)

    @extend_schema(request=NoteInput, responses={200: EncounterOutput, 409: STALE})
    def partial_update(self, request: Request, pk: int) -> Response:
        """Write texts; 409 with both texts where somebody else wrote since `version`."""
        return self._answer(
            actions.save_note(encounter=self.for_writing(pk), by=request.user, **self.checked(NoteInput))
        )

    @extend_schema(request=None, responses={200: EncounterOutput, 409: STALE})
    def sign(self, request: Request, pk: int) -> Response:
        """Close the record for good."""
        return self._answer(actions.sign(encounter=self.for_writing(pk), by=request.user))

    @extend_schema(request=None, responses={200: EncounterOutput, 409: STALE})
    def finish(self, request: Request, pk: int) -> Response:
        """Sign, and finish the visit with it."""
        return self._answer(actions.finish_encounter(encounter=self.for_writing(pk), by=request.user))

    @extend_schema(request=EncounterAddendumInput, responses={201: EncounterOutput, 409: STALE})
    def add(self, request: Request, pk: int) -> Response:
        """Add dated words to a signed record."""
        record = self.for_writing(pk)
        actions.add_addendum(encounter=record, text=self.checked(EncounterAddendumInput)["text"], by=request.user)
        return self._answer(record, 201)

    @extend_schema(request=ConditionInput, responses={201: EncounterOutput, 409: STALE})
    def diagnose(self, request: Request, pk: int) -> Response:
        """Add a diagnosis."""
        record = self.for_writing(pk)
        values = self.checked(ConditionInput)
        actions.add_condition(patient=record.patient, encounter=record, by=request.user, **values)
        return self._answer(record, 201)

    @extend_schema(request=FollowUpInput, responses={200: EncounterOutput, 409: STALE})
    def follow_up(self, request: Request, pk: int) -> Response:
        """Say when the patient should come again; `on` null takes it back."""
        record, values = self.for_writing(pk), self.checked(FollowUpInput)
        service = get_object_or_404(Service, pk=values["service"]) if values.get("service") else None
        return self._answer(
            actions.set_follow_up(
                encounter=record, on=values["on"], service=service, note=values.get("note", ""), by=request.user
            )
        )

    @extend_schema(request=TemplateInput, responses={200: EncounterOutput, 409: STALE})
    def use_template(self, request: Request, pk: int) -> Response:
        """Ask what a template asks; null asks nothing. Answers to other questions go into the note."""
        record, wanted = self.for_writing(pk), self.checked(TemplateInput)["template"]
        template = get_object_or_404(NoteTemplate, pk=wanted, is_active=True) if wanted else None
        return self._answer(actions.use_template(encounter=record, template=template, by=request.user))

    @extend_schema(request=PrivacyInput, responses={200: EncounterOutput})
    def privacy(self, request: Request, pk: int) -> Response:
        """Say who reads a note; `readers` are accounts, for the level `named`."""
        record, values = self.for_writing(pk), self.checked(PrivacyInput)
        readers = User.objects.filter(pk__in=values.get("readers", []), is_active=True)
        return self._answer(
            actions.set_privacy(encounter=record, level=values["level"], readers=readers, by=request.user)
        )

    @extend_schema(request=OpeningInput, responses={200: EncounterOutput, 409: OPEN})
    def open_glass(self, request: Request, pk: int) -> Response:
        """Open a private note in an emergency; the owner is told at once."""
        record = get_object_or_404(Encounter, pk=pk)
        actions.break_glass(encounter=record, reason=self.checked(OpeningInput)["reason"], by=request.user)
        return self._answer(record)

    def _answer(self, record: Encounter, status: int = 200) -> Response:
        whole = queries.with_content(Encounter.objects.all()).get(pk=record.pk)
        return Response(self.get_serializer(whole).data, status=status)


@needs(Perm.RECORD_VIEW)
class NoteTemplates(ListModelMixin, GenericViewSet):
    """Templates of notes that are in use, with what they ask."""

    serializer_class = TemplateOutput
    queryset = NoteTemplate.objects.filter(is_active=True).prefetch_related("services", "versions").order_by("pk")


@needs(Perm.OWN_VIEW, create=Perm.PRESCRIBE, cancel=Perm.PRESCRIBE)
class Prescriptions(ListModelMixin, RetrieveModelMixin, Records):
    """Lines of prescriptions, newest first."""

    kind = "prescriptions"
    serializer_class = PrescriptionLineOutput
    queryset = MedicationRequest.objects.none()

    def get_queryset(self) -> QuerySet[MedicationRequest]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        lines = MedicationRequest.objects.exclude(encounter__status=EncounterStatus.ENTERED_IN_ERROR)
        if not self.clinical:
            lines = lines.filter(encounter__in=permissions.released_to(self.request.user), is_cancelled=False)
        patient = self.wanted_patient() if self.action == "list" else None
        if patient is not None:
            lines = lines.filter(patient=patient)
        elif self.action == "list" and self.clinical:
            raise Invalid(_("Name the patient by number."), field="patient")
        return lines.order_by("-pk")

    @extend_schema(parameters=FILTERS)
    def list(self, request: Request) -> Response:
        """A patient's lines; staff name the patient, others get those of the people they act for."""
        patient = self.wanted_patient()
        if patient is not None:
            self.note_reading(patient)
        return super().list(request)

    def retrieve(self, request: Request, pk: int) -> Response:
        """One line."""
        line = self.get_object()
        self.note_reading(line.patient)
        return Response(self.get_serializer(line).data)

    @extend_schema(request=PrescriptionLineInput, responses={201: PrescriptionLineOutput, 409: ALLERGY})
    def create(self, request: Request) -> Response:
        """Prescribe; an allergy asks for a reason first."""
        values = self.checked(PrescriptionLineInput)
        record = self.for_writing(values.pop("encounter"))
        drug = values.pop("medication", None)
        medication = get_object_or_404(Medication, pk=drug, is_active=True) if drug else None
        line = actions.prescribe(encounter=record, medication=medication, by=request.user, **values)
        return Response(self.get_serializer(line).data, status=201)

    @extend_schema(request=None, responses={200: PrescriptionLineOutput, 409: STALE})
    def cancel(self, request: Request, pk: int) -> Response:
        """Strike a line out."""
        line = get_object_or_404(MedicationRequest.objects.select_related("encounter__visit"), pk=pk)
        self.for_writing(line.encounter_id)
        return Response(self.get_serializer(actions.cancel_prescription_line(line=line, by=request.user)).data)


def _one(view: type[GenericViewSet], **methods: str) -> Any:
    return view.as_view(methods, detail=True)


patterns = [
    path("encounters/", Encounters.as_view({"get": "list", "post": "create"})),
    path("encounters/<int:pk>/", _one(Encounters, get="retrieve", patch="partial_update")),
    path("encounters/<int:pk>/sign/", _one(Encounters, post="sign")),
    path("encounters/<int:pk>/finish/", _one(Encounters, post="finish")),
    path("encounters/<int:pk>/addenda/", _one(Encounters, post="add")),
    path("encounters/<int:pk>/conditions/", _one(Encounters, post="diagnose")),
    path("encounters/<int:pk>/follow-up/", _one(Encounters, post="follow_up")),
    path("encounters/<int:pk>/template/", _one(Encounters, post="use_template")),
    path("encounters/<int:pk>/privacy/", _one(Encounters, post="privacy")),
    path("encounters/<int:pk>/open/", _one(Encounters, post="open_glass")),
    path("note-templates/", NoteTemplates.as_view({"get": "list"})),
    path("prescriptions/", Prescriptions.as_view({"get": "list", "post": "create"})),
    path("prescriptions/<int:pk>/", _one(Prescriptions, get="retrieve")),
    path("prescriptions/<int:pk>/cancel/", _one(Prescriptions, post="cancel")),
]
