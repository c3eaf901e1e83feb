"""The checks of `make check` catch what they are for, and the demo's supervisor keeps its word."""

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from clinic.demo_runner.children import LIMIT, Child, is_for_people
from clinic.demo_runner.probe import not_ready, port_is_free
from tools import check_compose, i18n, lint_templates
from tools.check import PRODUCTION

pytestmark = pytest.mark.no_database
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "markup",
    [
        '<p style="color: red">',
        "<script>go()</script>",
        '<button onclick="go()">',
        '<p class="flex ml-2">',
        '<p class="md:text-left">',
        "{{ note|safe }}",
        "{{ total|floatformat:2 }}",
        '{{ day|date:"Y" }}',
        '<img src="x.png">',
        '<script src="https://cdn.example.com/x.js"></script>',
    ],
)
def test_a_fault_of_a_template_is_named(markup: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lint_templates, "ROOT", tmp_path)
    page = tmp_path / "page.html"
    page.write_text(markup)
    assert list(lint_templates._faults(page))


def test_a_clean_template_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lint_templates, "ROOT", tmp_path)
    page = tmp_path / "page.html"
    page.write_text(
        '{% load ui %}{# style="x" in a comment #}<p class="flex ms-2 text-start">{{ day|date }}</p>'
        '<script src="/static/app.js"></script><script type="application/json">{}</script>'
    )
    assert list(lint_templates._faults(page)) == []
    sheet = tmp_path / "page.css"
    sheet.write_text(".a { margin-inline-start: 1rem } /* left: 0 */ .b { margin-left: 1rem }")
    assert [fault.split(":")[1] for fault in lint_templates._faults(sheet)] == ["1"]


@pytest.mark.parametrize("persian", ["5 نوبت", "كتاب", "علي", "نوبت ٥", " نوبت"])
def test_a_fault_of_a_translation_is_named(persian: str) -> None:
    assert i18n._faults("a visit", persian)


def test_good_persian_passes() -> None:
    assert i18n._faults("%(n)s visits, ICD-10", "%(n)s نوبت، ICD-10") == []
    assert i18n._placeholders("%(a)s of %(b)s") == i18n._placeholders("%(b)s / %(a)s")


def test_strings_are_found_in_attributes_and_plurals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "a.html").write_text(
        '<c-field label="{% translate "Name" %}" />{% blocktranslate count n=n %}{{ n }} day{% plural %}{{ n }} days'
        "{% endblocktranslate %}"
    )
    monkeypatch.setattr(i18n, "ROOT", tmp_path)
    assert {key for key, _context in i18n.strings()} == {"Name", ("%(n)s day", "%(n)s days")}


def test_a_weaker_production_shape_is_refused() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert check_compose._wiring(services) == []
    assert check_compose._hardening(services) == []
    services["web"]["environment"] = {"DATABASE_URL": "postgresql://clinic_app:x@postgres:5432/clinic"}
    services["web"]["ports"] = ["8000:8000"]
    services["postgres"]["image"] = "postgres:17"
    assert len(check_compose._wiring(services)) == 2
    assert len(check_compose._hardening(services)) == 1


def test_the_console_shows_what_a_person_should_see() -> None:
    lines = [
        ("2026-01-01 10:00:00,000 INFO celery [-] quiet", False),
        ("Traceback of the quiet line", False),
        ("SMS to 0912: your code is 123456", True),
        ("2026-01-01 10:00:00,000 ERROR django [-] loud", True),
        ("Traceback of the loud line", True),
        ("INFO:     Started server process", False),
    ]
    shown = False
    for line, expected in lines:
        shown = is_for_people(line, shown)
        assert shown is expected, line


def test_a_dying_server_is_started_again_and_at_last_given_up(tmp_path: Path) -> None:
    child = Child("short", ["-c", "print('here')"], {}, tmp_path / "short.log", ready="here")
    child.start()
    assert child.ready.wait(20)
    assert child.process is not None
    child.process.wait(20)
    child.keep()
    child.next_start = time.monotonic()
    child.keep()
    assert len(child.starts) == 2
    child.process.wait(20)
    child.starts.extend([time.monotonic()] * LIMIT)
    with pytest.raises(ChildProcessError, match=r"short\.log"):
        child.keep()


def test_stopping_ends_a_server_that_will_not_listen(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(60)"
    child = Child("deaf", ["-u", "-c", deaf], {}, tmp_path / "deaf.log", ready="deaf")
    child.start()
    assert child.ready.wait(20)
    child.ask_to_stop()
    child.stop(time.monotonic() + 0.2)
    assert child.process is not None
    assert child.process.returncode == -9


def test_a_port_in_use_is_seen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not port_is_free(port)
    assert port_is_free(port)
    assert len(not_ready(port)) == 3


def test_production_settings_hold_nothing_of_the_demo() -> None:
    code = "from django.conf import settings; print('demo' in settings.INSTALLED_APPS, settings.DEBUG)"
    env = {"PATH": "/usr/bin:/bin"} | PRODUCTION
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", "False"]
