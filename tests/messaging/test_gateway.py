"""The gateway against a real HTTP server: each fault has one meaning, and the key is told nowhere."""

import logging
import socket
import time
import traceback

import pytest

from clinic.shared import sms
from clinic.shared.sms import kavenegar as client
from clinic.shared.sms.kavenegar import Kavenegar, local_number
from tests.fakes.kavenegar import KEY, running
from tests.fakes.patience import patience

PHONE, TEXT = "+989121234567", "نوبت شما ثبت شد."


@pytest.fixture
def fake():
    with running() as server:
        yield server


@pytest.fixture
def gateway(request, fake, monkeypatch):
    monkeypatch.setattr(client, "SECONDS", patience(request))
    built = Kavenegar(fake.url, KEY)
    built.fake = fake
    return built


def test_a_text_is_sent_with_our_number(fake, gateway):
    sent = gateway.send(receptor=PHONE, text=TEXT, local_id="1000000000042")
    row = fake.sent[0]
    assert (row["receptor"], row["message"], row["localid"]) == ("09121234567", TEXT, "1000000000042")
    assert sent == sms.Sent(row["messageid"], 1)


def test_a_code_goes_by_template(fake, gateway):
    gateway.lookup(receptor="+447400123456", template="sign-in", tokens=["123456"])
    row = fake.sent[0]
    assert fake.calls == ["verify/lookup"]
    assert (row["receptor"], row["template"], row["token"]) == ("00447400123456", "sign-in", "123456")


@pytest.mark.parametrize(
    "meaning",
    [
        ("refused", sms.NotSent, False),
        ("invalid", sms.NotSent, True),
        ("busy", sms.NotSent, False),
        ("500", sms.Unknown, None),
        ("html", sms.Unknown, None),
        ("cut", sms.Unknown, None),
        ("lost", sms.Unknown, None),
        ("slow", sms.Unknown, None),
        ("drip", sms.Unknown, None),
    ],
)
def test_each_fault_has_one_meaning(gateway, meaning, caplog):
    mode, error, final = meaning
    gateway.fake.mode = mode
    began = time.monotonic()
    with caplog.at_level(logging.DEBUG), pytest.raises(error) as caught:
        gateway.send(receptor=PHONE, text=TEXT, local_id="1")
    assert time.monotonic() - began < 3
    if final is not None:
        assert caught.value.final is final
    told = "".join(traceback.format_exception(caught.value)) + caplog.text + repr(gateway.client) + str(gateway.client)
    assert KEY not in told
    assert caught.value.__context__ is None


def test_nobody_listening_is_surely_not_sent():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(sms.NotSent) as caught:
        Kavenegar(f"http://127.0.0.1:{port}", KEY).send(receptor=PHONE, text=TEXT, local_id="1")
    assert not caught.value.final
    assert KEY not in "".join(traceback.format_exception(caught.value))


def test_a_wrong_key_is_refused_and_stays_untold(fake):
    wrong = KEY[::-1]
    with pytest.raises(sms.NotSent) as caught:
        Kavenegar(fake.url, wrong).send(receptor=PHONE, text=TEXT, local_id="1")
    assert wrong not in "".join(traceback.format_exception(caught.value))


def test_statuses_by_their_id_and_by_ours(fake, gateway):
    sent = gateway.send(receptor=PHONE, text=TEXT, local_id="7")
    fake.statuses[sent.provider_id] = 10
    assert gateway.status([sent.provider_id, "999"]) == {sent.provider_id: 10, "999": sms.NOT_KNOWN}
    assert gateway.status_of_local("7") == sms.Sent(sent.provider_id, 10)
    assert gateway.status_of_local("8") == sms.Sent("", sms.NOT_KNOWN)


@pytest.mark.parametrize("mode", ["500", "html", "cut", "refused", "drip"])
def test_a_question_without_an_answer_changes_nothing(fake, gateway, mode):
    fake.ask_mode = mode
    with pytest.raises(sms.CannotAsk):
        gateway.status_of_local("7")


def test_the_address_chooses_the_gateway(settings):
    settings.SMS_URL = "console:"
    assert isinstance(sms.gateway(), sms.Console)
    settings.SMS_URL = "http://127.0.0.1:1"
    assert isinstance(sms.gateway(), Kavenegar)


def test_numbers_as_the_api_reads_them():
    assert local_number("+989121234567") == "09121234567"
    assert local_number("+447400123456") == "00447400123456"
