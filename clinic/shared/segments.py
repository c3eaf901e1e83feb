"""Conditions over patients that a clinic puts together into groups, without code. Each app adds its own.

A condition is a function below `queries/` that is known once its app is:

    @condition("points", label=_("Points"), group=_("Money"), permission=Perm.POINTS_VIEW, order=70, ways=(
        Way("at_least", _("at least"), _("have at least %(what)s points"), takes=NUMBER),
    ))
    def points(asked: Asked) -> Q:
        return Q(pk__in=PointsAccount.objects.filter(balance__gte=asked.number).values("patient"))

It gives a `Q` over patients that joins no other table (`pk__in` of a subquery), so that many groups are counted in one
statement. Nothing of a group is stored but its rule: who belongs to it is asked whenever it is read.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import reduce
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from clinic.shared.errors import Invalid
from clinic.shared.money import format_money, format_number
from clinic.shared.tenancy import current_clinic

Text = str | Promise
Choices = list[tuple[str, str]]
NOTHING, NUMBER, MONEY, CHOICES = "", "number", "money", "choices"
TERMS, CHOSEN = 12, 60  # at most: conditions of a group, answers of one condition


@dataclass(frozen=True, slots=True)
class Way:
    """One way to ask a condition. `says` is what is true of the people it finds, `%(what)s` the answer in words.

    `takes` is what is answered: NUMBER (whole, 0 to `most`), MONEY, CHOICES or NOTHING. A plural's key is `n`.
    """

    name: str
    label: Text
    says: Text
    takes: str = NOTHING
    unit: Text = ""
    most: int = 36_500


@dataclass(frozen=True, slots=True)
class Asked:
    """One condition as it is asked: `number` is a count or an amount in the clinic's currency, `keys` are choices."""

    way: str
    number: Decimal
    keys: tuple[str, ...]
    today: dt.date  # the clinic's own


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that can be asked of patients; `permission` opens it, since a group tells what it asks."""

    name: str
    label: Text
    group: Text
    permission: str
    order: int
    ways: tuple[Way, ...]
    build: Callable[[Asked], Q]
    choices: Callable[[], Choices] | None = None

    def way(self, name: str) -> Way:
        """The way of this name. Raises Invalid."""
        found = next((each for each in self.ways if each.name == name), None)
        if found is None:
            raise Invalid(_("Choose one of the answers."), field="rule")
        return found


@dataclass(frozen=True, slots=True)
class Term:
    """One condition with its answer, as it is kept in a group's rule: `value` is a number's text or a list of keys."""

    kind: str
    way: str
    value: str | tuple[str, ...] = ""

    @classmethod
    def read(cls, kept: Any) -> "Term":
        """A term of a kept or sent rule. Raises Invalid for what is none."""
        if not isinstance(kept, dict) or not set(kept) <= {"kind", "way", "value"}:
            raise Invalid(_("This is no condition."), field="rule")
        value = kept.get("value", "")
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            value = tuple(value)
        if not isinstance(value, str | tuple):
            raise Invalid(_("This is no condition."), field="rule")
        return cls(str(kept.get("kind")), str(kept.get("way")), value)

    def kept(self) -> dict[str, Any]:
        """As it is written to the database."""
        value = self.value if isinstance(self.value, str) else list(self.value)
        return {"kind": self.kind, "way": self.way, "value": value}


_conditions: dict[str, Condition] = {}


def condition(
    name: str,
    *,
    label: Text,
    group: Text,
    permission: str,
    order: int,
    ways: tuple[Way, ...],
    choices: Callable[[], Choices] | None = None,
) -> Callable[[Callable[[Asked], Q]], Callable[[Asked], Q]]:
    """Add a condition; `order` is its place in the list, `group` the heading above it."""

    def add(build: Callable[[Asked], Q]) -> Callable[[Asked], Q]:
        _conditions[name] = Condition(name, label, group, permission, order, ways, build, choices)
        return build

    return add


def conditions_for(user: Any) -> list[Condition]:
    """The conditions that this account may ask, in their order."""
    return sorted((each for each in _conditions.values() if user.can(each.permission)), key=lambda each: each.order)


def condition_of(name: str) -> Condition:
    """The condition of this name. Raises Invalid."""
    if name not in _conditions:
        raise Invalid(_("There is no such condition."), field="rule")
    return _conditions[name]


def may_ask(user: Any, terms: Iterable[Term]) -> bool:
    """Whether this account may know everything that a rule asks."""
    return all(each.kind in _conditions and user.can(_conditions[each.kind].permission) for each in terms)


def checked(term: Term) -> Term:
    """The term in one spelling. Raises Invalid where something is missing, or is none of the answers."""
    asked = condition_of(term.kind)
    way = asked.way(term.way)
    if way.takes == CHOICES:
        keys = term.value if isinstance(term.value, tuple) else ((term.value,) if term.value else ())
        known = dict(asked.choices()) if asked.choices else {}
        if not keys:
            raise Invalid(_("Choose at least one."), field="rule")
        if not set(keys) <= set(known) or len(keys) > CHOSEN:
            raise Invalid(_("Choose one of the answers."), field="rule")
        return Term(term.kind, term.way, tuple(dict.fromkeys(keys)))
    if way.takes == NOTHING:
        return Term(term.kind, term.way)
    return Term(term.kind, term.way, str(_number(term, way)))


def _number(term: Term, way: Way) -> Decimal:
    most = Decimal(10) ** 15 if way.takes == MONEY else Decimal(way.most)
    try:
        number = Decimal(term.value) if isinstance(term.value, str) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or not 0 <= number <= most or (way.takes == NUMBER and number % 1):
        raise Invalid(_("Write a number from 0 to %(most)s.") % {"most": format_number(most)}, field="rule")
    return number


def asks(terms: Iterable[Term], *, any_of: bool = False) -> Q:
    """The rule as one condition over patients: all terms, or any of them. No terms: nobody."""
    today = timezone.now().astimezone(ZoneInfo(current_clinic().time_zone)).date()
    found: Q | None = None
    for term in terms:
        asked, way = condition_of(term.kind), condition_of(term.kind).way(term.way)
        number = _number(term, way) if way.takes in {NUMBER, MONEY} else Decimal(0)
        keys = term.value if isinstance(term.value, tuple) else ()
        one = asked.build(Asked(term.way, number, keys, today))
        found = one if found is None else (found | one if any_of else found & one)
    return Q(pk__in=[]) if found is None else found


def in_words(terms: Iterable[Term], *, any_of: bool = False) -> str:
    """The rule as one sentence in the reader's language."""
    said = [_said(each) for each in terms]
    if not said:
        return _("Nobody yet: add a condition.")
    joined = _("%(one)s, or %(two)s") if any_of else _("%(one)s, and %(two)s")
    return _("Patients who %(what)s.") % {"what": reduce(lambda one, two: joined % {"one": one, "two": two}, said)}


def _said(term: Term) -> str:
    asked = condition_of(term.kind)
    way = asked.way(term.way)
    if way.takes == CHOICES:
        known = dict(asked.choices()) if asked.choices else {}
        names = [known.get(key, _("something that is gone")) for key in term.value]
        quoted = [_("“%(name)s”") % {"name": name} for name in names]
        text = reduce(lambda one, two: _("%(one)s or %(two)s") % {"one": one, "two": two}, quoted)
        return str(way.says % {"what": text})  # type: ignore[operator]  # lazy text
    if way.takes == NOTHING:
        return str(way.says)
    number = _number(term, way)
    text = format_money(number) if way.takes == MONEY else format_number(number)
    return str(way.says % {"what": text, "n": int(number)})  # type: ignore[operator]  # lazy text
