"""Reads about accounts that other modules need."""

import datetime as dt
import hashlib
import hmac
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import RIGHTS, Branch, Rights, SignInCode, Token, User
from clinic.shared.db.joined import Joined
from clinic.shared.db.prepared import Statement
from clinic.shared.errors import Invalid
from clinic.shared.tenancy import salt

CODE_TRIES = 5
LARGEST = 2**63 - 1  # that a key can be; no row has it


def code_for(challenge: str) -> str:
    """The six digits of a challenge, derived so that they need not be stored."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"{salt('code')}:{challenge}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def token_hash(key: str) -> str:
    """How a token is looked up; tokens are long and random, so a plain hash is enough."""
    return hashlib.sha256(f"{salt('token')}:{key}".encode()).hexdigest()


# Who asks and what she may, in one statement: it begins every request of somebody who is signed in.
_ACCOUNT, _TOKEN = Joined(u=User), Joined(u=User, t=Token)
_BY_ID = Statement(f"SELECT {_ACCOUNT.sql}, {RIGHTS} FROM accounts_user u WHERE u.id = %(id)s AND u.is_active")  # noqa: S608 (our own text)
_BY_TOKEN = Statement(f"""
    SELECT {_TOKEN.sql}, {RIGHTS} FROM accounts_token t JOIN accounts_user u ON u.id = t.user_id
    WHERE t.key_hash = %(hash)s AND t.expires_at > now() AND u.is_active
""")  # noqa: S608 (our own text)


_SESSION = Statement(f"""
    SELECT {_ACCOUNT.sql}, {RIGHTS}, s.session_data, s.expire_date
    FROM django_session s LEFT JOIN accounts_user u ON u.id = %(guess)s::bigint AND u.is_active
    WHERE s.session_key = %(key)s AND s.expire_date > %(now)s::timestamptz
""")  # noqa: S608 (our own text)


def open_session(key: str, guess: int = 0) -> tuple[Session | None, User | None]:
    """A session that has not ended, and beside it the account `guess` unless it was closed: perhaps its owner."""
    row = _SESSION.row(key=key, guess=guess, now=timezone.now())  # the clock that wrote its end
    if row is None:
        return None, None
    user, grants, overrides, data, until = _ACCOUNT.read(row)
    session = Session(session_key=key, session_data=data, expire_date=until)
    return session, _with_rights(user, grants, overrides) if user else None


def open_account(pk: int) -> User | None:
    """An account with its rights; None for none and a closed one."""
    row = _BY_ID.row(id=pk)
    if row is None:
        return None
    user, grants, overrides = _ACCOUNT.read(row)
    return _with_rights(user, grants, overrides)


def open_token(key: str) -> Token | None:
    """A token with its account and its rights; None for an unknown or expired one and a closed account."""
    row = _BY_TOKEN.row(hash=token_hash(key))
    if row is None:
        return None
    user, token, grants, overrides = _TOKEN.read(row)
    token.user = _with_rights(user, grants, overrides)
    found: Token = token
    return found


def _with_rights(user: User, grants: list[str], overrides: list[str]) -> User:
    user._rights = Rights(grants, overrides)
    return user


def open_branches(user: User | None = None, permission: str = "") -> QuerySet[Branch]:
    """The branches at work, limited to those where the account holds the permission."""
    branches = Branch.objects.filter(is_active=True)
    scope = user.rights.branches(permission) if user is not None and permission else None
    return branches if scope is None else branches.filter(pk__in=scope)


def business_day(branch: Branch, moment: dt.datetime | None = None) -> dt.date:
    """The working day of a branch at a moment (now), by its own clock: late in the night it may still be yesterday."""
    local = (moment or timezone.now()).astimezone(ZoneInfo(branch.time_zone))
    return local.date() - dt.timedelta(days=local.hour < branch.day_starts_hour)


def day_bounds(branch: Branch, day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """A working day of a branch as two moments."""
    zone, hour = ZoneInfo(branch.time_zone), dt.time(branch.day_starts_hour)
    return dt.datetime.combine(day, hour, zone), dt.datetime.combine(day + dt.timedelta(days=1), hour, zone)


_BRANCH = Joined(b=Branch)
_BRANCHES = Statement(f"""
    SELECT {_BRANCH.sql} FROM accounts_branch b
    WHERE b.is_active AND (%(all)s::boolean OR b.id = ANY(%(allowed)s::bigint[]))
      AND (%(wanted)s::bigint IS NULL OR b.id = %(wanted)s::bigint)
    ORDER BY b.id LIMIT 1
""")  # noqa: S608 (our own text)


def chosen_branch(user: User, permission: str, wanted: str | int | None) -> Branch:
    """The branch that a page or call means: the named one, else the first allowed. Raises Invalid where none is."""
    scope = user.rights.branches(permission) if permission else None
    text = str(wanted or "")
    named = int(text) if text.isascii() and text.isdigit() else None
    row = _BRANCHES.row(all=scope is None, allowed=list(scope or ()), wanted=named and min(named, LARGEST))
    if row is None:
        raise Invalid(_("There is no such branch for you."), field="branch")
    branch: Branch = _BRANCH.read(row)[0]
    return branch


def open_code(challenge: str) -> SignInCode | None:
    """The code that was asked for and may still be tried; the database's clock decides."""
    return SignInCode.objects.filter(
        challenge=challenge[:64], used_at=None, tries__lt=CODE_TRIES, expires_at__gt=Now()
    ).first()


def staff_accounts() -> QuerySet[User]:
    """Everybody who holds a role or a single permission, by name."""
    people = User.objects.filter(Q(grants__isnull=False) | Q(overrides__isnull=False)).distinct()
    return people.prefetch_related("grants__branch", "overrides").order_by("-is_active", "full_name", "pk")
