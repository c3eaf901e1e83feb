"""Where a booking by the API came from: a campaign's link, for staff any way to the clinic."""

from typing import Any

from rest_framework import serializers

from scheduling.models import Source
from scheduling.queries.origins import marks_of, source_of_visitor

OF_STAFF = (Source.DESK, Source.PHONE, Source.REFERRAL, Source.CAMPAIGN, Source.SITE)


class OriginInput(serializers.Serializer):
    utm = serializers.DictField(
        child=serializers.CharField(max_length=100, allow_blank=True),
        required=False, help_text="utm_source, utm_medium, utm_campaign, utm_content, utm_term of the link",
    )  # fmt: skip


class DeskOriginInput(OriginInput):
    source = serializers.ChoiceField(  # type: ignore[assignment]  # the class keeps its fields elsewhere
        choices=[each.value for each in OF_STAFF], required=False, help_text="staff only"
    )
    referred_by = serializers.CharField(max_length=120, required=False, allow_blank=True, help_text="staff only")


def origin_of(values: dict[str, Any], *, at_desk: bool) -> dict[str, Any]:
    """The fields of an appointment that say where it came from."""
    marks = marks_of(values.get("utm") or {})
    if not at_desk:
        return {"source": source_of_visitor(marks), "campaign": marks}
    usual = Source.CAMPAIGN if marks else Source.DESK
    return {"source": values.get("source") or usual, "campaign": marks, "referred_by": values.get("referred_by", "")}
