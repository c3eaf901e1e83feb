"""Sizes, names and forbidden words of the house (ARCHITECTURE.md)."""

import re
import statistics

import pytest

from tests.house.source import APPS, FOUNDATION, ROOT, functions, python_files, relative

pytestmark = pytest.mark.no_database
NAMES = set(
    "models statuses events actions queries permissions forms views api urls tasks consumers admin apps".split()
)
NAMES |= {"__init__"}
# What Django and DRF themselves call such modules.
NAMES |= {"middleware", "context", "backends", "api_auth", "error_views", "templatetags"}
# At most seven in the whole house, each explained in ARCHITECTURE.md, "Names".
EXCEPTIONS = {
    "clinic/accounts": {"roles", "guards", "puzzles"},
    "tenants": {"provisioning", "rendering"},
    "finance": {"postings"},
    "messaging": {"templates", "timing"},
}


def test_file_sizes() -> None:
    sizes = {relative(path): len(path.read_text().splitlines()) for path in python_files()}
    real = sorted(size for size in sizes.values() if size > 3)
    assert statistics.median(real) <= 80
    assert real[int(len(real) * 0.9)] <= 260
    assert {name: size for name, size in sizes.items() if size > 450} == {}


def test_function_sizes() -> None:
    lengths = [(size, name, relative(path)) for path in python_files() for name, size in functions(path)]
    assert statistics.median(size for size, _name, _path in lengths) <= 10
    assert sorted(size for size, _name, _path in lengths)[int(len(lengths) * 0.9)] <= 30
    assert [entry for entry in lengths if entry[0] > 60] == []


def test_template_sizes() -> None:
    sizes = {relative(p): len(p.read_text().splitlines()) for p in (ROOT / "templates").rglob("*.html")}
    assert {name: size for name, size in sizes.items() if size > 150} == {}


def test_every_app_uses_the_same_names() -> None:
    strangers = {}
    for app in [*APPS, *FOUNDATION]:
        found = {
            entry.stem for entry in (ROOT / app).iterdir() if entry.suffix == ".py" or (entry / "__init__.py").exists()
        }
        strange = found - NAMES - {"migrations", "management"} - EXCEPTIONS.get(app, set())
        if strange:
            strangers[app] = strange
    assert strangers == {}


FORBIDDEN = [
    (re.compile(r"@receiver|\b(pre|post)_(save|delete)\b|m2m_changed|(?<!psycopg)\.connect\("), {
        "clinic/celery.py", "clinic/shared/sms/deadline.py", "clinic/shared/writing.py",
    }),
    (re.compile(r"\b(schema_context|tenant_context)\b|\.set_schema\(|\.set_tenant\("), {
        "clinic/shared/tenancy.py", "clinic/celery.py", "clinic/shared/db/base.py",
        "tenants/provisioning.py", "tenants/management/commands/upgrade.py",
    }),
    (re.compile(r"database_sync_to_async"), {"clinic/shared/tenancy.py", "clinic/sockets.py"}),
    (re.compile(r"\bTODO\b|\bFIXME\b|\bXXX\b"), set()),
    (re.compile(r"\bfloat\("), {"clinic/shared/charts.py", "clinic/shared/colour.py", "clinic/shared/html.py"}),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "allowed"), FORBIDDEN, ids=lambda value: getattr(value, "pattern", "")[:24])
def test_forbidden_words(pattern: re.Pattern[str], allowed: set[str]) -> None:
    found = [
        f"{relative(path)}:{number}"
        for path in python_files()
        if relative(path) not in allowed
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_status_is_written_by_the_one_door() -> None:
    pattern = re.compile(r"(?<!OLD)\.status\s*=[^=]|update\([^)]*\bstatus=")
    # The import's is a row of a foreign file, not of ours.
    doors = {"clinic/shared/statuses.py", "clinic/shared/api.py", "clinic/roof/importing/own.py"}
    found = [
        f"{relative(path)}:{number}"
        for path in python_files()
        if relative(path) not in doors
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_every_exception_from_the_checks_says_why() -> None:
    bare = re.compile(r"#\s*(?:type: ignore|noqa)(?:\[[\w, -]+\]|: [A-Z0-9, ]+)?\s*$")
    places = [path for folder in (*APPS, "tests", "tools", "bench", "demo") for path in (ROOT / folder).rglob("*.py")]
    assert [
        f"{relative(path)}: {line.strip()}"
        for path in places
        for line in path.read_text().splitlines()
        if bare.search(line)
    ] == []
