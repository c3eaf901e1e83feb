"""Django renders every related model anew for each table, index and constraint that a migration makes.

Where everything is related that is minutes. A model that is only now created has nothing that points at it yet: it is
enough to render it alone. An index or a constraint changes nothing that the next operations ask of the model. A field
that is new is put on the model as it stands. What changes or removes fields is rendered as Django does. tests/tenants
compares the tables with those of ordinary migrations.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

from django.db.migrations.state import ModelState, ProjectState
from django.db.models import NOT_PROVIDED


def _add_model(self: Any, model_state: ModelState) -> None:
    key = model_state.app_label, model_state.name_lower
    self.models[key] = model_state
    if self._relations is not None:
        self.resolve_model_relations(key)
    if "apps" in self.__dict__:  # as in Django: asking for it would make it
        self.apps.render_multiple([model_state])


def _add_field(  # noqa: PLR0917 (as Django calls it)
    self: Any, app_label: str, model_name: str, name: str, field: Any, preserve_default: bool
) -> None:
    if not preserve_default:
        field = field.clone()
        field.default = NOT_PROVIDED
    key = app_label, model_name
    self.models[key].fields[name] = field
    if self._relations is not None:
        self.resolve_model_field_relations(key, name, field)
    if "apps" not in self.__dict__:
        return
    if field.many_to_many:  # brings a table of its own
        self.reload_model(*key)
    else:
        field.clone().contribute_to_class(self.apps.get_model(*key), name)


def _append_option(self: Any, app_label: str, model_name: str, option_name: str, obj: Any) -> None:
    state = self.models[app_label, model_name]
    state.options[option_name] = [*state.options.get(option_name, []), obj]


# Indexes and constraints are options.
QUICK = {"add_model": _add_model, "add_field": _add_field, "_append_option": _append_option}


@contextlib.contextmanager
def quick_states() -> Iterator[None]:
    """Migrations within render as little as they need. One thread at a time: for commands of the operator."""
    usual = {name: getattr(ProjectState, name) for name in QUICK}
    try:
        for name, quick in QUICK.items():
            setattr(ProjectState, name, quick)
        yield
    finally:
        for name, slow in usual.items():
            setattr(ProjectState, name, slow)
