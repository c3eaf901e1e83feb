"""Inviting colleagues, roles, single permissions, closing accounts; only after showing who one is."""

import time

import pytest
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from clinic.accounts import actions
from clinic.accounts.models import PermissionOverride, RoleGrant, SecurityEvent, SignInCode, User
from clinic.accounts.permissions import Perm
from clinic.accounts.queries import code_for
from clinic.accounts.roles import Role
from clinic.shared.errors import Forbidden, Invalid


@pytest.fixture
def owner(page):
    """An owner's browser that showed lately who she is."""
    client = page("owner")
    session = client.session
    session["proved"] = int(time.time())
    session.save()
    return client


def invited(owner, **data):
    values = {"full_name": "نرگس", "phone": "۰۹۱۲۷۷۷۰۰۰۱", "role": "secretary", **data}
    return owner.post("/set-up/staff/new/", values)


def test_everybody_but_the_owner_is_refused(page):
    for role in ("secretary", "doctor", "cashier", "manager", "nurse", ""):
        client = page(role)
        assert client.get("/set-up/staff/").status_code == 403, role
        assert client.post("/set-up/staff/new/", {}).status_code == 403, role


def test_a_colleague_is_invited_by_number_and_name(owner, make):
    answer = invited(owner, branch=make.branch().pk)
    user = User.objects.get(phone="+989127770001")
    assert answer["Location"] == f"/set-up/staff/{user.pk}/"
    grant = RoleGrant.objects.get(user=user)
    assert (grant.role, grant.branch) == ("secretary", make.branch())
    assert "نرگس" in owner.get("/set-up/staff/").content.decode()
    assert owner.get(f"/set-up/staff/{user.pk}/").status_code == 200
    assert grant.history.get().history_user_id == owner.user.pk


@pytest.mark.parametrize(
    "bad", [{"phone": "0912"}, {"phone": ""}, {"full_name": " "}, {"role": ""}, {"role": "operator"}, {"branch": "99"}]
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(owner, bad):
    answer = invited(owner, **bad)
    assert answer.status_code == 422
    body = answer.content.decode()
    assert "c-field__error" in body
    assert "نرگس" in body or "full_name" in bad
    assert not User.objects.filter(phone="+989127770001").exists()


def test_rights_change_only_after_a_fresh_proof(page):
    client = page("owner")
    answer = client.get("/set-up/staff/new/")
    assert answer["Location"] == "/sign-in/again/?next=%2Fset-up%2Fstaff%2Fnew%2F"
    assert invited(client).status_code == 302
    assert not User.objects.filter(phone="+989127770001").exists()
    device = TOTPDevice.objects.get(user=client.user)
    assert client.post("/sign-in/again/", {"code": "000000", "next": "/set-up/staff/"}).status_code == 422
    device.refresh_from_db()
    device.throttle_reset()
    value = f"{TOTP(device.bin_key, device.step, device.t0, device.digits).token():06d}"
    answer = client.post("/sign-in/again/", {"code": value, "next": "/set-up/staff/new/"})
    assert answer["Location"] == "/set-up/staff/new/"
    assert client.get("/set-up/staff/new/").status_code == 200


def test_without_an_authenticator_a_code_is_the_proof(page, make):
    user = make.user("manager")
    actions.set_override(user=user, permission=Perm.STAFF_MANAGE, allowed=True, by=None)
    client = page(User.objects.get(pk=user.pk))
    assert client.get("/set-up/staff/new/").status_code == 302
    client.post("/sign-in/again/", {"next": "/set-up/staff/new/"})
    row = SignInCode.objects.get()
    other = actions.ask_code(phone="09128880000", by=None)
    stolen = {"challenge": other.challenge, "code": code_for(other.challenge), "next": "/set-up/staff/new/"}
    assert client.post("/sign-in/again/", stolen).status_code == 422
    mine = {"challenge": row.challenge, "code": code_for(row.challenge), "next": "https://evil.example/"}
    assert client.post("/sign-in/again/", mine)["Location"] == "/"
    assert client.get("/set-up/staff/new/").status_code == 200


def test_roles_are_given_and_taken_back(owner, make):
    user = make.user("secretary")
    page = f"/set-up/staff/{user.pk}/"
    assert owner.post(f"{page}roles/", {"role": "cashier"})["Location"] == page
    assert owner.post(f"{page}roles/", {"role": "cashier"})["Location"] == page
    assert set(RoleGrant.objects.filter(user=user).values_list("role", flat=True)) == {"secretary", "cashier"}
    grant = RoleGrant.objects.get(user=user, role="cashier")
    assert owner.post(f"{page}roles/{grant.pk}/withdraw/").status_code == 302
    assert not RoleGrant.objects.filter(pk=grant.pk).exists()
    assert SecurityEvent.objects.filter(kind="role.withdrawn", user=user).exists()


def test_a_grant_of_somebody_else_is_not_found_under_this_person(owner, make):
    one, other = make.user("secretary"), make.user("cashier")
    grant = RoleGrant.objects.get(user=other)
    assert owner.post(f"/set-up/staff/{one.pk}/roles/{grant.pk}/withdraw/").status_code == 404
    assert RoleGrant.objects.filter(pk=grant.pk).exists()


def test_the_last_owner_stays(owner, make):
    RoleGrant.objects.filter(role=Role.OWNER).exclude(user=owner.user).delete()
    grant = RoleGrant.objects.get(user=owner.user)
    answer = owner.post(f"/set-up/staff/{owner.user.pk}/roles/{grant.pk}/withdraw/")
    assert answer.status_code == 422
    assert RoleGrant.objects.filter(pk=grant.pk).exists()
    with pytest.raises(Invalid):
        actions.set_active(user=owner.user, active=False, by=None)


def test_a_closed_owner_does_not_count(owner, make):
    RoleGrant.objects.filter(role=Role.OWNER).exclude(user=owner.user).delete()
    second = make.user("owner")
    actions.set_active(user=second, active=False, by=owner.user)
    with pytest.raises(Invalid):
        actions.withdraw_role(grant=RoleGrant.objects.get(user=owner.user), by=owner.user)


def test_nobody_closes_their_own_account(owner):
    answer = owner.post(f"/set-up/staff/{owner.user.pk}/active/", {"active": "0"})
    assert answer.status_code == 422
    owner.user.refresh_from_db()
    assert owner.user.is_active


def test_single_permissions_come_and_go(owner, make):
    user = make.user("secretary")
    page = f"/set-up/staff/{user.pk}/permissions/"
    owner.post(page, {"permission": "ledger.view", "allowed": "yes"})
    assert User.objects.get(pk=user.pk).can(Perm.LEDGER_VIEW)
    owner.post(page, {"permission": "diary.book", "allowed": "no"})
    assert not User.objects.get(pk=user.pk).can(Perm.DIARY_BOOK)
    owner.post(page, {"permission": "diary.book", "allowed": "role"})
    assert User.objects.get(pk=user.pk).can(Perm.DIARY_BOOK)
    assert owner.post(page, {"permission": "platform.clinics", "allowed": "yes"}).status_code == 422
    assert PermissionOverride.objects.filter(user=user).count() == 1


def test_who_is_no_owner_gives_only_what_she_has(make):
    manager = make.user("manager")
    actions.set_override(user=manager, permission=Perm.STAFF_MANAGE, allowed=True, by=None)
    manager, other = User.objects.get(pk=manager.pk), make.user("secretary")
    with pytest.raises(Forbidden):
        actions.grant_role(user=other, role=Role.OWNER, by=manager)
    with pytest.raises(Forbidden):
        actions.set_override(user=other, permission=Perm.LEDGER_VIEW, allowed=True, by=manager)
    with pytest.raises(Forbidden):
        actions.set_override(user=manager, permission=Perm.STOCK_MOVE, allowed=True, by=manager)
    with pytest.raises(Forbidden):
        actions.withdraw_role(grant=RoleGrant.objects.get(user=make.user("owner")), by=manager)
    actions.set_override(user=other, permission=Perm.STOCK_MOVE, allowed=True, by=manager)


def test_the_name_is_changed(owner, make):
    user = make.user("doctor")
    owner.post(f"/set-up/staff/{user.pk}/", {"full_name": "دكتر كريمي"})
    user.refresh_from_db()
    assert user.full_name == "دکتر کریمی"
    assert owner.post(f"/set-up/staff/{user.pk}/", {"full_name": ""}).status_code == 422
