"""What stands in a patient's chart: kinds of moments on her timeline, and tiles at its top. Each app adds its own.

A kind or a tile is a function below `queries/` that is known once its app is (`emr/queries/moments.py` is an example):

    @moments("payments", label=_("Payments"), icon="wallet", permission=Perm.INVOICES_VIEW, order=60)
    def payments(ask: Ask) -> Iterable[Moment]:
        rows = Payment.objects.filter(patient__in=ask.patients)
        return [Moment(row.received_at, row.pk, _("Payment"), ...) for row in ask.newest(rows, "received_at")]

It runs one or two statements however many rows there are, gives what `ask.newest` leaves, and leaves away what
`ask.user` may not see: the permission opens the kind, rules of single rows are the function's own.

A chart asks once for all that is short, and whether there is anything else (`known`). `where` is a condition in SQL
that says whether the source may have anything to tell, most often `of_patient(Payment)`: it is asked only if so. With
`given`, a SELECT of one JSON array, the source gets these rows as its second argument and asks nothing itself. Both
may name `%(patients)s`, the ids.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise

from clinic.shared.db.prepared import rows as ask_rows

M = TypeVar("M", bound=Model)
Told = TypeVar("Told")
PAGE = 60  # moments at once; a bench holds the time of fifty visits


@dataclass(slots=True)
class Moment:
    """One thing that happened: when (aware), its row, and how it is told in the reader's language.

    `text` is a second line; `status` a key of `html.LOOKS`; `body` is HTML that is safe already (`format_html`).
    """

    at: dt.datetime
    pk: int
    title: str | Promise
    text: str | Promise = ""
    url: str = ""
    status: str = ""
    icon: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a page of the timeline ended: the last moment's time, its kind's order and its row."""

    at: dt.datetime
    order: int
    pk: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.order}~{self.pk}"

    @classmethod
    def read(cls, text: str) -> "Mark | None":
        """A mark out of an address; None for anything else."""
        try:
            at, order, pk = text.split("~")
            moment = dt.datetime.fromisoformat(at)
            mark = cls(moment, int(order), int(pk))
        except ValueError:
            return None
        fits = abs(mark.order) < 2**31 and abs(mark.pk) < 2**63
        return mark if moment.tzinfo and fits and 1000 < moment.year < 9000 else None


@dataclass(frozen=True, slots=True)
class Ask:
    """Who looks at whose chart. `patients` are the ids of the patient and of everybody merged into her."""

    user: Any
    patient: Any
    patients: tuple[int, ...]
    limit: int = PAGE + 1
    before: Mark | None = None
    order: int = 0  # of the kind that is asked
    alone: bool = False  # only this kind is shown: what stands inside another one else is told here

    def newest(self, rows: QuerySet[M], at: str) -> QuerySet[M]:
        """The rows of this page, newest first, by the column that says when."""
        mark = self.before
        if mark is not None:
            older = Q(**{f"{at}__lt": mark.at})
            if self.order > mark.order:
                older |= Q(**{at: mark.at})
            elif self.order == mark.order:
                older |= Q(**{at: mark.at, "pk__lt": mark.pk})
            rows = rows.filter(older)
        return rows.filter(**{f"{at}__isnull": False}).order_by(f"-{at}", "-pk")[: self.limit]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a tile: words, what is said more quietly, and where it leads. `tone` is a chip's, or nothing."""

    text: str | Promise
    more: str | Promise = ""
    url: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of moments. One that is `folded` stands inside another on the whole timeline."""

    name: str
    label: str | Promise
    icon: str
    permission: str
    order: int
    rows: Callable[..., Iterable[Moment]]
    folded: bool = False
    where: str = ""
    given: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile at the top of the chart; without lines it says `empty`."""

    name: str
    label: str | Promise
    icon: str
    permission: str
    order: int
    lines: Callable[..., Iterable[Line]]
    empty: str | Promise
    where: str = ""
    given: str = ""


@dataclass(frozen=True)
class Stretch:
    """One page of a timeline: moments with their kinds, newest first, and where the next page begins."""

    rows: list[tuple[Kind, Moment]] = field(default_factory=list)
    more: Mark | None = None


_kinds: dict[str, Kind] = {}
_tiles: dict[str, Tile] = {}
MomentSource = TypeVar("MomentSource", bound=Callable[..., Iterable[Moment]])
LineSource = TypeVar("LineSource", bound=Callable[..., Iterable[Line]])
Known = dict[str, Any]  # by the text of the question


PATIENTS = "%(patients)s::bigint[]"  # how questions of `where` and `given` name the ids


def of_patient(model: type[Model], column: str = "patient_id", more: str = "") -> str:
    """Whether a table has rows of the patient, for `where`; `more` is a further condition on `t`."""
    rest = f" AND {more}" if more else ""
    table = model._meta.db_table
    return f"EXISTS (SELECT 1 FROM {table} t WHERE t.{column} = ANY({PATIENTS}){rest})"  # noqa: S608 -- names of our own models; values are parameters


def questions(sources: Iterable[Kind | Tile]) -> tuple[str, ...]:
    """What these sources want to be told, each question once."""
    return tuple(dict.fromkeys(each.given or each.where for each in sources if each.given or each.where))


def known(sources: Iterable[Kind | Tile], patients: Iterable[int]) -> Known:
    """What all these sources are given, and whether there is anything for the others: one statement."""
    asked = questions(sources)
    if not asked:
        return {}
    statement = "SELECT " + ", ".join(f"({text})" for text in asked)
    return dict(zip(asked, ask_rows(statement, {"patients": list(patients)})[0], strict=True))


def _told(source: Kind | Tile, tell: Callable[..., Iterable[Told]], ask: Ask, facts: Known) -> list[Told]:
    if source.given:
        return list(tell(ask, facts[source.given] or []))
    return list(tell(ask)) if facts.get(source.where, True) else []


def moments(
    name: str,
    *,
    label: str | Promise,
    icon: str,
    permission: str,
    order: int,
    folded: bool = False,
    where: str = "",
    given: str = "",
) -> Callable[[MomentSource], MomentSource]:
    """Add a kind of moments; `order` is its place among the filters, and breaks ties of time."""

    def add(source: MomentSource) -> MomentSource:
        _kinds[name] = Kind(name, label, icon, permission, order, source, folded, where, given)
        return source

    return add


def tile(
    name: str,
    *,
    label: str | Promise,
    icon: str,
    permission: str,
    order: int,
    empty: str | Promise,
    where: str = "",
    given: str = "",
) -> Callable[[LineSource], LineSource]:
    """Add a tile to the top of the chart."""

    def add(source: LineSource) -> LineSource:
        _tiles[name] = Tile(name, label, icon, permission, order, source, empty, where, given)
        return source

    return add


def kinds_for(user: Any) -> list[Kind]:
    """The kinds that this account may see, in their order."""
    return sorted((kind for kind in _kinds.values() if user.can(kind.permission)), key=lambda kind: kind.order)


def seen_tiles(user: Any) -> list[Tile]:
    """The tiles that this account may see, in their order."""
    return sorted((each for each in _tiles.values() if user.can(each.permission)), key=lambda each: each.order)


def told_kinds(user: Any, kind: str = "") -> list[Kind]:
    """The kinds that a timeline tells: one, or all that do not stand inside another."""
    return [each for each in kinds_for(user) if (each.name == kind if kind else not each.folded)]


def tiles_for(ask: Ask, facts: Known | None = None) -> list[tuple[Tile, list[Line]]]:
    """The tiles that `ask.user` may see, with their lines."""
    seen = seen_tiles(ask.user)
    facts = known(seen, ask.patients) if facts is None else facts
    return [(each, _told(each, each.lines, ask, facts)) for each in seen]


def stretch(
    *,
    user: Any,
    patient: Any,
    patients: Iterable[int],
    kind: str = "",
    before: Mark | None = None,
    facts: Known | None = None,
) -> Stretch:
    """A page of the timeline: of one kind, or of all; at most as many statements as there are kinds, and one."""
    wanted, ids = told_kinds(user, kind), tuple(patients)
    facts = known(wanted, ids) if facts is None else facts
    found: list[tuple[Kind, Moment]] = []
    for each in wanted:
        ask = Ask(user, patient, ids, before=before, order=each.order, alone=bool(kind))
        found += [(each, moment) for moment in _told(each, each.rows, ask, facts)]
    found.sort(key=lambda row: (row[1].at, -row[0].order, row[1].pk), reverse=True)
    shown = found[:PAGE]
    last = shown[-1] if len(found) > PAGE else None
    return Stretch(shown, Mark(last[1].at, last[0].order, last[1].pk) if last else None)
