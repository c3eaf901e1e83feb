"""Fixtures of the record's tests."""

import pytest

from tests.emr.make import Doctor
from tests.make import Make


@pytest.fixture
def doctor(make: Make) -> Doctor:
    """A doctor at work."""
    return Doctor(make)
