"""The day pack: locked, complete, logged, and readable in a browser without a network by whoever has the words."""

import base64
import datetime as dt
import hashlib
import json
import re
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection

import emr.actions as record
from analytics import actions
from analytics.tasks import make_day_packs
from clinic.celery import SWEEPS
from clinic.shared.errors import Forbidden, Invalid, NotFound
from scheduling import actions as diary
from scheduling.models import DayPack, DayPackKey, DayPackTaken
from tests.finance import make as money
from tests.scheduling.floor_make import Floor
from tests.statements import statements

WORDS = "گربهٔ سیاه زیر پل"


@pytest.fixture
def floor(make: Any) -> Floor:
    return Floor(make)


@pytest.fixture
def boss(make: Any) -> Any:
    return make.user("manager")


def opened(pack: DayPack, words: str) -> Any:
    """As the page does it, with what the file holds."""
    from scheduling.actions.packs import seal_of

    key = DayPackKey.objects.get(branch=pack.branch)
    secret = hashlib.pbkdf2_hmac("sha256", words.encode(), bytes.fromhex(key.salt), key.iterations)
    sealed = base64.b64decode(pack.locked["data"])
    text = AESGCM(secret).decrypt(
        base64.b64decode(pack.locked["iv"]), sealed, seal_of(pack.branch, pack.made_at).encode()
    )
    return json.loads(text)


def test_today_and_tomorrow_with_phones_allergies_and_balances(make: Any, floor: Floor, boss: Any) -> None:
    patient = make.patient(first_name="مینا", last_name="شریفی", phone="+989123456789")
    record.add_allergy(patient=patient, substance="پنی‌سیلین", reaction="کهیر", by=make.user("doctor"))
    money.bill(750_000, patient=patient)
    floor.visit(patient=patient, note="زنگ بزنید")
    tomorrow = floor.appointment().starts_at + dt.timedelta(days=1)
    floor.appointment(starts_at=tomorrow)
    floor.appointment(starts_at=tomorrow + dt.timedelta(days=3))
    diary.set_passphrase(branch=floor.branch, passphrase=WORDS, by=boss)
    content = opened(actions.make_pack(branch=floor.branch, by=boss), WORDS)
    assert [len(day["lines"]) for day in content["fa"]["days"]] == [2, 1]
    line = next(line for line in content["fa"]["days"][0]["lines"] if line["name"] == "مینا شریفی")
    assert (line["call"], line["phone"]) == ("+989123456789", "۰۹۱۲ ۳۴۵ ۶۷۸۹")
    assert line["allergies"] == ["پنی‌سیلین (کهیر)"]
    assert line["owes"] is True
    assert "۷۵۰٬۰۰۰" in line["balance"]
    assert "زنگ بزنید" in line["note"]
    english = next(line for line in content["en"]["days"][0]["lines"] if line["name"] == "مینا شریفی")
    assert english["phone"] == "0912 345 6789"
    assert content["en"]["days"][0]["title"] != content["fa"]["days"][0]["title"]


def test_nothing_can_be_read_without_the_words(floor: Floor, boss: Any, settings: Any) -> None:
    floor.visit(patient=floor.make.patient(last_name="رازدار"))
    diary.set_passphrase(branch=floor.branch, passphrase=f"  {WORDS}  ", by=boss)  # spaces around do not count
    pack = actions.make_pack(branch=floor.branch, by=boss)
    assert opened(pack, WORDS)
    with pytest.raises(InvalidTag):
        opened(pack, WORDS + "ی")
    with connection.cursor() as cursor:  # neither words, key nor names lie in the database
        cursor.execute("SELECT row_to_json(k)::text FROM scheduling_daypackkey k")
        kept = cursor.fetchone()[0]
        cursor.execute("SELECT row_to_json(p)::text FROM scheduling_daypack p")
        kept += cursor.fetchone()[0]
    key = DayPackKey.objects.get()
    secret = hashlib.pbkdf2_hmac("sha256", WORDS.encode(), bytes.fromhex(key.salt), 600_000)
    for word in (WORDS, "رازدار", secret.hex(), base64.b64encode(secret).decode()):
        assert word not in kept
    settings.SECRET_KEY = "another" * 10
    with pytest.raises(NotFound):  # a copy of the database makes no pack elsewhere
        actions.make_pack(branch=floor.branch, by=boss)


def test_words_are_set_by_a_manager_and_long_enough(make: Any, floor: Floor, boss: Any) -> None:
    with pytest.raises(Forbidden):
        diary.set_passphrase(branch=floor.branch, passphrase=WORDS, by=make.user("secretary"))
    with pytest.raises(Invalid) as refused:
        diary.set_passphrase(branch=floor.branch, passphrase="short        1", by=boss)
    assert refused.value.field == "passphrase"
    diary.set_passphrase(branch=floor.branch, passphrase=WORDS, by=boss)
    before = actions.make_pack(branch=floor.branch, by=boss).locked
    diary.set_passphrase(branch=floor.branch, passphrase=WORDS + " نو", by=boss)
    assert not DayPack.objects.exists()  # the old one does not linger
    with pytest.raises(InvalidTag):
        opened(actions.make_pack(branch=floor.branch, by=boss), WORDS)
    assert before


def test_every_branch_with_words_gets_a_pack_by_the_clock(make: Any, floor: Floor, boss: Any) -> None:
    make.branch(name="without words")
    diary.set_passphrase(branch=floor.branch, passphrase=WORDS, by=boss)
    assert SWEEPS["day-packs"][:2] == (300, "analytics.tasks:make_day_packs")
    make_day_packs()
    first = DayPack.objects.get()
    make_day_packs()
    second = DayPack.objects.get()
    assert (first.pk, first.branch) == (second.pk, floor.branch)
    assert second.made_at > first.made_at


def test_a_large_day_costs_a_few_statements(floor: Floor, boss: Any) -> None:
    diary.set_passphrase(branch=floor.branch, passphrase=WORDS, by=boss)
    floor.appointment()
    actions.make_pack(branch=floor.branch, by=boss)
    few = statements(lambda: actions.make_pack(branch=floor.branch, by=boss))
    for _n in range(30):
        floor.appointment()
    assert statements(lambda: actions.make_pack(branch=floor.branch, by=boss)) == few


def test_who_takes_it_is_written_down_and_who_may_not_does_not(page: Any, floor: Floor, boss: Any) -> None:
    client = page(floor.clerk)
    assert client.get("/desk/pack/file/").status_code == 404  # no words yet
    assert page(boss).post("/desk/pack/passphrase/", {"passphrase": "kurz"}).status_code == 422
    assert page(boss).post("/desk/pack/passphrase/", {"passphrase": WORDS}).status_code == 302
    answer = client.get("/desk/pack/file/", headers={"User-Agent": "Desk 1"})
    assert answer["Content-Disposition"].startswith("attachment")
    taken = DayPackTaken.objects.get()
    assert (taken.by, taken.device, taken.branch) == (floor.clerk, "Desk 1", floor.branch)
    again = client.get("/desk/pack/file/", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, DayPackTaken.objects.count()) == (304, 1)
    assert "Desk 1" in client.get("/desk/pack/").content.decode()
    for role in ("cashier", "patient"):
        assert page(role).get("/desk/pack/").status_code == 403
        assert page(role).get("/desk/pack/file/").status_code == 403
    assert client.post("/desk/pack/passphrase/", {"passphrase": WORDS}).status_code == 403


def test_the_file_reaches_nothing(page: Any, floor: Floor, boss: Any) -> None:
    floor.visit(patient=floor.make.patient(last_name="رازدار"))
    diary.set_passphrase(branch=floor.branch, passphrase=WORDS, by=boss)
    html = page(floor.clerk).get("/desk/pack/file/").content.decode()
    assert "رازدار" not in html
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", html)
    assert "default-src &#x27;none&#x27;" in html
