"""Free times, and holding one of them."""

import datetime as dt
import secrets
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic.accounts.guards import open_to_all
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.shared.api import read
from clinic.shared.errors import Invalid
from clinic.shared.tenancy import current_clinic
from scheduling import actions
from scheduling.api.origins import OriginInput, origin_of
from scheduling.api.parameters import moment, number, numbers
from scheduling.models import Appointment, Mode, Practitioner, Service
from scheduling.queries.chains import MOST, free_chains
from scheduling.queries.policy import agreement_for
from scheduling.queries.questions import services_and_zone
from scheduling.queries.slots import as_json, free_slots

DEFAULT_DAYS = 14


class SlotOutput(serializers.Serializer):
    doctor = serializers.IntegerField()
    service = serializers.IntegerField()
    branch = serializers.IntegerField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    mode = serializers.CharField(required=False, help_text="where not at the clinic")
    left = serializers.IntegerField(required=False, help_text="seats left, where several people share the time")
    number = serializers.IntegerField(required=False, help_text="the next number in line of this block")
    expected_at = serializers.DateTimeField(required=False, help_text="when that number is expected to be seen")


class PartInput(serializers.Serializer):
    service = serializers.PrimaryKeyRelatedField(queryset=Service.objects.all())
    doctor = serializers.PrimaryKeyRelatedField(queryset=Practitioner.objects.all())
    starts_at = serializers.DateTimeField()
    mode = serializers.ChoiceField(choices=[Mode.IN_PERSON, Mode.ONLINE], required=False)


class HoldInput(PartInput, OriginInput):
    branch = serializers.PrimaryKeyRelatedField(queryset=Branch.objects.all())


class HoldsInput(OriginInput):
    branch = serializers.PrimaryKeyRelatedField(queryset=Branch.objects.all())
    parts = PartInput(many=True, allow_empty=False)


class HoldOutput(serializers.Serializer):
    id = serializers.IntegerField()
    expires_at = serializers.DateTimeField()
    terms = serializers.DictField(help_text="`text`, agreed to by booking, and its `mark`, sent back as `agreed`")
    secret = serializers.CharField(required=False, help_text="proves the hold of somebody who was not signed in")


class ConflictOutput(serializers.Serializer):
    errors = serializers.DictField(  # type: ignore[assignment]  # the name of the contract
        child=serializers.ListField(child=serializers.CharField())
    )
    nearest = SlotOutput(many=True, required=False)


@open_to_all("anybody may look for a free time")
class Slots(APIView):
    """Free times of a service. Without `doctor` everybody's, without `branch` everywhere. `from` and `to` are days of
    the clinic (both included) or moments; two weeks from now where they are absent, 93 days at most. With several
    `service` parameters times for all of them, one after the other: `[{"branch","starts_at","ends_at","parts":[…]}]`.
    """

    @extend_schema(
        parameters=[
            OpenApiParameter("service", int, required=True, many=True, explode=True),
            OpenApiParameter("mode", str, enum=[Mode.IN_PERSON, Mode.ONLINE]),
            OpenApiParameter("doctor", int),
            OpenApiParameter("branch", int),
            OpenApiParameter("from", str),
            OpenApiParameter("to", str),
        ],
        responses={200: SlotOutput(many=True)},
    )
    def get(self, request: Request) -> HttpResponse:
        branch = number(request, "branch")
        services, zone = self._asked(request, branch)
        since = moment(request, "from", zone) or timezone.now()
        until = moment(request, "to", zone, end=True) or since + dt.timedelta(days=DEFAULT_DAYS)
        user = request.user
        wanted: dict[str, Any] = {
            "practitioner": number(request, "doctor"),
            "branch": branch,
            "since": since,
            "until": until,
            "mode": request.query_params.get("mode"),
            "for_staff": bool(user.is_authenticated and user.can(Perm.DIARY_BOOK, branch)),
        }
        if len(services) > 1:
            return Response([chain.as_dict() for chain in free_chains(services=services, **wanted)])
        return HttpResponse(as_json(free_slots(service=services[0], **wanted)), content_type="application/json")

    def _asked(self, request: Request, branch: int | None) -> tuple[list[Service], str]:
        """The services in the order in which they were named, and the zone that days are meant in."""
        asked = numbers(request, "service")
        known, zone = services_and_zone(asked, branch) if asked else ({}, None)
        if not asked or len(asked) > MOST or len(known) < len(set(asked)):
            raise Invalid(_("Name a service that the clinic offers."), field="service")
        return [known[pk] for pk in asked], zone or current_clinic().time_zone


def _origin(values: dict[str, Any], user: Any) -> dict[str, Any]:
    at_desk = user is not None and user.can(Perm.DIARY_BOOK, values["branch"])
    found = origin_of(values, at_desk=at_desk)
    return {name: found[name] for name in ("source", "campaign")}


@open_to_all("a time is held before anybody says who she is; HOLDS_PER_MINUTE limits an address")
class Holds(APIView):
    """Keep a free time for five minutes; with `parts` times for several services, all or none, answered by
    `{"holds": [{"id", "expires_at"}], "bundle"}`.
    """

    @extend_schema(
        request=PolymorphicProxySerializer("HoldOrHolds", [HoldInput, HoldsInput], resource_type_field_name=None),
        responses={201: HoldOutput, 409: ConflictOutput, 429: OpenApiResponse(description="Too many holds")},
    )
    def post(self, request: Request) -> Response:
        if isinstance(request.data, dict) and "parts" in request.data:
            return self._several(request)
        values = read(HoldInput, request.data)
        user = request.user if request.user.is_authenticated else None
        secret = "" if user else secrets.token_urlsafe(24)
        held = actions.hold(
            service=values["service"],
            practitioner=values["doctor"],
            branch=values["branch"],
            starts_at=values["starts_at"],
            mode=values.get("mode"),
            secret=secret,
            **_origin(values, user),
            by=user,
        )
        answer: dict[str, Any] = {"id": held.pk, "expires_at": held.hold_expires_at}
        if secret:
            answer["secret"] = secret
        answer["terms"] = _terms(held)
        return Response(answer, status=201)

    def _several(self, request: Request) -> Response:
        values = read(HoldsInput, request.data)
        user = request.user if request.user.is_authenticated else None
        secret = "" if user else secrets.token_urlsafe(24)
        parts = [
            actions.Part(each["service"], each["doctor"], each["starts_at"], each.get("mode"))
            for each in values["parts"]
        ]
        origin = _origin(values, user)
        held = actions.hold_several(parts=parts, branch=values["branch"], secret=secret, **origin, by=user)
        answer: dict[str, Any] = {
            "holds": [{"id": each.pk, "expires_at": each.hold_expires_at, "terms": _terms(each)} for each in held],
            "bundle": held[0].bundle,
        }
        if secret:
            answer["secret"] = secret
        return Response(answer, status=201)


def _terms(held: Appointment) -> dict[str, str]:
    """What is agreed to by booking a held time; `mark` is sent back as `agreed`."""
    terms = agreement_for(held.service, held.price)
    return {"text": terms.text, "mark": terms.mark}
