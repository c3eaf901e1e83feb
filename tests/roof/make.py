"""Files to import."""

import datetime as dt
import gzip
import io
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

from django.core.management import call_command
from django.utils import timezone

REAL = Path(__file__).resolve().parents[3] / "shared" / "data"
VISITS = "dental_clinic_visits_2020_to_2022.csv.gz"
CONSULTS = "dental_clinic_first_consults_2020_to_2022.csv.gz"


def written(path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    """A file of these lines."""
    data = ("\n".join(lines) + "\n").encode(encoding)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def imported(path: Path, *options: str) -> str:
    """What the command says."""
    out, err = io.StringIO(), io.StringIO()
    call_command("import_appointments", "--clinic", "c_a", *options, str(path), stdout=out, stderr=err)
    return out.getvalue()


def refused(path: Path) -> str:
    """The report beside a file, or nothing."""
    report = path.with_name(path.name.removesuffix(".gz").removesuffix(".csv") + ".refused.csv")
    return report.read_text(encoding="utf-8-sig") if report.exists() else ""


def practice(folder: Path) -> tuple[Path, Path]:
    """The two files of a real practice where they are at hand, else made-up ones of the same shape and dirt."""
    if (REAL / VISITS).exists():
        return _copied(folder, VISITS), _copied(folder, CONSULTS)
    rng, visits, consults = Random(3), [], []
    for _person in range(700):
        mask = f"*********{rng.randrange(10)}0-{rng.randrange(40):02d}"
        day = dt.date(2020, 2, 1) + dt.timedelta(days=rng.randrange(900))
        consults += [f"{day},{mask}"] * rng.choice([1, 1, 2])
        for count in range(1, rng.choice([1, 4, 9, 20])):
            day += dt.timedelta(days=rng.choice([26, 30, 30, 33, 61]))
            visits += [f"{mask},{day},{count}.0"] * rng.choice([1] * 40 + [2])
    return (
        written(folder / VISITS, "patient_id,ortho_maintenance_date,ortho_maintenance_count", *visits),
        written(folder / CONSULTS, "date,patient_id", *consults),
    )


def _copied(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_bytes((REAL / name).read_bytes())
    return path


def rows_of(path: Path) -> int:
    """How many rows a compressed file has."""
    return len(gzip.decompress(path.read_bytes()).decode().splitlines()) - 1


def tomorrow(hour: int) -> str:
    """A time of tomorrow in Tehran's clock, as a file writes it."""
    return f"{timezone.localdate() + dt.timedelta(days=1)} {hour:02d}:00"


def one(queryset: Iterable[Any]) -> Any:
    """The only row."""
    (row,) = queryset
    return row
