"""The lists that a clinic begins with: complete, in its language, added once, and what stands there stays."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from clinic.shared.errors import Forbidden
from emr import actions
from emr.actions.furnish import STARTERS, add_starter_list, furnish_record
from emr.models import Interaction, LetterTemplate, OrderItem, OutcomeMeasure
from tests.emr.make import Doctor

pytestmark = pytest.mark.usefixtures("bare_lists")


@pytest.mark.parametrize("language", ["fa", "en"])
def test_a_new_clinic_can_order_write_and_ask_at_once(doctor: Doctor, language: str) -> None:
    furnish_record(language=language, by=None)
    count = "شمارش کامل خون (CBC)" if language == "fa" else "Full blood count"
    panel = OrderItem.objects.get(name=count)
    woman = doctor.make.patient(sex="female")
    [order] = actions.place_order(patient=woman, items=[panel], by=doctor.user)
    results = {row.item.loinc: row for row in order.results.select_related("item") if row.item}
    assert len(results) == 5
    assert (results["718-7"].low, results["718-7"].unit) == (Decimal(12), "g/dL")
    assert results["777-3"].high == Decimal(450)
    assert set(OrderItem.objects.values_list("kind", flat=True)) == {"lab", "imaging", "other"}
    visit = doctor.visit(woman)
    for template in LetterTemplate.objects.all():
        assert template.language == language
        letter = actions.write_letter(patient=woman, template=template, visit=visit, by=doctor.user)
        assert "{" not in letter.body
        assert woman.full_name in letter.body
    measure = OutcomeMeasure.objects.get(name__contains="PHQ-9")
    assert measure.limits == (0, 27)
    actions.record_score(patient=woman, measure=measure, answers=[1] * 9, by=doctor.user)
    assert Interaction.objects.count() > 30
    names = "".join(OutcomeMeasure.objects.values_list("questions", flat=True))
    assert names.isascii() == (language == "en")


def test_what_stands_there_stays(doctor: Doctor) -> None:
    with translation.override("en"):
        own = actions.save_order_item(name="Potassium", unit="mEq/L", low=Decimal(3), high=Decimal(6), by=doctor.user)
        away = actions.save_outcome_measure(name="Pain", is_active=False, by=doctor.user)
        first = {which: add_starter_list(which=which, by=doctor.user) for which in STARTERS}
        assert all(first.values())
        assert {which: add_starter_list(which=which, by=doctor.user) for which in STARTERS} == dict.fromkeys(
            STARTERS, 0
        )
        assert OrderItem.objects.get(name="Kidney function and electrolytes").panel.filter(pk=own.pk).exists()
    own.refresh_from_db()
    assert own.unit == "mEq/L"
    assert OutcomeMeasure.objects.filter(name="Pain").get() == away
    with pytest.raises(Forbidden):
        add_starter_list(which="letters", by=doctor.make.user("secretary"))


def test_a_button_adds_them(doctor: Doctor, page: Any) -> None:
    keeper = page(doctor.user)
    assert "/set-up/record/letters/starter/" in keeper.get("/set-up/record/letters/").content.decode()
    assert "/set-up/record/usual/starter/" not in keeper.get("/set-up/record/usual/").content.decode()
    for _again in range(2):
        answer = keeper.post("/set-up/record/letters/starter/")
        assert answer["Location"] == "/set-up/record/letters/"
    assert LetterTemplate.objects.count() == 4
    assert keeper.post("/set-up/record/usual/starter/").status_code == 404
    assert page("secretary").post("/set-up/record/letters/starter/").status_code == 403
