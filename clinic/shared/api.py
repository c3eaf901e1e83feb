"""The API's common manners: errors, pages, strict JSON, repeats."""

import contextlib
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any, NoReturn

from django.core.exceptions import ObjectDoesNotExist
from django.core.exceptions import ValidationError as ModelError
from django.db import IntegrityError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from psycopg import errors as pg
from rest_framework import exceptions, fields, status
from rest_framework.fields import empty
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.pagination import PageNumberPagination
from rest_framework.parsers import JSONParser
from rest_framework.relations import PKOnlyObject, PrimaryKeyRelatedField
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from clinic.shared.actions import together
from clinic.shared.errors import ActionError, Conflict, Invalid
from clinic.shared.models import IdempotencyKey

MAX_DEPTH = 20


@cache
def _made(serializer: type[Serializer]) -> Serializer:
    """One of each kind: its fields cost more to make than all that they do for one request, and keep nothing of it."""
    return serializer()


# What these fields write is the value itself, where it is of this type.
_PLAIN = {fields.IntegerField: int, fields.CharField: str, fields.BooleanField: bool}


@dataclass(frozen=True)
class _Shown:
    """One field of an answer: its name, where its value stands, and the type of values that are written as they are."""

    name: str
    field: fields.Field
    value: Callable[[Any], Any]
    plain: type | None


@cache
def _shown(serializer: type[Serializer]) -> list[_Shown] | None:
    """The fields of a serializer that writes them in the usual way; None for others."""
    if serializer.to_representation is not Serializer.to_representation:
        return None
    found = []
    for field in _made(serializer)._readable_fields:
        key_only = type(field) is PrimaryKeyRelatedField and field.pk_field is None
        where = ".".join(field.source_attrs) + ("_id" if key_only else "")
        if not field.source_attrs or (key_only and len(field.source_attrs) > 1):
            return None
        found.append(_Shown(field.field_name, field, attrgetter(where), int if key_only else _PLAIN.get(type(field))))
    return found


def shape(serializer: type[Serializer], thing: Any) -> dict[str, Any]:
    """A thing as the serializer writes it; most of its values are plain and stand on the thing itself."""
    shown = _shown(serializer)
    if shown is None or isinstance(thing, Mapping):
        whole: dict[str, Any] = _made(serializer).to_representation(thing)
        return whole
    shaped: dict[str, Any] = {}
    for each in shown:
        try:
            value = each.value(thing)
        except (AttributeError, ObjectDoesNotExist):
            value = each  # no value is
        if value is None or type(value) is each.plain:
            shaped[each.name] = value
        elif value is each or callable(value):
            _show_in_full(each, thing, shaped)
        else:
            shaped[each.name] = each.field.to_representation(value)
    return shaped


def _show_in_full(each: _Shown, thing: Any, shaped: dict[str, Any]) -> None:
    """As the serializer itself does: a default, a method, nothing at all, or its error."""
    with contextlib.suppress(fields.SkipField):
        value = each.field.get_attribute(thing)
        bare = value.pk if isinstance(value, PKOnlyObject) else value
        shaped[each.name] = None if bare is None else each.field.to_representation(value)


@dataclass(frozen=True)
class _Read:
    """One field of what is sent: its name, and what stands for it where it is missing."""

    name: str
    field: fields.Field
    has_default: bool


@cache
def _fields_read(serializer: type[Serializer]) -> list[_Read] | None:
    """The fields of a serializer that checks each by itself, in the usual way; None for others."""
    made, usual = _made(serializer), ("run_validation", "to_internal_value", "validate")
    asked = list(made._writable_fields)
    if made.validators or any(getattr(serializer, name) is not getattr(Serializer, name) for name in usual):
        return None
    if any(hasattr(made, f"validate_{each.field_name}") or each.source_attrs != [each.field_name] for each in asked):
        return None
    if len(asked) < len(made.fields) or any(callable(each.default) and each.default is not empty for each in asked):
        return None
    return [_Read(each.field_name, each, each.default is not empty) for each in asked]


def read(serializer: type[Serializer], data: Any) -> dict[str, Any]:
    """What was sent, checked by the serializer. Raises its ValidationError."""
    asked = _fields_read(serializer) if type(data) is dict else None
    if asked is not None:
        values: dict[str, Any] = {}
        with contextlib.suppress(exceptions.ValidationError, ModelError, fields.SkipField):
            for each in asked:
                if each.name in data:
                    values[each.name] = each.field.run_validation(data[each.name])
                elif each.has_default:
                    values[each.name] = each.field.default
                elif each.field.required:
                    break
            else:
                return values
    whole: dict[str, Any] = _made(serializer).run_validation(data)  # and with it what is wrong
    return whole


class Negotiation(DefaultContentNegotiation):
    """There is one form of answer: who does not ask for another one is not asked what she prefers."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        if len(renderers) == 1 and request.META.get("HTTP_ACCEPT", "*/*") == "*/*":
            return renderers[0], renderers[0].media_type
        return super().select_renderer(request, renderers, format_suffix)


class Pages(PageNumberPagination):
    """50 rows a page, at most 200."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


class StrictJSONParser(JSONParser):
    """JSON without repeated keys, without NaN, and not deeper than anybody needs."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            text = stream.read().decode("utf-8")
            if _depth(text) > MAX_DEPTH:
                raise ValueError("too deep")
            return json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise exceptions.ParseError(_("The body is not JSON that can be read: %s") % error) from error


def _depth(text: str) -> int:
    depth = deepest = 0
    for character in text:
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _value in pairs]
    if len(keys) != len(set(keys)):
        raise ValueError("a key stands twice")
    return dict(pairs)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal as `{"errors": {field: [sentence]}}` with the right status."""
    if isinstance(error, ActionError):
        return _answer(error)
    if isinstance(error, (IntegrityError, OperationalError)) and _is_race(error):
        return _answer(Conflict(_("Somebody else was first. Look at what is there now.")))
    if isinstance(error, ModelError):
        return Response({"errors": _fields(error.message_dict)}, status=400)
    if isinstance(error, Http404):
        return Response({"errors": {"detail": [_("There is nothing at this address.")]}}, status=404)
    from rest_framework.views import exception_handler as drf_handler  # its module reads the settings that name us

    response = drf_handler(error, context)
    if response is not None:
        data = response.data
        if isinstance(error, exceptions.ValidationError):
            response.data = {"errors": _fields(data)}
        else:
            detail = data.get("detail", data) if isinstance(data, dict) else data
            response.data = {"errors": {"detail": [str(detail)]}}
            if getattr(error, "default_code", "") == "totp":
                response.data["need"] = "totp"
    return response


def _answer(error: ActionError) -> Response:
    body: dict[str, Any] = {"errors": {error.field or "detail": [error.message]}}
    details = {key: value for key, value in error.details.items() if key != "retry_after"}
    body.update(details)
    response = Response(body, status=error.status)
    if "retry_after" in error.details:
        response["Retry-After"] = str(error.details["retry_after"])
    return response


def _is_race(error: Exception) -> bool:
    return isinstance(
        error.__cause__, (pg.ExclusionViolation, pg.UniqueViolation, pg.DeadlockDetected, pg.SerializationFailure)
    )


def _fields(data: Any) -> dict[str, list[str]]:
    """DRF's nested error details, flattened to `{"lines.0.quantity": ["…"]}`."""
    if not isinstance(data, dict):
        data = {"detail": data if isinstance(data, list) else [data]}
    flat: dict[str, list[str]] = {}
    for key, value in data.items():
        name = "detail" if key in {"non_field_errors", "__all__"} else str(key)
        if isinstance(value, dict):
            flat.update({f"{name}.{inner}": texts for inner, texts in _fields(value).items()})
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for place, inner_value in enumerate(value):
                flat.update({f"{name}.{place}.{inner}": texts for inner, texts in _fields(inner_value).items()})
        else:
            flat[name] = [str(text) for text in (value if isinstance(value, list) else [value])]
    return flat


def once(request: Request, scope: str, work: Callable[[], tuple[int, Any]]) -> Response:
    """Do the work once per `Idempotency-Key`: a repeat gets the first answer, another body under the key gets 409.

    Key, work and answer are one transaction, so a crash leaves either all of them or none.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        with together():
            code, body = work()
        return Response(body, status=code)
    if len(key) > 200:
        raise Invalid(_("The Idempotency-Key is longer than 200 characters."))
    body_text = json.dumps(request.data, sort_keys=True, default=str)
    fingerprint = hashlib.sha256(f"{request.path}\n{body_text}".encode()).hexdigest()
    with together():
        # The second of two equal requests waits here for the first one's commit.
        IdempotencyKey.objects.bulk_create(
            [IdempotencyKey(key=key, scope=scope, fingerprint=fingerprint)], ignore_conflicts=True
        )
        row = IdempotencyKey.objects.select_for_update().get(key=key, scope=scope)
        if row.fingerprint != fingerprint:
            raise Conflict(_("This Idempotency-Key was used for another request."))
        if row.status is None:
            code, body = work()
            row.status, row.body = code, _as_kept(json.loads(json.dumps(body, default=str)))
            row.save()
        return Response(row.body, status=row.status or status.HTTP_200_OK)


def _as_kept(value: Any) -> Any:
    """The same with its names in the order in which PostgreSQL keeps them, so that a repeat is equal to the byte."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: (len(name.encode()), name.encode()))
        return {name: _as_kept(value[name]) for name in names}
    return [_as_kept(each) for each in value] if isinstance(value, list) else value
