"""Importing our own format: patients, the past, the future, dirt of every kind."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.utils import timezone

from clinic.patients.models import Patient
from clinic.roof.importing import reading, run
from finance.models import Invoice
from messaging.models import Message
from scheduling.models import Appointment, AppointmentStatusChange, Occupancy, Visit, VisitStatusChange
from tests.make import Make
from tests.roof.make import imported, one, refused, tomorrow, written

HEADER = "external_id,first_name,last_name,phone,national_code,birth_date,starts_at,service,practitioner,status"
ROW = "17,مینا,شریفی,۰۹۱۲۳۴۵۶۷۸۹,,1370/05/11,1401/10/09 16:30,ویزیت,دکتر رضایی,"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "old.csv"


def test_a_past_visit_is_done_without_bill_or_message(path: Path, make: Make) -> None:
    doctor = make.practitioner(name="دکتر رضایی")
    said = imported(written(path, HEADER, ROW))
    patient, appointment, visit = one(Patient.objects.all()), one(Appointment.objects.all()), one(Visit.objects.all())
    assert (patient.full_name, patient.phone, patient.birth_date) == (
        "مینا شریفی",
        "+989123456789",
        dt.date(1991, 8, 2),
    )
    assert (appointment.status, appointment.source, appointment.practitioner) == ("fulfilled", "import", doctor)
    assert appointment.starts_at.isoformat() == "2022-12-30T13:00:00+00:00"
    assert (visit.status, visit.day, visit.number, visit.appointment) == (
        "finished",
        dt.date(2022, 12, 30),
        1,
        appointment,
    )
    assert not Invoice.objects.exists()
    assert not Message.objects.exists()
    assert not Occupancy.objects.exists()
    assert "1 new patients, 1 new appointments (1 visits), 0 were here already, 0 refused" in said


def test_history_and_moves_are_written(path: Path) -> None:
    imported(written(path, HEADER, ROW))
    for model in (Patient, Appointment, Visit):
        row = one(model.objects.all())
        assert [(h.history_type, h.request_id) for h in row.history.all()] == [("+", "import")]
    for log, status in ((AppointmentStatusChange, "fulfilled"), (VisitStatusChange, "finished")):
        moved = one(log.objects.all())
        assert (moved.from_status, moved.to_status, moved.reason) == ("", status, "import")


def test_repeating_changes_nothing(path: Path) -> None:
    written(path, HEADER, ROW, ROW.replace("1401/10/09", "1401/11/01"), "18,سارا,کاظمی,,,,,,,")
    imported(path)
    before = list(Appointment.objects.values_list("pk", "starts_at")), list(Patient.objects.values_list("pk", "phone"))
    said = imported(path)
    assert "0 new patients, 0 new appointments (0 visits), 2 were here already, 0 refused" in said
    after = list(Appointment.objects.values_list("pk", "starts_at")), list(Patient.objects.values_list("pk", "phone"))
    assert after == before


def test_a_dry_run_writes_nothing_and_says_the_same(path: Path) -> None:
    said = imported(written(path, HEADER, ROW, "19,,,,,,tomorrow,,,"), "--dry-run")
    assert "1 new patients, 1 new appointments" in said
    assert "nothing was written" in said
    assert "line 3: starts_at “tomorrow”" in said
    assert not Patient.objects.exists()
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",مینا,شریفی,,,,1401/10/09,,,", "Nobody can say who this is"),
        ("1,a,b,0912345,,,1401/10/09,,,", "phone “0912345”: This number has 7 digits"),
        ("1,a,b,,1111111111,,1401/10/09,,,", "national_code “1111111111”"),
        ("1,a,b,,,1404/12/30,1401/10/09,,,", "birth_date “1404/12/30”: Esfand 1404 has 29 days"),
        ("1,a,b,,,2999-01-01,1401/10/09,,,", "birth_date “2999-01-01”"),
        ("1,a,b,,,,2022-13-01,,,", "starts_at “2022-13-01”: A year has 12 months"),
        ("1,a,b,,,,2022-02-30 10:00,,,", "February 2022 has 28 days"),
        ("1,a,b,,,,2022-02-03 25:10,,,", "there is no such time of day"),
        ("1,a,b,,,,1899-02-03,,,", "that is before 1970"),
        ("1,a,b,,,,2999-02-03,,,", "Write the year with four digits"),
        ("1,a,b,,,,2022-02-03,,,perhaps", "status “perhaps”: use one of fulfilled, no_show, cancelled, booked"),
        ("1,a,b,,,,2022-02-03,,,booked", "this day has passed"),
        ("1,a,b,,,,,laser,,", "starts_at is empty, but service is given"),
        ("1,a,b,,,,2022-02-03,,", "9 cells, but the header names 10 columns"),
        ("1,,,,,,2022-02-03,,,", "no row gives a name"),
        (f"1,{'a' * 81},b,,,,2022-02-03,,,", "first_name has 81 characters; at most 80 fit"),
    ],
)  # fmt: skip
def test_a_bad_row_is_refused_with_its_reason_and_the_good_ones_stay(path: Path, row: str, reason: str) -> None:
    said = imported(written(path, HEADER, ROW, row))
    assert f"line 3: {reason}" in said or reason in said
    assert "1 new patients, 1 new appointments (1 visits), 0 were here already, 1 refused" in said
    report = refused(path)
    assert report.split("\n", maxsplit=1)[0] == f"line,reason,{HEADER}"
    assert reason.split("“", maxsplit=1)[0] in report
    assert Appointment.objects.count() == 1


def test_the_report_can_be_mended_and_imported(path: Path, tmp_path: Path) -> None:
    imported(written(path, HEADER, ROW, "18,سارا,کاظمی,0912345,,,1401/10/09,,,"))
    mended = tmp_path / "mended.csv"
    mended.write_text(refused(path).replace("0912345,", "09351112233,"), encoding="utf-8-sig")
    assert "1 new patients, 1 new appointments" in imported(mended)


@pytest.mark.parametrize(
    ("name", "encoding", "separator"),
    [
        ("a.csv", "utf-8", ","),
        ("a.csv", "utf-8-sig", ";"),
        ("a.csv.gz", "utf-8-sig", "\t"),
        ("a.csv", "utf-16", ";"),
        ("a.csv", "cp1256", ";"),
    ],
)
def test_files_of_every_make(tmp_path: Path, name: str, encoding: str, separator: str) -> None:
    lines = [
        line.replace(",", separator) for line in (HEADER, ROW.replace("ی", "ي").replace("۰۹۱۲۳۴۵۶۷۸۹", "09123456789"))
    ]
    more = ["--encoding", encoding] if encoding == "cp1256" else []
    imported(written(tmp_path / name, *lines, encoding=encoding), *more)
    assert one(Patient.objects.all()).full_name == "مینا شریفی"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Line 1 is empty"),
        (b"colour,size\n1,2\n", "no column says who the patient is. Found: colour, size"),
        (b"phone,mobile\n1,2\n", "Line 1: the columns \xe2\x80\x9cphone\xe2\x80\x9d and"),
        (b"phone,last_name\n\xff\xfe\xfa,x\n", "the text is not utf-8"),
        (b'phone,last_name\n"' + b"x" * 200_000 + b"\n", "Line 2: field larger than field limit"),
        (b"\x1f\x8b\x08\x00garbage", "the compressed file is broken"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_and_imports_nothing(path: Path, content: bytes, reason: Any) -> None:
    path.write_bytes(content)
    with pytest.raises(CommandError, match="Nothing was imported") as caught:
        imported(path)
    assert (reason.encode("latin-1").decode() if "\xe2" in reason else reason) in str(caught.value)


def test_a_missing_file_and_a_missing_clinic_are_said(path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be opened: No such file"):
        imported(path)
    with pytest.raises(CommandError, match="There is no clinic 'c_none'"):
        imported(path, "--clinic", "c_none")


def test_a_failure_in_the_middle_leaves_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(path, HEADER, *[ROW.replace("17,", f"{n},", 1) for n in range(2500)])
    rows = reading.Table.rows

    def broken(table: reading.Table) -> Iterator[tuple[int, list[str]]]:
        yield from list(rows(table))[:2400]
        raise OSError("the disk went away")

    monkeypatch.setattr(reading.Table, "rows", broken)
    with pytest.raises(OSError, match="disk"):
        imported(path)
    monkeypatch.undo()
    monkeypatch.setattr(run.Diary, "_visit", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        imported(path)
    assert not Patient.objects.exists()


def test_a_booking_to_come_takes_its_time_and_another_is_refused(path: Path, make: Make) -> None:
    service = make.service(name="لیزر", buffer_after=10)
    doctor = make.practitioner(service, name="دکتر کمالی")
    header = "external_id,last_name,starts_at,service,practitioner,status,minutes"
    rows = [
        f"1,اول,{tomorrow(9)},لیزر,دکتر کمالی,رزرو,30",
        f"2,دوم,{tomorrow(9)},لیزر,دکتر کمالي,booked,",
        f"3,سوم,{tomorrow(11)},لیزر,دکتر ناشناس,booked,",
        f"4,چهارم,{tomorrow(11)},خدمت ناشناس,دکتر کمالی,,",
        f"5,پنجم,{tomorrow(11)},لیزر,دکتر کمالی,done,",
        f"6,ششم,{timezone.localdate() + dt.timedelta(days=1)},لیزر,دکتر کمالی,booked,",
    ]
    said = imported(written(path, header, *rows))
    assert "1 new appointments (0 visits), 0 were here already, 5 refused" in said
    for reason in (
        "has another appointment",
        "add this doctor",
        "add this service",
        "lies in the future",
        "time of day",
    ):
        assert reason in said
    booked = one(Appointment.objects.all())
    assert (booked.status, booked.practitioner, booked.price) == ("booked", doctor, service.price)
    lengths = {o.resource[0]: (o.interval.upper - o.interval.lower).seconds // 60 for o in Occupancy.objects.all()}
    assert lengths == {"d": 40, "p": 30}


def test_days_without_hours_are_spread_and_numbers_go_on(path: Path) -> None:
    rows = [f"{n},نام,خانواده {n},,,,1401/10/09,,," for n in range(60)]
    imported(written(path, HEADER, *rows))
    assert Appointment.objects.values("starts_at").distinct().count() == 48
    imported(written(path, HEADER, "99,نام,دیگر,,,,1401/10/09,,,"))
    assert sorted(Visit.objects.values_list("number", flat=True)) == list(range(1, 62))


def test_who_is_known_by_national_code_is_not_made_twice(path: Path, make: Make) -> None:
    known = make.patient(national_code="0084575948")
    imported(written(path, HEADER, "1,مینا,شریفی,,84575948,,1401/10/09,,,", "1,مینا,شریفی,,,,1401/10/10,,,"))
    assert one(Patient.objects.all()) == known
    assert Visit.objects.filter(patient=known).count() == 2


def test_what_an_import_makes_for_the_past_is_offered_to_nobody(path: Path) -> None:
    imported(written(path, HEADER, ROW))
    appointment = one(Appointment.objects.all())
    assert (appointment.service.is_active, appointment.practitioner.is_active) == (False, False)


def test_cells_that_a_spreadsheet_would_run_are_defused(path: Path) -> None:
    imported(written(path, HEADER, '=cmd(),"@SUM(1)",,+989123456789,,,1401/10/09,,,maybe'))
    assert "'=cmd(),'@SUM(1),,+989123456789" in refused(path)
