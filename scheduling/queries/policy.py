"""Who may book what, how often, and what a patient agrees to when she books: the rules, put in words."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch
from clinic.patients.models import Patient
from clinic.shared.calendar import format_date
from clinic.shared.db.joined import Joined
from clinic.shared.db.prepared import Statement
from clinic.shared.money import format_money, format_number, quantise
from clinic.shared.tenancy import current_clinic
from clinic.shared.text import format_phone
from scheduling.models import (
    Appointment,
    BookingRules,
    FeeKind,
    PolicyText,
    PractitionerService,
    Service,
    TimeOff,
    Visit,
    WhoMayBook,
)
from scheduling.queries.floor import own_name
from scheduling.queries.opening import Opening, zone_of
from scheduling.statuses import HOLDS_THE_SLOT, UPCOMING, AppointmentStatus, VisitStatus

A = AppointmentStatus
DEPOSIT_TIME = dt.timedelta(minutes=30)


@dataclass(frozen=True)
class Problem:
    """A rule that stands against a booking: its words, the field they belong to, the visit that is in the way."""

    code: str
    text: str
    field: str
    other: Appointment | None = None


def booking_rules() -> BookingRules:
    """The clinic's own rules; where nobody changed any, the defaults."""
    return BookingRules.objects.first() or BookingRules()


@dataclass(frozen=True)
class Ahead:
    """What was asked about one time before it is booked: the doctor's hours around it, the key that the appointment
    gets where nobody has this time of hers (else None), whether the asking `patient` is on the list of the service.
    """

    opening: Opening
    key: int | None
    waits: bool
    patient: Patient | None


@dataclass(frozen=True)
class Conditions:
    """Under which a doctor gives a service, in one question: her own offer of it, the clinic's rules, the words that
    are agreed to; perhaps what was asked ahead.
    """

    offer: PractitionerService | None
    rules: BookingRules
    policy: PolicyText | None
    ahead: Ahead | None = None


# What a statement joins to read them (`asked_for` does, too).
JOIN_CONDITIONS = """
    LEFT JOIN scheduling_practitionerservice o
        ON o.practitioner_id = %(doctor)s AND o.service_id = %(service)s AND o.is_active
    LEFT JOIN scheduling_bookingrules r ON true
    LEFT JOIN (SELECT * FROM scheduling_policytext ORDER BY version DESC LIMIT 1) t ON true
"""
CONDITIONS = {"o": PractitionerService, "r": BookingRules, "t": PolicyText}
_CONDITIONS = Joined(**CONDITIONS)
_ASK_CONDITIONS = Statement(f"SELECT {_CONDITIONS.sql} FROM (SELECT) AS once {JOIN_CONDITIONS}")  # noqa: S608 (our own text)


def conditions_of(service: int, practitioner: int) -> Conditions:
    """Under which this doctor gives this service now."""
    offer, rules, policy = _CONDITIONS.read(_ASK_CONDITIONS.rows(service=service, doctor=practitioner)[0])
    return made_conditions(offer, rules, policy)


def made_conditions(
    offer: PractitionerService | None,
    rules: BookingRules | None,
    policy: PolicyText | None,
    ahead: Ahead | None = None,
) -> Conditions:
    """Of what was read; rules that nobody changed are the defaults."""
    return Conditions(offer, rules or BookingRules(), policy, ahead)


def problems(
    *,
    service: Service,
    patient: Patient,
    branch: Branch,
    starts_at: dt.datetime,
    moved: Appointment | None = None,
    rules: BookingRules | None = None,
) -> list[Problem]:
    """The rules that this patient's booking would break, the most final first; none where all is well.

    A visit that is only `moved` is not asked whether she may come at all. `rules` are the clinic's, where they are
    known already.
    """
    gap = _too_near(service, patient, branch, starts_at, moved)
    if moved is not None:
        return gap
    often = _missed_too_often(patient, branch, rules or booking_rules())
    return _for_whom(service, patient) + _only_after(service, patient) + often + gap


def has_been_here(patient: Patient) -> bool:
    """Whether she is known: some visit of hers is over."""
    return (
        Appointment.objects.filter(patient=patient, status=A.FULFILLED).exists()
        or Visit.objects.filter(patient=patient, status=VisitStatus.FINISHED).exists()
    )


def _for_whom(service: Service, patient: Patient) -> list[Problem]:
    if service.who_may_book == WhoMayBook.ANYONE:
        return []
    known = has_been_here(patient)
    if service.who_may_book == WhoMayBook.NEW and known:
        text = _("“%(service)s” is for new patients, and %(name)s has been here. Choose another service.")
        return [Problem("new_only", text % {"service": own_name(service), "name": patient.full_name}, "patient")]
    if service.who_may_book == WhoMayBook.KNOWN and not known:
        text = _("“%(service)s” is for patients who have been here. Choose another service for the first visit.")
        return [Problem("known_only", text % {"service": own_name(service)}, "patient")]
    return []


def _only_after(service: Service, patient: Patient) -> list[Problem]:
    if service.requires_id is None:
        return []
    first = service.requires
    assert first
    done = Q(patient=patient, service=first)
    if (
        Appointment.objects.filter(done, status=A.FULFILLED).exists()
        or Visit.objects.filter(done, status=VisitStatus.FINISHED).exists()
    ):
        return []
    text = _("“%(service)s” comes after “%(first)s”. Book that one first.")
    return [Problem("requires", text % {"service": own_name(service), "first": own_name(first)}, "patient")]


def misses(patient: int, *, days: int) -> int:
    """How many visits she missed in the last days."""
    since = timezone.now() - dt.timedelta(days=days)
    return Appointment.objects.filter(patient=patient, status=A.NO_SHOW, starts_at__gte=since).count()


def _missed_too_often(patient: Patient, branch: Branch, rules: BookingRules) -> list[Problem]:
    if not rules.no_show_limit:
        return []
    missed = misses(patient.pk, days=rules.no_show_days)
    if missed < rules.no_show_limit:
        return []
    facts = {"name": patient.full_name, "count": format_number(missed)}
    if branch.phone:
        text = _("%(name)s missed %(count)s visits lately, so this is booked by phone only: %(phone)s.")
        facts["phone"] = format_phone(branch.phone)
    else:
        text = _("%(name)s missed %(count)s visits lately, so this is booked at the desk only.")
    return [Problem("no_shows", text % facts, "patient")]


def _too_near(
    service: Service, patient: Patient, branch: Branch, starts_at: dt.datetime, moved: Appointment | None
) -> list[Problem]:
    """Days are counted by the calendar of the branch: seven days apart is the same weekday."""
    days = service.min_gap_days
    if not days:
        return []
    zone, margin = zone_of(branch.time_zone), dt.timedelta(days=days + 1)
    rows = Appointment.objects.filter(patient=patient, service=service, status__in=HOLDS_THE_SLOT)
    rows = rows.filter(starts_at__range=(starts_at - margin, starts_at + margin)).exclude(pk=moved.pk if moved else 0)
    day = starts_at.astimezone(zone).date()
    near = [each for each in rows if abs((each.starts_at.astimezone(zone).date() - day).days) < days]
    if not near:
        return []
    other = min(near, key=lambda each: (each.status not in UPCOMING, abs(each.starts_at - starts_at)))
    text = _("Between two visits of “%(service)s” lie at least %(days)s days, and there is one on %(date)s.")
    when = format_date(other.starts_at.astimezone(zone).date(), style="weekday")
    words = text % {"service": own_name(service), "days": format_number(days), "date": when}
    return [Problem("gap", words, "starts_at", other)]


def price_of_move(old: Appointment, held: Appointment) -> Decimal:
    """What a visit costs that is moved to a held time: as promised with the same doctor, else as offered."""
    return old.price if held.practitioner_id == old.practitioner_id else held.price


def deposit_for(service: Service, price: Decimal) -> Decimal:
    """What is asked for in advance: never more than the visit costs."""
    return min(service.deposit, price) if price else Decimal(0)


def fee_of(percent: int, price: Decimal) -> Decimal:
    """A share of the promised price, in whole smallest units of the clinic's currency, whatever the page shows."""
    return quantise(price * percent / 100, current_clinic().currency)


@dataclass(frozen=True)
class Agreement:
    """What is shown before booking: the clinic's words and this service's own terms."""

    policy: PolicyText | None
    words: str
    terms: tuple[str, ...]

    @property
    def text(self) -> str:
        """All of it, as it is kept."""
        return "\n".join([*([self.words] if self.words else []), *self.terms])

    @property
    def mark(self) -> str:
        """A short sign of the text: whether what was shown is what is agreed to."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


def newest_policy() -> PolicyText | None:
    """The words in force."""
    return PolicyText.objects.order_by("-version").first()


def agreement_for(service: Service, price: Decimal, known: Conditions | None = None) -> Agreement:
    """What a patient agrees to who books this service at this price, in the language that is spoken."""
    policy = known.policy if known else newest_policy()
    words = ""
    if policy is not None:
        both = [policy.text_fa, policy.text_en]
        words = next((each for each in (both[::-1] if get_language() == "en" else both) if each), "")
    return Agreement(policy, words, tuple(terms_in_words(service, price)))


def terms_in_words(service: Service, price: Decimal) -> list[str]:
    """The service's own terms, a sentence each."""
    found = [_until(service.cancel_until_hours)]
    late, missed = fee_of(service.late_fee_percent, price), fee_of(service.no_show_fee_percent, price)
    if late:
        found.append(_("Cancelling later may cost %(amount)s.") % {"amount": format_money(late)})
    if missed:
        found.append(_("Not coming may cost %(amount)s.") % {"amount": format_money(missed)})
    deposit = deposit_for(service, price)
    if deposit:
        text = _(
            "A deposit of %(amount)s is paid within %(minutes)s minutes and is part of the price. It goes back to you "
            "if you cancel in time or the clinic cancels, and is kept if you cancel late or do not come."
        )
        minutes = format_number(DEPOSIT_TIME.total_seconds() // 60)
        found.append(text % {"amount": format_money(deposit), "minutes": minutes})
    if service.move_limit is not None:
        if service.move_limit:
            text = _("You can move the visit %(count)s times at most.")
            found.append(text % {"count": format_number(service.move_limit)})
        else:
            found.append(_("To move the visit, call the clinic."))
    if service.needs_approval:
        text = _("The clinic approves the booking within %(hours)s hours; until then the time is kept for you.")
        found.append(text % {"hours": format_number(service.approve_within_hours)})
    return found


def _until(hours: int) -> str:
    if not hours:
        return _("You can cancel or move the visit until it begins.")
    if hours >= 48 and hours % 24 == 0:
        text = _("You can cancel or move the visit until %(days)s days before it.")
        return text % {"days": format_number(hours // 24)}
    text = _("You can cancel or move the visit until %(hours)s hours before it.")
    return text % {"hours": format_number(hours)}


def awaits_deposit(appointment: Appointment) -> bool:
    """Whether a deposit was asked for and neither paid nor let go."""
    return appointment.deposit > 0 and appointment.deposit_settled_at is None


def fee_for(appointment: Appointment, kind: str) -> Decimal:
    """What a late cancellation or a missed visit costs by the terms: no less than a deposit that was paid for it."""
    service = appointment.service
    percent = service.late_fee_percent if kind == FeeKind.LATE else service.no_show_fee_percent
    kept = Decimal(0) if awaits_deposit(appointment) else appointment.deposit
    return max(kept, fee_of(percent, appointment.price))


def is_away(appointment: Appointment) -> bool:
    """Whether the doctor or the branch has left the diary at this time since it was promised."""
    off = TimeOff.objects.filter(starts_at__lt=appointment.ends_at, ends_at__gt=appointment.starts_at)
    return off.filter(Q(practitioner=appointment.practitioner_id) | Q(branch=appointment.branch_id)).exists()
