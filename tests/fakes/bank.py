"""The bank's stand-in as this installation's online gateway."""

import copy
from collections.abc import Iterator

import pytest

from clinic.shared import gateway
from clinic.shared.gateway import zarinpal
from tests.fakes.patience import patience
from tests.fakes.zarinpal import MERCHANT, FakeZarinpal, running


@pytest.fixture
def bank(request, settings, monkeypatch) -> Iterator[FakeZarinpal]:
    """A real HTTP server that PAYMENT_URL names."""
    monkeypatch.setattr(zarinpal, "SECONDS", patience(request))
    gateway._zarinpal.cache_clear()
    with running() as fake:
        policy = copy.deepcopy(settings.CONTENT_SECURITY_POLICY)
        policy["DIRECTIVES"]["form-action"] = ["'self'", fake.url]
        settings.CONTENT_SECURITY_POLICY = policy
        settings.PAYMENT_URL, settings.PAYMENT_MERCHANT_ID = fake.url, MERCHANT
        yield fake
    gateway._zarinpal.cache_clear()
