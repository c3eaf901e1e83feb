"""What is queued, when it goes out, what takes it back."""

import datetime as dt
from datetime import timedelta

import pytest

from clinic.shared.errors import Invalid
from messaging import actions, tasks
from messaging.models import FollowUpTask, Message
from messaging.queries import database_now
from messaging.statuses import MessageStatus as S
from messaging.templates import LONGEST, TEXTS, render
from messaging.timing import after_quiet_hours, wait_after
from scheduling import actions as diary
from tests.messaging.make import TEHRAN, appointment
from tests.scheduling.floor_make import Floor


def tomorrow(hour: int) -> dt.datetime:
    day = database_now().astimezone(TEHRAN).date() + timedelta(days=1)
    return dt.datetime.combine(day, dt.time(hour), tzinfo=TEHRAN)


@pytest.mark.parametrize(
    ("at", "out"),
    [
        ("2026-11-22 20:59", "2026-11-22 20:59"),
        ("2026-11-22 21:00", "2026-11-23 08:00"),
        ("2026-11-23 00:10", "2026-11-23 08:00"),
        ("2026-11-23 07:59", "2026-11-23 08:00"),
        ("2026-11-23 08:00", "2026-11-23 08:00"),
    ],
)
def test_nights_in_tehran_are_quiet(at, out):
    moment = dt.datetime.fromisoformat(at).replace(tzinfo=TEHRAN).astimezone(dt.UTC)
    assert after_quiet_hours(moment, "Asia/Tehran") == dt.datetime.fromisoformat(out).replace(tzinfo=TEHRAN)


def test_waits_grow():
    assert [wait_after(n).total_seconds() for n in (1, 2, 3, 4)] == [30, 120, 480, 1920]


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("language", ["fa", "en"])
def test_every_text_fits_one_sms_even_with_long_names(kind, language):
    facts = {
        "name": "عبدالرحمن‌محمدرضا" * 3,
        "clinic": "کلینیک تخصصی و فوق تخصصی پوست و مو و زیبایی آفتاب" * 2,
        "when": "چهارشنبه ۲۹ اردیبهشت ساعت ۱۰:۱۵" if language == "fa" else "Wed 29 Ordibehesht, 10:15",
        "link": "https://aftab.clinic.example/a/kJ3hY_0aQ7xZpLmN2bV4c6/",
        "amount": "1,234,567,890 rial",
        "giver": "عبدالرحمن‌محمدرضا" * 3,
        "code": "BCDF-GHJK-LMNP-QRST",
        "day": "چهارشنبه ۲۹ اردیبهشت ۱۴۰۶" if language == "fa" else "29 Ordibehesht 1406",
        "service": "جلسهٔ لیزر موهای زائد تمام بدن با دستگاه" * 2,
        "until": "۲۰:۴۵" if language == "fa" else "20:45",
        "count": "12",
    }
    assert len(render(kind, language, facts)) <= LONGEST


def test_a_message_speaks_the_patients_language_and_is_queued_once(make):
    patient = make.patient(first_name="Sara", language="en")
    row = appointment(make, tomorrow(10), patient=patient)
    cause = f"appointment:{row.pk}"
    first = actions.queue_message(kind="booking_confirmed", patient=patient, cause=cause, appointment=row, by=None)
    again = actions.queue_message(kind="booking_confirmed", patient=patient, cause=cause, appointment=row, by=None)
    assert first == again
    assert first.text.startswith("Sara, you are booked at")
    assert f"/a/{row.link_token}/" in first.text
    assert "10:15" not in first.text
    assert "10:00" in first.text
    patient.language = ""
    patient.save()
    other = appointment(make, tomorrow(11), patient=patient)
    row = actions.queue_message(kind="booking_confirmed", patient=patient, cause="x", appointment=other, by=None)
    assert row.language == "fa"
    assert "ساعت ۱۱:۰۰" in row.text


def test_without_a_phone_there_is_no_message(make):
    assert actions.queue_message(kind="thank_you", patient=make.patient(phone=""), cause="visit:1", by=None) is None


def test_unknown_kinds_and_missing_facts_are_refused(make):
    with pytest.raises(Invalid):
        actions.queue_message(kind="advert", patient=make.patient(), cause="x", by=None)
    with pytest.raises(Invalid, match="amount"):
        actions.queue_message(kind="receipt", patient=make.patient(), cause="x", by=None)


def test_a_cancellation_that_is_undone_in_time_tells_nobody(make, gateway):
    row = appointment(make, tomorrow(10))
    cancelled = {"kind": "appointment_cancelled", "patient": row.patient, "appointment": row, "cause": "c", "by": None}
    message = actions.queue_message(**cancelled)
    assert message.send_after == database_now() + timedelta(minutes=3)
    tasks.sweep_messages()
    assert actions.withdraw_for(appointment=row, by=None) == 1
    tasks.send_message.run(message.pk)
    assert gateway.sent == []
    assert actions.queue_message(**cancelled).status == S.QUEUED  # cancelled again after all
    assert Message.objects.count() == 1


def test_thanks_can_be_taken_back_with_their_cause(make):
    actions.queue_message(kind="thank_you", patient=make.patient(), cause="visit:7", by=None)
    assert actions.withdraw_for(cause="visit:7", by=None) == 1


class TestReminders:
    def test_tomorrows_patients_are_reminded_once(self, make):
        row = appointment(make, tomorrow(19))
        appointment(make, tomorrow(19) + timedelta(days=1))
        appointment(make, tomorrow(18), status="cancelled")
        appointment(make, tomorrow(18), patient=make.patient(phone=""))
        assert actions.queue_reminders() == 1
        assert actions.queue_reminders() == 0
        message = Message.objects.get()
        assert (message.appointment, message.cause) == (row, f"appointment:{row.pk}")
        local = message.send_after.astimezone(TEHRAN)
        assert dt.time(8) <= local.time() < dt.time(21)
        assert message.send_after >= row.created_at + timedelta(hours=3) or local.time() == dt.time(8)

    def test_a_cancelled_one_is_not_reminded_and_a_restored_one_is(self, make):
        row = appointment(make, tomorrow(19))
        actions.queue_reminders()
        actions.withdraw_for(appointment=row, by=None)
        assert Message.objects.get().status == S.WITHDRAWN
        assert actions.queue_reminders() == 1
        assert Message.objects.get().status == S.QUEUED

    def test_nobody_is_reminded_too_late_to_matter(self, make):
        appointment(make, tomorrow(0) + timedelta(minutes=1), created_at=database_now() + timedelta(hours=23))
        assert actions.queue_reminders() == 0


def test_who_was_told_of_the_cancellation_is_told_that_she_is_booked_after_all(make):
    def said() -> list[str]:
        Message.objects.filter(status=S.QUEUED).update(status=S.SENT)
        return list(Message.objects.exclude(status=S.WITHDRAWN).order_by("pk").values_list("kind", flat=True))

    service, clerk = make.service(), make.user("secretary")
    place = {"service": service, "practitioner": make.practitioner(service), "branch": make.branch()}
    visit = diary.book_direct(**place, patient=make.patient(), starts_at=tomorrow(10), by=clerk)
    assert said() == ["booking_confirmed"]
    diary.cancel(appointment=visit, by=clerk)
    diary.restore(appointment=visit, by=clerk)  # within the grace: she heard nothing
    assert said() == ["booking_confirmed"]
    for _again in range(2):
        diary.cancel(appointment=visit, by=clerk)
        said()
        diary.restore(appointment=visit, by=clerk)
        said()
    assert said() == ["booking_confirmed", *["appointment_cancelled", "booking_confirmed"] * 2]


def test_nobody_is_called_for_a_visit_that_was_not_missed(make):
    floor = Floor(make)
    visit = floor.appointment()
    diary.no_show(appointment=visit, by=floor.clerk)
    task = FollowUpTask.objects.get(kind="missed")
    for step, status in ((diary.restore, "cancelled"), (diary.no_show, "open"), (diary.arrive, "cancelled")):
        step(appointment=visit, by=floor.clerk)
        task.refresh_from_db()
        assert task.status == status
