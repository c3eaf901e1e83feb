"""Signing in and out, accounts, roles."""

import hashlib
import hmac
import math
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from clinic.accounts import tasks
from clinic.accounts.events import SignedIn
from clinic.accounts.models import Branch, PermissionOverride, RoleGrant, SecurityEvent, SignInCode, Token, User
from clinic.accounts.permissions import Perm
from clinic.accounts.puzzles import mark_of, new_puzzle
from clinic.accounts.queries import CODE_TRIES, code_for, token_hash
from clinic.accounts.roles import ROLES, Role
from clinic.shared.actions import action
from clinic.shared.actor import current_actor
from clinic.shared.errors import Forbidden, Invalid, TooMany
from clinic.shared.events import publish
from clinic.shared.phones import read_mobile
from clinic.shared.tenancy import on_platform, salt
from clinic.shared.text import normalise
from clinic.shared.work import wake

CODE_LIFE = timedelta(seconds=120)
TOKEN_LIFE = timedelta(days=30)
ONE_A_MINUTE = timedelta(seconds=60)
CODES_A_DAY = 10
MOST_BY_PUZZLE = 5  # times the address's allowance


def _hash(code: str, challenge: str) -> str:
    key = f"{salt('code-hash')}:{settings.SECRET_KEY}".encode()
    return hashlib.scrypt(code.encode(), salt=key[:32] + challenge.encode(), n=2**12, r=8, p=1).hex()


@action
def ask_code(*, phone: str, language: str = "fa", proof: str = "", by: Any = None) -> SignInCode:
    """Make a code for a mobile number (any usual spelling) and queue its SMS; the same for known and unknown numbers.

    Raises Invalid for what is no mobile number, TooMany beyond one a minute, ten a day or the address's allowance. When
    that is used up, `proof` is the answer to a puzzle, asked for by TooMany (code `puzzle`, details `puzzle`).
    """
    number = read_mobile(phone)
    ip = current_actor().ip
    _lock(f"code:{number}")
    now = _database_now()
    _limit_phone(number, now)
    mark = _limit_address(ip, now, proof)
    challenge = secrets.token_urlsafe(24)
    row = SignInCode.objects.create(
        challenge=challenge,
        phone=number,
        ip=ip,
        code_hash=_hash(code_for(challenge), challenge),
        expires_at=now + CODE_LIFE,
        language=language,
        proof=mark or None,
    )
    wake(tasks.send_code, row.pk)
    return row


def _lock(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"{salt('lock')}:{name}"])


def _database_now() -> datetime:
    """The database's clock decides codes, holds and windows; the app's may be off."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")  # after the lock was waited for, not when the transaction began
        now: datetime = cursor.fetchone()[0]
        return now


def _limit_phone(number: str, now: datetime) -> None:
    times = list(
        SignInCode.objects.filter(phone=number, created_at__gt=now - timedelta(days=1))
        .order_by("-created_at")
        .values_list("created_at", flat=True)[:CODES_A_DAY]
    )
    if times and now - times[0] < ONE_A_MINUTE:
        wait = math.ceil((ONE_A_MINUTE - (now - times[0])).total_seconds())
        raise TooMany(
            _("A code was sent a moment ago. Ask for another in %(seconds)s seconds.") % {"seconds": wait},
            field="phone",
            retry_after=wait,
        )
    if len(times) >= CODES_A_DAY:
        wait = math.ceil((timedelta(days=1) - (now - times[-1])).total_seconds())
        raise TooMany(_("Too many codes were sent to this number today."), field="phone", retry_after=wait)


def _limit_address(ip: str | None, now: datetime, proof: str) -> str:
    """The puzzle that was solved for this code, where one had to be."""
    allowed = settings.CODES_PER_HOUR
    if not allowed or not ip:
        return ""
    _lock(f"codes-from:{ip}")
    sent = SignInCode.objects.filter(ip=ip, created_at__gt=now - timedelta(hours=1)).count()
    if sent < allowed:
        return ""
    if sent >= allowed * MOST_BY_PUZZLE:
        raise TooMany(_("Too many codes were asked for from this address. Try again in an hour."), retry_after=3600)
    mark = mark_of(proof)
    if mark:
        _lock(f"puzzle:{mark}")
    if not mark or SignInCode.objects.filter(proof=mark).exists():
        text = _("Many codes were asked for from this address. Wait a moment while your browser shows that it is one.")
        raise TooMany(text, code="puzzle", retry_after=3600, puzzle=new_puzzle(sent // allowed))
    return mark


@dataclass(frozen=True)
class SignIn:
    """The outcome of a try: an account, or why not (`wrong`, `totp`, `wrong_totp`, `inactive`)."""

    user: User | None = None
    problem: str = ""
    device: TOTPDevice | None = None


@action
def check_code(*, challenge: str, code: str, totp: str = "", by: Any = None) -> SignIn:
    """Try a code once. Wrong tries are counted for good, so the outcome is returned, never raised.

    A right code is used up, except when only the second factor is missing.
    """
    row = SignInCode.objects.select_for_update().filter(challenge=challenge).first()
    if row is None or row.used_at or row.tries >= CODE_TRIES or row.expires_at <= _database_now():
        return SignIn(problem="wrong")
    row.tries += 1
    right = hmac.compare_digest(row.code_hash, _hash(code, challenge))
    if not right:
        row.save(update_fields=["tries"])
        _note("sign_in.wrong_code", detail={"phone": row.phone[-4:]})
        return SignIn(problem="wrong")
    user = account_for_phone(phone=row.phone, by=None)
    outcome = _second_factor(user, totp) if user.is_active else SignIn(problem="inactive")
    if outcome.user:
        row.used_at = _database_now()
        before = SecurityEvent.objects.filter(user=user, kind="sign_in").order_by("-at").first()
        _note("sign_in", user=user)
        publish(SignedIn(user.pk, before.at if before else None))
    elif outcome.problem == "totp":
        row.tries -= 1  # the code was right; only the question is asked
    else:
        _note(f"sign_in.{outcome.problem}", user=user)
    row.save(update_fields=["tries", "used_at"])
    return outcome


def _second_factor(user: User, totp: str) -> SignIn:
    if not user.rights.needs_totp:
        return SignIn(user=user)
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
    if device is None:
        return SignIn(user=user)  # may do nothing but enrol
    if not totp:
        return SignIn(problem="totp")
    if not device.verify_token(totp):
        return SignIn(problem="wrong_totp")
    return SignIn(user=user, device=device)


def _note(kind: str, *, user: User | None = None, detail: dict[str, Any] | None = None) -> None:
    actor = current_actor()
    SecurityEvent.objects.create(kind=kind, user=user, ip=actor.ip, request_id=actor.request_id, detail=detail or {})


@action
def note_security(*, kind: str, user: User | None = None, detail: dict[str, Any] | None = None, by: Any = None) -> None:
    """Write a moment that an investigation may ask for."""
    _note(kind, user=user, detail=detail)


@action
def account_for_phone(*, phone: str, full_name: str = "", by: Any) -> User:
    """The account of a mobile number (E.164), made without rights where there was none."""
    user = User.objects.filter(phone=phone).first()
    if user is None:
        user = User(phone=phone, full_name=full_name)
        user.set_unusable_password()
        user.save()
    return user


@action
def give_token(*, user: User, verified: bool, by: Any) -> str:
    """A new API token for an account; the text is shown once and never kept."""
    key = secrets.token_urlsafe(32)
    Token.objects.create(
        user=user, key_hash=token_hash(key), expires_at=timezone.now() + TOKEN_LIFE, is_verified=verified
    )
    return key


@action
def verify_token(*, token: Token, by: Any) -> None:
    """Mark a token as one with the second factor shown."""
    token.is_verified = True
    token.save(update_fields=["is_verified"])


@action
def end_tokens(*, user: User, key: str = "", by: Any) -> None:
    """End one token of an account, or all of them."""
    tokens = Token.objects.filter(user=user)
    (tokens.filter(key_hash=token_hash(key)) if key else tokens).delete()


@action
def begin_totp(*, user: User, by: Any) -> TOTPDevice:
    """A new, unconfirmed authenticator for an account. Raises Invalid where one is confirmed already."""
    if TOTPDevice.objects.filter(user=user, confirmed=True).exists():
        raise Invalid(_("An authenticator is already set up for this account."), field="totp")
    TOTPDevice.objects.filter(user=user, confirmed=False).delete()
    device: TOTPDevice = TOTPDevice.objects.create(user=user, name="default", confirmed=False)
    return device


@action
def confirm_totp(*, user: User, totp: str, by: Any) -> TOTPDevice:
    """Confirm the authenticator with a first value from it. Raises Invalid for a wrong one."""
    device: TOTPDevice | None = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
    if device is None or not device.verify_token(totp):
        raise Invalid(_("This is not the number that the app shows now."), field="totp")
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    _note("totp.enrolled", user=user)
    return device


@action
def verify_totp(*, user: User, totp: str, by: Any) -> bool:
    """Check a value of the confirmed authenticator; each value counts once."""
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
    right = bool(device and device.verify_token(totp))
    if not right:
        _note("sign_in.wrong_totp", user=user)
    return right


@action
def grant_role(*, user: User, role: Role, branch: Branch | None = None, by: Any) -> RoleGrant:
    """Give an account a role, everywhere or in one branch; again is the same.

    Raises Forbidden where somebody who is no owner makes one, Invalid for a role of the platform in a clinic.
    """
    _may_give(role, by)
    grant = RoleGrant.objects.filter(user=user, role=role, branch=branch).first()
    if grant is None:
        grant = RoleGrant(user=user, role=role, branch=branch)
        grant.save()
        _note("role.granted", user=user, detail={"role": str(role), "branch": branch.pk if branch else None})
    return grant


def _may_give(role: str, by: Any) -> None:
    if by is None:
        return  # the installation itself: a new clinic's owner, an operator
    if role == Role.PATIENT or ROLES[Role(role)].on_platform != on_platform():
        raise Invalid(_("This role is not given here."), field="role")
    if role == Role.OWNER and Role.OWNER not in by.rights.roles:
        raise Forbidden(_("Only an owner decides who is an owner."), field="role")


@action
def invite_staff(*, phone: str, full_name: str, role: Role, branch: Branch | None = None, by: Any) -> User:
    """The account of a colleague, with a role: she signs in with her number and is where the role says.

    Raises Invalid for what is no mobile number or no name, Forbidden for a role that is not hers to give.
    """
    full_name = normalise(full_name)
    if not full_name:
        raise Invalid(_("Write the name that colleagues know."), field="full_name")
    user = account_for_phone(phone=read_mobile(phone), full_name=full_name, by=by)
    if not user.full_name:
        rename(user=user, full_name=full_name, by=by)
    grant_role(user=user, role=role, branch=branch, by=by)
    return user


@action
def rename(*, user: User, full_name: str, by: Any) -> User:
    """Set the name that colleagues see. Raises Invalid for an empty or overlong one."""
    full_name = normalise(full_name)
    if not full_name or len(full_name) > 150:
        raise Invalid(_("Write the name that colleagues know."), field="full_name")
    user.full_name = full_name
    user.save()
    return user


@action
def withdraw_role(*, grant: RoleGrant, by: Any) -> None:
    """Take a role away; API tokens of the account end at once. Raises Invalid for the clinic's last owner."""
    if grant.role == Role.OWNER:
        _may_give(grant.role, by)
        _keep_an_owner(grant.user)
    user = grant.user
    grant.delete()
    end_tokens(user=user, by=by)
    _note("role.withdrawn", user=user, detail={"role": grant.role})


def _keep_an_owner(leaving: User) -> None:
    """Raise Invalid where nobody else would be an owner who can sign in. Two who leave at once wait for each other."""
    owners = RoleGrant.objects.select_for_update(of=("self",)).filter(role=Role.OWNER)
    if not any(grant.user_id != leaving.pk and grant.user.is_active for grant in owners.select_related("user")):
        raise Invalid(_("A clinic needs at least one owner."), field="role")


@action
def set_override(*, user: User, permission: str, allowed: bool | None, by: Any) -> None:
    """Give or take one permission of one account; None returns to what the roles say.

    Raises Invalid for what is no permission of a clinic, Forbidden where one gives what one does not have.
    """
    if permission not in Perm.values or permission.startswith("platform."):
        raise Invalid(_("There is no such permission."), field="permission")
    is_owner = by is None or Role.OWNER in by.rights.roles
    if not is_owner and (not by.can(permission) or user.pk == by.pk):
        raise Forbidden(_("Only an owner gives what you do not have yourself."), field="permission")
    _note("permission.set", user=user, detail={"permission": permission, "allowed": allowed})
    row = PermissionOverride.objects.filter(user=user, permission=permission).first()
    if allowed is None:
        if row:
            row.delete()
        return
    row = row or PermissionOverride(user=user, permission=permission)
    row.is_allowed = allowed
    row.save()


@action
def set_active(*, user: User, active: bool, by: Any) -> User:
    """Open or close an account; a closed one is out of every session and token at its next request.

    Raises Invalid for one's own account and for the last owner's.
    """
    if not active:
        if by is not None and by.pk == user.pk:
            raise Invalid(_("Nobody closes their own account; another owner can."))
        if RoleGrant.objects.filter(user=user, role=Role.OWNER).exists():
            _may_give(Role.OWNER, by)
            _keep_an_owner(user)
    user.is_active = active
    user.save()
    if not active:
        end_tokens(user=user, by=by)
    _note("account.opened" if active else "account.closed", user=user)
    return user


@action
def set_preferences(*, user: User, language: str | None = None, theme: str | None = None, by: Any) -> User:
    """Keep a person's own language and theme; None leaves one as it is."""
    if language is not None:
        user.language = language
    if theme is not None:
        user.theme = theme
    user.save()
    return user
