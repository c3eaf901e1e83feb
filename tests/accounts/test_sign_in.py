"""Signing in by code: limits, tries, the second factor, what dies with a role or an account."""

import datetime as dt
import time

import pytest
from django.db import connection
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from clinic.accounts import actions
from clinic.accounts.models import RoleGrant, SecurityEvent, SignInCode, Token, User
from clinic.accounts.queries import code_for, open_code
from clinic.shared.actor import from_where
from clinic.shared.errors import Invalid, TooMany

PHONE = "09125550101"


def number(device):
    return f"{TOTP(device.bin_key, device.step, device.t0, device.digits).token():06d}"


def earlier(**ago):
    """Move every asked code into the past: the database's clock decides."""
    with connection.cursor() as cursor:
        delta = dt.timedelta(**ago)
        cursor.execute(
            "UPDATE accounts_signincode SET created_at = created_at - %s, expires_at = expires_at - %s", [delta, delta]
        )


def ask(phone=PHONE):
    return actions.ask_code(phone=phone, by=None)


def wrong_for(challenge):
    return "000000" if code_for(challenge) != "000000" else "000001"


def test_known_and_unknown_numbers_get_the_same_answer(page, make):
    make.user(phone="+989125550101")
    answers = [page().post("/sign-in/", {"phone": phone}) for phone in (PHONE, "09125550102")]
    assert [answer.status_code for answer in answers] == [200, 200]
    bodies = [answer.content.decode().replace("۰۹۱۲ ۵۵۵ ۰۱۰۲", "۰۹۱۲ ۵۵۵ ۰۱۰۱") for answer in answers]
    shapes = [len(body) for body in bodies]
    assert abs(shapes[0] - shapes[1]) < 8


def test_a_code_signs_in_and_is_used_up(page):
    client = page()
    client.get("/sign-in/")
    before = client.session.session_key
    answer = client.post("/sign-in/", {"phone": "۰۹۱۲۵۵۵۰۱۰۱"})
    row = SignInCode.objects.get()
    assert row.challenge in answer.content.decode()
    persian = code_for(row.challenge).translate({ord(d): "۰۱۲۳۴۵۶۷۸۹"[int(d)] for d in "0123456789"})
    answer = client.post("/sign-in/", {"challenge": row.challenge, "code": persian})
    assert answer.status_code == 302
    assert answer["Location"] == "/my/"
    assert client.session.session_key != before
    assert client.session["_auth_user_id"] == str(User.objects.get(phone="+989125550101").pk)
    again = page().post("/sign-in/", {"challenge": row.challenge, "code": persian})
    assert again.status_code == 422


def test_a_session_id_planted_before_sign_in_is_worthless_after(page):
    client = page()
    client.get("/sign-in/")
    planted = client.cookies["session"].value
    row = ask()
    client.post("/sign-in/", {"challenge": row.challenge, "code": code_for(row.challenge)})
    stranger = page()
    stranger.cookies["session"] = planted
    assert stranger.get("/my/family/").status_code == 302


def test_wrong_tries_count_for_good(page):
    row = ask()
    for _ in range(5):
        answer = page().post("/sign-in/", {"challenge": row.challenge, "code": wrong_for(row.challenge)})
        assert answer.status_code == 422
    row.refresh_from_db()
    assert row.tries == 5
    assert actions.check_code(challenge=row.challenge, code=code_for(row.challenge), by=None).problem == "wrong"
    assert SecurityEvent.objects.filter(kind="sign_in.wrong_code").count() == 5


def test_a_code_dies_by_the_databases_clock(monkeypatch):
    row = ask()
    earlier(seconds=119)
    assert open_code(row.challenge)
    earlier(seconds=1)
    monkeypatch.setattr(time, "time", lambda: 0.0)  # the app's clock may say what it likes
    assert open_code(row.challenge) is None
    assert actions.check_code(challenge=row.challenge, code=code_for(row.challenge), by=None).problem == "wrong"


def test_one_code_a_minute_and_ten_a_day():
    ask()
    with pytest.raises(TooMany) as refusal:
        ask()
    assert 0 < refusal.value.details["retry_after"] <= 60
    for _ in range(9):
        earlier(seconds=61)
        ask()
    earlier(seconds=61)
    with pytest.raises(TooMany):
        ask("+98 912 555 0101")
    earlier(days=1)
    ask()


def test_an_address_has_an_allowance(settings):
    settings.CODES_PER_HOUR = 3
    with from_where(ip="192.0.2.9", request_id="r"):
        for last in range(3):
            ask(f"0912555020{last}")
        with pytest.raises(TooMany) as refused:
            ask("09125550209")
        assert refused.value.code == "puzzle"
    with from_where(ip="192.0.2.10", request_id="r"):
        ask("09125550209")


def test_asking_again_too_soon_keeps_the_open_code_on_the_page(page):
    client = page()
    client.post("/sign-in/", {"phone": PHONE})
    row = SignInCode.objects.get()
    answer = client.post("/sign-in/", {"phone": PHONE, "challenge": row.challenge})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert row.challenge in answer.content.decode()


def test_a_page_that_was_loaded_anew_still_takes_the_code(page):
    client = page()
    client.post("/sign-in/", {"phone": "09351112233"})
    again = client.post("/sign-in/", {"phone": "0935 111 2233"})
    assert again.status_code == 429
    assert 'data-code="6"' in again.content.decode()
    assert 'data-code="6"' not in page().post("/sign-in/", {"phone": "09351112233"}).content.decode()
    assert 'data-code="6"' not in client.post("/sign-in/", {"phone": "091"}).content.decode()


@pytest.mark.parametrize("phone", ["", "0912", "abc", "02122334455", "+12025550123", "+442079460000", "09" * 40])
def test_numbers_that_no_code_can_be_sent_to_are_refused_in_words(page, phone):
    for language in ("fa", "en"):
        client = page()
        client.cookies["language"] = language
        answer = client.post("/sign-in/", {"phone": phone})
        assert answer.status_code == 422
        body = answer.content.decode()
        assert 'id="phone_error"' in body
        assert "<span></span>" not in body
    assert not SignInCode.objects.exists()


def test_the_message_for_a_short_number_says_how_many_digits_are_missing():
    with pytest.raises(Invalid) as refusal:
        ask("0912555")
    assert refusal.value.field == "phone"
    assert "0912" in refusal.value.message or "۰۹۱۲" in refusal.value.message


def test_a_closed_account_is_told_only_after_the_right_code(page, make):
    user = make.user(phone="+989125550101")
    actions.set_active(user=user, active=False, by=None)
    row = ask()
    wrong = actions.check_code(challenge=row.challenge, code=wrong_for(row.challenge), by=None)
    assert wrong.problem == "wrong"
    assert actions.check_code(challenge=row.challenge, code=code_for(row.challenge), by=None).problem == "inactive"


def test_sign_out_ends_the_session(page):
    client = page("secretary")
    assert client.get("/patients/").status_code == 200
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").status_code == 302
    assert client.get("/patients/").status_code == 302


def test_signing_in_goes_on_to_what_was_wanted_but_never_abroad(page):
    for wanted, target in (
        ("/my/family/", "/my/family/"),
        ("https://evil.example/", "/my/"),
        ("//evil.example", "/my/"),
    ):
        SignInCode.objects.all().delete()
        row = ask()
        data = {"challenge": row.challenge, "code": code_for(row.challenge), "next": wanted}
        assert page().post("/sign-in/", data)["Location"] == target


def test_language_and_theme_of_the_person_come_back(page, make):
    user = make.user(phone="+989125550101")
    actions.set_preferences(user=user, language="en", theme="dark", by=user)
    row, client = ask(), page()
    client.post("/sign-in/", {"challenge": row.challenge, "code": code_for(row.challenge)})
    assert (client.cookies["language"].value, client.cookies["theme"].value) == ("en", "dark")
    client.post("/preferences/", {"theme": "", "next": "/my/family/"})
    user.refresh_from_db()
    assert user.theme == ""


def test_an_owner_without_authenticator_can_only_set_it_up(page, make):
    make.user("owner", phone="+989125550101")
    row, client = ask(), page()
    answer = client.post("/sign-in/", {"challenge": row.challenge, "code": code_for(row.challenge)})
    assert answer["Location"] == "/sign-in/totp/"
    assert client.get("/set-up/staff/")["Location"].startswith("/sign-in/totp/")
    assert client.post("/set-up/staff/new/", {}).status_code == 302
    body = client.get("/sign-in/totp/").content.decode()
    device = TOTPDevice.objects.get()
    assert "<svg" in body
    assert not device.confirmed
    assert client.post("/sign-in/totp/", {"totp": ""}).status_code == 422
    assert (
        client.post("/sign-in/totp/", {"totp": number(device), "next": "/set-up/staff/"})["Location"]
        == "/set-up/staff/"
    )
    assert client.get("/set-up/staff/").status_code == 200


def test_a_value_of_the_authenticator_counts_once(page, make):
    user = make.user("owner", phone="+989125550101")
    device = TOTPDevice.objects.create(user=user, name="default", confirmed=True)
    row, client = ask(), page()
    data = {"challenge": row.challenge, "code": code_for(row.challenge)}
    first = client.post("/sign-in/", data)
    assert first.status_code == 200
    assert 'name="totp"' in first.content.decode()
    value = number(device)
    assert client.post("/sign-in/", data | {"totp": value}).status_code == 302
    earlier(seconds=61)
    row = ask()
    outcome = actions.check_code(challenge=row.challenge, code=code_for(row.challenge), totp=value, by=None)
    assert outcome.problem == "wrong_totp"


def test_guessing_the_second_factor_ends_with_the_code(make):
    user = make.user("owner", phone="+989125550101")
    TOTPDevice.objects.create(user=user, name="default", confirmed=True)
    row = ask()
    code = code_for(row.challenge)
    for _ in range(5):
        assert actions.check_code(challenge=row.challenge, code=code, totp="000000", by=None).problem == "wrong_totp"
    assert actions.check_code(challenge=row.challenge, code=code, totp="000000", by=None).problem == "wrong"


def test_a_withdrawn_role_ends_tokens_and_what_the_session_may(page, api, make):
    user = make.user("secretary")
    client, caller = page(user), api(user)
    assert client.get("/patients/").status_code == 200
    assert caller.get("/api/v1/patients/").status_code == 200
    actions.withdraw_role(grant=RoleGrant.objects.get(user=user), by=None)
    assert client.get("/patients/").status_code == 403
    assert caller.get("/api/v1/patients/").status_code == 401
    assert not Token.objects.filter(user=user).exists()


def test_a_closed_account_is_out_at_once(page, api, make):
    user = make.user("secretary")
    client, caller = page(user), api(user)
    assert client.get("/patients/").status_code == 200
    actions.set_active(user=user, active=False, by=None)
    assert client.get("/patients/").status_code == 302
    assert caller.get("/api/v1/patients/").status_code == 401


def test_the_same_number_in_two_clinics_is_two_accounts(page):
    row = ask()
    assert (
        page(host="b.localhost")
        .post("/sign-in/", {"challenge": row.challenge, "code": code_for(row.challenge)})
        .status_code
        == 422
    )
