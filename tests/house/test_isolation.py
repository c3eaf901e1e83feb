"""Two clinics with equal ids: no byte of one in the other, and nobody where the policy does not name her."""

import asyncio
import collections
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.utils import timezone

from clinic.accounts.models import User
from clinic.asgi import application
from clinic.celery import app, enter
from clinic.shared.errors import NoClinic
from clinic.shared.tenancy import ClinicInfo, current_schema, group_name, salt, use_clinic, use_platform
from clinic.sockets import TOPICS, allowed_group
from scheduling.models import Display, Visit
from tenants.models import Clinic
from tenants.queries import clinic_by_schema, forget_hosts
from tests.conftest import HOST_A, HOST_B, clinic_info
from tests.house.canaries import ROLES_HERE, canary, checksum, secrets_of, two_clinics
from tests.house.objects import overheard
from tests.house.walk import Ids, ask, body_of, calls, is_refusal

FOREIGN = re.compile(rb"CNRY-B|cnry-b|River Clinic", re.IGNORECASE)
OWN = re.compile(rb"CNRY-A-(\w+)", re.IGNORECASE)
SEARCHED = re.compile(r"patients/$|search|find|who|options")
UNSEEN = "/api/v1/schema/", "/api/v1/docs/", "/theme/"


@pytest.fixture(scope="module")
def people(own_database: None) -> dict[str, int]:
    """The ids of the accounts of both clinics, which are filled and planted for this module."""
    return two_clinics(clinic_info(HOST_A), clinic_info(HOST_B))


@pytest.fixture(autouse=True)
def filled(people: dict[str, int], clinic: ClinicInfo, page: Any) -> dict[str, int]:
    """Both clinics stand before the test begins; `clinic` is A. All ask for `page`: so pytest keeps their order."""
    return people


@pytest.fixture
def other() -> ClinicInfo:
    """Clinic B."""
    info: ClinicInfo = clinic_info(HOST_B)
    return info


@pytest.fixture
def sign(people: dict[str, int], page: Callable[..., Client]) -> Callable[..., Client]:
    """A browser signed in as the account of a role."""

    def build(role: str) -> Client:
        client = page(User.objects.get(pk=people[role]) if role else None)
        client.raise_request_exception = False
        return client

    return build


@pytest.fixture
def with_token(people: dict[str, int], api: Callable[..., Any]) -> Callable[..., Any]:
    """An API client with a token of the account of a role."""

    def build(role: str) -> Any:
        client = api(User.objects.get(pk=people[role]))
        client.raise_request_exception = False
        return client

    return build


def test_the_clinics_are_alike_and_every_table_is_filled(clinic: ClinicInfo, other: ClinicInfo) -> None:
    a, b = checksum(clinic.schema_name), checksum(other.schema_name)
    assert {table: count for table, (count, _text) in a.items()} == {
        table: count for table, (count, _text) in b.items()
    }
    empty = {
        t for t, (count, _) in a.items() if not count and not t.startswith(("auth_", "django_", "otp_", "accounts_"))
    }
    assert not empty - MAY_BE_EMPTY, " ".join(sorted(empty - MAY_BE_EMPTY))
    ids = Ids()
    with use_clinic(other):
        assert {model: ids.of(model) for model in ids.rows} == {model: Ids().of(model) for model in ids.rows}


def test_the_list_of_objects_can_refuse() -> None:
    """A note is nothing for reception, a bill nothing for nurses, chats of the desk nothing for the owner."""
    assert overheard("secretary", "/x/", canary("A", "emr_encounter", 7).encode() + b"-note") == {"emr.encounter.note"}
    assert not overheard("doctor", "/x/", canary("A", "emr_encounter", 7).encode() + b"-note")
    assert overheard("nurse", "/x/", canary("A", "finance_invoice", 7).encode())
    assert overheard("owner", "/x/", canary("A", "messaging_chatmessage", 7).encode())
    assert overheard("patient", "/x/", canary("A", "finance_journal", 7).encode())
    assert overheard("", "/x/", canary("A", "patients_patient", 7).encode())


@pytest.mark.parametrize("role", ["secretary", "cashier", "manager", "owner"])
def test_clinical_words_find_nothing_for_who_may_not_read_them(role: str, sign: Callable[..., Client]) -> None:
    """Search boxes answer by names and numbers only; nobody learns from a hit what stands in a note."""
    client, asked = sign(role), 0
    for call in calls(Ids(), tables=False):
        if call.method != "GET" or role not in call.roles or not SEARCHED.search(call.route):
            continue
        answer = client.get(call.path, dict.fromkeys(("q", "search"), "cnry-a-encounter"))
        assert b"CNRY-A-patient" not in body_of(answer), call.route
        asked += 1
    assert asked >= 3


# Tables without a word of anybody's: times taken, answers kept for repeats, lives that end where they begin, shortages.
MAY_BE_EMPTY = {
    "scheduling_occupancy",
    "shared_idempotencykey",
    "finance_paymentstatuschange",
    "finance_dayclose",
    "finance_refundstatuschange",
    "inventory_discrepancy",
    "inventory_historicaldiscrepancy",
}


@pytest.mark.parametrize("role", [role.value for role in ROLES_HERE] + [""])
def test_no_foreign_byte_and_nobody_uninvited(role: str, sign: Callable[..., Client], other: ClinicInfo) -> None:
    """Every route × method as this role with a session: nothing of B, no text that its permissions do not open.

    What its permissions open stands in `roles.py` and, object by object, in `objects.py`.
    """
    client, foreign = sign(role), secrets_of(other.schema_name)
    leaks, uninvited, broken, untold, seen = [], [], [], [], collections.Counter()
    for call in calls(Ids(), tables=role in {"", "owner", "secretary"}):
        answer = ask(client, call)
        name = f"{call.method} {call.route} as {role or 'nobody'}: {answer.status_code}"
        if FOREIGN.search(answer.body) or any(word.encode() in answer.body for word in foreign):
            leaks.append(name)
        if not call.public and role not in call.roles and not is_refusal(answer):
            uninvited.append(name)
        if words := overheard(role, call.route, answer.body):
            untold.append(f"{name}: {' '.join(sorted(words))}")
        if answer.status_code >= 500:
            broken.append(name)
        if not call.route.startswith(UNSEEN):
            seen.update(word.decode() for word in OWN.findall(answer.body))
    assert not leaks, "\n".join(leaks)
    assert not uninvited, "\n".join(uninvited)
    assert not broken, "\n".join(broken)
    assert not untold, "\n".join(untold)
    if role not in {"", "patient"}:
        assert len(seen) >= 5, seen  # the walk does see the clinic's own canaries


@pytest.mark.parametrize("role", ["secretary", "doctor", "owner", "patient"])
def test_tokens_of_a_open_what_sessions_open(role: str, with_token: Callable[..., Any], other: ClinicInfo) -> None:
    client, foreign, bad, seen = with_token(role), secrets_of(other.schema_name), [], 0
    for call in calls(Ids(), tables=False):
        if not call.route.startswith("/api/"):
            continue
        answer = ask(client, call, content_type="application/json")
        allowed = call.public or role in call.roles
        leak = FOREIGN.search(answer.body) or any(word.encode() in answer.body for word in foreign)
        if leak or answer.status_code >= 500 or (not allowed and not is_refusal(answer)):
            bad.append(f"{call.method} {call.route}: {answer.status_code}")
        seen += len(OWN.findall(answer.body))
    assert not bad, "\n".join(bad)
    assert seen


@pytest.mark.parametrize("role", ["owner", "doctor", "secretary"])
def test_cookies_and_tokens_of_a_are_nobody_on_b(
    role: str, sign: Callable[..., Client], with_token: Callable[..., Any], other: ClinicInfo
) -> None:
    """Everything that needs an account, with A's cookie or token, on B's host: sign in first, and nothing changes."""
    before, bad = checksum(other.schema_name), []
    visitors = [("cookie", sign(role)), ("token", with_token(role))]
    for call in calls(Ids(), tables=False):
        if call.public:
            continue
        for kind, client in visitors:
            if kind == "token" and not call.route.startswith("/api/"):
                continue
            answer = client.generic(call.method, call.path, headers={"host": HOST_B})
            if not is_refusal(answer) or answer.status_code == 404 or b"CNRY" in body_of(answer):
                bad.append(f"{kind} {call.method} {call.route}: {answer.status_code}")
    assert not bad, "\n".join(bad)
    assert checksum(other.schema_name) == before


def test_public_pages_of_b_do_not_know_a_visitor_of_a(sign: Callable[..., Client]) -> None:
    client = sign("owner")
    for call in calls(Ids(), tables=False):
        if call.public and call.method == "GET" and "<" not in call.route:
            answer = ask(client, call, headers={"host": HOST_B})
            assert b"CNRY-A" not in answer.body, call.route  # type: ignore[attr-defined]  # put there by the tests
            assert answer.status_code < 500, call.route


def test_links_of_a_are_unknown_on_b(page: Callable[..., Client], other: ClinicInfo) -> None:
    """Manage link, calendar, place in the queue, bill: the tokens of A mean nothing on B, and change nothing."""
    links = [call for call in calls(Ids(), tables=False) if call.public and "<str:token>" in call.route]
    assert {call.route.split("/")[1] for call in links} == {
        "a",
        "q",
        "v",
        "bill",
        "cal",
        "in",
        "o",
        "owed",
        "pay",
        "phone",
        "w",
    }
    client, before = page(), checksum(other.schema_name)
    for call in links:
        answer = client.generic(call.method, call.path, headers={"host": HOST_B})
        assert answer.status_code == 404, call
        assert b"CNRY-A" not in body_of(answer), call
        assert ask(client, call).status_code < 404 or call.method == "POST", call
    assert checksum(other.schema_name) == before


def test_a_screen_of_a_shows_nothing_of_b(page: Callable[..., Client], other: ClinicInfo) -> None:
    client = page()
    screen = Display.objects.order_by("pk").first()
    assert screen
    session = client.session
    session["display"] = screen.token_hash
    session.save()
    path = f"/tv/{screen.branch_id}/part/"
    assert client.get(path).status_code == 200
    answer = client.get(path, headers={"host": HOST_B})
    assert answer.status_code == 204
    assert not answer.content


@pytest.mark.parametrize("path", ["/patients/?q={q}", "/patients/search/?q={q}", "/api/v1/patients/?search={q}"])
def test_searching_a_for_what_only_b_has_finds_nothing(
    path: str, sign: Callable[..., Client], other: ClinicInfo
) -> None:
    client = sign("secretary")
    own = client.get(path.format(q="cnry-a"))
    assert own.status_code == 200
    assert b"CNRY-A" in own.content
    foreign = client.get(path.format(q="cnry-b"))
    assert foreign.status_code == 200
    assert b"CNRY-B" not in foreign.content


def test_an_id_that_only_b_has_is_unknown(sign: Callable[..., Client], other: ClinicInfo, make: Any) -> None:
    client = sign("owner")
    with use_clinic(other):
        patient = make.patient(last_name="CNRY-B-alone")
    for call in calls(Ids(), tables=False):
        if call.method == "GET" and re.search(r"patients?(_id)?/<int:(pk|patient_id)>/$|for-patient", call.route):
            path = re.sub(r"\d+/$", f"{patient.pk}/", call.path)
            answer = client.get(path)
            assert answer.status_code in {200, 403, 404}, path
            assert b"CNRY-B" not in answer.content, path


async def _answer_to(host: str, origin: str) -> dict[str, Any]:
    headers = [(b"host", host.encode()), (b"origin", f"http://{origin}".encode())]
    scope = {"type": "websocket", "path": "/ws/", "headers": headers, "query_string": b"", "subprotocols": []}
    socket = ApplicationCommunicator(application, scope)
    await socket.send_input({"type": "websocket.connect"})
    answer = await socket.receive_output(timeout=5)
    await socket.send_input({"type": "websocket.disconnect", "code": 1000})
    await socket.wait(timeout=5)
    return dict(answer)


@pytest.mark.parametrize(("host", "origin"), [(HOST_B, HOST_A), (HOST_A, HOST_B), (HOST_A, "evil.test"), (HOST_A, "")])
def test_a_socket_from_another_origin_is_closed(host: str, origin: str) -> None:
    with ThreadPoolExecutor(1) as elsewhere:  # a browser's driver may keep a loop in this thread
        answer = elsewhere.submit(lambda: asyncio.run(_answer_to(host, origin))).result()
    assert answer == {"type": "websocket.close", "code": 4403}


def test_subscriptions_of_a_are_refused_on_b(
    sign: Callable[..., Client], with_token: Callable[..., Any], clinic: ClinicInfo, other: ClinicInfo
) -> None:
    """Every topic with A's cookie, token, screen and place: a group of A at home, nothing on B."""
    screen = Display.objects.order_by("pk").first()
    assert screen
    client = sign("owner")
    session = client.session
    session["display"] = screen.token_hash
    session.save()
    token = with_token("owner")._credentials["HTTP_AUTHORIZATION"].partition(" ")[2]
    place = Visit.objects.filter(status="arrived").order_by("pk").first()
    assert place
    # What patients write is not for the owner: "chats" is refused to her at home too.
    wanted = [{"subscribe": topic, "branch": screen.branch_id} for topic in [*TOPICS, "tv"] if topic != "chats"]
    for credential in (("session", session.session_key or ""), ("token", token)):
        for each in [*wanted, {"subscribe": "place", "key": place.queue_token}]:
            at_home = allowed_group(credential, each)
            with use_clinic(other):
                assert allowed_group(credential, each) is None, each
            if (credential[0], each["subscribe"]) != ("token", "tv"):  # a screen has a session, never a token
                assert at_home, each
                assert at_home.startswith(clinic.schema_name), each


def test_group_names_keys_and_salts_carry_the_clinic(clinic: ClinicInfo, other: ClinicInfo) -> None:
    cache.set("canary", "A")
    here = group_name("queue", 1), salt("file"), cache.make_key("canary")
    with use_clinic(other):
        assert cache.get("canary") is None
        there = group_name("queue", 1), salt("file"), cache.make_key("canary")
    assert all(clinic.schema_name in mine and mine != theirs for mine, theirs in zip(here, there, strict=True))
    cache.delete("canary")


def _in_a_worker(work: Callable[[], Any]) -> Any:
    """What `work` returns or raises in a thread of its own, as in a worker."""

    def run() -> Any:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


@pytest.mark.parametrize("header", [None, "", "c_nowhere", 'c_a"; drop schema c_b', "pg_catalog"])
def test_a_task_without_a_clinic_is_refused(header: str | None) -> None:
    with pytest.raises(NoClinic):
        _in_a_worker(lambda: enter(header))


def test_a_task_called_without_its_header_is_refused() -> None:
    with pytest.raises(NoClinic):
        _in_a_worker(lambda: app.tasks["clinic.sweep"]("clinic.accounts.tasks:sweep_codes"))


def test_a_task_works_in_its_clinic_whatever_the_thread_did_before(clinic: ClinicInfo, other: ClinicInfo) -> None:
    def work() -> list[str]:
        enter(other.schema_name)
        before = current_schema()
        enter(clinic.schema_name)
        return [before, current_schema()]

    assert _in_a_worker(work) == [other.schema_name, clinic.schema_name]


def test_a_suspended_clinic_answers_nothing(sign: Callable[..., Client], with_token: Callable[..., Any]) -> None:
    client, machine = sign("owner"), with_token("owner")
    links = calls(Ids(), tables=False)
    with use_platform():
        clinic = Clinic.objects.get(schema_name="c_a")
        clinic.status = "suspended"
        clinic.save()
    forget_hosts()
    try:
        for call in links:
            if call.route == "/livez":
                continue
            for visitor in (client, machine):
                answer = visitor.generic(call.method, call.path)
                assert answer.status_code == 404, call
                assert b"CNRY" not in answer.content
        assert clinic_by_schema("c_a") is None  # what tasks ask
    finally:
        forget_hosts()


def test_sessions_of_a_do_not_exist_in_b(sign: Callable[..., Client], other: ClinicInfo) -> None:
    key = sign("owner").session.session_key
    assert SessionStore(key).exists(key)
    with use_clinic(other):
        assert not SessionStore(key).exists(key)
    assert Visit.objects.filter(arrived_at__lte=timezone.now()).exists()
