"""Stock pages and API: who may, what is typed wrong, what a second press does."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from inventory import actions
from inventory.models import ConsumptionLine, Item, Lot, StockMovement, TemplateLine
from inventory.queries import today_in
from tests.inventory import make as stocked

HTMX = {"HX-Request": "true"}
ROLES = ["patient", "secretary", "nurse", "doctor", "cashier", "manager", "owner"]
LOOK = {"secretary", "nurse", "doctor", "manager", "owner"}
MOVE, MANAGE = {"nurse", "manager", "owner"}, {"manager", "owner"}


@pytest.fixture
def lot(make):
    return stocked.stock(make, stocked.item(), 10)


def once(client, url):
    return re.search(r'name="once" value="([^"]+)"', client.get(url).content.decode())[1]


@pytest.mark.parametrize("role", ROLES)
def test_each_page_opens_for_its_roles_only(page, make, lot, role):
    visit = stocked.visit(make)
    pages = {
        "/stock/": LOOK,
        "/stock/low/": LOOK,
        "/stock/shortages/": LOOK,
        "/stock/templates/": LOOK,
        "/stock/items/search/?q=گاز": LOOK,
        f"/stock/items/{lot.item_id}/": LOOK,
        f"/stock/for-visit/{visit.pk}/": LOOK,
        "/stock/receive/": MOVE,
        f"/stock/lots/{lot.pk}/adjust/": MOVE,
        f"/stock/items/{lot.item_id}/count/": MOVE,
        "/stock/items/new/": MANAGE,
        f"/stock/items/{lot.item_id}/edit/": MANAGE,
        f"/stock/templates/{visit.service_id}/": MANAGE,
    }
    client = page(role)
    for url, roles in pages.items():
        for headers in ({}, HTMX):
            assert client.get(url, headers=headers).status_code == (200 if role in roles else 403), (role, url)


def test_a_purchase_is_received_once_however_often_it_is_sent(page, make):
    client, item = page("nurse"), stocked.item(step=Decimal("0.5"))
    typed = {"once": once(client, "/stock/receive/"), "item": item.pk, "quantity": "۱۲٫۵", "unit_cost": "۱۰۰٬۰۰۰"}
    for _press in range(2):
        assert client.post("/stock/receive/", typed, headers=HTMX).status_code == 204
    lot = Lot.objects.get()
    assert (lot.quantity, lot.unit_cost) == (Decimal("12.5"), Decimal(100000))
    assert StockMovement.objects.get().by == client.user


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("quantity", ""),
        ("quantity", "دو"),
        ("quantity", "0"),
        ("quantity", "-1"),
        ("quantity", "0.25"),
        ("quantity", "NaN"),
        ("quantity", "1" * 30),
        ("unit_cost", "-5"),
        ("item", "999999999999999999999"),
        ("item", "x"),
        ("expires_on", "1390/01/01"),
        ("expires_on", "دیروز"),
        ("once", ""),
    ],
)
def test_bad_input_is_told_and_kept(page, field, typed):
    client, item = page("manager"), stocked.item()
    values = {"once": "a", "item": item.pk, "quantity": "7", "unit_cost": "9000", field: typed}
    answer = client.post("/stock/receive/", values, headers=HTMX)
    assert answer.status_code == 422
    if field != "quantity":
        assert 'value="7"' in answer.content.decode()
    assert not StockMovement.objects.exists()


def test_a_correction_is_written_down(page, lot):
    client = page("nurse")
    url = f"/stock/lots/{lot.pk}/adjust/"
    values = {"once": once(client, url), "kind": "damaged", "quantity": "3", "reason": "شکست"}
    assert client.post(url, {**values, "quantity": "11"}, headers=HTMX).status_code == 409
    assert client.post(url, values, headers=HTMX).status_code == 204
    lot.refresh_from_db()
    assert lot.quantity == 7
    assert "شکست" in client.get(f"/stock/items/{lot.item_id}/").content.decode()


def test_another_branch_stays_another_branch(page, make, lot):
    elsewhere = make.branch(name="Elsewhere")
    client = page(make.user("manager", branch=elsewhere))
    assert client.get(f"/stock/lots/{lot.pk}/adjust/").status_code == 404
    assert client.get(f"/stock/for-visit/{stocked.visit(make).pk}/").status_code == 404
    assert lot.number not in client.get(f"/stock/items/{lot.item_id}/").content.decode()


def test_items_and_templates_are_set_up(page, make):
    client, service = page("manager"), make.service()
    values = {"name": "دستکش", "unit": "جفت", "step": "1", "low_level": "۵۰", "is_active": "on"}
    assert client.post("/stock/items/new/", values, headers=HTMX).status_code == 204
    item = Item.objects.get(name="دستکش")
    assert (item.low_level, item.history.first().history_user_id) == (50, client.user.pk)
    url = f"/stock/templates/{service.pk}/"
    assert client.post(url, {"item": item.pk, "quantity": "2"}, headers=HTMX).status_code == 204
    assert client.post(url, {"item": item.pk, "quantity": "3"}, headers=HTMX).status_code == 204
    assert TemplateLine.objects.get().quantity == 3
    assert client.post(f"{url}{item.pk}/remove/", headers=HTMX).status_code == 200
    assert not TemplateLine.objects.exists()


class TestVisit:
    @pytest.fixture
    def visit(self, make, lot):
        visit = stocked.visit(make)
        actions.set_template_line(service=visit.service, item=lot.item, quantity=Decimal(2), by=None)
        actions.prepare_consumption(visit=visit, by=None)
        return visit

    def test_lines_are_changed_where_reality_differed(self, page, visit, lot):
        client, url = page("nurse"), f"/stock/for-visit/{visit.pk}/set/"
        answer = client.post(url, {"item": lot.item_id, "quantity": "۳"}, headers=HTMX)
        assert (answer.status_code, ConsumptionLine.objects.get().actual) == (200, 3)
        for item, quantity in (("x", "1"), (lot.item_id, "-1"), (lot.item_id, "1.5"), (lot.item_id, "")):
            answer = client.post(url, {"item": item, "typed": quantity}, headers=HTMX)
            assert answer.status_code == 422
            assert "data-error" in answer.content.decode()
        assert ConsumptionLine.objects.get().actual == 3

    def test_the_desk_sees_it_and_changes_nothing(self, page, visit, lot):
        client = page("secretary")
        assert f"/stock/for-visit/{visit.pk}/set/" not in client.get(f"/stock/for-visit/{visit.pk}/").content.decode()
        answer = client.post(f"/stock/for-visit/{visit.pk}/set/", {"item": lot.item_id, "quantity": "9"}, headers=HTMX)
        assert answer.status_code == 403

    def test_after_posting_it_is_only_read(self, page, visit, lot):
        actions.post_consumption(visit=visit, by=None)
        client = page("nurse")
        assert "/set/" not in client.get(f"/stock/for-visit/{visit.pk}/").content.decode()
        answer = client.post(f"/stock/for-visit/{visit.pk}/set/", {"item": lot.item_id, "quantity": "9"}, headers=HTMX)
        assert answer.status_code == 409


def test_low_items_and_shortages_are_seen_at_the_desk(page, make):
    client = page("secretary")
    assert "c-banner" not in client.get("/stock/low/").content.decode()
    item, visit = stocked.item(name="سرنگ نایاب"), stocked.visit(make)
    stocked.stock(make, item, 1)
    actions.set_template_line(service=visit.service, item=item, quantity=Decimal(4), by=None)
    actions.post_consumption(visit=visit, by=None)
    banner = client.get("/stock/low/").content.decode()
    assert "سرنگ نایاب" in banner
    assert "/stock/shortages/" in banner
    assert "سرنگ نایاب" in client.get("/stock/shortages/").content.decode()


class TestApi:
    @pytest.mark.parametrize("role", ROLES)
    def test_who_may(self, api, lot, role):
        client = api(role)
        assert client.get("/api/v1/items/").status_code == (200 if role in LOOK else 403)
        body = {"lot": lot.pk, "kind": "lost", "quantity": "1", "reason": "x"}
        answer = client.post("/api/v1/stock-movements/", body, format="json")
        assert answer.status_code == (201 if role in MOVE else 403)

    def test_items_tell_what_there_is(self, api, make, lot):
        row = api("nurse").get("/api/v1/items/").json()["results"][0]
        assert (row["id"], row["on_hand"], row["unit"]) == (lot.item_id, "10.000", "عدد")

    def test_a_repeat_under_one_key_is_one_movement(self, api, make):
        item, client = stocked.item(), api("manager")
        body = {"kind": "purchase", "item": item.pk, "branch": make.branch().pk, "quantity": "5", "unit_cost": "1000"}
        key = {"Idempotency-Key": "k-1"}
        first = client.post("/api/v1/stock-movements/", body, format="json", headers=key)
        again = client.post("/api/v1/stock-movements/", body, format="json", headers=key)
        assert (first.status_code, first.json()) == (again.status_code, again.json())
        assert first.status_code == 201
        assert StockMovement.objects.count() == 1
        other = client.post("/api/v1/stock-movements/", {**body, "quantity": "6"}, format="json", headers=key)
        assert other.status_code == 409

    @pytest.mark.parametrize(
        ("change", "status", "field"),
        [
            ({"quantity": "99"}, 409, "quantity"),
            ({"quantity": "NaN"}, 400, "quantity"),
            ({"quantity": "0"}, 400, "quantity"),
            ({"quantity": "1.5"}, 400, "quantity"),
            ({"quantity": None}, 400, "quantity"),
            ({"kind": "consume"}, 400, "kind"),
            ({"lot": 10**30}, 400, "lot"),
            ({"lot": None}, 400, "lot"),
            ({"reason": " "}, 400, "reason"),
        ],
    )
    def test_bad_input_names_its_field(self, api, lot, change, status, field):
        body = {"lot": lot.pk, "kind": "lost", "quantity": "1", "reason": "x", **change}
        answer = api("nurse").post("/api/v1/stock-movements/", body, format="json")
        assert answer.status_code == status
        assert field in answer.json()["errors"]

    def test_stock_of_another_branch_is_not_touched(self, api, make, lot):
        client = api(make.user("manager", branch=make.branch(name="Elsewhere")))
        body = {"lot": lot.pk, "kind": "lost", "quantity": "1", "reason": "x"}
        assert client.post("/api/v1/stock-movements/", body, format="json").status_code == 400


def test_expiry_is_shown(page, make):
    item = stocked.item()
    today = today_in(make.branch())
    stocked.stock(make, item, 3, expires_on=today + timedelta(days=5))
    dead = stocked.stock(make, item, 4, expires_on=today)
    dead.expires_on = today - timedelta(days=1)
    dead.save()
    text = page("nurse").get("/stock/").content.decode()
    assert "c-chip--danger" in text
    assert "c-chip--warn" in text
