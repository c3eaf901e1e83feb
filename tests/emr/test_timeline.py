"""One timeline of everything: by kind, by page, by what the reader may see, in the same number of statements."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from clinic.patients.models import AccessLog
from clinic.shared import chart
from clinic.shared.chart import Ask, Mark, stretch, tiles_for
from emr import actions
from tests.emr.make import Doctor
from tests.finance import make as money
from tests.statements import statements


def _pages(user: Any, patient: Any, kind: str = "") -> list[tuple[str, int]]:
    """Everything, page by page."""
    found, before = [], None
    for _page in range(50):
        page = stretch(user=user, patient=patient, patients=[patient.pk], kind=kind, before=before)
        found += [(each.name, moment.pk) for each, moment in page.rows]
        before = page.more
        if before is None:
            return found
    raise AssertionError("the timeline has no end")


@pytest.mark.parametrize("size", [1, 2, 3, 60])
def test_every_moment_stands_on_one_page_whatever_happened_at_once(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(chart, "PAGE", size)
    monkeypatch.setattr(chart.Ask.__init__, "__defaults__", (size + 1, None, 0, False))
    patient, same = doctor.make.patient(), timezone.now() - dt.timedelta(days=1)
    visits = [doctor.visit(patient, arrived_at=same) for _each in range(5)]
    visits += [doctor.visit(patient, days_ago=days) for days in (2, 3)]
    bill = money.bill(500_000, patient=patient)
    paid = money.pay(bill, 1000)
    owner = doctor.make.user("owner")
    owner.rights.overrides["record.view"] = True
    found = _pages(owner, patient)
    assert len(found) == len(set(found))
    in_order = [("visits", row.pk) for row in (bill.visit, *reversed(visits[:5]), *visits[5:])]
    assert {*in_order, ("bills", bill.pk), ("payments", paid.pk)} <= set(found)
    assert _pages(owner, patient, "visits") == [row for row in found if row[0] == "visits"] == in_order


def test_a_mark_that_nobody_made_is_none() -> None:
    mark = Mark(timezone.now(), 3, 7)
    assert Mark.read(str(mark)) == mark
    good = "2026-01-01T00:00:00+00:00"
    wrong = ("", "x", "~~", "2026-01-01~1~1", f"{good}~1~{10**20}", f"{good}~{10**10}~1", "0001-01-01T00:00+00:00~1~1")
    for text in wrong:
        assert Mark.read(text) is None


def test_each_sees_the_kinds_of_her_role(doctor: Doctor, page: Any) -> None:
    record = doctor.signed()
    bill = money.bill(500_000, patient=record.patient)
    shown = page(doctor.user).get(f"/doctor/patients/{record.patient_id}/").content.decode()
    assert "یادداشت محرمانه" in shown
    assert f"/finance/invoices/{bill.pk}/" not in shown
    assert "kind=payments" not in shown
    assert 'id="tile-balance"' not in shown
    only = page(doctor.user).get(f"/doctor/patients/{record.patient_id}/?kind=prescriptions").content.decode()
    assert "استامینوفن" in only
    assert "یادداشت محرمانه" not in only
    foreign = page(doctor.user).get(f"/doctor/patients/{record.patient_id}/?kind=payments")
    assert foreign.status_code == 200
    assert f"/finance/invoices/{bill.pk}/" not in foreign.content.decode()


def test_the_chart_of_fifty_visits_costs_no_more_statements_than_of_one(doctor: Doctor, page: Any) -> None:
    few, many = doctor.make.patient(), doctor.make.patient()
    doctor.signed(few, days_ago=1)
    for days in range(1, 51):
        doctor.signed(many, days_ago=days)
    client, counts, shown = page(doctor.user), [], []
    client.get(f"/doctor/patients/{few.pk}/")
    for patient in (few, many):
        address = f"/doctor/patients/{patient.pk}/"
        count = statements(lambda at=address: shown.append(client.get(at).content.decode()))
        counts.append(count)
    assert shown[-1].count('data-kind="visits"') == 50
    assert counts[0] == counts[1]
    assert counts[1] <= 13 + len(chart._kinds) + len(chart._tiles)  # each kind and tile asks once
    assert AccessLog.objects.filter(patient=many, user=doctor.user, what="timeline").count() == 1


def test_the_tiles_say_what_must_be_known(doctor: Doctor) -> None:
    record = doctor.signed()
    patient = record.patient
    for substance, severity in (("گردو", "mild"), ("پنی‌سیلین", "severe")):
        actions.add_allergy(patient=patient, substance=substance, severity=severity, reaction="کهیر", by=doctor.user)
    tiles = {tile.name: lines for tile, lines in tiles_for(Ask(doctor.user, patient, (patient.pk,)))}
    assert [line.text for line in tiles["allergies"]] == ["پنی‌سیلین", "گردو"]
    assert [line.text for line in tiles["medicines"]] == ["استامینوفن 500"]
    assert len(tiles["visits"]) == 1
    assert "balance" not in tiles
