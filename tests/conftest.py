"""Every test runs inside clinic A, rolled back at its end; `committed` and `live` get a database of their own."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's sync API keeps a loop in the test's thread

from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient
from whitenoise.middleware import WhiteNoiseMiddleware

from tests import database
from tests.make import Make, sign_in

BROWSERS = {"browser", "journeys"}  # folders whose tests have a second try: docs/decisions/0005-dependencies.md
HOST_A, HOST_B = "a.localhost", "b.localhost"


def pytest_runtest_setup() -> None:
    """A test's day is that of the clinic, as a request's is: for hours of every night it is not UTC's."""
    timezone.activate("Asia/Tehran")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who drives a real browser may be disturbed by a busy machine once."""
    for item in items:
        if item.path.parent.name in BROWSERS:
            item.add_marker(pytest.mark.flaky(reruns=int(os.environ.get("RERUNS", "1"))))


@pytest.fixture(scope="session", autouse=True)
def files_looked_at_once() -> Iterator[None]:
    """Each test client makes the middleware anew; looking at every static file with it took a third of the suite."""
    look, known = WhiteNoiseMiddleware.update_files_dictionary, dict[tuple[str, str], Any]()

    def once(self: Any, root: str, prefix: str) -> None:
        if (root, prefix) not in known:
            before = set(self.files)
            look(self, root, prefix)
            known[root, prefix] = {url: file for url, file in self.files.items() if url not in before}
        self.files.update(known[root, prefix])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "update_files_dictionary", once)
        yield


@pytest.fixture(scope="session")
def worker_database(request: pytest.FixtureRequest) -> str:
    """The name of this worker's database."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return f"test_{worker}_{os.getpid() if worker == 'main' else os.environ.get('PYTEST_XDIST_TESTRUNUID', '')[:8]}"


@pytest.fixture(scope="session")
def django_db_setup(worker_database: str, django_db_blocker: Any) -> Iterator[None]:
    """In place of pytest-django's: a copy of the template for this worker."""
    with django_db_blocker.unblock():
        template = database.ensure_template()
        database.fresh_copy(worker_database, template)
        database.point_settings_at(worker_database)
        yield
        from django.db import connections

        connections.close_all()
        with database._maintenance() as server:
            database._drop(server, worker_database)


def clinic_info(host: str) -> Any:
    """The clinic of a host of the template."""
    from tenants.queries import clinic_for_host

    return clinic_for_host(host)


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any, worker_database: str) -> Iterator[Any]:
    """Real commits, seen by other threads and processes; the database is made anew afterwards."""
    from clinic.shared.tenancy import use_clinic
    from tenants.queries import forget_hosts

    with django_db_blocker.unblock():
        forget_hosts()
        info = clinic_info(HOST_A)
        with use_clinic(info):
            yield info
        forget_hosts()
        database.fresh_copy(worker_database, database.ensure_template())


@pytest.fixture(scope="module")
def own_database(django_db_setup: None, django_db_blocker: Any, worker_database: str) -> Iterator[None]:
    """A database untouched before this module and thrown away after it, for worlds that several tests share.

    Untouched matters: sequences do not roll back, so ids drift apart between the clinics with every test.
    """
    from tenants.queries import forget_hosts

    with django_db_blocker.unblock():
        template = database.ensure_template()
        database.fresh_copy(worker_database, template)
        forget_hosts()
        try:
            yield
        finally:
            forget_hosts()
            database.fresh_copy(worker_database, template)


@pytest.fixture(autouse=True)
def clinic(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The clinic the test runs in (A), inside a transaction; tests that name `committed` or `live` get those."""
    if "live" in request.fixturenames or "committed" in request.fixturenames:
        yield request.getfixturevalue("committed")
        return
    if request.node.get_closest_marker("no_database"):
        yield None
        return
    from django.db import connection

    from clinic.shared.tenancy import use_clinic

    connection.choose_platform()  # what pytest-django's own queries at the end run in
    request.getfixturevalue("db")

    with use_clinic(clinic_info(HOST_A)) as info:
        yield info


@pytest.fixture
def make(clinic: Any) -> Make:
    """Makers of common rows in the clinic at hand."""
    return Make()


@pytest.fixture
def page(make: Make) -> Callable[..., Client]:
    """`page("doctor")` or `page(user)`: a browser-like client signed in on clinic A's host; `page()` is nobody."""

    def build(who: Any = None, host: str = HOST_A, **kwargs: Any) -> Client:
        client = Client(headers={"host": host}, **kwargs)
        if who is not None:
            user = make.user(who) if isinstance(who, str) else who
            sign_in(client, user)
            client.user = user  # type: ignore[attr-defined]  # put there by the tests
        return client

    return build


@pytest.fixture
def api(make: Make) -> Callable[..., APIClient]:
    """`api("secretary")` or `api(user)`: an API client with a token on clinic A's host; `api()` is nobody."""

    def build(who: Any = None, host: str = HOST_A) -> APIClient:
        from clinic.accounts.actions import give_token

        client = APIClient(headers={"host": host})
        if who is not None:
            user = make.user(who) if isinstance(who, str) else who
            client.credentials(HTTP_AUTHORIZATION=f"Token {give_token(user=user, verified=True, by=user)}")
            client.user = user  # type: ignore[attr-defined]  # put there by the tests
        return client

    return build


@pytest.fixture
def allow_queries(django_assert_num_queries: Any) -> Any:
    """pytest-django's counter under a shorter name."""
    return django_assert_num_queries
