"""Letters for clients; a patient's account gets the issued ones that are for her."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from emr import actions
from emr.api.background import FROZEN, Seen, an_id, one
from emr.models import Letter, LetterTemplate, Paper
from emr.queries.letters import released_letters
from emr.statuses import LetterStatus


class LetterOutput(serializers.ModelSerializer):
    number = serializers.CharField(read_only=True)

    class Meta:
        model = Letter
        fields = [
            "id", "patient", "visit", "practitioner", "kind", "language", "status", "number", "title", "body",
            "addressee", "paper", "for_patient", "issued_at", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class NewLetterInput(serializers.Serializer):
    patient, template = an_id(), an_id()
    addressee = serializers.CharField(required=False, allow_blank=True, max_length=120)


class LetterInput(serializers.Serializer):
    title = serializers.CharField(max_length=120)
    body = serializers.CharField(max_length=20_000, trim_whitespace=False)
    addressee = serializers.CharField(required=False, allow_blank=True, max_length=120)
    paper = serializers.ChoiceField(choices=Paper.choices, required=False)
    for_patient = serializers.BooleanField(required=False, default=False)


class EndInput(serializers.Serializer):
    reason = serializers.CharField(required=False, allow_blank=True, max_length=300)


@needs(
    Perm.OWN_VIEW,
    create=Perm.RECORD_WRITE,
    update=Perm.RECORD_WRITE,
    issue=Perm.RECORD_WRITE,
    end=Perm.RECORD_WRITE,
)
class Letters(Seen):
    """Letters, certificates, referrals."""

    kind = "letters"
    serializer_class = LetterOutput
    queryset = Letter.objects.none()

    def rows(self) -> QuerySet[Letter]:
        return Letter.objects.exclude(status=LetterStatus.DROPPED).select_related("patient").order_by("-pk")

    def released(self) -> QuerySet[Letter]:
        return released_letters(self.request.user)

    @extend_schema(request=NewLetterInput, responses={201: LetterOutput})
    def create(self, request: Request) -> Response:
        """Begin a letter from a template."""
        body = self.checked(NewLetterInput)
        patient = get_object_or_404(Patient, pk=body["patient"])
        template = get_object_or_404(LetterTemplate, pk=body["template"], is_active=True)
        addressee = body.get("addressee", "")
        return self.shown(
            actions.write_letter(patient=patient, template=template, addressee=addressee, by=request.user), 201
        )

    @extend_schema(request=LetterInput, responses={200: LetterOutput, 409: FROZEN})
    def update(self, request: Request, pk: int) -> Response:
        """Write a draft anew."""
        row = self.get_object()
        return self.shown(actions.edit_letter(letter=row, by=request.user, **self.checked(LetterInput)))

    @extend_schema(request=None, responses={200: LetterOutput, 409: FROZEN})
    def issue(self, request: Request, pk: int) -> Response:
        """Give it the next number of the year; from now on it stays as it is."""
        return self.shown(actions.issue_letter(letter=self.get_object(), by=request.user))

    @extend_schema(request=EndInput, responses={204: None, 409: FROZEN})
    def end(self, request: Request, pk: int) -> Response:
        """Drop a draft, or recall an issued letter with a reason."""
        actions.end_letter(letter=self.get_object(), reason=self.checked(EndInput).get("reason", ""), by=request.user)
        return Response(status=204)


patterns = [
    path("letters/", Letters.as_view({"get": "list", "post": "create"})),
    path("letters/<int:pk>/", one(Letters, get="retrieve", put="update")),
    path("letters/<int:pk>/issue/", one(Letters, post="issue")),
    path("letters/<int:pk>/end/", one(Letters, post="end")),
]
