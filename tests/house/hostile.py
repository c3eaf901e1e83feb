"""Hostile input: values, bodies, and the forms of the product's own pages to put them into."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

HUGE = "ا" * 50_000  # 100 KB
VALUES: dict[str, str] = {
    "empty": "",
    "huge": HUGE,
    "nul": "a\x00b",
    "bidi": "\u202eمینا\u2066\u200f",
    "joiners": "\u200c\u200c\u200d",
    "persian digits": "۱۲۳",
    "arabic digits": "١٢٣٫٥",
    "full width": "１２３",
    "negative": "-1",
    "zero": "0",
    "nan": "NaN",
    "infinite": "Infinity",
    "exponent": "1e999",
    "long number": "9" * 400,
    "above bigint": "99999999999999999999",
    "unknown id": "987654321",
    "word": "abc",
    "no such jalali day": "1404/12/30",
    "month 13": "1405/13/01",
    "last year": "9999-12-31T23:59",
    "year 0": "0000-00-00",
    "list": "[]",
    "template": "{{ 7|add:7 }}{% debug %}{0.__class__}",
    "markup": "<script>alert(1)</script>",
    "quote": "x'; DROP TABLE accounts_user; --",
    "path": "../../etc/passwd\r\nX-Evil: 1",
}
# One field at a time, the others as they were: what gets past the neighbours' checks.
SHARP = [
    "empty",
    "huge",
    "nul",
    "negative",
    "nan",
    "above bigint",
    "unknown id",
    "word",
    "no such jalali day",
    "last year",
]
JSON_VALUES: list[Any] = [
    None, True, [], {}, [[]], -1, 0, 1.5, 10**30, 1e308, "", "abc", "a\x00b", "۱۲۳", "NaN", "1404/12/30",
    "9999-12-31T23:59:59Z", "2026-11-21T10:00:00", HUGE, {"id": 1}, "987654321",
]  # fmt: skip
BODIES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "application/json"),
    "broken": (b'{"a": ', "application/json"),
    "a list": (b"[]", "application/json"),
    "null": (b"null", "application/json"),
    "a word": (b'"x"', "application/json"),
    "a number": (b"1e999", "application/json"),
    "not utf-8": (b'{"a": "\xff\xfe"}', "application/json"),
    "half a character": (b'{"phone": "\\ud800", "name": "\\udfff"}', "application/json"),
    "deep": (b"[" * 10_000 + b"]" * 10_000, "application/json"),
    "deep objects": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "application/json"),
    "twins": (b'{"phone": "1", "phone": "2", "id": 1, "id": 2}', "application/json"),
    "long number": (b'{"id": ' + b"9" * 5000 + b"}", "application/json"),
    "no type": (b'{"a": 1}', ""),
    "plain text": (b"hello", "text/plain"),
    "xml": (b"<?xml version='1.0'?><a/>", "application/xml"),
    "a form": (b"a=1&b=2", "application/x-www-form-urlencoded"),
    "no boundary": (b"x", "multipart/form-data"),
    "broken parts": (b"--x\r\nContent-Disposition: form-data\r\n\r\nx", "multipart/form-data; boundary=x"),
    "ten megabytes": (b'{"a": "' + b"x" * 10_000_000 + b'"}', "application/json"),
}


@dataclass(frozen=True)
class Form:
    """A form of a page: where it goes and what stands in it."""

    action: str
    fields: tuple[tuple[str, str], ...]


class Forms(HTMLParser):
    """Every form of a page, and every button that posts by itself."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.found = page, list[Form]()
        self._action, self._fields, self._select = "", dict[str, str](), ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Take what can be sent."""
        values = {name: value or "" for name, value in attributes}
        target = values.get("hx-post", "")
        if tag == "form":
            posts = target or (values.get("action", "") or self.page) * (values.get("method", "").lower() == "post")
            self._action, self._fields = posts, {}
        elif target and not self._action:
            self.found.append(Form(self._path(target), tuple(sorted(_sent_along(values)))))
        if tag in {"input", "textarea", "select", "button"} and values.get("name"):
            self._fields.setdefault(values["name"], values.get("value", ""))
            self._select = values["name"] if tag == "select" else ""
        if tag == "option" and self._select and values.get("value"):
            chosen = "selected" in values or not self._fields.get(self._select)
            self._fields[self._select] = values["value"] if chosen else self._fields[self._select]

    def handle_endtag(self, tag: str) -> None:
        """A form is complete."""
        if tag == "form" and self._action:
            self.found.append(Form(self._path(self._action), tuple(sorted(self._fields.items()))))
            self._action = ""

    def _path(self, target: str) -> str:
        return (target if target.startswith("/") else self.page).partition("#")[0]


def _sent_along(values: dict[str, str]) -> Iterator[tuple[str, str]]:
    yield from re.findall(r'"(\w+)"\s*:\s*"?([^",}]*)', values.get("hx-vals", ""))


def forms_of(page: str, html: str) -> list[Form]:
    """The forms of a page."""
    parser = Forms(page)
    parser.feed(html)
    return parser.found


def plausible(name: str, value: str) -> str:
    """Something that may stand in an empty field, so that the other fields' checks are reached."""
    if value:
        return value
    for part, example in EXAMPLES:
        if part in name:
            return example
    return "1"


EXAMPLES = [
    ("phone", "09121112233"), ("mobile", "09121112233"), ("code", "123456"), ("date", "1405/09/10"), ("day", "1"),
    ("month", "1"), ("year", "1370"), ("time", "10:00"), ("start", "10:00"), ("end", "12:00"), ("name", "مینا"),
    ("relation", "child"), ("email", "a@example.com"), ("reason", "because"), ("note", "note"), ("number", "1"),
]  # fmt: skip


def example(schema: dict[str, Any], components: dict[str, Any]) -> Any:
    """A value that a schema of the API allows."""
    if "$ref" in schema:
        return example(components[schema["$ref"].rsplit("/", 1)[-1]], components)
    if "allOf" in schema or "oneOf" in schema or "anyOf" in schema:
        return example((schema.get("allOf") or schema.get("oneOf") or schema["anyOf"])[0], components)
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "object":
        return {k: example(v, components) for k, v in schema.get("properties", {}).items() if not v.get("readOnly")}
    if schema.get("type") == "array":
        return [example(schema.get("items", {}), components)]
    return BY_TYPE.get((schema.get("type"), schema.get("format")), BY_TYPE.get((schema.get("type"), None), "x"))


BY_TYPE: dict[tuple[Any, Any], Any] = {
    ("integer", None): 1, ("number", None): 1, ("boolean", None): True, ("string", None): "1",
    ("string", "date"): "2026-12-01", ("string", "date-time"): "2026-12-01T10:00:00Z", ("string", "decimal"): "100",
    ("string", "uuid"): "00000000-0000-0000-0000-000000000000", ("string", "email"): "a@example.com",
}  # fmt: skip
