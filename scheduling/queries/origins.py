"""Where an appointment came from, in words."""

from typing import Any

from scheduling.models import Appointment, Source, Visit

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
NAMED = ("utm_source", "utm_medium", "utm_campaign")


def source_words(appointment: Appointment) -> str:
    """“Referral · Dr Smith”, “Campaign · instagram / spring”."""
    parts = [str(Source(appointment.source).label), appointment.referred_by, campaign_words(appointment.campaign)]
    return " · ".join(part for part in parts if part)


def walk_in_words(visit: Visit | None) -> str:
    """The same of somebody who came without an appointment, where anything is known."""
    return f"{Source.WALK_IN.label} · {visit.referred_by}" if visit is not None and visit.referred_by else ""


def campaign_words(campaign: dict[str, Any] | None) -> str:
    """The marks of a campaign link as one name: source / medium / campaign."""
    found = campaign or {}
    return " / ".join(str(found[name]) for name in NAMED if found.get(name))


def marks_of(given: dict[str, Any]) -> dict[str, str]:
    """The marks of a campaign's link among what was given, each at most a hundred characters."""
    return {name: str(given[name])[:100] for name in UTM if given.get(name)}


def source_of_visitor(campaign: dict[str, str] | None) -> str:
    """What a booking on the site came by: a campaign's link, or the site alone."""
    return Source.CAMPAIGN if campaign else Source.SITE
