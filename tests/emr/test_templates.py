"""Templates of notes: what may be asked, which answers fit, what they add up to; old notes keep their questions."""

from typing import Any

import pytest
from django.utils import translation

from clinic.shared.errors import Conflict, Forbidden, Invalid
from emr import actions
from emr.actions.furnish import furnish_record
from emr.models import Encounter, NoteTemplate, NoteTemplateVersion, Phrase
from emr.queries.phrases import find_phrases
from emr.queries.templates import WrongAnswer, in_plain_words, read_answer, score_of, told
from tests.emr.make import Doctor

OPTIONS = [{"label": "هرگز", "points": 0}, {"label": "گاهی", "points": 1}, {"label": "همیشه", "points": 3}]
ASKED = [
    {"kind": "choice", "label": "درد", "options": OPTIONS},
    {"kind": "scale", "label": "شدت"},
    {"kind": "number", "label": "وزن", "unit": "kg"},
    {"kind": "several", "label": "علائم", "options": OPTIONS},
    {"kind": "yes_no", "label": "تب"},
    {"kind": "date", "label": "از"},
    {"kind": "long", "label": "شرح"},
    {"kind": "body", "label": "کجا"},
]
RANGES = [{"to": 2, "label": "کم"}, {"to": 6, "label": "متوسط"}, {"to": None, "label": "زیاد"}]
CONTENT: dict[str, Any] = {
    "sections": [{"title": "الف", "questions": ASKED, "score": {"label": "امتیاز", "ranges": RANGES}}]
}
MARK = {"view": "front", "x": 0.25, "y": 1, "kind": "pain", "text": "زانو"}


@pytest.fixture
def template(doctor: Doctor) -> NoteTemplate:
    return actions.save_template(name="آزمون", content=CONTENT, by=doctor.make.user("manager"))


def test_every_question_gets_a_key_that_stays(doctor: Doctor, template: NoteTemplate) -> None:
    manager = doctor.make.user("manager")
    first = template.versions.get().content
    keys = [question["key"] for question in first["sections"][0]["questions"]]
    assert keys == [f"q{n}" for n in range(1, 9)]
    again = actions.save_template(template=template, name="آزمون", content=first, by=manager)
    assert again.versions.count() == 1
    moved = {"sections": [{**first["sections"][0], "questions": first["sections"][0]["questions"][::-1]}]}
    moved["sections"][0]["questions"].append({"kind": "text", "label": "تازه"})
    actions.save_template(template=template, name="آزمون", content=moved, by=manager)
    newest = template.versions.last().content["sections"][0]["questions"]
    assert [question["key"] for question in newest] == [*keys[::-1], "q9"]
    with pytest.raises(Exception, match="permission denied"):
        NoteTemplateVersion.objects.filter(template=template).update(number=9)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"sections": []}, "content"),
        ({"sections": [{"title": "", "questions": [{"kind": "text", "label": " "}]}]}, "s-0-q-0-label"),
        ({"sections": [{"title": "", "questions": [{"kind": "magic", "label": "x"}]}]}, "s-0-q-0-kind"),
        (
            {"sections": [{"title": "", "questions": [{"kind": "choice", "label": "x", "options": OPTIONS[:1]}]}]},
            "s-0-q-0-options",
        ),
        (
            {"sections": [{"title": "", "questions": [{"kind": "text", "label": "x"}], "score": {"label": "s"}}]},
            "s-0-score",
        ),
        (
            {
                "sections": [
                    {
                        "title": "",
                        "questions": [{"kind": "scale", "label": "x"}],
                        "score": {"label": "s", "ranges": RANGES[::-1]},
                    }
                ]
            },
            "s-0-ranges",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused_at_its_place(doctor: Doctor, change: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.save_template(name="x", content=change, by=doctor.make.user("owner"))
    assert refused.value.field == field
    assert not NoteTemplate.objects.filter(name="x").exists()


def test_only_who_sets_up_makes_templates_and_names_are_taken_once(doctor: Doctor, template: NoteTemplate) -> None:
    with pytest.raises(Forbidden):
        actions.save_template(name="y", content=CONTENT, by=doctor.user)
    with pytest.raises(Conflict):
        actions.save_template(name="آزمون", content=CONTENT, by=doctor.make.user("owner"))


@pytest.mark.parametrize(
    ("kind", "sent", "kept"),
    [
        ("text", "  سلام ", "سلام"),
        ("text", "", None),
        ("number", "۷۲٫۵", "72.5"),
        ("number", "1,200", "1200"),
        ("number", 70, "70"),
        ("choice", "گاهی", "گاهی"),
        ("several", ["همیشه", "هرگز"], ["هرگز", "همیشه"]),
        ("several", [], None),
        ("yes_no", "no", False),
        ("yes_no", True, True),
        ("scale", "۷", 7),
        ("scale", 0, 0),
        ("body", [MARK], [MARK]),
    ],
)
def test_answers_are_kept_in_one_form(kind: str, sent: Any, kept: Any) -> None:
    assert read_answer({"kind": kind, "options": OPTIONS}, sent) == kept


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("text", 5), ("text", "x" * 301), ("long", ["x"]), ("number", "هفتاد"), ("number", "NaN"), ("number", "1e400"),
        ("number", True), ("number", {"a": 1}), ("choice", "دیگر"), ("choice", ["گاهی"]), ("several", "دیگر"),
        ("several", {"گاهی": 1}), ("yes_no", "maybe"), ("yes_no", 1), ("scale", "11"), ("scale", "-1"), ("scale", "²"),
        ("scale", True), ("date", "31/31/31"), ("body", "x"), ("body", [{"view": "front"}]),
        ("body", [{**MARK, "x": 2}]),
        ("body", [{**MARK, "view": "soul"}]), ("body", [{**MARK, "x": "0.5"}]), ("body", [MARK] * 201), ("body", [7]),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(kind: str, sent: Any) -> None:
    with pytest.raises(WrongAnswer):
        read_answer({"kind": kind, "options": OPTIONS}, sent)


def _open(doctor: Doctor, template: NoteTemplate) -> Encounter:
    return actions.use_template(encounter=doctor.record(), template=template, by=doctor.user)


def test_answers_are_saved_with_the_note_and_add_up(doctor: Doctor, template: NoteTemplate) -> None:
    record = _open(doctor, template)
    given = {"q1": "همیشه", "q2": "4", "q5": "yes", "q8": [MARK]}
    record = actions.save_note(encounter=record, version=record.version, note="ن", answers=given, by=doctor.user)
    assert record.answers == {"q1": "همیشه", "q2": 4, "q5": True, "q8": [MARK]}
    section = record.template.content["sections"][0]
    score = score_of(section, record.answers)
    assert score
    assert (score.points, score.name) == (8, "زیاد")
    assert score_of(section, {"q1": "هرگز"}).name == "کم"
    assert score_of(section, {"q7": "x"}) is None
    record = actions.save_note(encounter=record, version=record.version, answers={"q1": "", "q3": "70"}, by=doctor.user)
    assert record.answers == {"q2": 4, "q3": "70", "q5": True, "q8": [MARK]}
    for wrong in ({"q2": "12"}, {"q99": "x"}):
        with pytest.raises(Invalid) as refused:
            actions.save_note(encounter=record, version=record.version, note="dropped", answers=wrong, by=doctor.user)
        assert refused.value.field == f"a.{next(iter(wrong))}"
    with translation.override("fa"):
        words = in_plain_words(record.template.content, record.answers)
    assert "وزن: ۷۰ kg" in words
    assert "زانو" in words


def test_an_old_note_shows_the_questions_it_was_written_with(doctor: Doctor, template: NoteTemplate) -> None:
    record = _open(doctor, template)
    actions.save_note(encounter=record, version=record.version, answers={"q1": "گاهی"}, by=doctor.user)
    signed = actions.sign(encounter=record, by=doctor.user)
    other = {"sections": [{"title": "", "questions": [{"key": "q1", "kind": "text", "label": "پرسش تازه"}]}]}
    actions.save_template(template=template, name="آزمون", content=other, by=doctor.make.user("owner"))
    signed = Encounter.objects.get(pk=signed.pk)
    assert told(signed.template.content, signed.answers)[0].pairs == [("درد", "گاهی")]
    signed.answers = {"q1": "همیشه"}
    with pytest.raises(Exception, match="is signed"):
        signed.save()


def test_another_template_takes_no_answer_away(doctor: Doctor, template: NoteTemplate) -> None:
    record = _open(doctor, template)
    record = actions.save_note(
        encounter=record, version=record.version, note="اول", answers={"q1": "گاهی"}, by=doctor.user
    )
    record = actions.use_template(encounter=record, template=None, by=doctor.user)
    assert (record.answers, record.template) == ({}, None)
    assert record.note.startswith("اول")
    assert "درد: گاهی" in record.note


def test_a_required_answer_is_asked_for_at_signing(doctor: Doctor) -> None:
    content = {"sections": [{"title": "", "questions": [{"kind": "yes_no", "label": "رضایت", "required": True}]}]}
    must = actions.save_template(name="عمل", content=content, by=doctor.make.user("owner"))
    record = _open(doctor, must)
    with pytest.raises(Invalid) as refused:
        actions.finish_encounter(encounter=record, by=doctor.user)
    assert refused.value.field == "a.q1"
    done = actions.finish_encounter(
        encounter=record, last_words={"version": record.version, "answers": {"q1": "yes"}}, by=doctor.user
    )
    assert done.status == "signed"


def test_a_template_opens_by_itself_where_it_fits(doctor: Doctor) -> None:
    owner, other = doctor.make.user("owner"), doctor.make.service()
    for row in NoteTemplate.objects.filter(is_first_choice=True):
        row.is_first_choice = False
        row.save()
    first = actions.save_template(name="بار اول", kind="first_visit", content=CONTENT, is_first_choice=True, by=owner)
    usual = actions.save_template(
        name="هر بار", content=CONTENT, is_first_choice=True, services=[doctor.service], by=owner
    )
    patient = doctor.make.patient()
    record = doctor.record(patient)
    assert record.template == first.versions.last()
    actions.save_note(encounter=record, version=1, answers={"q5": "yes"}, by=doctor.user)
    actions.sign(encounter=record, by=doctor.user)
    assert doctor.record(patient, days_ago=0, queue_token="again").template == usual.versions.last()
    elsewhere = doctor.record(patient, service=other, queue_token="other")
    assert elsewhere.template is None
    copied = actions.copy_last_visit(encounter=elsewhere, by=doctor.user)
    assert (copied.template, copied.answers) == (first.versions.last(), {"q5": True})


@pytest.mark.parametrize("language", ["fa", "en"])
def test_a_new_clinic_has_sensible_ones_in_its_language(doctor: Doctor, language: str) -> None:
    for model in (Phrase, NoteTemplate):
        for row in model.objects.all():
            row.is_active = False
            row.save()
    with translation.override(language):
        from emr.queries import seeds

        for values in seeds.templates():
            actions.save_template(by=None, **values)
        for shortcut, text in seeds.phrases():
            actions.save_phrase(shortcut=shortcut, text=text, is_clinics=True, by=None)
    made = NoteTemplate.objects.filter(is_active=True)
    assert {row.kind for row in made} == {"visit", "first_visit", "procedure", "therapy"}
    letters = "".join(row.name + str(row.versions.last().content["sections"][0]["title"]) for row in made)
    assert letters.isascii() == (language == "en")
    before = NoteTemplate.objects.count()
    furnish_record(language=language, by=None)
    assert NoteTemplate.objects.count() == before


def test_phrases_are_ones_own_and_the_clinics(doctor: Doctor) -> None:
    owner, other = doctor.make.user("owner"), doctor.make.user("doctor")
    common = actions.save_phrase(shortcut="طبیعی۲", text="معاینهٔ {name} طبیعی است", is_clinics=True, by=owner)
    own = actions.save_phrase(shortcut="طبیعی۲", text="مال من", by=doctor.user)
    actions.save_phrase(shortcut="طبیعی۲", text="مال دیگری", by=other)
    assert find_phrases(doctor.user, "طبیعی۲", {}) == [(own.shortcut, "مال من")]
    assert find_phrases(doctor.make.user("doctor"), "طبیعی۲", {"name": "مینا"}) == [
        (common.shortcut, "معاینهٔ مینا طبیعی است")
    ]
    with pytest.raises(Conflict):
        actions.save_phrase(shortcut="طبیعی۲", text="x", by=doctor.user)
    with pytest.raises(Forbidden):
        actions.save_phrase(phrase=common, shortcut="x", text="x", by=doctor.user)
    with pytest.raises(Forbidden):
        actions.save_phrase(shortcut="x", text="x", is_clinics=True, by=doctor.user)
    for shortcut in ("", "دو کلمه", "a/b"):
        with pytest.raises(Invalid):
            actions.save_phrase(shortcut=shortcut, text="x", by=doctor.user)
