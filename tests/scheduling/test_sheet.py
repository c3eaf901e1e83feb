"""The printed day."""

import datetime as dt
from typing import Any

from scheduling import actions
from tests.scheduling.test_holds import soon

TEHRAN = dt.timezone(dt.timedelta(hours=3, minutes=30))


def test_a_page_a_doctor_in_both_languages(make: Any, page: Any) -> None:
    service = make.service(name="ویزیت پوست", name_en="Skin visit")
    doctors = [make.practitioner(service, name=f"دکتر {n}", name_en=f"Dr {n}") for n in ("الف", "ب")]
    clerk, patient = make.user("secretary"), make.patient(first_name="مینا", last_name="شریفی")
    booked = actions.book_direct(
        service=service, practitioner=doctors[0], branch=make.branch(), patient=patient, starts_at=soon(),
        note="زنگ بزنید", by=clerk,
    )  # fmt: skip
    gone = actions.book_direct(
        service=service, practitioner=doctors[1], branch=make.branch(), patient=make.patient(last_name="لغوی"),
        starts_at=soon(), by=clerk,
    )  # fmt: skip
    actions.cancel(appointment=gone, by=clerk)
    day = booked.starts_at.astimezone(TEHRAN).date()
    client = page(clerk)
    persian = client.get(f"/desk/sheet/?day={day}").content.decode()
    assert persian.count("c-daysheet__page") == 2
    for words in ("مینا شریفی", "ویزیت پوست", "زنگ بزنید", "دکتر الف", "دکتر ب"):
        assert words in persian
    assert "لغوی" not in persian
    english = client.get(f"/desk/sheet/?day={day}&language=en&doctor={doctors[0].pk}").content.decode()
    assert english.count("c-daysheet__page") == 1
    for words in ("Skin visit", "Dr الف", 'dir="ltr"'):
        assert words in english
    assert page("cashier").get("/desk/sheet/").status_code == 403
