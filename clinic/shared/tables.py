"""The one Django admin: key tables of a clinic (or of the platform), under our own sign-in, guards and log."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from clinic.shared.calendar import format_date, format_datetime, format_time
from clinic.shared.models import AppendOnly
from clinic.shared.money import format_number, language
from clinic.shared.text import to_persian_digits

# The first kind that fits counts: a truth is a number too, and a moment is a date too.
WORDS: list[tuple[type, Callable[[Any], str]]] = [
    (bool, lambda value: str(_("Yes") if value else _("No"))),
    (dt.datetime, format_datetime),
    (dt.date, format_date),
    (dt.time, format_time),
    (int, format_number),
    (Decimal, format_number),
]


def shown(field: Any, value: Any) -> str | None:
    """A stored value as people read it: words for choices, dates and numbers in the reader's language."""
    if value is None or value == "":
        return None
    if field.flatchoices and not isinstance(value, bool):
        return str(dict(field.flatchoices).get(value, value))
    for kind, words in WORDS:
        if isinstance(value, kind):
            return str(words(value))
    text = str(value)
    is_code = text.isascii() and text.lstrip("+").isdigit()  # phones and codes: the reader's digits, left to right
    return f"\u200e{to_persian_digits(text)}" if is_code and language() == "fa" else text


class Tables(admin.AdminSite):
    """An admin site whose every address carries a guard; it has no sign-in page of its own."""

    site_title = _("Tables")
    site_header = _("Tables")
    index_title = _("Key tables")
    index_template = "tables/index.html"
    enable_nav_sidebar = False
    final_catch_all_view = False

    def __init__(self, name: str, guard: Any) -> None:
        self.guard = guard
        super().__init__(name)

    def has_permission(self, request: HttpRequest) -> bool:
        """The guard of the route was asked before; a closed account has none."""
        return bool(request.user.is_active)

    def get_urls(self) -> list[Any]:
        """Django's addresses without its sign-in, each with our guard."""
        kept = [entry for entry in super().get_urls() if getattr(entry, "name", "") not in OWN_SIGN_IN]
        self._guard_all(kept)
        return kept

    def _guard_all(self, entries: list[Any]) -> None:
        for entry in entries:
            if isinstance(entry, URLResolver):
                self._guard_all(entry.url_patterns)
            elif isinstance(entry, URLPattern):
                cast(Any, entry.callback).guard = self.guard


OWN_SIGN_IN = {"login", "logout", "password_change", "password_change_done", "view_on_site"}


class TableAdmin(admin.ModelAdmin):
    """A table whose set-up values may be corrected; nothing is ever deleted here. `editable` names the fields."""

    editable: tuple[str, ...] = ()
    may_add = False
    actions = None
    list_per_page = 50
    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self.editable) and not issubclass(self.model, AppendOnly)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may_add

    words: ClassVar[dict[str, Callable[[Any], str]]] = {}  # columns whose short names have words elsewhere

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """The columns, their values in the reader's language."""
        return [self._reading(str(name)) for name in self.list_display]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Everything that is not named as editable."""
        return [self._reading(f.name) for f in self._shown() if not self._writes(f.name, obj)]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """All columns, without secrets; what may be written stands first."""
        names = [f.name for f in self._shown()]
        writable = [name for name in names if self._writes(name, obj)]
        return writable + [self._reading(name) for name in names if name not in writable]

    def _writes(self, name: str, obj: Any) -> bool:
        return name in self.editable and (obj is not None or self.may_add)

    def _reading(self, name: str) -> Any:
        """A column as a function, so that dates, numbers and choices are written as on every other page."""
        if name not in self._readings:
            self._readings[name] = self._as_function(name)
        return self._readings[name]

    @cached_property
    def _readings(self) -> dict[str, Any]:
        return {}

    def _as_function(self, name: str) -> Any:
        # `patient_id` is the key of a relation, `external_id` a column of that very name.
        field: Any = next(f for f in self.model._meta.concrete_fields if name in {f.name, f.attname})

        @admin.display(description=field.verbose_name, ordering=field.name)
        def value(row: Any) -> str:
            kept = getattr(row, name)
            return (self.words[name](kept) if name in self.words else shown(field, kept)) or "—"

        value.__name__ = name
        return value

    def _shown(self) -> list[models.Field]:
        return [
            f
            for f in self.model._meta.get_fields()
            if isinstance(f, models.Field) and f.name not in SECRET and not (f.primary_key or f.many_to_many)
        ]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Django's own log is not kept; ours is one click away."""
        return HttpResponseRedirect(f"/audit/?table={self.model._meta.label_lower}&row={object_id}")

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """History rows say it."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """History rows say it."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Nothing is deleted here."""


SECRET = {"password", "link_token", "queue_token", "public_token", "token_hash", "key_hash", "code_hash", "held_by"}
