"""Sign-in codes on their way: one SMS a code, whatever the gateway does."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.accounts import tasks
from clinic.accounts.actions import ask_code
from clinic.accounts.queries import code_for
from tests.fakes.gateway import gateway

__all__ = ["gateway"]


@pytest.fixture
def code(clinic):
    return ask_code(phone="09121112233", by=None)


def delivery(row):
    row.refresh_from_db()
    return row.delivery


def test_a_code_is_sent_once_by_template(gateway, code):
    tasks.send_code.run(code.pk)
    tasks.send_code.run(code.pk)
    tasks.sweep_codes()
    assert gateway.calls == ["verify/lookup"]
    assert gateway.sent[0]["token"] == code_for(code.challenge)
    assert gateway.sent[0]["receptor"] == "09121112233"
    assert delivery(code) == "sent"


@pytest.mark.parametrize("mode", ["slow", "drip", "cut", "500", "html"])
def test_a_code_that_was_perhaps_sent_is_not_sent_again_by_itself(gateway, code, mode):
    gateway.mode = mode
    tasks.send_code.run(code.pk)
    gateway.mode = "ok"
    tasks.sweep_codes()
    assert delivery(code) == "failed"
    assert len(gateway.calls) == 1


def test_a_code_that_was_surely_not_sent_is_tried_again_while_it_lives(gateway, code):
    gateway.mode = "busy"
    tasks.send_code.run(code.pk)
    assert delivery(code) == "waiting"
    gateway.mode = "ok"
    tasks.sweep_codes()
    assert (delivery(code), len(gateway.sent)) == ("sent", 1)


def test_a_refused_number_and_an_expired_code_are_left(gateway, code):
    gateway.mode = "invalid"
    tasks.send_code.run(code.pk)
    assert delivery(code) == "failed"
    late = ask_code(phone="09121112244", by=None)
    late.expires_at = timezone.now() - timedelta(minutes=5)
    late.save()
    gateway.mode = "ok"
    tasks.sweep_codes()
    assert gateway.sent == []


def test_a_gateway_in_trouble_is_left_alone_until_the_next_sweep(gateway, clinic):
    for last in range(3):
        ask_code(phone=f"0912111225{last}", by=None)
    gateway.mode = "busy"
    tasks.sweep_codes()
    assert len(gateway.calls) == 1
