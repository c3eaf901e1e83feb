"""What patients are asked to agree to. A changed text gets a new version; the row keeps the very words."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class ConsentText:
    """One text that can be agreed to."""

    kind: str
    version: str
    title: str | Promise
    text: str | Promise


CONSENTS: dict[str, ConsentText] = {
    each.kind: each
    for each in (
        ConsentText(
            "record",
            "1",
            _("Keeping a medical record"),
            _(
                "The clinic keeps my details and the record of my visits, shows them only to those who treat me or "
                "settle my bill, and notes every reading of them."
            ),
        ),
        ConsentText(
            "messages",
            "1",
            _("Messages about visits"),
            _("The clinic may remind me of visits and follow-ups by SMS. The messages name no illness."),
        ),
        ConsentText(
            "treatment",
            "1",
            _("Examination and treatment"),
            _(
                "The aim, the usual risks and the other ways of the treatment were explained to me, my questions were "
                "answered, and I may say no at any time."
            ),
        ),
    )
}
