"""The files that can be read, known by their header."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clinic.roof.importing import own, treatment
from clinic.roof.importing.context import Context
from clinic.roof.importing.errors import FileProblem, RowProblem
from clinic.roof.importing.rows import Row
from clinic.shared.text import normalise

Reader = Callable[[dict[str, str], Context], Row]
ID_AT_MOST = 60  # leaves room for the name of the other system


@dataclass(frozen=True)
class Layout:
    """A kind of file: how its columns are called here, and how a row is read."""

    columns: list[str]
    read: Reader

    def row(self, line: int, cells: Sequence[str], context: Context) -> Row:
        """One row; raises RowProblem."""
        if len(cells) != len(self.columns):
            raise RowProblem(f"{len(cells)} cells, but the header names {len(self.columns)} columns.")
        values = {name: normalise(cell) for name, cell in zip(self.columns, cells, strict=True) if name}
        row = self.read(values, context)
        row.line, row.external = line, _fitting(row.external)
        row.person = _fitting(row.person)
        return row


def layout_of(header: list[str]) -> Layout:
    """The layout of a header; raises FileProblem that says which columns are known."""
    names = [normalise(name).casefold().replace(" ", "_") for name in header]
    if set(treatment.VISITS) <= set(names):
        return Layout(_known(names, treatment.VISITS), treatment.read_visit)
    if set(names) == set(treatment.CONSULTS):
        return Layout(names, treatment.read_consult)
    columns = [own.ALIASES.get(name, "") for name in names]
    _refuse_twins(header, columns)
    if not set(columns) & own.IDENTIFYING:
        raise FileProblem(
            f"Line 1: no column says who the patient is. Found: {', '.join(header)[:200]}. "
            f"Known columns: {', '.join(own.COLUMNS)}."
        )
    return Layout(columns, own.read)


def _known(names: list[str], wanted: Sequence[str]) -> list[str]:
    return [name if name in wanted else "" for name in names]


def _refuse_twins(header: list[str], columns: list[str]) -> None:
    for place, name in enumerate(columns):
        if name and name in columns[:place]:
            twin = header[columns.index(name)]
            raise FileProblem(f"Line 1: the columns “{twin}” and “{header[place]}” both mean {name}. Keep one.")


def _fitting(name: str) -> str:
    """An id that fits its column; a longer one by its fingerprint."""
    return name if len(name) <= ID_AT_MOST else hashlib.sha256(name.encode()).hexdigest()[:40]
