"""Patients for clients of the API: staff find and register, a patient sees her own people."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients import actions
from clinic.patients.models import Patient, Relation, Sex
from clinic.patients.permissions import may_act_for, visible_to
from clinic.patients.queries import DESK_FIELDS, OWN_CHANGES, fields_for, find_patients
from clinic.shared.errors import Forbidden, Invalid

PARAMETERS = {"search", "page", "page_size"}


class PatientOutput(serializers.ModelSerializer):
    """Fields by reader: what the desk notes is absent for patients."""

    class Meta:
        model = Patient
        fields = DESK_FIELDS

    def to_representation(self, instance: Patient) -> dict[str, Any]:
        allowed = set(fields_for(self.context["request"].user))
        return {name: value for name, value in super().to_representation(instance).items() if name in allowed}


class PatientInput(serializers.Serializer):
    """Texts in any digits and spelling; the action normalises and refuses."""

    first_name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    last_name = serializers.CharField(max_length=80)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    national_code = serializers.CharField(max_length=40, required=False, allow_blank=True)
    birth_date = serializers.DateField(required=False, allow_null=True)
    sex = serializers.ChoiceField(choices=Sex.choices, required=False)
    email = serializers.CharField(max_length=254, required=False, allow_blank=True)
    address = serializers.CharField(max_length=300, required=False, allow_blank=True)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, allow_blank=True, required=False)
    insurer = serializers.CharField(max_length=80, required=False, allow_blank=True)
    insurance_number = serializers.CharField(max_length=40, required=False, allow_blank=True)
    referral_source = serializers.CharField(max_length=80, required=False, allow_blank=True)
    note = serializers.CharField(max_length=4000, required=False, allow_blank=True)


class NewPatientInput(PatientInput):
    """`anyway` registers although somebody like this is there; `relation` is for a patient's own family."""

    anyway = serializers.BooleanField(default=False)
    relation = serializers.ChoiceField(choices=Relation.choices, default=Relation.OTHER)


SEARCH = OpenApiParameter("search", str, description="any part of name, phone or national code")


@needs(Perm.OWN_VIEW, create=Perm.OWN_BOOK, partial_update=Perm.OWN_BOOK)
class Patients(viewsets.GenericViewSet):
    """The clinic's patients for staff; for others those whom the account acts for."""

    serializer_class = PatientOutput
    queryset = Patient.objects.none()

    @extend_schema(parameters=[SEARCH], responses=PatientOutput(many=True))
    def list(self, request: Request) -> Response:
        """Latest first, or best match first where something is searched for."""
        if unknown := set(request.query_params) - PARAMETERS:
            raise Invalid(_("There is no such parameter."), field=sorted(unknown)[0])
        found: QuerySet[Patient] = visible_to(request.user).order_by("-pk")
        text = request.query_params.get("search", "")
        if text.strip():
            among = Patient.objects.filter(pk__in=found.values("pk")) if not _finds(request) else found
            found = find_patients(text[:100], limit=None, among=among)
        rows = self.paginate_queryset(found)
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    @extend_schema(
        request=NewPatientInput,
        responses={201: PatientOutput, 409: OpenApiResponse(description="registered already? `patients` has the ids")},
    )
    def create(self, request: Request) -> Response:
        """Staff register anybody; a patient adds a family member."""
        data = NewPatientInput(data=request.data)
        data.is_valid(raise_exception=True)
        values = {"first_name": "", **data.validated_data}
        anyway, relation = values.pop("anyway"), values.pop("relation")
        if request.user.can(Perm.PATIENTS_EDIT):
            patient = actions.register(**values, source="api", refuse_duplicates=not anyway, by=request.user)
        elif _finds(request):
            raise Forbidden(_("Your role does not include this. Ask the clinic's owner if you need it."))
        else:
            _refuse_fields(set(values) & {"note", "referral_source"})
            patient = actions.add_family_member(user=request.user, relation=relation, by=request.user, **values)
        return Response(self.get_serializer(patient).data, status=201)

    @extend_schema(responses=PatientOutput)
    def retrieve(self, request: Request, pk: int) -> Response:
        """One patient; reading by staff is noted."""
        patient = get_object_or_404(visible_to(request.user), pk=pk)
        if not may_act_for(request.user, patient):
            actions.log_access(patient=patient, what="api", by=request.user)
        return Response(self.get_serializer(patient).data)

    @extend_schema(request=PatientInput, responses=PatientOutput)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change the named fields; patients change only how they are reached and insured."""
        patient = get_object_or_404(visible_to(request.user), pk=pk)
        data = PatientInput(data=request.data, partial=True)
        data.is_valid(raise_exception=True)
        if unknown := set(request.data) - set(data.fields):
            raise Invalid(_("This cannot be changed here."), field=sorted(unknown)[0])
        if not request.user.can(Perm.PATIENTS_EDIT):
            if not may_act_for(request.user, patient):
                raise Forbidden(_("Your role does not include this. Ask the clinic's owner if you need it."))
            _refuse_fields(set(data.validated_data) - OWN_CHANGES)
        changed = actions.change(patient=patient, by=request.user, **data.validated_data)
        return Response(self.get_serializer(changed).data)


def _finds(request: Request) -> bool:
    return bool(request.user.can(Perm.PATIENTS_VIEW))


def _refuse_fields(names: set[str]) -> None:
    if names:
        raise Invalid(_("Only the clinic's desk changes this."), field=sorted(names)[0])
