"""Categories of services: made at set-up, headings for patients, named by the API."""

from collections.abc import Callable
from typing import Any

import pytest

from clinic.accounts.models import Branch, User
from clinic.accounts.roles import Role
from clinic.shared.errors import Conflict, Forbidden, Invalid
from scheduling.actions.categories import save_service_category
from scheduling.models import Service, ServiceCategory
from scheduling.queries.categories import in_categories
from tests.make import Make

Page = Callable[..., Any]


def category(name: str, position: int = 1) -> ServiceCategory:
    return save_service_category(category=None, name=name, position=position, by=None)


def test_services_stand_in_the_order_of_their_categories(make: Make) -> None:
    late, early = category("لیزر", 2), category("ویزیت")
    rows = [make.service(category=of) for of in (None, late, early, late)]
    found = in_categories(Service.objects.filter(pk__in=[row.pk for row in rows]))
    assert list(found) == [rows[2], rows[1], rows[3], rows[0]]


def test_a_name_is_given_once_and_places_are_sane(make: Make) -> None:
    row = category("لیزر")
    with pytest.raises(Conflict) as caught:
        category(" ليزر ")  # the Arabic letter is the same name
    assert caught.value.field == "name"
    save_service_category(category=row, name="لیزر", position=3, by=None)
    for wrong in (0, 1000):
        with pytest.raises(Invalid) as unlike:
            category("تزریق", wrong)
        assert unlike.value.field == "position"


def test_who_sets_up_one_branch_makes_none(make: Make) -> None:
    branch: Branch = make.branch(name="دوم")
    manager: User = make.user(Role.MANAGER, branch=branch)
    with pytest.raises(Forbidden):
        save_service_category(category=None, name="لیزر", by=manager)


def test_it_is_made_chosen_and_shown(make: Make, page: Page) -> None:
    plain = make.service(name="ویزیت عمومی")
    make.practitioner(plain)
    manager = page(Role.MANAGER)
    assert b'name="category"' not in manager.get(f"/set-up/services/{plain.pk}/").content  # nothing to choose from
    made = manager.post("/set-up/services/categories/new/", {"name": "لیزر", "position": "۲"})
    assert made.status_code == 302
    row = ServiceCategory.objects.get()
    form = manager.get(f"/set-up/services/{plain.pk}/").context["form"]
    values = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in values.items() if value not in (None, False, [])}
    assert manager.post(f"/set-up/services/{plain.pk}/", {**sent, "category": row.pk}).status_code == 302
    plain.refresh_from_db()
    assert plain.category == row
    assert "لیزر" in manager.get("/set-up/services/").content.decode()
    again = manager.post("/set-up/services/categories/new/", {"name": "لیزر", "position": "1"})
    assert again.status_code == 422
    assert "دسته‌ای با این نام هست" in again.content.decode()


def test_patients_see_headings_where_there_are_some(make: Make, page: Page) -> None:
    laser, visit = make.service(name="لیزر صورت"), make.service(name="ویزیت")
    make.practitioner(laser, visit)
    anybody = page()
    assert "c-heading" not in anybody.get("/book/").content.decode()
    laser.category = category("زیبایی")
    laser.save()
    for address in ("/book/", "/book/?several=1", "/"):
        text = anybody.get(address).content.decode()
        assert text.index("زیبایی") < text.index("لیزر صورت") < text.index("خدمت‌های دیگر") < text.index(">ویزیت<")
    first, second = (anybody.get("/api/v1/services/").json()["results"][place] for place in (0, 1))
    assert first["category"] == {"id": laser.category.pk, "name": "زیبایی", "name_en": ""}
    assert second["category"] is None
