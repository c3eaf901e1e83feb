"""Fixtures of the record's tests."""

import pytest

from emr.models import Interaction, LetterTemplate, OrderItem, OutcomeMeasure
from tests.emr.make import Doctor
from tests.make import Make


@pytest.fixture
def doctor(make: Make) -> Doctor:
    """A doctor at work."""
    return Doctor(make)


@pytest.fixture
def bare_lists(clinic: object) -> None:
    """A clinic that has taken nothing of the starter lists, so that a test knows every row."""
    for model in (Interaction, LetterTemplate, OutcomeMeasure, OrderItem):
        model.objects.all().delete()
