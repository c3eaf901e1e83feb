"""Who calls the API: an opaque token or a page's own session; and whether the route is for them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions, permissions
from rest_framework.request import Request

from clinic.accounts.guards import guard_of
from clinic.accounts.middleware import decide
from clinic.accounts.models import Token, User
from clinic.accounts.queries import open_token
from clinic.shared.actor import set_actor_user


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Token …`, looked up in the clinic's own schema."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        kind, _space, key = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "token":
            return None
        token = open_token(key.strip())
        if token is None:
            raise exceptions.AuthenticationFailed(_("This token is not known here."))
        set_actor_user(token.user.pk)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Token"


class SessionAuthentication(authentication.SessionAuthentication):
    """The session of a page; unsafe methods need the page's CSRF token. The second factor counts as in pages."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        user = getattr(request._request, "user", None)
        if not user or not user.is_authenticated:
            return None
        self.enforce_csrf(request)
        return user, None


class Declared(permissions.BasePermission):
    """The API's side of default deny: asks the view's guard."""

    def has_permission(self, request: Request, view: Any) -> bool:
        guard = guard_of(view)
        if guard is None:
            return False
        answer = decide(request, guard.for_call(request.method or "GET", getattr(view, "action", "") or ""))
        if answer == "sign_in":
            raise exceptions.NotAuthenticated
        if answer == "enrol":
            raise NeedsTotp
        return not answer


class NeedsTotp(exceptions.PermissionDenied):
    """The role obliges to a second factor that was not shown."""

    default_detail = _("Set up the authenticator first.")
    default_code = "totp"


class TokenScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI page describes tokens."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token …"}


class SessionScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI page describes the session of a page."""

    target_class = SessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "session"}
