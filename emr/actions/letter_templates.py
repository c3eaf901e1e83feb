"""The clinic's own texts of letters."""

from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Invalid
from clinic.shared.text import normalise
from emr.actions.common import tidy
from emr.actions.safety import require_lists
from emr.models import LetterTemplate
from emr.queries.letters import unknown_placeholders


@action
def save_letter_template(*, template: LetterTemplate | None = None, by: User | None, **values: Any) -> LetterTemplate:
    """Keep a template. Raises Invalid for a placeholder that means nothing, or for a name that stands already."""
    require_lists(by)
    row = template or LetterTemplate()
    for name, value in values.items():
        setattr(row, name, value)
    row.name, row.title, row.text = normalise(row.name), normalise(row.title), tidy(row.text, "text").strip()
    for name, words in (("name", row.name), ("title", row.title), ("text", row.text)):
        if not words:
            raise Invalid(_("Write something here."), field=name)
        unknown = unknown_placeholders(words)
        if unknown:
            raise Invalid(_("Nobody knows “{%(name)s}”.") % {"name": unknown[0][:40]}, field=name)
    same = LetterTemplate.objects.filter(name=row.name, language=row.language, is_active=True).exclude(pk=row.pk)
    if row.is_active and same.exists():
        raise Invalid(_("There is one of this name already."), field="name")
    row.save()
    return row
