"""Rows that were refused, each with its reason, in a file beside the file that was read."""

import collections
import csv
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")
SHOWN = 20


class Report:
    """Collects refusals; the file can be mended and imported again as it is, its first two columns are ignored."""

    def __init__(self, path: Path, header: list[str]) -> None:
        self.path, self.refused = path, 0
        self.reasons: collections.Counter[str] = collections.Counter()
        self._first: list[tuple[int, str]] = []
        self._header = header
        self._rows = tempfile.TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115 (closed with the report)
        self._writer = csv.writer(self._rows)

    def refuse(self, line: int, reason: str, cells: list[str]) -> None:
        """Note one row."""
        self.refused += 1
        kind = re.split(r"“|line \d", reason)[0].rstrip(" :") + " …"
        self.reasons[kind] += 1
        if len(self._first) < SHOWN:
            self._first.append((line, reason))
        self._writer.writerow([line, reason, *map(_harmless, cells)])

    def summary(self) -> Iterator[str]:
        """What is printed: the first refusals, then how many of each kind."""
        for line, reason in self._first:
            yield f"line {line}: {reason}"
        if self.refused > len(self._first):
            yield "… and more, by reason:"
            for kind, count in self.reasons.most_common(SHOWN):
                yield f"{count:>8,} {kind}"

    def write(self) -> Path | None:
        """Write the file; None where nothing was refused or there is no place to write to."""
        if not self.refused:
            self.path.unlink(missing_ok=True)
            return None
        self._rows.seek(0)
        with self.path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerow(["line", "reason", *self._header])
            file.writelines(self._rows)
        return self.path


def report_path(path: Path, wanted: str) -> Path:
    """Beside the file (`visits.csv.gz` → `visits.refused.csv`), or where it was asked for."""
    if wanted:
        return Path(wanted)
    stem = path.name.removesuffix(".gz").removesuffix(".csv")
    return path.with_name(f"{stem}.refused.csv")


def _harmless(cell: Any) -> str:
    """A spreadsheet must not run what a cell says; numbers and phones stay as they are."""
    text = str(cell)
    dangerous = text.lstrip().startswith(FORMULA) and not text.lstrip()[1:2].isdigit()
    return f"'{text}" if dangerous else text
