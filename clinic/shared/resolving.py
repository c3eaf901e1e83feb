"""Finding the view of an address by its first word: hundreds of patterns are grouped once, not tried one by one."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver
from django.urls.resolvers import ResolverMatch, RoutePattern

Entry = URLPattern | URLResolver


class ByFirstWord(URLResolver):
    """The patterns as they were given, in their order; only those that can begin with the word asked for are tried."""

    def __init__(self, patterns: Iterable[Entry]) -> None:
        super().__init__(RoutePattern(""), list(patterns))
        entries = [(entry, _first_word(entry)) for entry in _flat(self.url_patterns)]
        self._by_word = {
            word: URLResolver(RoutePattern(""), [entry for entry, own in entries if own in (word, None)])
            for word in {word for _entry, word in entries if word is not None}
        }
        self._others = URLResolver(RoutePattern(""), [entry for entry, own in entries if own is None])

    def resolve(self, path: str) -> ResolverMatch:
        return self._by_word.get(path.partition("/")[0], self._others).resolve(path)


def _flat(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Includes below no address of their own give their patterns; all others stay whole."""
    for entry in entries:
        plain = isinstance(entry, URLResolver) and not isinstance(entry, ByFirstWord) and entry.namespace is None
        if plain and _route(entry) == "" and not entry.default_kwargs:  # type: ignore[union-attr]  # resolvers have them
            yield from _flat(entry.url_patterns)  # type: ignore[union-attr]  # it is a resolver
        else:
            yield entry


def _route(entry: Entry) -> Any:
    return getattr(entry.pattern, "_route", None)


def _first_word(entry: Entry) -> str | None:
    """The word that an address must begin with; None where the pattern leaves it open."""
    route = _route(entry)
    if not isinstance(route, str):
        return None
    word, slash, _rest = route.partition("/")
    if "<" in word or (not slash and isinstance(entry, URLResolver)):
        return None
    return word
