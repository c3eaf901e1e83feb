"""What must be true afterwards: the journals of the clients against the tables, and the tables against themselves."""

import contextlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql

from bench.torture.prepare import Town

Tables = psycopg.Cursor[tuple[Any, ...]]

OVERLAPS = """
SELECT a.id, b.id FROM scheduling_appointment a JOIN scheduling_appointment b
ON a.id < b.id AND a.practitioner_id = b.practitioner_id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
WHERE a.status = 'booked' AND b.status = 'booked'
"""
WAITING = """
SELECT count(*) FROM messaging_message WHERE status IN ('queued', 'sending') AND send_after <= now()
"""
UNBALANCED = "SELECT journal_id FROM finance_journalline GROUP BY journal_id HAVING sum(amount) <> 0"
TWICE = "SELECT cause, kind FROM finance_journal GROUP BY cause, kind HAVING count(*) > 1"


@dataclass
class Ledger:
    """All that the clients were told."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> "Ledger":
        """From their journals; what was begun and never ended is unknown."""
        ledger = cls()
        for file in sorted(folder.glob("*.jsonl")):
            for line in file.read_text().splitlines():
                entry = json.loads(line)
                ledger.rows.setdefault(entry["key"], {}).update(entry)
        return ledger

    def of(self, kind: str) -> list[dict[str, Any]]:
        """What was done of one kind."""
        return [row for row in self.rows.values() if row["kind"] == kind and row["state"] == "ok"]

    def count(self, *states: str) -> int:
        """How many ended so."""
        return sum(row["state"] in states for row in self.rows.values())

    @property
    def total(self) -> int:
        """All of them."""
        return len(self.rows)

    @property
    def ok(self) -> int:
        """Done."""
        return self.count("ok")

    @property
    def fail(self) -> int:
        """Refused."""
        return self.count("fail")

    @property
    def unknown(self) -> int:
        """Never answered."""
        return self.count("unknown", "start")


@contextlib.contextmanager
def tables_of(town: Town) -> Iterator[Tables]:
    """The clinic's tables, past the product: by a connection that no kill has seen."""
    with psycopg.connect(settings.OWNER_DATABASE_URL) as link, link.cursor() as tables:
        tables.execute(sql.SQL("SET search_path TO {}, ext").format(sql.Identifier(town.world.schema)))
        yield tables


def waiting(tables: Tables) -> int:
    """Messages that are due and not yet sent."""
    return int(_rows(tables, WAITING)[0][0])


def find_faults(tables: Tables, ledger: Ledger, gateway: Any) -> dict[str, list[str]]:
    """Everything that is wrong, by name; all lists are empty where nothing is."""
    faults = {"lost": _lost(tables, ledger), "double": _double(tables, ledger, gateway)}
    faults["overlap"] = [str(row) for row in _rows(tables, OVERLAPS)]
    faults["unbalanced"] = [str(row) for row in _rows(tables, UNBALANCED)]
    faults["unsent"] = [f"{count} messages"] if (count := waiting(tables)) else []
    return faults


def _lost(tables: Tables, ledger: Ledger) -> list[str]:
    """What was answered and is not there, or is there otherwise."""
    found = []
    status = dict(_rows(tables, "SELECT id, status FROM scheduling_appointment"))
    gone = {row["of"] for row in ledger.of("cancel")}
    for row in ledger.of("book"):
        wanted = "cancelled" if row["id"] in gone else "booked"
        if status.get(row["id"]) != wanted:
            found.append(f"appointment {row['id']}: {status.get(row['id'])}, not {wanted}")
    for kind, table, column in (
        ("bill", "finance_invoice", "total"),
        ("pay", "finance_payment", "amount"),
        ("refund", "finance_refund", "amount"),
    ):
        stored = dict(_rows(tables, f"SELECT id, {column} FROM {table}"))
        found += [
            f"{kind} {row['id']}: {stored.get(row['id'])}, not {row['amount']}"
            for row in ledger.of(kind)
            if stored.get(row["id"]) != row["amount"]
        ]
    came = sum(row["amount"] for row in ledger.of("stock"))
    there = _rows(tables, "SELECT coalesce(sum(quantity), 0) FROM inventory_stockmovement")[0][0]
    return found + ([f"stock {there}, not {came}"] if there != came else [])


def _double(tables: Tables, ledger: Ledger, gateway: Any) -> list[str]:
    """What is there twice, or without having been asked for."""
    found = [f"journal {row}" for row in _rows(tables, TWICE)]
    for kind, table in (
        ("book", "scheduling_appointment"), ("bill", "finance_invoice"), ("pay", "finance_payment"),
        ("refund", "finance_refund"), ("stock", "inventory_stockmovement"),
    ):  # fmt: skip
        told = Counter(row["id"] for row in ledger.of(kind))
        found += [f"{kind} {pk} was answered {count} times" for pk, count in told.items() if count > 1 and pk]
        there = _rows(tables, f"SELECT count(*) FROM {table}")[0][0]
        open_ends = sum(row["state"] in ("unknown", "start") and row["kind"] == kind for row in ledger.rows.values())
        if not told.total() <= there <= told.total() + open_ends:
            found.append(f"{kind}: {there} rows for {told.total()} answers")
    sent = Counter(row["localid"] for row in gateway.sent if row.get("localid"))
    return found + [f"message {name} went out {count} times" for name, count in sent.items() if count > 1]


def _rows(tables: Tables, question: str) -> list[tuple[Any, ...]]:
    return tables.execute(question.encode()).fetchall()
