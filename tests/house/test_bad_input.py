"""Bad input everywhere: never a 5xx, a message in the reader's language, nothing half written."""

import datetime as dt
import inspect
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar
from zlib import crc32

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import override_settings
from django.urls import resolve
from django.utils import timezone

from clinic.accounts.guards import guard_of
from clinic.accounts.models import SignInCode, User
from clinic.accounts.queries import code_for
from clinic.shared.tenancy import ClinicInfo
from scheduling import actions as scheduling
from tests.conftest import HOST_A, clinic_info
from tests.house.canaries import fill
from tests.house.hostile import BODIES, JSON_VALUES, SHARP, VALUES, example, forms_of, plausible
from tests.house.walk import Call, Ids, body_of, calls
from tests.make import Make

T = TypeVar("T")
PERSIAN = re.compile(r"[آ-ی]{2}")
NO_LIMITS = override_settings(HOLDS_PER_MINUTE=0, CODES_PER_HOUR=0)
# A refused try may be remembered: sessions, codes asked for, and the log of refusals.
REMEMBERS = (
    "django_session", "accounts_signincode", "accounts_securityevent", "shared_idempotencykey", "accounts_token",
    "patients_accesslog", "finance_gifttry", "otp_totp_totpdevice", "otp_static_staticdevice", "otp_static_statictoken",
)  # fmt: skip


@pytest.fixture(scope="module")
def people(own_database: None) -> dict[str, int]:
    """The ids of the accounts of a clinic in the middle of its day, for this module."""
    return fill(clinic_info(HOST_A))


@pytest.fixture(autouse=True)
def filled(people: dict[str, int], clinic: ClinicInfo, page: Any) -> Iterator[dict[str, int]]:
    """The day stands before the test's transaction begins; nothing is refused for being the hundredth try."""
    cache.clear()
    with NO_LIMITS:
        yield people


class Visitor:
    """Sends requests, takes their effects back, and collects what went wrong."""

    def __init__(self, client: Any, clinic: ClinicInfo) -> None:
        self.client, self.clinic = client, clinic
        client.raise_request_exception = False
        self.wrong: list[str] = []
        self.sent = 0
        self.before = self._rows()  # and again after every request, since its effects are taken back

    def send(self, what: str, method: str, path: str, **more: Any) -> HttpResponse:
        """One request; more is what the test client takes."""
        self.sent += 1
        with transaction.atomic():
            answer = getattr(self.client, method.lower())(path, **more)
            body = body_of(answer)
            if answer.status_code >= 400 and method != "GET" and self._rows() != self.before:
                self.wrong.append(f"half written: {what}: {answer.status_code}")
            transaction.set_rollback(True)
        self.client.cookies.pop("language", None)  # a choice of another language is taken back, too
        self._judge(what, answer, body)
        return answer  # type: ignore[no-any-return]  # Django's test client is untyped

    def _judge(self, what: str, answer: Any, body: bytes) -> None:
        if answer.status_code >= 500:
            self.wrong.append(f"{what}: {answer.status_code}")
        elif answer.status_code in {400, 422, 409} and not _says_why(answer, body):
            self.wrong.append(f"says nothing: {what}: {answer.status_code} {body[-200:]!r}")
        if b"<script>alert(1)" in body or b"X-Evil: 1" in body.partition(b"\n\n")[0]:
            self.wrong.append(f"comes back unescaped: {what}")

    def _rows(self) -> tuple[int, ...]:
        counting = _counting(self.clinic.schema_name)
        with connection.connection.cursor() as cursor:  # the driver's own: it keeps the plan of so many tables
            return tuple(cursor.execute(counting, prepare=True).fetchone())


def _says_why(answer: Any, body: bytes) -> bool:
    text = body.partition(b"\n\n")[2].decode(errors="replace")
    if answer["Content-Type"].startswith("application/json"):
        told = json.loads(text).get("errors") or json.loads(text)
        return bool(told) and all(told.values())
    return bool(PERSIAN.search(text))


_COUNTS: dict[str, str] = {}


def _counting(schema: str) -> str:
    """One query over every table: how many rows, and how many versions of rows were written."""
    if schema not in _COUNTS:
        with connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
            tables = [name for (name,) in cursor.fetchall() if name not in REMEMBERS]
        tables = [name for name in tables if not name.startswith("django_") and "historical" not in name]
        each = ", ".join(f'(SELECT coalesce(sum(hashtext(t.ctid::text)), 0) FROM "{schema}"."{t}" t)' for t in tables)
        _COUNTS[schema] = f"SELECT {each}"
    return _COUNTS[schema]


@pytest.fixture
def visitor(people: dict[str, int], page: Callable[..., Client], clinic: ClinicInfo) -> Callable[[str], Visitor]:
    """A browser of a role."""

    def build(role: str) -> Visitor:
        return Visitor(page(User.objects.get(pk=people[role]) if role else None), clinic)

    return build


@pytest.fixture
def machine(people: dict[str, int], api: Callable[..., Any], clinic: ClinicInfo) -> Callable[[str], Visitor]:
    """An API client of a role."""

    def build(role: str) -> Visitor:
        return Visitor(api(User.objects.get(pk=people[role]) if role else None), clinic)

    return build


def some(values: Iterable[T], count: int, where: str) -> list[T]:
    """So many of the values, others at each place, the same in every run; all of them where EVERY_VALUE is set."""
    rest = list(values)
    start = crc32(where.encode()) % len(rest)
    return rest if os.environ.get("EVERY_VALUE") else (rest[start:] + rest[:start])[:: max(1, len(rest) // count)]


def _pages(role: str, method: str) -> list[Call]:
    """The pages (no API, no tables) that a role may call."""
    found = calls(Ids(), tables=False)
    return [
        call for call in found
        if call.method == method and not call.route.startswith("/api/") and (call.public or role in call.roles)
    ]  # fmt: skip


@pytest.mark.parametrize("role", ["secretary", "doctor", "owner", ""])
def test_forms_of_every_page_survive_hostile_values(role: str, visitor: Callable[[str], Visitor]) -> None:
    """Each form is sent whole with each value, and field by field with the sharpest; so do routes without a form."""
    who, targets = visitor(role), dict[str, dict[str, str]]()
    for call in _pages(role, "GET"):
        answer = who.send(f"GET {call.route}", "GET", call.path)
        html = "" if answer.streaming else answer.content.decode(errors="replace")  # a file has no form
        for form in forms_of(call.path, html):
            targets.setdefault(form.action, {}).update({name: plausible(name, v) for name, v in form.fields})
    for call in _pages(role, "POST"):
        targets.setdefault(call.path, dict.fromkeys(_names_of(call.path, "POST"), "1"))
    for path, fields in targets.items():
        fields.pop("csrfmiddlewaretoken", None)
        if path.startswith(SIGNS_OUT) or _role_of(path) != role:
            continue
        who.send(f"POST {path}", "POST", path, data=fields)
        for label, value in some(VALUES.items(), 2, path):
            who.send(f"POST {path} all={label}", "POST", path, data=dict.fromkeys(fields, value))
        for name in _unlike(fields):
            for label in some(SHARP, 1, path + name):
                who.send(f"POST {path} {name}={label}", "POST", path, data={**fields, name: VALUES[label]})
    assert not who.wrong, "\n".join(sorted(set(who.wrong)))
    assert who.sent > 50


def _unlike(names: Iterable[str]) -> Iterable[str]:
    """One of those that differ in their numbers only: the fields of rows of a form are read by the same lines."""
    every = bool(os.environ.get("EVERY_VALUE"))
    return {name if every else re.sub(r"\d+", "#", name): name for name in names}.values()


def _role_of(path: str) -> str:
    """Whose part it is to try what is posted to an address."""
    guard = guard_of(resolve(path.partition("?")[0], urlconf="clinic.urls").func)
    roles = guard.for_call("POST").roles() if guard else []
    return "" if "public" in roles else next((role for role in ORDER if role in roles), "none")


ORDER = ["secretary", "doctor", "owner", "nurse", "cashier", "manager", "patient"]
SIGNS_OUT = ("/sign-out/", "/sign-in/totp/")
FIELD_BY_FIELD: dict[str, list[str]] = {"secretary": [], "doctor": [], "owner": [], "patient": []}


def _names_of(path: str, kind: str) -> list[str]:
    """The names that the view's own module reads from a request."""
    if path == "/livez":
        return ["q"]  # answered before any view
    view = resolve(path.partition("?")[0], urlconf="clinic.urls").func
    view = getattr(view, "cls", None) or getattr(view, "view_class", None) or inspect.unwrap(view)
    source = inspect.getsource(sys.modules[view.__module__])
    names = re.findall(rf'{kind}(?:\.get|\.getlist)?[\[(]"(\w+)"', source)
    names += re.findall(r'query_params(?:\.get)?[\[(]"(\w+)"', source) if kind == "GET" else []
    return sorted({*names, *(["q", "page", "date", "branch"] if kind == "GET" else ["note", "reason"])})


@pytest.mark.parametrize("role", ["secretary", "doctor", "owner", ""])
def test_questions_in_the_address_survive_hostile_values(role: str, visitor: Callable[[str], Visitor]) -> None:
    who = visitor(role)
    for call in _pages(role, "GET"):
        if _falls_to(call) != role:
            continue
        names = _names_of(call.path, "GET")
        for label, value in some(VALUES.items(), 3, call.route):
            if label != "huge":  # servers refuse such an address before the product sees it
                who.send(f"GET {call.route} all={label}", "GET", call.path, data=dict.fromkeys(names, value))
    assert not who.wrong, "\n".join(sorted(set(who.wrong)))


@pytest.mark.parametrize("role", ["secretary", "doctor", "owner", ""])
def test_unknown_and_impossible_ids_are_not_found(role: str, visitor: Callable[[str], Visitor]) -> None:
    who, found = visitor(role), []
    for call in calls(Ids(), tables=False):
        if _falls_to(call) != role:
            continue
        for unknown in ("987654321", "0", "9" * 30):
            path = re.sub(r"/\d+(?=/|$)", f"/{unknown}", call.path)
            if path == call.path or call.path.startswith("/theme/"):
                continue
            answer = who.send(f"{call.method} {call.route} id={unknown}", call.method, path)
            if answer.status_code < 400 and call.method == "GET" and unknown != "0":  # 0 is a new one's form
                found.append(f"{call.route} id={unknown}: {answer.status_code}")
    assert not who.wrong, "\n".join(sorted(set(who.wrong)))
    assert not found, "\n".join(found)


def _operations(machine: Visitor, role: str) -> Iterator[tuple[str, str, Any]]:
    """(method, path, plausible body) of every call of the API that takes one and falls to this role."""
    schema = json.loads(machine.client.get("/api/v1/schema/", HTTP_ACCEPT="application/vnd.oai.openapi+json").content)
    components = schema.get("components", {}).get("schemas", {})
    told = {re.sub(r"{\w+}", "{}", path): methods for path, methods in schema["paths"].items()}
    for call in calls(Ids(), tables=False):
        operation = told.get(re.sub(r"<[^>]+>", "{}", call.route), {}).get(call.method.lower())
        if operation is None or call.method in {"GET", "DELETE"} or _falls_to(call) != role:
            continue
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        yield call.method, call.path, example(content, components) if content else {}


def _falls_to(call: Call) -> str:
    """The one role that tries a call: what it sends is judged after the guard, the same for all who pass."""
    return "" if call.public else next(role for role in ORDER if role in call.roles)


@pytest.mark.parametrize("role", ["secretary", "doctor", "owner", ""])
def test_the_api_survives_hostile_bodies(role: str, machine: Callable[[str], Visitor]) -> None:
    who = machine(role)
    operations = list(_operations(who, role))
    assert operations
    for method, path, body in operations:
        for label, (raw, kind) in some(BODIES.items(), 3, path):
            kind = kind or "application/octet-stream"
            who.send(f"{method} {path} {label}", method, path, data=raw, content_type=kind)
        fields = body if isinstance(body, dict) else {}
        for name in fields:
            for value in some(JSON_VALUES, 2, path + name):
                sent = json.dumps({**fields, name: value})
                what = f"{method} {path} {name}={str(value)[:20]!r}"
                who.send(what, method, path, data=sent, content_type="application/json")
    assert not who.wrong, "\n".join(sorted(set(who.wrong)))


def test_a_code_that_has_ended_is_said_to_have_ended(api: Callable[..., Any]) -> None:
    challenge = api().post("/api/v1/sign-in/code/", {"phone": "09121230099"}, format="json").json()["challenge"]
    SignInCode.objects.filter(challenge=challenge).update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    sent = {"challenge": challenge, "code": code_for(challenge)}
    answer = api().post("/api/v1/sign-in/", sent, format="json")
    assert answer.status_code in {400, 401}
    assert PERSIAN.search(str(answer.json())), answer.json()


def test_a_hold_that_has_ended_is_said_to_have_ended(api: Callable[..., Any], make: Make) -> None:
    service, branch = make.service(), make.branch()
    doctor, patient = make.practitioner(service, branch=branch), make.patient()
    starts_at = timezone.now().replace(hour=8, minute=0, second=0, microsecond=0) + dt.timedelta(days=2)
    hold = scheduling.hold(service=service, practitioner=doctor, branch=branch, starts_at=starts_at, by=None)
    hold.hold_expires_at = timezone.now() - dt.timedelta(seconds=1)
    hold.save()
    sent = {"hold": hold.pk, "patient": patient.pk}
    answer = api("secretary").post("/api/v1/appointments/", sent, format="json")
    assert answer.status_code == 409
    assert PERSIAN.search(str(answer.json())), answer.json()
    assert not patient.appointments.exists()
