"""Grouping by the first word finds exactly what trying one pattern after the other finds."""

from collections.abc import Iterator

import pytest
from django.urls import Resolver404, URLResolver
from django.urls.resolvers import RoutePattern

from clinic.shared.resolving import ByFirstWord
from clinic.urls import patterns, urlpatterns

pytestmark = pytest.mark.no_database
FILLED = {"<int:": "7", "<str:": "x-y", "<slug:": "do-it", "<uuid:": "0f8fad5b-d9cb-469f-a165-70867728950e"}


def addresses(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """One address for every route, its variables filled in."""
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, route)
        elif "^" not in route:
            for mark, value in FILLED.items():
                while mark in route:
                    start = route.index(mark)
                    route = route[:start] + value + route[route.index(">", start) + 1 :]
            yield route


def test_every_address_leads_where_it_did() -> None:
    grouped, plain = urlpatterns[0], URLResolver(RoutePattern(""), patterns)
    assert isinstance(grouped, ByFirstWord)
    found = sorted(set(addresses(plain)))
    assert len(found) > 250
    for address in found:
        expected, met = plain.resolve(address), grouped.resolve(address)
        assert (met.func, met.args, met.kwargs) == (expected.func, expected.args, expected.kwargs), address
        assert (met.view_name, met.route) == (expected.view_name, expected.route)


@pytest.mark.parametrize("address", ["nowhere/", "desk", "desk/nowhere/", "api/v1/nowhere/", "x/y/z", "a/b"])
def test_what_is_nowhere_stays_nowhere(address: str) -> None:
    with pytest.raises(Resolver404):
        urlpatterns[0].resolve(address)
