"""The websocket: the very host as Origin, the clinic of the Host, permission per topic, nothing of another clinic."""

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from clinic.accounts.actions import give_token, withdraw_role
from clinic.shared.notices import tell
from clinic.shared.tenancy import use_clinic, use_platform
from scheduling.models import Visit
from tenants.actions import set_clinic_status
from tenants.models import Clinic
from tenants.statuses import ClinicStatus
from tests.conftest import HOST_A, HOST_B, clinic_info
from tests.make import Make, sign_in
from tests.server import serving


@pytest.fixture
def port(committed: Any) -> Iterator[int]:
    with serving(workers=1) as number:
        yield number


@contextlib.contextmanager
def socket(port: int, host: str = HOST_A, **options: Any) -> Iterator[ClientConnection]:
    headers = {"Host": f"{host}:{port}", **options.pop("headers", {})}
    with connect(f"ws://127.0.0.1:{port}/ws/", additional_headers=headers, proxy=None, **options) as opened:
        yield opened


def ask(opened: ClientConnection, message: Any, timeout: float = 15) -> Any:
    opened.send(json.dumps(message))
    return json.loads(opened.recv(timeout=timeout))


def cookie_of(user: Any) -> dict[str, str]:
    client = Client(headers={"host": HOST_A})
    sign_in(client, user)
    return {"Cookie": f"session={client.cookies['session'].value}"}


def token_of(user: Any) -> dict[str, str]:
    return {"Authorization": f"Token {give_token(user=user, verified=True, by=user)}"}


def test_who_may_connect_and_what_they_get(port: int) -> None:
    make = Make()
    branch, desk = make.branch(), make.user("secretary")
    cookie, token = cookie_of(desk), token_of(desk)
    same = f"http://{HOST_A}:{port}"
    for refused in ({}, {"origin": "http://evil.test"}, {"origin": f"http://{HOST_B}:{port}"}, {"origin": "null"}):
        with pytest.raises(InvalidStatus), socket(port, headers=cookie, **refused):
            pass
    with pytest.raises(InvalidStatus), socket(port, host="nobody.localhost", headers=token):
        pass
    wanted = {"subscribe": "queue", "branch": branch.pk}
    with socket(port, origin=same, headers=cookie) as screen, socket(port, headers=token) as program:
        for opened in (screen, program):
            assert ask(opened, wanted) == {"subscribed": "queue"}
            assert ask(opened, {"subscribe": "mastermind", "branch": branch.pk})["error"] == "refused"
        tell("queue", branch=branch.pk)
        for opened in (screen, program):
            assert json.loads(opened.recv(timeout=10)) == {"topic": "queue", "branch": branch.pk}
    # The same token and cookie are nobody at the other clinic, although ids there are equal.
    with socket(port, host=HOST_B, headers=token) as stranger:
        assert ask(stranger, wanted)["error"] == "refused"
    with socket(port, host=HOST_B, origin=f"http://{HOST_B}:{port}", headers=cookie) as stranger:
        assert ask(stranger, wanted)["error"] == "refused"


def test_notices_stay_in_their_clinic(port: int) -> None:
    make = Make()
    branch, desk = make.branch(), make.user("secretary")
    with socket(port, headers=token_of(desk)) as opened:
        ask(opened, {"subscribe": "queue", "branch": branch.pk})
        heard(opened, 0.5)  # what an earlier test said of the branch of this number, on a busy machine
        with use_clinic(clinic_info(HOST_B)):
            tell("queue", branch=branch.pk)
        assert heard(opened, 1.5) == []
        tell("queue", branch=branch.pk)
        assert json.loads(opened.recv(timeout=10)) == {"topic": "queue", "branch": branch.pk}


def heard(opened: Any, seconds: float) -> list[Any]:
    """What comes within so many seconds."""
    found, end = [], time.monotonic() + seconds
    with contextlib.suppress(TimeoutError):
        while (left := end - time.monotonic()) > 0:
            found.append(json.loads(opened.recv(timeout=left)))
    return found


def test_a_place_in_line_opens_by_its_own_token_only(port: int) -> None:
    make = Make()
    service = make.service()
    visit = Visit(
        branch=make.branch(),
        patient=make.patient(),
        practitioner=make.practitioner(service),
        service=service,
        day=timezone.now().date(),
        number=1,
        queue_token="place-of-mina",
    )
    visit.save()
    with socket(port, origin=f"http://{HOST_A}:{port}") as phone:
        assert ask(phone, {"subscribe": "place", "key": "guess"})["error"] == "refused"
        assert ask(phone, {"subscribe": "queue", "branch": visit.branch_id})["error"] == "refused"
        assert ask(phone, {"subscribe": "tv", "branch": visit.branch_id})["error"] == "refused"
        assert ask(phone, {"subscribe": "place", "key": "place-of-mina"}) == {"subscribed": "place"}
        tell("place", key="place-of-mina")
        assert json.loads(phone.recv(timeout=10))["topic"] == "place"


def test_noise_is_answered_and_floods_are_cut(port: int) -> None:
    with socket(port, origin=f"http://{HOST_A}:{port}") as opened:
        opened.send("{not json")
        assert json.loads(opened.recv(timeout=10)) == {"error": "not_json"}
        for odd in (
            [],
            7,
            {"subscribe": 5},
            {"subscribe": "queue", "branch": True},
            {"subscribe": "queue", "branch": "1"},
        ):
            assert "error" in ask(opened, odd)
    with socket(port, origin=f"http://{HOST_A}:{port}") as opened, pytest.raises(ConnectionClosed):
        _flood(opened)
    with socket(port, origin=f"http://{HOST_A}:{port}") as opened:
        opened.send("x" * 5000)
        with pytest.raises(ConnectionClosed):
            opened.recv(timeout=10)


def _flood(opened: ClientConnection) -> None:
    for _number in range(150):
        ask(opened, {"ping": True})


def test_rights_that_end_close_the_socket(port: int) -> None:
    make = Make()
    branch, desk, owner = make.branch(), make.user("secretary"), make.user("owner")
    origin = f"http://{HOST_A}:{port}"
    with socket(port, origin=origin, headers=cookie_of(desk)) as opened:
        ask(opened, {"subscribe": "queue", "branch": branch.pk})
        withdraw_role(grant=desk.grants.get(), by=owner)
        _closed_within(opened)
    with socket(port, headers=token_of(owner)) as opened:
        ask(opened, {"subscribe": "queue", "branch": branch.pk})
        with use_platform():
            set_clinic_status(clinic=Clinic.objects.get(schema_name="c_a"), status=ClinicStatus.SUSPENDED, by=None)
        _closed_within(opened)


def _closed_within(opened: ClientConnection, seconds: int = 12) -> None:
    """The socket ends by itself: no notice has to come, though one of something else may."""
    with pytest.raises(ConnectionClosed):
        _hear(opened, seconds)


def _hear(opened: ClientConnection, seconds: int) -> None:
    for _notice in range(20):
        opened.recv(timeout=seconds)
