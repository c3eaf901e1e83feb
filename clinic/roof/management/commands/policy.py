"""`manage.py policy`: one line a route: METHOD PATH role,role,… (`public` where open, `-` where nobody)."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.urls import URLPattern, URLResolver, get_resolver

from clinic.accounts.guards import Guard, guard_of
from clinic.accounts.roles import ROLES, Role, roles_with
from clinic.sockets import TOPICS

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def routes(urlconf: str) -> Iterator[tuple[str, Any]]:
    """(path, callback) of every pattern of a host."""
    yield from _walk(get_resolver(urlconf).url_patterns, "/")


def _walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for entry in patterns:
        path = prefix + str(entry.pattern).lstrip("^").rstrip("$")
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, path)
        elif isinstance(entry, URLPattern):
            yield path, entry.callback


def methods_of(callback: Any) -> dict[str, str]:
    """The methods that a view answers, each with its viewset action ("" elsewhere)."""
    actions = getattr(callback, "actions", None)
    if actions:
        return {method.upper(): action for method, action in actions.items() if method.upper() in METHODS}
    view_class = getattr(callback, "cls", None) or getattr(callback, "view_class", None)
    if view_class:
        return {method: "" for method in METHODS if hasattr(view_class, method.lower())}
    return dict.fromkeys(_allowed(callback), "")


def _allowed(callback: Any) -> list[str]:
    """What `require_http_methods` and its kin let through; everything where a view says nothing."""
    while callback is not None:
        code, cells = getattr(callback, "__code__", None), getattr(callback, "__closure__", None)
        if code and cells and "request_method_list" in code.co_freevars:
            allowed = cells[code.co_freevars.index("request_method_list")].cell_contents
            return [method for method in METHODS if method in allowed]
        callback = getattr(callback, "__wrapped__", None)
    return METHODS


def lines() -> Iterator[str]:
    """The whole policy, clinic hosts first."""
    for urlconf in ("clinic.urls", "clinic.urls_public"):
        host = "" if urlconf == "clinic.urls" else "platform:"
        for path, callback in routes(urlconf):
            guard = guard_of(callback)
            for method, action in methods_of(callback).items():
                yield f"{method} {host}{path} {_roles(guard, method, action, on_platform=bool(host))}"
    yield "GET /livez public"
    for topic, permission in TOPICS.items():
        yield f"WS /ws/#{topic} {','.join(role.value for role in roles_with(permission))}"
    yield "WS /ws/#place public"
    yield "WS /ws/#tv public"
    yield "WS /ws/#online public"
    yield "WS /ws/#chat public"


def _roles(guard: Guard | None, method: str, action: str, *, on_platform: bool) -> str:
    """The roles of that host: a clinic has no operators, the platform has nobody else."""
    if guard is None:
        return "-"
    names = guard.for_call(method, action).roles()
    here = [name for name in names if name == "public" or ROLES[Role(name)].on_platform == on_platform]
    return ",".join(here) or "-"


class Command(BaseCommand):
    help = "Print who may call what."

    def handle(self, *args: Any, **options: Any) -> None:
        for line in sorted(set(lines())):
            self.stdout.write(line)
