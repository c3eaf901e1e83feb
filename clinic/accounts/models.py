"""People, their roles and how they prove who they are. Present in every clinic's schema and in the platform's."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.accounts.permissions import Perm
from clinic.accounts.roles import ROLES, Role
from clinic.shared.audit import History
from clinic.shared.db.prepared import Statement
from clinic.shared.models import AppendOnly, Audited, AuditedQuerySet
from clinic.shared.writing import Written


class Branch(Audited):
    """A place where the clinic works (FHIR Location)."""

    name = models.CharField(_("name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=50, default="Asia/Tehran")
    # Before this hour of the night it is still yesterday's work: bills, payments, tokens and the queue.
    day_starts_hour = models.PositiveSmallIntegerField(_("the working day begins at"), default=0)
    is_active = models.BooleanField(_("open for work"), default=True)
    history = History()

    class Meta:
        verbose_name = _("branch")
        verbose_name_plural = _("branches")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=models.Q(day_starts_hour__lte=11), name="day_starts_at_night")]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager.from_queryset(AuditedQuerySet)):  # type: ignore[misc]  # made at run time
    """Accounts are made by `actions.account_for_phone`."""


class User(AbstractBaseUser, Written):
    """An account: one phone, one person, in one clinic. It carries no rights but through its role grants."""

    phone = models.CharField(_("mobile number"), max_length=20, unique=True)
    full_name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=2, blank=True, choices=settings.LANGUAGES)
    theme = models.CharField(_("theme"), max_length=5, blank=True, choices=[("light", _("Light")), ("dark", _("Dark"))])
    is_active = models.BooleanField(_("may sign in"), default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    history = History(excluded_fields=["password"])

    # Sign-ins are security events; a column that changes at each of them would fill the history with nothing.
    last_login = None  # type: ignore[assignment]  # Django takes the column away this way

    objects = UserManager()

    USERNAME_FIELD = "phone"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return self.full_name or self.phone

    @property
    def rights(self) -> "Rights":
        """What this account may do, read once per request."""
        if not hasattr(self, "_rights"):
            self._rights = Rights.of(self)
        return self._rights

    def can(self, permission: str, branch: Any = None) -> bool:
        """Whether a role of this account permits it (in this branch, where one is named)."""
        return self.is_active and self.rights.can(permission, branch)

    @property
    def is_staff(self) -> bool:
        """Django's admin asks this; only who may see the tables comes near it."""
        return self.can(Perm.TABLES_VIEW) or self.can(Perm.PLATFORM_CLINICS)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's admin asks this for each table; what each shows is declared in its admin."""
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        """See `has_perm`."""
        return self.is_staff


class RoleGrant(Audited):
    """A role held by an account, everywhere or in one branch."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants", verbose_name=_("account"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    branch = models.ForeignKey(
        Branch, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("branch")
    )
    history = History()

    class Meta:
        verbose_name = _("role of an account")
        verbose_name_plural = _("roles of accounts")
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "branch"], name="role_granted_once", nulls_distinct=False)
        ]


class PermissionOverride(Audited):
    """A single permission given to, or taken from, one account by the owner."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="overrides", verbose_name=_("account"))
    permission = models.CharField(_("permission"), max_length=40, choices=Perm.choices)
    is_allowed = models.BooleanField(_("allowed"))
    history = History()

    class Meta:
        verbose_name = _("single permission")
        verbose_name_plural = _("single permissions")
        constraints = [models.UniqueConstraint(fields=["user", "permission"], name="override_once")]


# The role grants of an account `u` and its single permissions, as two lists beside whatever else is asked of it.
RIGHTS = """
    ARRAY(SELECT role || ':' || coalesce(branch_id::text, '') FROM accounts_rolegrant WHERE user_id = u.id),
    ARRAY(SELECT permission || ':' || is_allowed::int FROM accounts_permissionoverride WHERE user_id = u.id)
"""
_RIGHTS_OF = Statement(f"SELECT {RIGHTS} FROM accounts_user u WHERE u.id = %(user)s")  # noqa: S608 (our own text)


class Rights:
    """The union of an account's grants and overrides, as `RIGHTS` finds them."""

    def __init__(self, grants: Iterable[str] = (), overrides: Iterable[str] = ()) -> None:
        # Every account that is signed in may act for itself.
        self.grants: list[tuple[Role, int | None]] = [(Role.PATIENT, None)]
        for role, _colon, branch in (each.partition(":") for each in grants):
            self.grants.append((Role(role), int(branch) if branch else None))
        self.overrides = {name: flag == "1" for name, _colon, flag in (each.partition(":") for each in overrides)}
        self._asked: dict[tuple[str, Any], bool] = {}  # a page asks the same again and again

    @classmethod
    def of(cls, user: User) -> "Rights":
        """Those of an account, from the database or as a list of accounts fetched them before."""
        rights = cls()
        if {"grants", "overrides"} <= set(getattr(user, "_prefetched_objects_cache", ())):
            rights.grants += [(Role(g.role), g.branch_id) for g in user.grants.all()]
            rights.overrides = {o.permission: o.is_allowed for o in user.overrides.all()}
            return rights
        return cls(*(_RIGHTS_OF.row(user=user.pk) or ()))

    @property
    def roles(self) -> list[Role]:
        """The roles held, patient first."""
        return list(dict.fromkeys(role for role, _branch in self.grants))

    @property
    def needs_totp(self) -> bool:
        """Whether any role obliges to a second factor."""
        return any(ROLES[role].needs_totp for role in self.roles)

    def can(self, permission: str, branch: Any = None) -> bool:
        """See `User.can`."""
        key = (permission, getattr(branch, "pk", branch))
        if key not in self._asked:
            self._asked[key] = self._can(*key)
        return self._asked[key]

    def _can(self, permission: str, wanted: Any) -> bool:
        if permission in self.overrides:
            return self.overrides[permission]
        return any(
            permission in ROLES[role].permissions and (wanted is None or scope is None or scope == wanted)
            for role, scope in self.grants
        )

    def branches(self, permission: str) -> set[int] | None:
        """The branches in which it is permitted; None means all of them, an empty set none."""
        if permission in self.overrides:
            return None if self.overrides[permission] else set()
        scopes = {scope for role, scope in self.grants if permission in ROLES[role].permissions}
        return None if None in scopes else {s for s in scopes if s is not None}


class SignInCode(models.Model):
    """A code that was asked for. The code itself is derived from the challenge and never stored."""

    challenge = models.CharField(max_length=64, unique=True)
    phone = models.CharField(max_length=20)
    ip = models.GenericIPAddressField(null=True)
    code_hash = models.CharField(max_length=128)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    # waiting → sending → sent | failed. A code whose sending was cut off is never sent twice by itself.
    delivery = models.CharField(max_length=10, default="waiting")
    language = models.CharField(max_length=2, default="fa")
    proof = models.CharField(max_length=64, null=True, unique=True)  # the puzzle that was solved for it, used once

    class Meta:
        indexes = [
            models.Index(fields=["phone", "-created_at"], name="code_by_phone"),
            models.Index(fields=["ip", "-created_at"], name="code_by_ip"),
            models.Index(fields=["created_at"], name="code_waiting", condition=models.Q(delivery="waiting")),
        ]


class Token(models.Model):
    """An opaque API token; only its hash is kept. It dies with the account."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    key_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    is_verified = models.BooleanField(default=False)


class SecurityEvent(AppendOnly):
    """Sign-ins, refusals and other moments that an investigation asks for."""

    at = models.DateTimeField(db_default=Now())
    kind = models.CharField(max_length=40)
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ip = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=40, blank=True, default="")
    detail = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("security event")
        verbose_name_plural = _("security events")
        indexes = [models.Index(fields=["-at"], name="security_event_latest")]
