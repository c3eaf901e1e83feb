"""The record to read: a PDF in the patient's language, right to left where that is written so."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import TextDirection

from analytics.queries import paper_care
from analytics.queries.fhir import cards_of
from clinic.patients.models import Consent, Patient
from clinic.shared.calendar import format_date, format_datetime
from clinic.shared.money import format_money
from clinic.shared.tenancy import current_clinic
from clinic.shared.text import to_persian_digits
from emr.models import AllergyIntolerance, Condition, Encounter, MedicationRequest, Privacy
from emr.statuses import EncounterStatus
from finance.models import Invoice
from scheduling.models import Appointment, Visit

FONTS = Path(__file__).resolve().parent.parent / "fonts"
Section = tuple[str, list[str]]


class Paper(FPDF):
    """A4 with a running foot, in one typeface that has both scripts."""

    def __init__(self, title: str) -> None:
        super().__init__(format="A4")
        self.rtl = (get_language() or "").startswith("fa")
        self.foot = title
        self.add_font("House", "", FONTS / "vazirmatn-regular.ttf")
        self.add_font("House", "B", FONTS / "vazirmatn-bold.ttf")
        self.set_text_shaping(use_shaping_engine=True, direction=TextDirection.RTL if self.rtl else TextDirection.LTR)
        self.set_auto_page_break(auto=True, margin=20)
        self.set_title(title)
        self.set_lang("fa" if self.rtl else "en")
        self.add_page()

    def footer(self) -> None:
        """Whose paper it is, and the page."""
        self.set_y(-15)
        self.set_font("House", size=8)
        number = str(self.page_no())
        self.cell(0, 8, f"{self.foot} · {to_persian_digits(number) if self.rtl else number}", align="C")

    def say(self, text: str, *, size: int = 10, bold: bool = False, space: float = 1) -> None:
        """One paragraph."""
        self.set_font("House", "B" if bold else "", size)
        shown = to_persian_digits(text) if self.rtl else text
        self.multi_cell(0, size * 0.62, shown, align="R" if self.rtl else "L", new_x="LMARGIN", new_y="NEXT")
        self.ln(space)


def paper_of(patient: Patient, *, at: dt.datetime) -> bytes:
    """The whole record in the language at hand."""
    house = current_clinic()
    name = house.name_en if not (get_language() or "").startswith("fa") and house.name_en else house.name
    paper = Paper(f"{name} · {patient.full_name}")
    paper.say(patient.full_name, size=18, bold=True, space=2)
    paper.say(_("Record kept by %(clinic)s, as of %(at)s") % {"clinic": name, "at": format_datetime(at)}, space=4)
    for title, lines in sections(patient):
        if lines:
            paper.say(title, size=13, bold=True)
            for line in lines:
                paper.say(line)
            paper.ln(3)
    return bytes(paper.output())


def sections(patient: Patient) -> Iterator[Section]:
    """What stands on it, part by part; drafts and private notes are not handed over."""
    cards = cards_of(patient)
    yield _("Details"), _details(patient)
    yield (
        _("Allergies"),
        [
            " · ".join(filter(None, [row.substance, row.reaction]))
            for row in AllergyIntolerance.objects.filter(patient__in=cards, ended_on=None)
        ],
    )
    yield (
        _("Diagnoses"),
        [
            f"{format_date(row.created_at)} · {row}"
            for row in Condition.objects.filter(patient__in=cards, entered_in_error=False)
            .exclude(encounter__status=EncounterStatus.DRAFT)
            .order_by("-pk")
        ],
    )
    yield _("Prescriptions"), _medicines(cards)
    yield from paper_care.sections(patient, cards)
    yield _("Visits"), _visits(cards)
    yield _("Notes"), _notes(cards)
    yield (
        _("Bills"),
        [
            f"{_day(row.issued_at)} · {format_money(row.total)} · {row.get_status_display()}"
            for row in Invoice.objects.filter(patient__in=cards, issued_at__isnull=False).order_by("-pk")
        ],
    )
    given = Consent.objects.filter(patient__in=cards).order_by("-pk")
    yield _("Consents"), [f"{format_date(row.accepted_at)} · {row.text.partition(chr(10))[0]}" for row in given]


def _day(moment: dt.datetime | None) -> str:
    return format_date(moment) if moment else ""


def _details(patient: Patient) -> list[str]:
    known = [
        (_("Mobile number"), patient.phone),
        (_("National code"), patient.national_code),
        (_("Date of birth"), format_date(patient.birth_date) if patient.birth_date else ""),
        (_("E-mail"), patient.email),
        (_("Address"), patient.address),
        (_("Insurer"), " · ".join(filter(None, [patient.insurer, patient.insurance_number]))),
    ]
    return [f"{label}: {value}" for label, value in known if value]


def _medicines(cards: list[int]) -> list[str]:
    rows = MedicationRequest.objects.filter(
        patient__in=cards, is_cancelled=False, encounter__status=EncounterStatus.SIGNED
    ).select_related("encounter")
    return [
        " · ".join(filter(None, [_day(row.encounter.signed_at), row.name, row.dose_words, row.quantity]))
        for row in rows.order_by("-pk")
    ]


def _visits(cards: list[int]) -> list[str]:
    came = Visit.objects.filter(patient__in=cards).select_related("service", "practitioner").order_by("-arrived_at")
    coming = Appointment.objects.filter(patient__in=cards, visit=None).select_related("service", "practitioner")
    return [
        f"{format_datetime(each.starts_at)} · {each.service} · {each.practitioner} · {each.get_status_display()}"
        for each in coming.order_by("-starts_at")
    ] + [
        f"{format_datetime(each.arrived_at)} · {each.service} · {each.practitioner} · {each.get_status_display()}"
        for each in came
    ]


def _notes(cards: list[int]) -> list[str]:
    rows = Encounter.objects.filter(patient__in=cards, status=EncounterStatus.SIGNED, privacy=Privacy.EVERYBODY)
    return [
        "\n".join(
            filter(
                None,
                [
                    f"{_day(row.signed_at)} · {row.practitioner}",
                    row.complaint,
                    row.note,
                    row.advice,
                    *(addendum.text for addendum in row.addenda.all()),
                ],
            )
        )
        for row in rows.select_related("practitioner").prefetch_related("addenda").order_by("-pk")
    ]
