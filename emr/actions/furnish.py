"""What a new clinic finds in its record."""

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.speaking import speaking
from emr.actions.templates import save_phrase, save_template
from emr.models import NoteTemplate, Phrase
from emr.queries import seeds


@action
def furnish_record(*, language: str, by: User | None) -> None:
    """Templates and phrases in the clinic's language, where it has none of its own yet."""
    with speaking(language):
        if not NoteTemplate.objects.exists():
            for values in seeds.templates():
                save_template(by=by, **values)
        if not Phrase.objects.exists():
            for shortcut, text in seeds.phrases():
                save_phrase(shortcut=shortcut, text=text, is_clinics=True, by=by)
