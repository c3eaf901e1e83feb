"""Mastermind's page and the log of changes."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from analytics.queries.today import day_in_numbers, usual
from clinic.accounts.actions import set_preferences
from clinic.patients.models import Patient


@pytest.mark.parametrize("address", ["/mastermind/", "/mastermind/today/", "/audit/"])
def test_only_the_owner(page: Any, address: str) -> None:
    assert page("owner").get(address).status_code == 200
    for role in ("secretary", "doctor", "nurse", "cashier", "manager", "patient"):
        assert page(role).get(address).status_code == 403


def test_an_empty_day_is_all_zero(make: Any) -> None:
    day = day_in_numbers(make.branch(), timezone.now().date())
    assert (day.booked, day.takings, day.waited, day.no_show_share) == (0, Decimal(0), None, None)
    assert usual(make.branch(), timezone.now().date(), dt.time(23)) == []


def test_the_log_shows_before_and_after(page: Any, make: Any) -> None:
    owner = make.user("owner")
    changed = make.user(name="Reza")
    set_preferences(user=changed, theme="dark", by=owner)
    text = page(owner).get("/audit/?table=accounts.user").content.decode()
    assert "<ins>تیره</ins>" in text
    assert owner.full_name in text


def test_the_log_hides_clinical_tables(page: Any) -> None:
    text = page("owner").get("/audit/").content.decode()
    assert 'value="patients.patient"' in text
    assert 'value="emr.' not in text


def test_odd_filters_are_harmless(page: Any, make: Any) -> None:
    make.patient()
    client = page("owner")
    for query in ("table=nothing", "row=x", "user=99999999999", "page=0", "page=-1", "table=emr.encounter"):
        assert client.get(f"/audit/?{query}").status_code == 200
    assert Patient.objects.exists()
