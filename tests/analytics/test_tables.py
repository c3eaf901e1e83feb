"""The Django admin of the clinic's key tables: for the owner, without passwords, posted rows read-only."""

from typing import Any

import pytest
from django.urls import reverse

from clinic.accounts.admin import clinic_tables
from clinic.shared.models import AppendOnly

MODELS = sorted(clinic_tables._registry, key=lambda model: model._meta.label)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_table_opens_for_the_owner(page: Any, make: Any, model: Any) -> None:
    make.practitioner(make.service())
    opts = model._meta
    client = page("owner")
    answer = client.get(f"/mastermind/tables/{opts.app_label}/{opts.model_name}/")
    assert answer.status_code == 200
    row = model._default_manager.first()
    if row is not None:
        answer = client.get(f"/mastermind/tables/{opts.app_label}/{opts.model_name}/{row.pk}/change/")
        assert answer.status_code == 200


@pytest.mark.parametrize("role", ["", "secretary", "doctor", "nurse", "cashier", "manager"])
def test_nobody_else_comes_in(page: Any, role: str) -> None:
    client = page(role or None)
    assert client.get("/mastermind/tables/").status_code in {302, 403}
    assert client.get("/mastermind/tables/scheduling/service/").status_code in {302, 403}


def test_an_edit_is_in_the_log_with_its_author(page: Any, make: Any) -> None:
    service = make.service(name="old")
    client = page("owner")
    url = f"/mastermind/tables/scheduling/service/{service.pk}/change/"
    answer = client.post(url, {"name": "new", "name_en": "", "description": "", "price": "700000", "is_active": "on"})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    row = service.history.first()
    assert (row.name, row.history_user_id) == ("new", client.user.pk)


def test_posted_rows_and_deletion_have_no_door(page: Any, make: Any) -> None:
    service = make.service()
    client = page("owner")
    assert (
        client.post(f"/mastermind/tables/scheduling/service/{service.pk}/delete/", {"post": "yes"}).status_code == 403
    )
    for model, table in clinic_tables._registry.items():
        if issubclass(model, AppendOnly):
            assert not table.has_change_permission(None), model


def test_there_is_no_sign_in_page_of_its_own(page: Any) -> None:
    assert page("owner").get("/mastermind/tables/login/").status_code == 404
    assert reverse("admin:index", current_app="tables") == "/mastermind/tables/"
