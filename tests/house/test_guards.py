"""Default deny: every route declares who may come, and what is not declared is refused."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from clinic.accounts.guards import guard_of
from clinic.roof.management.commands.policy import lines, routes
from clinic.urls import urlpatterns as clinic_patterns


def test_every_route_declares_its_guard() -> None:
    unguarded = [
        f"{urlconf} {route}"
        for urlconf in ("clinic.urls", "clinic.urls_public")
        for route, callback in routes(urlconf)
        if guard_of(callback) is None
    ]
    assert unguarded == []


def unguarded(request: HttpRequest) -> HttpResponse:
    return HttpResponse("secret")


urlpatterns = [*clinic_patterns, path("unguarded/", unguarded)]


@override_settings(ROOT_URLCONF="tests.house.test_guards")
def test_an_unguarded_route_is_refused_and_would_fail_the_walk(page: object) -> None:
    owner: Client = page("owner")  # type: ignore[operator]  # a fixture
    answer = owner.get("/unguarded/")
    assert answer.status_code == 403
    assert b"secret" not in answer.content
    assert "/unguarded/" in [
        route for route, callback in routes("tests.house.test_guards") if guard_of(callback) is None
    ]


def test_policy_has_a_line_for_every_route() -> None:
    printed = list(lines())
    assert not [line for line in printed if line.endswith(" -")]
    assert any(line.startswith("GET /sign-in/ public") for line in printed)
    assert any(line.startswith("GET platform:/control/ operator") for line in printed)


@pytest.mark.parametrize("path_", ["/admin/", "/admin/login/"])
def test_nothing_answers_at_admin(page: object, path_: str) -> None:
    assert page("owner").get(path_).status_code == 404  # type: ignore[operator]  # a fixture
