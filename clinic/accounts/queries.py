"""Reads about accounts that other modules need."""

import hashlib
import hmac

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, SignInCode, User
from clinic.shared.errors import Invalid
from clinic.shared.tenancy import salt

CODE_TRIES = 5


def code_for(challenge: str) -> str:
    """The six digits of a challenge, derived so that they need not be stored."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"{salt('code')}:{challenge}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def token_hash(key: str) -> str:
    """How a token is looked up; tokens are long and random, so a plain hash is enough."""
    return hashlib.sha256(f"{salt('token')}:{key}".encode()).hexdigest()


def open_branches(user: User | None = None, permission: str = "") -> QuerySet[Branch]:
    """The branches at work, limited to those where the account holds the permission."""
    branches = Branch.objects.filter(is_active=True)
    scope = user.rights.branches(permission) if user is not None and permission else None
    return branches if scope is None else branches.filter(pk__in=scope)


def chosen_branch(user: User, permission: str, wanted: str | int | None) -> Branch:
    """The branch that a page or call means: the named one, else the first allowed. Raises Invalid where none is."""
    branches = open_branches(user, permission)
    if wanted and str(wanted).isdigit():
        branches = branches.filter(pk=int(wanted))
    branch = branches.first()
    if branch is None:
        raise Invalid(_("There is no such branch for you."), field="branch")
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
