"""Waiting-room screens: a screen shows a code, the desk types it in, and the screen may read one branch's queue."""

import secrets
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch
from clinic.shared.actions import action
from clinic.shared.errors import Invalid
from clinic.shared.notices import tell
from clinic.shared.text import normalise
from scheduling.models import Display, DisplayKind
from scheduling.queries.display import display_hash

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without those that look alike
CODE_LENGTH = 6
WAITING_AT_MOST = 200


@action
def new_display(*, branch: Branch, token: str, by: Any, kind: str = DisplayKind.TV) -> Display:
    """A screen that asks to be paired; `token` stays in its session, here only the hash of it."""
    unpaired = Display.objects.filter(paired_at=None).order_by("-pk")
    for old in unpaired[WAITING_AT_MOST:]:
        old.delete()
    display = Display(branch=branch, kind=kind, code=_free_code(), token_hash=display_hash(token))
    display.save()
    return display


@action
def pair_display(*, branch: Branch, code: str, name: str = "", by: Any) -> Display:
    """The desk has read the code on a screen of its branch. Raises Invalid for a code that no screen shows."""
    wanted = normalise(code).replace(" ", "").replace("-", "").upper()
    display = Display.objects.select_for_update().filter(branch=branch, code=wanted, paired_at=None).first()
    if not wanted or display is None:
        raise Invalid(_("No screen of this branch shows this code. Look at the screen again."), field="code")
    display.name, display.code = name, ""
    display.paired_by, display.paired_at = by, timezone.now()
    display.save()
    return display


@action
def retire_display(*, display: Display, by: Any) -> Display:
    """This screen shows nothing any more."""
    display = Display.objects.select_for_update().get(pk=display.pk)
    display.is_active = False
    display.save()
    tell("tv", branch=display.branch_id)
    return display


def _free_code() -> str:
    while True:
        code = "".join(secrets.choice(LETTERS) for _place in range(CODE_LENGTH))
        if not Display.objects.filter(code=code, paired_at=None).exists():
            return code
