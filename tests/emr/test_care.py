"""Measurements, orders, letters, plans and scores: from the action to the page."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.patients.models import AccessLog, PatientAccess
from clinic.shared.charts import Chart, Series, draw
from clinic.shared.errors import Conflict, Forbidden, Invalid
from emr import actions
from emr.models import Letter, OrderItem, ServiceRequest, VitalRange, VitalSign
from emr.queries.letters import fill
from emr.queries.outcomes import courses_of
from emr.queries.plans import plans_of
from emr.queries.usual import ranges_at
from emr.queries.vital_charts import charts_of
from emr.queries.vitals import latest_of, readings_of
from scheduling.statuses import VisitStatus
from tests.emr.hostile_files import cheek
from tests.emr.make import Doctor

HX = {"HX-Request": "true"}
pytestmark = pytest.mark.usefixtures("bare_lists")


def test_a_nurse_measures_in_one_form_and_the_page_draws_it(doctor: Doctor, page: Any) -> None:
    patient, nurse = doctor.make.patient(birth_date=dt.date(1980, 1, 1)), page("nurse")
    visit = doctor.visit(patient)
    base = f"/doctor/patients/{patient.pk}/vitals/"
    body = {"systolic": "۱۸۵", "diastolic": "۱۱۵", "weight": "۸۱٫۴", "height": "180"}
    assert nurse.post(f"{base}new/?visit={visit.pk}", body, headers=HX).status_code == 204
    assert {row.visit_id for row in VitalSign.objects.all()} == {visit.pk}
    latest = {each.measure.code: each for each in latest_of(readings_of(patient))}
    assert (latest["bmi"].value, latest["bmi"].side) == (Decimal("25.1"), "high")
    assert (latest["systolic"].side, latest["systolic"].tone) == ("high", "danger")
    for wrong in ({"systolic": "900"}, {"systolic": "80", "diastolic": "120"}, {"pulse": "many"}, {}):
        assert nurse.post(f"{base}new/", wrong, headers=HX).status_code == 422
    assert VitalSign.objects.count() == 4
    actions.record_vitals(
        patient=patient, values={"weight": Decimal(80)}, measured_at=timezone.now() - dt.timedelta(days=9), by=None
    )
    [chart] = [each for each in charts_of(patient, readings_of(patient)) if "kg" in each.title]
    assert chart.series[0].values == [Decimal(80), Decimal("81.4")]
    shown = nurse.get(base).content.decode()
    assert "c-stroke-accent" in shown
    row = VitalSign.objects.get(code="systolic")
    assert nurse.post(f"{base}{row.pk}/remove/", headers=HX).status_code == 204
    assert "systolic" not in {each.measure.code for each in readings_of(patient)}
    assert page("secretary").get(base).status_code == 403
    assert AccessLog.objects.filter(patient=patient, what="vitals").exists()


def test_what_is_usual_follows_the_age_and_the_clinic(doctor: Doctor) -> None:
    today = timezone.localdate()
    child = doctor.make.patient(birth_date=today - dt.timedelta(days=2 * 366))
    assert ranges_at(child)["pulse"].judge(Decimal(120)) == ("", "")
    assert ranges_at(doctor.make.patient(birth_date=dt.date(1970, 1, 1)))["pulse"].judge(Decimal(120))[1] == "warn"
    actions.save_vital_range(
        code="pulse", age_from=0, age_to=18, low=Decimal(60), high=Decimal(90), alarm_high=Decimal(100), by=doctor.user
    )
    assert ranges_at(child)["pulse"].judge(Decimal(120)) == ("high", "danger")
    kind = actions.save_vital_kind(name="دور سر", unit="cm", lowest=Decimal(20), highest=Decimal(70), by=doctor.user)
    actions.record_vitals(patient=child, values={f"c{kind.pk}": Decimal(48)}, by=doctor.user)
    assert readings_of(child)[-1].measure.name == "دور سر"
    for wrong in (
        {"code": "nothing", "low": Decimal(1)},
        {"code": "pulse"},
        {"code": "pulse", "age_from": 9, "age_to": 3},
    ):
        with pytest.raises(Invalid):
            actions.save_vital_range(by=doctor.user, **{"age_from": 0, "age_to": 9, **wrong})
    assert VitalRange.objects.count() == 1
    with pytest.raises(Forbidden):
        actions.record_vitals(patient=child, values={"pulse": Decimal(80)}, by=doctor.make.user("secretary"))


def test_a_line_leaves_gaps_and_says_the_same_in_its_table() -> None:
    svg = str(draw(Chart("t", ["a", "b", "c"], [Series("x", [10, None, 14])], kind="line", bands=((9, 12),)), "en"))
    assert svg.count("<circle") == 2
    assert svg.count("c-stroke-accent") == 1
    assert '<td class="c-num">—</td>' in svg
    assert "c-chart__band" in svg


@pytest.fixture
def panel(doctor: Doctor) -> OrderItem:
    """Haemoglobin and a qualitative test in one panel."""
    hb = actions.save_order_item(
        name="هموگلوبین", unit="g/dL", low=Decimal(13), high=Decimal(17), low_women=Decimal(12), high_women=Decimal(15),
        by=doctor.user,
    )  # fmt: skip
    hp = actions.save_order_item(name="هلیکوباکتر", normal_text="منفی", by=doctor.user)
    return actions.save_order_item(name="چکاپ", panel=[hb, hp], by=doctor.user)


def test_an_order_is_placed_entered_seen_and_shown(doctor: Doctor, page: Any, panel: OrderItem) -> None:
    visit, client = doctor.visit(doctor.make.patient(sex="female")), page(doctor.user)
    patient = visit.patient
    xray = actions.save_order_item(kind="imaging", name="گرافی قفسه سینه", by=doctor.user)
    body = {"items": [panel.pk, xray.pk], "question": "کم‌خونی؟", "is_urgent": "on"}
    new = f"/doctor/patients/{patient.pk}/orders/new/?visit={visit.pk}"
    assert client.post(new, body, headers=HX).status_code == 204
    assert client.post(new, {}, headers=HX).status_code == 422
    lab = ServiceRequest.objects.get(kind="lab")
    assert (lab.practitioner, lab.visit, ServiceRequest.objects.count()) == (doctor.practitioner, visit, 2)
    hb, hp = lab.results.get(unit="g/dL"), lab.results.get(unit="")
    base = f"/doctor/orders/{lab.pk}/"
    assert client.post(f"{base}review/", headers=HX).status_code == 422  # nothing came back yet
    assert client.post(f"{base}send/", headers=HX).status_code == 204
    nurse = page("nurse")
    values = {f"r{hb.pk}": "۱۱٫۲", f"r{hp.pk}": "مثبت", "conclusion": ""}
    assert nurse.post(f"{base}results/", values, headers=HX).status_code == 204
    hb.refresh_from_db(), hp.refresh_from_db(), lab.refresh_from_db()
    assert (hb.number, hb.flag, hp.flag, lab.status) == (Decimal("11.2"), "low", "abnormal", "resulted")
    assert nurse.post(f"{base}review/").status_code == 403
    assert patient.full_name in client.get("/doctor/orders/").content.decode()
    assert client.post(f"{base}review-and-show/", headers=HX).status_code == 204
    PatientAccess(user=(own := doctor.make.user("patient")), patient=patient).save()
    assert "هموگلوبین" in page(own).get("/my/care/").content.decode()
    nurse.post(f"{base}results/", {f"r{hb.pk}": "12.4", "conclusion": "اصلاح"}, headers=HX)
    lab.refresh_from_db()
    assert (lab.status, lab.released_at) == ("resulted", None)
    assert "هموگلوبین" not in page(own).get("/my/care/").content.decode()
    assert client.post(f"{base}wrong/", {"reason": " "}, headers=HX).status_code == 422
    assert client.post(f"{base}wrong/", {"reason": "بیمار دیگر"}, headers=HX).status_code == 204
    with pytest.raises(Conflict):
        actions.enter_results(order=lab, values={hb.pk: "1"}, by=doctor.user)
    assert client.get(f"{base}print/?language=en").status_code == 200


def test_a_letter_is_filled_issued_once_and_frozen(doctor: Doctor, page: Any) -> None:
    record, client = doctor.signed(), page(doctor.user)
    patient = record.patient
    text = "{patient} از {visit_date} به‌علت {diagnoses} … {specialty}"
    template = actions.save_letter_template(
        kind="sick_leave", name="استعلاجی", title="گواهی", text=text, language="fa", by=doctor.user
    )
    with pytest.raises(Invalid):
        actions.save_letter_template(template=template, text="{nobody}", by=doctor.user)
    began = client.post(
        f"/doctor/patients/{patient.pk}/letters/new/?visit={record.visit_id}", {"template": template.pk}, headers=HX
    )
    letter = Letter.objects.get()
    assert began.headers["HX-Redirect"] == f"/doctor/letters/{letter.pk}/"
    assert patient.full_name in letter.body
    assert record.conditions.get().title in letter.body
    one = f"/doctor/letters/{letter.pk}/"
    assert client.post(one, {"title": "", "body": "x", "paper": "a5"}).status_code == 422
    words = {"title": "گواهی", "body": "سه روز استراحت", "paper": "a4", "for_patient": "on"}
    assert client.post(one, {**words, "issue": "1"}).status_code == 302
    letter.refresh_from_db()
    assert (letter.status, letter.serial, letter.body) == ("issued", 1, "سه روز استراحت")
    assert client.post(one, words).status_code == 422
    letter.body = "دیگر"
    with pytest.raises(IntegrityError), transaction.atomic():
        letter.save()
    other = actions.write_letter(patient=patient, template=template, by=doctor.user)
    assert actions.issue_letter(letter=other, by=doctor.user).serial == 2
    PatientAccess(user=(own := doctor.make.user("patient")), patient=patient).save()
    assert page(own).get(f"/my/care/letters/{letter.pk}/").status_code == 200
    assert page(own).get(f"/my/care/letters/{other.pk}/").status_code == 404
    assert client.post(f"{one}end/", {"reason": ""}).status_code == 422
    assert client.post(f"{one}end/", {"reason": "نام نادرست"}).status_code == 302
    assert page(own).get(f"/my/care/letters/{letter.pk}/").status_code == 404
    draft = actions.write_letter(patient=patient, template=template, by=doctor.user)
    assert actions.end_letter(letter=draft, by=doctor.user).status == "dropped"
    assert fill("{to}", language="fa", patient=patient, visit=None, doctor=None, to="") == "........"


def test_a_plan_counts_finished_visits_and_is_agreed_to_by_the_patient(doctor: Doctor, page: Any) -> None:
    patient, client = doctor.make.patient(), page(doctor.user)
    start = timezone.localdate() - dt.timedelta(days=30)
    new = {"title": "فیزیوتراپی زانو", "starts_on": start.isoformat(), "for_patient": "on"}
    assert client.post(f"/doctor/patients/{patient.pk}/plans/new/", new, headers=HX).status_code == 200
    [view] = plans_of(patient)
    base = f"/doctor/plans/{view.plan.pk}/"
    sessions = {"service": doctor.service.pk, "count": "۱۰", "every_days": "7"}
    assert client.post(f"{base}sessions/", sessions, headers=HX).status_code == 200
    assert client.post(f"{base}sessions/", {**sessions, "count": "500"}, headers=HX).status_code == 422
    assert client.post(f"{base}goal/", {"text": "راه رفتن بی‌درد"}, headers=HX).status_code == 200
    PatientAccess(user=(own := doctor.make.user("patient")), patient=patient).save()
    assert "فیزیوتراپی زانو" not in page(own).get("/my/care/").content.decode()  # still a draft
    assert client.post(f"{base}active/", headers=HX).status_code == 200
    doctor.visit(patient, days_ago=40, status=VisitStatus.FINISHED)  # before the plan
    for days in (20, 10):
        doctor.visit(patient, days_ago=days, status=VisitStatus.FINISHED)
    doctor.visit(patient, days_ago=3, status=VisitStatus.LEFT)
    [view] = plans_of(patient)
    assert (view.done, view.planned, view.progress[0].due_on) == (2, 10, timezone.localdate())
    assert "فیزیوتراپی زانو" in page(own).get("/my/care/").content.decode()
    for _again in range(2):
        assert page(own).post(f"/my/care/plans/{view.plan.pk}/agree/").status_code == 302
    assert patient.consents.filter(kind="plan").count() == 1
    assert plans_of(patient)[0].agreed
    actions.add_goal(plan=view.plan, text="پله", by=doctor.user)
    assert not plans_of(patient)[0].agreed
    goal = view.plan.goals.first()
    client.post(f"{base}goals/{goal.pk}/", headers=HX)
    goal.refresh_from_db()
    assert goal.reached_on == timezone.localdate()
    assert client.post(f"{base}stopped/", {"reason": ""}, headers=HX).status_code == 422
    assert client.post(f"{base}completed/", headers=HX).status_code == 200
    with pytest.raises(Conflict):
        actions.add_goal(plan=view.plan, text="x", by=doctor.user)
    assert page(doctor.make.user("patient")).post(f"/my/care/plans/{view.plan.pk}/agree/").status_code == 404


def test_scores_are_asked_again_and_drawn(doctor: Doctor, page: Any) -> None:
    patient, nurse = doctor.make.patient(), page("nurse")
    pain = actions.save_outcome_measure(name="درد", lowest=0, highest=10, better="lower", by=doctor.user)
    base = f"/doctor/patients/{patient.pk}/scores/"
    for answer in ("۸", "3"):
        assert nurse.post(f"{base}new/{pain.pk}/", {"answer_0": answer}, headers=HX).status_code == 204
    assert nurse.post(f"{base}new/{pain.pk}/", {"answer_0": "11"}, headers=HX).status_code == 422
    assert nurse.post(f"{base}new/{pain.pk}/", {}, headers=HX).status_code == 422
    [course] = courses_of(patient)
    assert (course.last.score, course.change, course.measure.limits) == (Decimal(3), "better", (0, 10))
    assert "c-stroke-accent" in nurse.get(base).content.decode()
    several = actions.save_outcome_measure(name="پرسش‌نامه", questions="یک\nدو", lowest=0, highest=3, by=doctor.user)
    with pytest.raises(Invalid):
        actions.record_score(patient=patient, measure=several, answers=[1], by=doctor.user)
    actions.record_score(patient=patient, measure=several, answers=[1, 3], by=doctor.user)
    with pytest.raises(Invalid):
        actions.save_outcome_measure(measure=several, questions="یک\nدو\nسه", by=doctor.user)


def test_the_cards_beside_a_visit_cost_no_more_with_a_long_record(
    doctor: Doctor, page: Any, panel: OrderItem, django_assert_max_num_queries: Any
) -> None:
    visit, client = doctor.visit(), page(doctor.user)
    for _again in range(6):
        actions.place_order(patient=visit.patient, items=[panel], by=doctor.user)
        actions.record_vitals(patient=visit.patient, values={"pulse": Decimal(70)}, by=doctor.user)
        plan = actions.save_plan(patient=visit.patient, title="p", by=doctor.user)
        actions.plan_sessions(plan=plan, service=doctor.service, count=3, by=doctor.user)
    client.get(f"/doctor/visit/{visit.pk}/care/")
    with django_assert_max_num_queries(28):
        shown = client.get(f"/doctor/visit/{visit.pk}/care/")
    assert shown.status_code == 200
    assert page("secretary").get(f"/doctor/visit/{visit.pk}/care/").status_code == 403


@pytest.mark.parametrize("which", ["examinations", "letters", "scores", "measurements", "usual"])
def test_every_list_opens_and_refuses_nothing_written(doctor: Doctor, page: Any, panel: OrderItem, which: str) -> None:
    client = page("manager")
    actions.save_vital_range(code="pulse", age_from=0, age_to=18, low=Decimal(60), by=doctor.user)
    assert client.get(f"/set-up/record/{which}/").status_code == 200
    assert client.get(f"/set-up/record/{which}/0/").status_code == 200
    assert client.post(f"/set-up/record/{which}/0/", {}, headers=HX).status_code == 422
    assert client.get(f"/set-up/record/examinations/{panel.pk}/").status_code == 200


def test_clients_measure_order_and_enter_results(doctor: Doctor, api: Any, panel: OrderItem) -> None:
    patient, client, nurse = doctor.make.patient(), api(doctor.user), api("nurse")
    base = "/api/v1"
    sent = nurse.post(f"{base}/vitals/", {"patient": patient.pk, "values": {"pulse": "72"}}, format="json")
    assert sent.status_code == 201
    wrong = nurse.post(f"{base}/vitals/", {"patient": patient.pk, "values": {"pulse": "999"}}, format="json")
    assert wrong.status_code == 400
    assert nurse.get(f"{base}/vitals/").status_code == 400
    assert nurse.get(f"{base}/vitals/?patient={patient.pk}").json()["results"][0]["code"] == "pulse"
    made = client.post(f"{base}/orders/", {"patient": patient.pk, "items": [panel.pk]}, format="json").json()
    one, [hp, hb] = f"{base}/orders/{made[0]['id']}/", made[0]["results"]  # by name
    assert nurse.post(f"{base}/orders/", {"patient": patient.pk, "items": [panel.pk]}, format="json").status_code == 403
    values = {"values": [{"result": hb["id"], "value": "20"}, {"result": hp["id"], "value": "منفی"}]}
    entered = nurse.post(f"{one}results/", values, format="json").json()
    assert [each["flag"] for each in entered["results"]] == ["normal", "high"]
    assert client.post(f"{one}review/", {"release": True}, format="json").json()["status"] == "reviewed"
    assert api("secretary").get(one).status_code == 403
    assert AccessLog.objects.filter(patient=patient, what="api vitals").exists()


def test_a_paper_that_came_back_stands_with_its_order(doctor: Doctor, page: Any) -> None:
    patient, other = doctor.make.patient(), doctor.make.patient()
    item = actions.save_order_item(name="نوار عصب", by=doctor.user)
    [order] = actions.place_order(patient=patient, items=[item], by=doctor.user)
    client, add = page(doctor.user), f"/files/of/{patient.pk}/add/?order={order.pk}"
    assert add in client.get(f"/doctor/orders/{order.pk}/", headers=HX).content.decode()
    body = {"kind": "result", "title": "برگهٔ نتیجه", "taken_on": "1405/8/1", "audience": "clinical"}
    answer = client.post(add, {**body, "file": SimpleUploadedFile("x.jpg", cheek(120))}, headers=HX)
    assert answer.status_code == 204
    assert (order.files.get().title, order.files.get().kind) == ("برگهٔ نتیجه", "result")
    assert "برگهٔ نتیجه" in client.get(f"/doctor/orders/{order.pk}/", headers=HX).content.decode()
    with pytest.raises(Invalid):
        actions.add_file(patient=other, upload=SimpleUploadedFile("y.jpg", cheek(90)), order=order, by=doctor.user)
