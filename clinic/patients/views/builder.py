"""A group while it is put together: what was typed, in the order of the page, whether or not it can be asked yet."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from clinic.patients.models import Segment
from clinic.patients.queries import terms_of
from clinic.shared.errors import ActionError
from clinic.shared.fields import MoneyField
from clinic.shared.segments import (
    CHOICES,
    MONEY,
    NOTHING,
    NUMBER,
    TERMS,
    Condition,
    Term,
    Way,
    checked,
    conditions_for,
    in_words,
)
from clinic.shared.text import normalise


@dataclass
class Row:
    """One condition on the page; `at` names its inputs."""

    at: str
    condition: Condition
    way: Way
    typed: str = ""
    keys: list[str] = field(default_factory=list)
    term: Term | None = None
    problem: str = ""

    def read(self) -> None:
        """What was typed as a term; else why not."""
        try:
            self.term = checked(Term(self.condition.name, self.way.name, self._value()))
        except ActionError as error:
            self.problem = error.message
        except ValidationError as error:
            self.problem = " ".join(error.messages)

    def _value(self) -> str | tuple[str, ...]:
        if self.way.takes == CHOICES:
            return tuple(self.keys)
        if self.way.takes == MONEY:
            return str(MoneyField().clean(self.typed))
        return normalise(self.typed).replace("٬", "").replace(",", "") if self.way.takes == NUMBER else ""

    @property
    def options(self) -> list[tuple[str, str, bool]]:
        """What can be chosen: key, words, whether it is."""
        if self.way.takes != CHOICES or self.condition.choices is None:
            return []
        return [(key, text, key in self.keys) for key, text in self.condition.choices()]

    @property
    def takes_number(self) -> bool:
        """Whether a number or an amount is typed."""
        return self.way.takes in {NUMBER, MONEY}

    @property
    def takes_money(self) -> bool:
        """Whether an amount in the shown unit is typed."""
        return self.way.takes == MONEY


@dataclass
class Draft:
    """A group as it stands on the page."""

    name: str
    any_of: bool
    rows: list[Row]
    offered: list[tuple[str, list[Condition]]]
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether everything on the page can be asked."""
        return bool(self.rows) and all(row.term for row in self.rows)

    @property
    def is_full(self) -> bool:
        """Whether no more conditions fit."""
        return len(self.rows) >= TERMS

    def terms(self) -> list[Term]:
        """What can be asked already."""
        return [row.term for row in self.rows if row.term]

    def sentence(self) -> str:
        """What the group asks so far."""
        return in_words(self.terms(), any_of=self.any_of)

    def look_closely(self) -> None:
        """Note what is missing before it can be saved."""
        if not self.name:
            self.errors["name"] = _("Write a name.")
        if not self.rows:
            self.errors["rule"] = _("Add a condition.")
        self.errors |= {row.at: row.problem for row in self.rows if row.problem}


def start_draft(segment: Segment | None, user: Any) -> Draft:
    """What stands on the page at first."""
    offered = conditions_for(user)
    known = {each.name: each for each in offered}
    rows = []
    for place, term in enumerate(terms_of(segment) if segment else []):
        asked = known[term.kind]
        way, keys = asked.way(term.way), list(term.value) if isinstance(term.value, tuple) else []
        rows.append(Row(f"c{place}", asked, way, "" if keys else _as_typed(way, str(term.value)), keys))
    return _read(Draft(segment.name if segment else "", bool(segment and segment.any_of), rows, _grouped(offered)))


def _as_typed(way: Way, value: str) -> str:
    if way.takes == NOTHING or not value:
        return ""
    return str(MoneyField().prepare_value(Decimal(value))) if way.takes == MONEY else f"{Decimal(value):f}"


def read_draft(post: QueryDict, user: Any) -> Draft:
    """What was sent: `row` names the conditions in their order, `do` may add (`add:tag`) or take one away."""
    offered = conditions_for(user)
    known = {each.name: each for each in offered}
    work, _colon, which = post.get("do", "").partition(":")
    rows = []
    for at in dict.fromkeys(post.getlist("row")[: TERMS * 2]):
        asked = known.get(post.get(f"{at}-kind", ""))
        if asked is None or (work == "drop" and which == at) or not (at.isascii() and at.isalnum() and len(at) < 6):
            continue
        way = next((each for each in asked.ways if each.name == post.get(f"{at}-way")), asked.ways[0])
        rows.append(Row(at, asked, way, post.get(f"{at}-value", "")[:40], post.getlist(f"{at}-choice")))
    added = known.get(which if work == "add" else post.get("add", "") if work in {"add-chosen", "redraw"} else "")
    if added and len(rows) < TERMS:
        taken = {row.at for row in rows}
        at = next(f"c{place}" for place in range(TERMS * 3) if f"c{place}" not in taken)
        rows.append(Row(at, added, added.ways[0]))
    name = normalise(post.get("name", ""))[:80]
    return _read(Draft(name, post.get("any_of") == "1", rows[:TERMS], _grouped(offered)))


def _read(draft: Draft) -> Draft:
    for row in draft.rows:
        row.read()
    return draft


def _grouped(offered: list[Condition]) -> list[tuple[str, list[Condition]]]:
    groups: dict[str, list[Condition]] = {}
    for each in offered:
        groups.setdefault(str(each.group), []).append(each)
    return list(groups.items())
