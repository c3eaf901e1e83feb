"""Photos and papers that a form before the visit asks for, sent from the patient's phone while she fills it."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.shared.actions import action
from clinic.shared.errors import Conflict, NotFound
from emr.actions.files import add_file, tell_of_files
from emr.actions.intake import open_intake
from emr.models import Audience, File, FileKind, Intake
from emr.queries.intake_items import Item

PHOTOS_AT_MOST = 6  # of one question
SENT_AT_MOST = 40  # of one form, what was taken back again counted


def add_intake_photo(*, intake: Intake, key: str, upload: Any, by: Any) -> File:
    """Keep what she sends for a question: a photo for those who treat, or a card that reception sees, too.

    Raises NotFound for a form that is over and a question that asks for no photo, Conflict for too many, and what
    `add_file` raises.
    """
    clinical = _question(intake, key)["clinical"]
    return add_file(
        patient=intake.patient,
        upload=upload,
        kind=FileKind.PHOTO if clinical else FileKind.CARD,
        audience=Audience.CLINICAL if clinical else Audience.DESK,
        intake=intake,
        asked_for=key,
        holds=lambda: _room_for_one(intake, key),
        came_by="intake",
        by=by,
    )


@action
def drop_intake_photo(*, intake: Intake, file: File, by: Any) -> None:
    """Take back what she sent, before she sends the form. Again changes nothing."""
    open_intake(intake)
    file = File.objects.select_for_update().get(pk=file.pk, intake=intake)
    if file.removed_at is None:
        file.removed_at = timezone.now()
        file.save()
        tell_of_files()


def _question(intake: Intake, key: str) -> Item:
    for item in intake.asked.content:
        if item["key"] == key and item["kind"] == "photo":
            return dict(item)
    raise NotFound(_("This form does not ask for that."))


def _room_for_one(intake: Intake, key: str) -> None:
    open_intake(intake)
    sent = list(File.objects.filter(intake=intake).values_list("asked_for", "removed_at"))
    if sent.count((key, None)) >= PHOTOS_AT_MOST or len(sent) >= SENT_AT_MOST:
        raise Conflict(_("That is as much as this question takes. Remove one first."), code="full")
