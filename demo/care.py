"""Records in which every part lives: measured over months, a result out of range, a plan half done, photos, letters."""

import datetime as dt
import io
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw, ImageFilter

from clinic.accounts.models import User
from clinic.patients import actions as people
from clinic.patients.models import Patient
from clinic.shared.speaking import speaking
from demo import words
from demo.world import DemoClinic
from emr import actions as record
from emr.models import LetterTemplate, OrderItem, OutcomeMeasure, VitalSign
from emr.queries import usual_items
from scheduling.models import Practitioner, Visit
from scheduling.statuses import VisitStatus

SIZE, SPOTS = (900, 1200), [(300, 420), (520, 360), (430, 640), (610, 720), (350, 810), (560, 560)]


def lay_care(demo: DemoClinic, patient: Patient, doctor: Practitioner) -> None:
    """Fill one record by the doctor's own hand; once for a patient."""
    if VitalSign.objects.filter(patient=patient).exists() or doctor.user is None:
        return
    at, by = (0 if demo.language == "fa" else 1), doctor.user
    with speaking(demo.language):
        _numbers(patient, by)
        _orders(patient, by, at)
        _story(patient, by, at)
        _plan(patient, by, at)
        _letters(patient, by, at)
        _photos(patient, by, at)
        _consents(patient)


def _ago(days: int) -> dt.datetime:
    return timezone.now() - dt.timedelta(days=days)


def _numbers(patient: Patient, by: User) -> None:
    for days, upper, lower, pulse, weight in words.MEASURED:
        values = {"systolic": upper, "diastolic": lower, "pulse": pulse, "weight": weight, "height": "168"}
        numbers = {code: Decimal(value) for code, value in values.items()}
        record.record_vitals(patient=patient, values=numbers, measured_at=_ago(days), by=by)
    measure = OutcomeMeasure.objects.filter(questions="", better="lower").order_by("pk").first()
    for days, answer in words.PAIN if measure else []:
        record.record_score(patient=patient, measure=measure, answers=[answer], measured_at=_ago(days), by=by)


def _orders(patient: Patient, by: User, at: int) -> None:
    """Blood with two values out of range, shown to her; a scan whose report wants to be seen; one under way."""
    blood = list(OrderItem.objects.filter(loinc__in=["58410-2", "2276-4"]))
    scan = list(OrderItem.objects.filter(name=words.SCAN[at]))
    [seen] = record.place_order(patient=patient, items=blood, question=words.QUESTION[at], by=by)
    given = {"718-7": "11.1", "4544-3": "34.5", "6690-2": "6.8", "777-3": "265", "787-2": "76", "2276-4": "9"}
    values = {row.pk: given.get(row.item.loinc, "") for row in seen.results.select_related("item") if row.item}
    record.enter_results(order=seen, values=values, conclusion=words.REPORT[at], by=by)
    record.review_order(order=seen, release=True, by=by)
    for order in record.place_order(patient=patient, items=scan, question=words.QUESTION[at], by=by):
        record.enter_results(order=order, values={}, conclusion=words.SCAN_REPORT[at], by=by)
    [sent] = record.place_order(patient=patient, items=list(OrderItem.objects.filter(loinc="3016-3")), by=by)
    record.move_order(order=sent, to="under_way", by=by)


def _story(patient: Patient, by: User, at: int) -> None:
    for kind, title, more in words.BACKGROUND:
        values: dict[str, Any] = dict(more)
        record.add_background(patient=patient, kind=kind, title=title[at], by=by, **values)
    code, *titles = words.PROBLEM
    record.add_condition(patient=patient, code=code, title=titles[at], is_problem=True, by=by)


def _plan(patient: Patient, by: User, at: int) -> None:
    """Of the service that she came for most, so that the visits themselves say how far it is."""
    finished = Visit.objects.filter(patient=patient, status=VisitStatus.FINISHED)
    visits = list(finished.order_by("-day").select_related("service"))
    if not visits:
        return
    services = [visit.service for visit in visits]
    service = max(services, key=services.count)
    done = [visit for visit in visits if visit.service_id == service.pk][:5]
    plan = record.save_plan(
        patient=patient, title=words.PLAN[at], note=words.PLAN_NOTE[at], starts_on=done[-1].day, by=by
    )
    record.plan_sessions(plan=plan, service=service, count=len(done) + 3, every_days=28, by=by)
    goals = [record.add_goal(plan=plan, text=text[at], by=by) for text in words.GOALS]
    record.reach_goal(goal=goals[1], by=by)
    plan = record.move_plan(plan=plan, to="active", by=by)
    record.consent_to_plan(plan=plan, by=by)


def _letters(patient: Patient, by: User, at: int) -> None:
    """A certificate that she sees, a referral that is still written."""
    visit = Visit.objects.filter(patient=patient, status=VisitStatus.FINISHED).order_by("-day").first()
    for kind in ("certificate", "referral"):
        template = LetterTemplate.objects.filter(kind=kind).first()
        if template is None:
            continue
        letter = record.write_letter(patient=patient, template=template, visit=visit, by=by)
        if kind == "certificate":
            record.edit_letter(letter=letter, title=letter.title, body=letter.body, for_patient=True, by=by)
            record.issue_letter(letter=letter, by=by)


def _photos(patient: Patient, by: User, at: int) -> None:
    """The same cheek before, in between and after; a paper that reception sees, too."""
    today = timezone.localdate()
    for days, share in ((200, 1.0), (100, 0.55), (4, 0.2)):
        upload = SimpleUploadedFile("cheek.jpg", skin(share))
        file = record.add_file(
            patient=patient, upload=upload, title=words.PHOTO[at], taken_on=today - dt.timedelta(days=days), by=by
        )
        record.release_file(file=file, by=by)
    upload = SimpleUploadedFile("paper.png", paper())
    record.add_file(patient=patient, upload=upload, kind="prescription", title=words.PAPER[at], audience="desk", by=by)


def _consents(patient: Patient) -> None:
    people.sign_consent(
        patient=patient, kind="treatment", signature=words.SIGNATURE, signed_name=patient.full_name, by=None
    )
    people.give_consent(patient=patient, kind="messages", by=None)


def lay_intake(demo: DemoClinic, patient: Patient, other: Patient) -> None:
    """The form that the clinic sends before a visit: one is filled and waits to be looked at, one waits for her."""
    at = 0 if demo.language == "fa" else 1
    with speaking(demo.language):
        form = record.save_intake_form(name=words.FORM[at], content=usual_items(), by=None)
        waits = record.send_intake(form=form, patient=other, by=None)
        content, given = waits.asked.content, {}
        for item in content:
            if item["kind"] in {"long", "consent"}:
                given[item["key"]] = "yes" if item["kind"] == "consent" else words.ANSWERS["long"][at]
            elif item.get("field") in words.ANSWERS:
                given[item["key"]] = words.ANSWERS[item["field"]][at]
        record.fill_intake(intake=waits, given=given, signature=words.SIGNATURE, by=None)
        record.send_intake(form=form, patient=patient, by=None)


def skin(share: float) -> bytes:
    """A drawn photo of skin; `share` of its marks is still there."""
    drawn = Image.new("RGB", SIZE, (226, 184, 160))
    light = Image.radial_gradient("L").resize(SIZE)
    drawn.paste((198, 146, 122), (0, 0), light.point(lambda value: value // 2))
    marks = Image.new("L", SIZE, 0)
    pen = ImageDraw.Draw(marks)
    for place, (x, y) in enumerate(SPOTS):
        size = (26 + 9 * (place % 3)) * (0.5 + share / 2)
        pen.ellipse((x - size, y - size, x + size, y + size), fill=int(60 + 150 * share))
    drawn.paste((168, 62, 56), (0, 0), marks.filter(ImageFilter.GaussianBlur(14)))
    return _bytes(drawn, "JPEG")


def paper() -> bytes:
    """A sheet with lines, as somebody's phone has taken it."""
    drawn = Image.new("RGB", (700, 980), (250, 249, 245))
    pen = ImageDraw.Draw(drawn)
    for place in range(14):
        y = 120 + place * 52
        pen.rounded_rectangle((90, y, 90 + 480 - (place * 97) % 220, y + 12), 6, fill=(120, 130, 145))
    return _bytes(drawn, "PNG")


def _bytes(drawn: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    drawn.save(out, kind)
    return out.getvalue()
