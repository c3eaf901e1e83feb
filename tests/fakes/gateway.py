"""The gateway's stand-in as this installation's gateway."""

from collections.abc import Iterator

import pytest

from clinic.shared import sms
from clinic.shared.sms import kavenegar
from tests.fakes.kavenegar import KEY, FakeKavenegar, running
from tests.fakes.patience import patience


@pytest.fixture
def gateway(request, settings, monkeypatch) -> Iterator[FakeKavenegar]:
    """A real HTTP server that SMS_URL names."""
    monkeypatch.setattr(kavenegar, "SECONDS", patience(request))
    sms._kavenegar.cache_clear()
    with running() as fake:
        settings.SMS_URL, settings.KAVENEGAR_API_KEY = fake.url, KEY
        yield fake
    sms._kavenegar.cache_clear()
