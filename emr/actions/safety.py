"""The clinic's table of what may not be taken together: by hand, from a file, or from the list we bring along."""

import csv
import io
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.shared.actions import action
from clinic.shared.errors import ActionError, Forbidden, Invalid
from clinic.shared.text import normalise, search_key
from emr.actions.formulary import clean_atc
from emr.models import Danger, Interaction
from emr.queries.interactions import COLUMNS, starter_list

BIGGEST_FILE = 1_000_000  # bytes
MOST_LINES = 5000
SPOKEN = {
    "minor": Danger.MINOR, "خفیف": Danger.MINOR, "کم": Danger.MINOR,
    "moderate": Danger.MODERATE, "متوسط": Danger.MODERATE,
    "major": Danger.MAJOR, "severe": Danger.MAJOR, "شدید": Danger.MAJOR,
    "never": Danger.NEVER, "contraindicated": Danger.NEVER, "ممنوع": Danger.NEVER,
}  # fmt: skip


@dataclass
class Imported:
    """What came of a file: how many rows are new, changed, as they were; and the lines that could not be used."""

    added: int = 0
    changed: int = 0
    same: int = 0
    wrong: list[str] = field(default_factory=list)


def require_lists(by: User | None) -> None:
    """Raise Forbidden unless `by` keeps the lists of the record."""
    if by is not None and not by.can(Perm.RECORD_LISTS):
        raise Forbidden(_("Only doctors and managers keep these lists."))


@action
def save_interaction(*, interaction: Interaction | None = None, by: User | None, **values: Any) -> Interaction:
    """Put a pair into the table, or change one; which of the two comes first makes no difference.

    Raises Invalid without names or effect, for a code that is none, and for a pair that stands there already.
    """
    require_lists(by)
    row = interaction or Interaction()
    _fill(row, values)
    same = Interaction.objects.filter(
        first_key=row.first_key, first_atc=row.first_atc, second_key=row.second_key, second_atc=row.second_atc
    )
    if same.exclude(pk=row.pk).exists():
        raise Invalid(_("These two stand in the list already."), field="second")
    row.save()
    return row


def _fill(row: Interaction, values: dict[str, Any]) -> None:
    sides = []
    for side in ("first", "second"):
        name = normalise(values.get(side, getattr(row, side)))[:120]
        if not name:
            raise Invalid(_("Name both drugs or groups."), field=side)
        code = clean_atc(values.get(f"{side}_atc", getattr(row, f"{side}_atc")), f"{side}_atc")
        sides.append((search_key(name)[:120], code, name))
    (row.first_key, row.first_atc, row.first), (row.second_key, row.second_atc, row.second) = sorted(sides)
    row.severity = values.get("severity", row.severity)
    if row.severity not in Danger.values:
        raise Invalid(_("Choose how severe it is."), field="severity")
    row.effect = normalise(values.get("effect", row.effect))[:300]
    row.advice = normalise(values.get("advice", row.advice))[:300]
    row.is_active = bool(values.get("is_active", row.is_active))
    if not row.effect:
        raise Invalid(_("Say what happens."), field="effect")


@action
def import_interactions(*, content: bytes, by: User | None) -> Imported:
    """Read a CSV file (`first, first_atc, second, second_atc, severity, effect, advice`; comma or semicolon, UTF-8 or
    Windows Arabic) into the table: known pairs are brought up to date, lines that cannot be used are told by number.

    Raises Invalid for a file that is too big, is no text, or has no such columns.
    """
    require_lists(by)
    rows = _read(content)
    return _take_in(rows, by)


@action
def import_starter(*, by: User | None) -> Imported:
    """Add the well-known interactions that we bring along, in the language of this request; pairs known stay."""
    require_lists(by)
    return _take_in(starter_list(), by, keep_known=True)


def _read(content: bytes) -> list[dict[str, str]]:
    if len(content) > BIGGEST_FILE:
        raise Invalid(_("This file is too big. Choose one of at most 1 MB."), field="file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1256", errors="replace")
    head = text.partition("\n")[0]
    if "\0" in text or not {"first", "second", "severity", "effect"} <= {part.strip() for part in _split(head)}:
        raise Invalid(
            _("The first line has to name the columns: %(names)s.") % {"names": ", ".join(COLUMNS)}, field="file"
        )
    rows = list(csv.DictReader(io.StringIO(text), delimiter=_delimiter(head)))
    if len(rows) > MOST_LINES:
        raise Invalid(_("This file has too many lines. Choose one of at most 5000."), field="file")
    return [{(key or "").strip(): str(value or "") for key, value in row.items()} for row in rows]


def _delimiter(head: str) -> str:
    return max(",;\t", key=head.count)


def _split(head: str) -> list[str]:
    return head.strip().lower().replace('"', "").split(_delimiter(head))


def _take_in(rows: list[dict[str, str]], by: User | None, *, keep_known: bool = False) -> Imported:
    done = Imported()
    known = {_key(row): row for row in Interaction.objects.select_for_update(of=("self",))}
    for number, values in enumerate(rows, 2):
        row = Interaction()
        values = {name: values.get(name, "") for name in COLUMNS}
        try:
            _fill(row, {**values, "severity": SPOKEN.get(search_key(values["severity"]), ""), "is_active": True})
        except ActionError as error:
            done.wrong.append(_("Line %(n)s: %(why)s") % {"n": number, "why": error.message})
            continue
        old = known.setdefault(_key(row), row)
        if old is row:
            row.save()
            done.added += 1
        elif keep_known or not _brought_up(old, row):
            done.same += 1
        else:
            done.changed += 1
    return done


def _key(row: Interaction) -> tuple[str, str, str, str]:
    return row.first_key, row.first_atc, row.second_key, row.second_atc


def _brought_up(old: Interaction, new: Interaction) -> bool:
    names = ("first", "second", "severity", "effect", "advice", "is_active")
    if all(getattr(old, name) == getattr(new, name) for name in names):
        return False
    for name in names:
        setattr(old, name, getattr(new, name))
    old.save()
    return True
