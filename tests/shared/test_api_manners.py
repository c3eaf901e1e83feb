"""What is read and written quickly is what the serializers themselves read and write."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pytest
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.test import APIClient

from clinic.shared.api import read, shape
from scheduling.api.appointments import AppointmentOutput, BookInput
from scheduling.models import Appointment
from scheduling.queries.diary import with_names
from tests.scheduling.test_holds import soon


@dataclass
class Thing:
    """With everything that an answer may show."""

    number: Any = 7
    word: Any = "قلب"
    flag: Any = True
    moment: Any = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
    choice: Any = "a"
    other: Any = None

    def method(self) -> str:
        """Asked like a value."""
        return "of a method"


class ThingOutput(serializers.Serializer):
    number = serializers.IntegerField()
    word = serializers.CharField()
    flag = serializers.BooleanField()
    moment = serializers.DateTimeField()
    choice = serializers.ChoiceField(choices=["a", "b"])
    deep = serializers.CharField(source="other.word", default="nothing")
    named = serializers.CharField(source="method")
    left_out = serializers.CharField(source="other.none", required=False)


@pytest.mark.parametrize(
    "thing",
    [
        Thing(), Thing(number="8", flag="true", word=5), Thing(number=None, word=None, flag=None, moment=None),
        Thing(other=Thing(word="inner")), Thing(choice=None, other=Thing(word=None)),
        {"number": 1, "word": "keys", "flag": False, "moment": None, "choice": "b", "method": "m", "keys": 2},
    ],
)  # fmt: skip
def test_answers_are_the_serializers_own(thing: Any) -> None:
    assert shape(ThingOutput, thing) == ThingOutput(thing).data


def test_a_value_that_is_missing_is_the_serializers_own_error() -> None:
    class Wrong(serializers.Serializer):
        nowhere = serializers.CharField()

    with pytest.raises(AttributeError, match="nowhere"):
        shape(Wrong, Thing())


def test_an_appointment_is_shown_alike(make: Any) -> None:
    service = make.service()
    _book(make, service)
    for row in with_names(Appointment.objects.all()):
        assert shape(AppointmentOutput, row) == AppointmentOutput(row).data


def _book(make: Any, service: Any) -> None:
    from scheduling import actions

    place = {"service": service, "practitioner": make.practitioner(service), "branch": make.branch()}
    actions.book_direct(**place, patient=make.patient(), starts_at=soon(), by=None)
    actions.hold(**{**place, "starts_at": soon() + dt.timedelta(hours=2)}, by=None)


class Small(serializers.Serializer):
    name = serializers.CharField(max_length=5)
    count = serializers.IntegerField(min_value=1, required=False)
    sure = serializers.BooleanField(default=False)
    note = serializers.CharField(allow_null=True, required=False)


class Both(Small):
    def validate(self, attrs: Any) -> Any:
        if attrs["name"] == "never":
            raise ValidationError("Never.")
        return {**attrs, "seen": True}


class Named(Small):
    def validate_name(self, value: str) -> str:
        return value.upper()


SENT = [
    {}, {"name": "a"}, {"name": "abcdef"}, {"name": "a", "count": 0}, {"name": "a", "count": "3", "note": None},
    {"name": None}, {"name": "a", "sure": "yes"}, {"name": "a", "sure": "perhaps", "count": "x"}, {"name": "never"},
    {"name": ["a"]}, [], "text", None, 5, {"name": " a ", "more": 1},
]  # fmt: skip


@pytest.mark.parametrize("serializer", [Small, Both, Named, BookInput])
@pytest.mark.parametrize("sent", SENT, ids=str)
def test_what_is_sent_is_read_alike(serializer: Any, sent: Any) -> None:
    def outcome(read_it: Any) -> Any:
        try:
            return read_it()
        except ValidationError as error:
            return error.detail

    assert outcome(lambda: read(serializer, sent)) == outcome(lambda: serializer().run_validation(sent))


def test_a_token_counts_where_a_session_is_there_as_well(make: Any, page: Any, api: Any) -> None:
    _book(make, make.service())
    signed_in, other = page("secretary"), api("patient")
    client = APIClient(headers={"host": "a.localhost"})
    client.cookies = signed_in.cookies
    assert client.get("/api/v1/appointments/").json()["count"] == 2
    client.credentials(**other._credentials)
    answer = client.get("/api/v1/appointments/")
    assert answer.json()["count"] == 0
    assert "no-store" in answer["Cache-Control"]
    client.credentials(HTTP_AUTHORIZATION="Token nobody")
    assert client.get("/api/v1/appointments/").status_code == 401
