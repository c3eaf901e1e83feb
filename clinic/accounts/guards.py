"""How a route says who may come: a permission, or a place on the public list with a reason. Nothing said: nobody."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from clinic.accounts.permissions import Perm
from clinic.accounts.roles import ROLES, Role

V = TypeVar("V", bound=Callable[..., Any])


@dataclass(frozen=True)
class Guard:
    """What a route declares. `methods` overrides the permission for single methods or viewset actions."""

    permission: Perm | None = None
    public: str = ""
    methods: tuple[tuple[str, "Guard"], ...] = ()
    # Signed in is enough, before the second factor too: only leaving and enrolling.
    before_totp: bool = False

    def for_call(self, method: str, view_action: str = "") -> "Guard":
        """The guard of one method or viewset action."""
        table = dict(self.methods)
        return table.get(view_action) or table.get(method.upper()) or self

    def roles(self) -> list[str]:
        """The roles that come in, `public` where everybody does; for `manage.py policy`."""
        if self.public:
            return ["public"]
        if self.permission is None:
            return [role.value for role in Role]
        return [role.value for role, card in ROLES.items() if self.permission in card.permissions]


def needs(permission: Perm, **methods: Perm | Guard) -> Callable[[V], V]:
    """Only who holds the permission; other permissions for single methods by name: `@needs(A, POST=B)`."""
    table = tuple((k, v if isinstance(v, Guard) else Guard(permission=v)) for k, v in methods.items())
    return _declare(Guard(permission=permission, methods=table))


def open_to_all(reason: str) -> Callable[[V], V]:
    """Everybody, signed in or not; the reason stands in the policy."""
    return _declare(Guard(public=reason))


def signed_in(*, before_totp: bool = False) -> Callable[[V], V]:
    """Everybody with an account."""
    return _declare(Guard(before_totp=before_totp))


def _declare(guard: Guard) -> Callable[[V], V]:
    def decorate(view: V) -> V:
        view.guard = guard  # type: ignore[attr-defined]  # read by the middleware
        return view

    return decorate


def guard_of(callback: Any) -> Guard | None:
    """The guard of what the resolver found: a function, a class-based view or a viewset."""
    for holder in (callback, getattr(callback, "cls", None), getattr(callback, "view_class", None)):
        guard = getattr(holder, "guard", None)
        if isinstance(guard, Guard):
            return guard
    return None
