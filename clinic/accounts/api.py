"""Signing in for clients of the API; branches."""

from base64 import b32encode
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic.accounts import actions
from clinic.accounts.guards import open_to_all, signed_in
from clinic.accounts.models import Branch, User
from clinic.shared.errors import Invalid
from clinic.shared.text import to_latin_digits


class PhoneInput(serializers.Serializer):
    phone = serializers.CharField(max_length=40)
    proof = serializers.CharField(
        max_length=800, required=False, help_text="the answer to the `puzzle` of a 429, as ALTCHA writes it"
    )


class ChallengeOutput(serializers.Serializer):
    challenge = serializers.CharField()


class CodeInput(serializers.Serializer):
    challenge = serializers.CharField(max_length=64)
    code = serializers.CharField(max_length=12)
    totp = serializers.CharField(max_length=12, required=False, allow_blank=True)


class UserOutput(serializers.ModelSerializer):
    roles = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ["id", "phone", "full_name", "language", "roles"]

    def get_roles(self, user: User) -> list[str]:
        return [role.value for role in user.rights.roles]


class TokenOutput(serializers.Serializer):
    token = serializers.CharField()
    user = UserOutput()


class TotpInput(serializers.Serializer):
    totp = serializers.CharField(max_length=12, required=False, allow_blank=True)


class BranchOutput(serializers.ModelSerializer):
    class Meta:
        model = Branch
        fields = ["id", "name", "name_en", "address", "phone", "time_zone"]


@open_to_all("signing in")
class AskCode(APIView):
    """Ask for a code by SMS; the same answer for known and unknown numbers."""

    authentication_classes: list[Any] = []

    @extend_schema(request=PhoneInput, responses={202: ChallengeOutput})
    def post(self, request: Request) -> Response:
        data = PhoneInput(data=request.data)
        data.is_valid(raise_exception=True)
        row = actions.ask_code(language=get_language() or "fa", by=None, **data.validated_data)
        return Response({"challenge": row.challenge}, status=202)


@open_to_all("signing in")
class SignInView(APIView):
    """Turn a code into a token. Those who must have a second factor and set it up are asked for it."""

    authentication_classes: list[Any] = []

    @extend_schema(request=CodeInput, responses={200: TokenOutput, 401: OpenApiResponse(description="Wrong, or totp")})
    def post(self, request: Request) -> Response:
        data = CodeInput(data=request.data)
        data.is_valid(raise_exception=True)
        values = data.validated_data
        outcome = actions.check_code(
            challenge=values["challenge"],
            code=to_latin_digits(values["code"]).strip(),
            totp=to_latin_digits(values.get("totp", "")).strip(),
            by=None,
        )
        if outcome.problem == "totp":
            return Response({"need": "totp"}, status=401)
        if outcome.user is None:
            field = "totp" if outcome.problem == "wrong_totp" else "code"
            return Response({"errors": {field: [_("This is not right, or its time is over.")]}}, status=401)
        key = actions.give_token(user=outcome.user, verified=outcome.device is not None, by=outcome.user)
        return Response({"token": key, "user": UserOutput(outcome.user).data})


@signed_in(before_totp=True)
class SignOut(APIView):
    """End the token of this call."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        key = request.headers.get("Authorization", "").partition(" ")[2].strip()
        actions.end_tokens(user=request.user, key=key, by=request.user)
        return Response(status=204)


@signed_in(before_totp=True)
class Totp(APIView):
    """Set up the authenticator: without a value gives the secret, with the app's first value confirms it."""

    @extend_schema(request=TotpInput, responses={200: OpenApiResponse(description="confirmed"), 201: dict})
    def post(self, request: Request) -> Response:
        data = TotpInput(data=request.data)
        data.is_valid(raise_exception=True)
        value = to_latin_digits(data.validated_data.get("totp", "")).strip()
        if not value:
            device = actions.begin_totp(user=request.user, by=request.user)
            return Response({"secret": _secret(device), "uri": device.config_url}, status=201)
        if not hasattr(request.auth, "is_verified"):
            raise Invalid(_("Set it up with a token of this account."))
        actions.confirm_totp(user=request.user, totp=value, by=request.user)
        actions.verify_token(token=request.auth, by=request.user)
        return Response({"confirmed": True})


def _secret(device: Any) -> str:
    return b32encode(device.bin_key).decode()


@open_to_all("where the clinic is")
class Branches(generics.ListAPIView):
    """The branches at work."""

    serializer_class = BranchOutput
    queryset = Branch.objects.filter(is_active=True)
