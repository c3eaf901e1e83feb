"""Where an appointment came from, in words."""

from typing import Any

from scheduling.models import Appointment, Source

UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
NAMED = ("utm_source", "utm_medium", "utm_campaign")


def source_words(appointment: Appointment) -> str:
    """“Referral · Dr Smith”, “Campaign · instagram / spring”."""
    parts = [str(Source(appointment.source).label), appointment.referred_by, campaign_words(appointment.campaign)]
    return " · ".join(part for part in parts if part)


def campaign_words(campaign: dict[str, Any] | None) -> str:
    """The marks of a campaign link as one name: source / medium / campaign."""
    found = campaign or {}
    return " / ".join(str(found[name]) for name in NAMED if found.get(name))


def source_of_visitor(campaign: dict[str, str] | None) -> str:
    """What a booking on the site came by: a campaign's link, or the site alone."""
    return Source.CAMPAIGN if campaign else Source.SITE
