"""Importing a real practice's files: masked ids that collide, rows twice, visits counted."""

import datetime as dt
from pathlib import Path

from django.db.models import Count

from clinic.patients.models import Patient
from clinic.roof.importing.masked import Chain
from scheduling.models import Appointment, Visit
from tests.roof.make import imported, one, practice, refused, rows_of, written

VISITS = "patient_id,ortho_maintenance_date,ortho_maintenance_count"
CONSULTS = "date,patient_id"
MASK = "*********20-05"


def _people() -> list[list[str]]:
    """The visits of each person, as `month:count`."""
    told = []
    for patient in Patient.objects.order_by("pk"):
        ids = Appointment.objects.filter(patient=patient).values_list("external_id", flat=True)
        visits = sorted((day, int(count)) for _mask, day, count in (name.split("|") for name in ids))
        told.append([f"{day[5:7]}:{count}" for day, count in visits])
    return told


def test_people_behind_one_mask_are_told_apart_by_count_and_day(tmp_path: Path) -> None:
    rows = [("01-05", 1), ("02-04", 2), ("02-06", 1), ("03-05", 3), ("03-07", 2), ("03-07", 9), ("04-05", 3)]
    imported(written(tmp_path / "v.csv", VISITS, *[f"{MASK},2022-{day},{count}.0" for day, count in rows]))
    assert _people() == [["01:1", "02:2", "03:3"], ["02:1", "03:2", "04:3"], ["03:9"]]


def test_consultations_and_visits_meet_in_either_order(tmp_path: Path) -> None:
    consults = written(tmp_path / "c.csv", CONSULTS, f"2022-01-02,{MASK}", f"2022-06-01,{MASK}")
    visits = written(tmp_path / "v.csv", VISITS, f"{MASK},2022-01-20,1", f"{MASK},2022-02-20,2")
    imported(consults)
    imported(visits)
    assert _people() == [["01:0", "01:1", "02:2"], ["06:0"]]
    imported(visits, "--system", "other")
    imported(consults, "--system", "other")
    assert _people()[2:] == [["01:0", "01:1", "02:2"], ["06:0"]]


def test_a_later_file_goes_on_where_the_first_ended(tmp_path: Path) -> None:
    first = [f"{MASK},2022-01-20,1", f"{MASK},2022-02-20,2"]
    imported(written(tmp_path / "v.csv", VISITS, *first))
    said = imported(written(tmp_path / "v.csv", VISITS, *first, f"{MASK},2022-03-20,3"))
    assert "0 new patients, 1 new appointments (1 visits), 2 were here already" in said


def test_dirt_of_these_files_is_refused(tmp_path: Path) -> None:
    path = written(
        tmp_path / "v.csv",
        VISITS,
        f"{MASK},2022-01-20,1",
        f"{MASK},2022-01-20,1",
        ",2022-01-20,1",
        f"{MASK},,2",
        f"{MASK},2022-02-31,2",
        f"{MASK},2022-02-20,",
        f"{MASK},2022-02-20,-1",
        f"{MASK},2022-02-20,nan",
        f"{MASK},2032-02-20,2",
        "",
        f"{MASK},۱۴۰۰/۱۲/۰۱,۲",
    )
    said = imported(path)
    assert "1 new patients, 2 new appointments (2 visits), 0 were here already, 8 refused" in said
    assert "line 3: the same row as line 2." in said
    assert "line 4: patient_id is empty." in said
    assert one(Patient.objects.all()).last_name.endswith(" 20-05")
    assert len(refused(path).splitlines()) == 9


def test_a_plain_id_is_one_person(tmp_path: Path) -> None:
    imported(written(tmp_path / "v.csv", VISITS, "7,2022-01-20,1", "7,2022-02-20,1", "8,2022-02-20,2"))
    assert list(Patient.objects.order_by("external_id").values_list("external_id", flat=True)) == ["7", "8"]


def test_a_visit_fits_only_after_or_before() -> None:
    chain = Chain(1, 1, dt.date(2022, 3, 1), 2, dt.date(2022, 4, 1))
    assert chain.distance(3, dt.date(2022, 5, 1)) == 0
    assert chain.distance(3, dt.date(2022, 4, 1)) is None
    assert chain.distance(0, dt.date(2022, 3, 1)) == 30
    assert chain.distance(0, dt.date(2021, 3, 1)) is None
    assert chain.distance(2, dt.date(2022, 5, 1)) is None


def test_the_files_of_a_practice_of_three_years(tmp_path: Path) -> None:
    visits, consults = practice(tmp_path)
    for path in (visits, consults):
        before = Appointment.objects.count()
        imported(path)
        lines = refused(path).splitlines()[1:]
        assert all("the same row as line" in line for line in lines)
        assert Appointment.objects.count() - before == rows_of(path) - len(lines)
    assert Visit.objects.count() == Appointment.objects.count()
    assert not Visit.objects.values("appointment").annotate(n=Count("pk")).filter(n__gt=1).exists()
    people = [[int(visit.split(":")[1]) for visit in person] for person in _people()]
    assert all(person == list(range(person[0], person[0] + len(person))) for person in people)
    assert sum(len(person) > 5 for person in people) > len(people) / 20
    assert "0 new patients, 0 new appointments (0 visits)" in imported(visits)
