"""What a new clinic begins with: templates and phrases in its own language, to be changed as it likes."""

from typing import Any

from django.utils.translation import gettext as _

from emr.models import TemplateKind


def _ask(kind: str, label: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "label": label, **more}


def _options(*labels: str) -> list[dict[str, Any]]:
    return [{"label": label, "points": None} for label in labels]


def _common() -> list[dict[str, Any]]:
    course = _options(_("Better"), _("Unchanged"), _("Worse"), _("New"))
    return [
        {
            "title": _("Today"),
            "questions": [
                _ask("choice", _("Course since last time"), options=course),
                _ask("text", _("Since when")),
                _ask("scale", _("Pain or discomfort now")),
                _ask("long", _("Findings of the examination")),
            ],
        },
        {"title": _("Plan"), "questions": [_ask("long", _("What is planned"))]},
    ]


def _first() -> list[dict[str, Any]]:
    known = _options(
        _("Diabetes"),
        _("High blood pressure"),
        _("Heart disease"),
        _("Asthma"),
        _("Thyroid disease"),
        _("None of them"),
    )
    return [
        {
            "title": _("History"),
            "questions": [
                _ask("several", _("Known illnesses"), options=known),
                _ask("long", _("Operations and hospital stays")),
                _ask("long", _("Medicines taken regularly")),
                _ask("text", _("Illnesses in the family")),
                _ask("yes_no", _("Pregnant or breast-feeding")),
            ],
        },
        {
            "title": _("Habits"),
            "questions": [
                _ask("choice", _("Smoking"), options=_options(_("Never"), _("Has stopped"), _("Yes, smokes"))),
                _ask("text", _("Occupation")),
            ],
        },
        {
            "title": _("Measured today"),
            "questions": [_ask("number", _("Height"), unit=_("cm")), _ask("number", _("Weight"), unit=_("kg"))],
        },
    ]


def _procedure() -> list[dict[str, Any]]:
    course = _options(_("As planned"), _("With difficulty"), _("Stopped early"))
    return [
        {
            "title": _("Before"),
            "questions": [
                _ask("yes_no", _("Patient, side and place were checked aloud"), required=True),
                _ask("yes_no", _("Consent is signed"), required=True),
                _ask("text", _("Anaesthesia: substance and amount")),
            ],
        },
        {
            "title": _("Procedure"),
            "questions": [
                _ask("body", _("Where")),
                _ask("text", _("Device, product, lot and settings")),
                _ask("choice", _("How it went"), options=course),
                _ask("long", _("What was done")),
            ],
        },
        {
            "title": _("Afterwards"),
            "questions": [_ask("text", _("Complications")), _ask("yes_no", _("Aftercare was explained"))],
        },
    ]


def _therapy() -> list[dict[str, Any]]:
    ease = [
        {"label": _("Without difficulty"), "points": 0},
        {"label": _("With some difficulty"), "points": 1},
        {"label": _("With much difficulty"), "points": 2},
        {"label": _("Not at all"), "points": 3},
    ]
    daily = (_("Climbing stairs"), _("Sitting for an hour"), _("Lifting a shopping bag"), _("Sleeping through"))
    ranges = [{"to": 3, "label": _("Mild")}, {"to": 7, "label": _("Moderate")}, {"to": None, "label": _("Severe")}]
    done = _options(_("Manual therapy"), _("Exercises"), _("Heat or cold"), _("Electrotherapy"), _("Ultrasound"))
    return [
        {
            "title": _("State today"),
            "questions": [
                _ask("scale", _("Pain at rest")),
                _ask("scale", _("Pain in movement")),
                _ask("body", _("Where it hurts")),
                _ask("number", _("Range of movement"), unit="°"),
            ],
        },
        {
            "title": _("Daily life"),
            "questions": [_ask("choice", label, options=ease) for label in daily],
            "score": {"label": _("Limits in daily life"), "ranges": ranges},
        },
        {
            "title": _("Session"),
            "questions": [
                _ask("several", _("What was done"), options=done),
                _ask("long", _("Exercises for home")),
                _ask("text", _("Next session")),
            ],
        },
    ]


def templates() -> list[dict[str, Any]]:
    """What `save_template` takes, in the language that is active."""
    return [
        {"name": _("Common visit"), "kind": TemplateKind.VISIT, "content": {"sections": _common()}},
        {
            "name": _("First visit"),
            "kind": TemplateKind.FIRST_VISIT,
            "is_first_choice": True,
            "content": {"sections": _first()},
        },
        {"name": _("Procedure"), "kind": TemplateKind.PROCEDURE, "content": {"sections": _procedure()}},
        {"name": _("Physiotherapy session"), "kind": TemplateKind.THERAPY, "content": {"sections": _therapy()}},
    ]


def phrases() -> list[tuple[str, str]]:
    """(short name, words) of the clinic's first phrases; what stands in brackets is filled in at writing."""
    return [
        (_("normal"), _("General condition good. No fever. Examination without findings.")),
        (_("rest"), _("Rest for [3] days, plenty of fluids.")),
        (_("warning"), _("Come back at once in case of [fever, strong pain, bleeding].")),
        (_("control"), _("Control in [2 weeks]; earlier if it gets worse.")),
    ]
