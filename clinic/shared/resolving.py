"""Finding the view of an address by its first word: hundreds of patterns are grouped once, not tried one by one."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver
from django.urls.resolvers import ResolverMatch, RoutePattern

Entry = URLPattern | URLResolver
MOST_FIXED = 2_000


class ByFirstWord(URLResolver):
    """The patterns as they were given, in their order; only those that can begin with the word asked for are tried."""

    def __init__(self, patterns: Iterable[Entry]) -> None:
        super().__init__(RoutePattern(""), list(patterns))
        entries = list(_flat(self.url_patterns))
        words = {word for entry in entries for word in _first_words(entry) or ()}
        self._by_word = {word: URLResolver(RoutePattern(""), _beginning_with(word, entries)) for word in words}
        self._others = URLResolver(RoutePattern(""), [entry for entry in entries if _first_words(entry) is None])
        self._fixed: dict[str, ResolverMatch] = {}  # addresses without a value in them, as far as they were asked for

    def resolve(self, path: str) -> ResolverMatch:
        found = self._fixed.get(path)
        if found is None:
            found = self._by_word.get(path.partition("/")[0], self._others).resolve(path)
            if not (found.args or found.kwargs) and len(self._fixed) < MOST_FIXED:
                self._fixed[path] = found
        return found


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


def _is_namespace(entry: Entry) -> bool:
    """An app's addresses under a name of their own, but below no address of their own."""
    return isinstance(entry, URLResolver) and not isinstance(entry, ByFirstWord) and _route(entry) == ""


def _beginning_with(word: str, entries: Iterable[Entry]) -> list[Entry]:
    """Those that an address with this first word may mean; of a namespace only its own such entries."""
    found = []
    for entry in entries:
        own = _first_words(entry)
        if own is not None and word not in own:
            continue
        if _is_namespace(entry):
            within: Any = entry
            names = within.default_kwargs, within.app_name, within.namespace
            entry = URLResolver(within.pattern, _beginning_with(word, within.url_patterns), *names)
        found.append(entry)
    return found


def _first_words(entry: Entry) -> set[str] | None:
    """The words that an address may begin with; None where the pattern leaves it open."""
    if _is_namespace(entry):
        words = [_first_words(each) for each in entry.url_patterns]  # type: ignore[union-attr]  # it is a resolver
        return None if None in words else {word for each in words for word in each or ()}
    route = _route(entry)
    if not isinstance(route, str):
        return None
    word, slash, _rest = route.partition("/")
    if "<" in word or (not slash and isinstance(entry, URLResolver)):
        return None
    return {word}
