"""Nothing that was posted is changed or deleted: by ORM, SQL, the admin or the API. Asked of every table of finance."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.test import Client
from rest_framework.test import APIClient

from clinic.accounts.admin import clinic_tables
from clinic.roof.management.commands.policy import lines
from clinic.shared.guards import written_once
from tests.finance import make as money
from tests.finance.posted import everything

MODELS = list(apps.get_app_config("finance").get_models())
ONCE = [model for model in written_once({"finance"}) if not hasattr(model, "history_id")]
KEPT = [model for model in MODELS if any("keep_document" in sql for sql in vars(model).get("GUARD_SQL", []))]
# What may be changed, and why nothing is lost by it. A new table is written once, kept, or stands here.
CHANGEABLE = {
    "account": "its name and use; code and kind have no door",
    "branchcash": "rules of a branch, with history",
    "cashdesk": "a name and rules, with history",
    "claim": "a status and sums that follow its lines and payments, with history",
    "claimline": "what the insurer answered, with history",
    "commissionrule": "what counts from now on; commissions have copies",
    "coverage": "a patient's insurance, with history",
    "debtrules": "settings, with history",
    "deposit": "sums that follow its payments, which are kept",
    "discount": "a wish and its answer, with history; what was given is in the books",
    "discountlimit": "settings, with history",
    "dueexpense": "a proposal; what is posted is its voucher",
    "gatewayaccount": "settings, with history",
    "giftrules": "settings, with history",
    "gifttry": "counts wrong codes",
    "insurer": "a name and terms, with history",
    "insurerprice": "what counts from now on; lines have copies",
    "insurerterms": "as above",
    "followupwindow": "until when a follow-up is free, with history",
    "membership": "its terms were copied when it was sold; what was paid are its periods",
    "membershipplan": "what is sold from now on; sold memberships have copies",
    "membershipplanline": "as above",
    "membershipright": "sessions that are left; each use is written once",
    "packagechoice": "which package a visit is to use, before it is used",
    "packagekind": "what is sold from now on; sold packages have copies",
    "packagekindline": "as above",
    "paypoint": "a name, with history",
    "recurringexpense": "what is proposed from now on",
    "supplier": "a name, with history",
    "walletaccount": "a sum that follows the lines of its patient",
}


def triggers(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [table])
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_each_table_is_written_once_or_kept_or_may_be_changed(model: type[models.Model]) -> None:
    found = triggers(model._meta.db_table)
    if model in ONCE or hasattr(model, "history_id"):
        assert {"refuse_change", "refuse_truncate"} <= found
    elif model in KEPT:
        assert {"keep_document", "keep_row", "refuse_truncate"} <= found
    else:
        assert model._meta.model_name in CHANGEABLE, "Say here why its rows may be changed, or keep them."


@pytest.fixture
def posted(make: Any) -> dict[type[models.Model], models.Model]:
    """A paid bill, its refund, a shift, a voucher and its reversal, a cheque, a package, a gift card, closed days."""
    everything()
    rows = {model: model._default_manager.order_by("pk").first() for model in [*ONCE, *KEPT]}
    return {model: row for model, row in rows.items() if row is not None}


def attempts(row: models.Model, column: str) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Every way to change a column or delete a row, by name."""
    model, table = type(row), row._meta.db_table

    def run(statement: str) -> Callable[[], Any]:
        def work() -> None:
            with connection.cursor() as cursor:
                cursor.execute(statement, [row.pk] if "%s" in statement else None)

        return work

    once = model in ONCE
    yield (
        "SQL update",
        run(f"UPDATE {table} SET {f'{column} = {column}' if once else changed(row, column)} WHERE id = %s"),
    )
    yield "SQL delete", run(f"DELETE FROM {table} WHERE id = %s")
    yield "SQL truncate", run(f"TRUNCATE {table} CASCADE")
    yield "row delete", row.delete
    yield "rows delete", model._default_manager.filter(pk=row.pk).delete
    if once:
        yield "row save", lambda: row.save(force_update=True)


def changed(row: models.Model, column: str) -> str:
    """SQL that gives a column another value of its type."""
    field = next(field for field in row._meta.fields if field.column == column)
    if isinstance(field, models.CharField):
        return f"{column} = {column} || 'x'"
    if isinstance(field, models.DateTimeField):
        return f"{column} = {column} + interval '1 day'"
    return f"{column} = {column} + 1"


def columns_of(model: type[models.Model]) -> list[str]:
    """The columns that a table keeps, read from its own trigger; of rows written once the key stands for all."""
    if model in ONCE:
        return [field.column for field in model._meta.concrete_fields if field.primary_key]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = 'keep_document'",
            [model._meta.db_table],
        )
        text = cursor.fetchone()[0]
    return [
        field.column for field in model._meta.fields if f"new.{field.column} " in text or f"new.{field.column})" in text
    ]


def test_every_way_to_change_a_posted_row_is_refused(posted: dict[type[models.Model], models.Model]) -> None:
    passed = []
    for model, row in posted.items():
        for column in columns_of(model):
            if getattr(row, next(field.attname for field in model._meta.fields if field.column == column)) is None:
                continue
            for name, attempt in attempts(row, column):
                try:
                    with transaction.atomic():
                        attempt()
                except (DatabaseError, models.ProtectedError, TypeError):
                    continue
                passed.append(f"{name} of {model._meta.model_name}.{column}")
    assert passed == []
    assert len(posted) > 24  # of 40 and more: triggers and rights of all of them are asked by their own tests


def test_the_application_has_no_right_to_rows_written_once() -> None:
    with connection.cursor() as cursor:
        for model in written_once({"finance"}):
            for right in ("UPDATE", "DELETE", "TRUNCATE"):
                cursor.execute("SELECT has_table_privilege(current_user, %s, %s)", [model._meta.db_table, right])
                assert cursor.fetchone() == (False,), f"{right} on {model._meta.db_table}"


def test_the_key_tables_show_what_was_posted_and_change_nothing(
    page: Callable[..., Client], posted: dict[type[models.Model], models.Model]
) -> None:
    owner = page("owner")
    seen = 0
    for model, row in posted.items():
        if model not in clinic_tables._registry:
            continue
        seen += 1
        url = f"/mastermind/tables/finance/{model._meta.model_name}/"
        before = model._default_manager.filter(pk=row.pk).values().get()
        fields = {field.name: "1" for field in model._meta.fields if field.editable}
        owner.post(f"{url}{row.pk}/change/", fields)
        assert owner.post(f"{url}{row.pk}/delete/", {"post": "yes"}).status_code in {403, 404}
        owner.post(url, {"action": "delete_selected", "_selected_action": str(row.pk), "post": "yes"})
        assert model._default_manager.filter(pk=row.pk).values().get() == before
    assert seen > 8


def test_no_address_of_the_api_changes_or_deletes_a_document(api: Callable[..., APIClient]) -> None:
    routes = [line.split()[:2] for line in lines() if "/api/v1/" in line]
    parts = ("/invoices/", "/ledger/", "/cash/", "/payments/", "/refunds/")
    found = {(method, route) for method, route in routes if any(part in route for part in parts)}
    assert {route for method, route in found if method in {"PUT", "PATCH", "DELETE"}} == {
        "/api/v1/ledger/accounts/<int:pk>/", "/api/v1/ledger/suppliers/<int:pk>/"
    }  # fmt: skip
    invoice = money.bill(500_000)
    client = api("owner")
    for method in ("put", "patch", "delete"):
        answer = getattr(client, method)(f"/api/v1/invoices/{invoice.pk}/", {"total": 1}, format="json")
        assert answer.status_code == 405
