"""Sessions name an account; there is no password to check."""

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from clinic.accounts.models import User
from clinic.accounts.queries import open_account


class CodeBackend(BaseBackend):
    """Accounts sign in by code (`actions.check_code`); this only finds the session's account again."""

    def get_user(self, user_id: int) -> User | None:
        """The account, with its rights, unless it was closed."""
        return open_account(user_id)

    def authenticate(self, request: HttpRequest | None, **credentials: str) -> None:
        """Nothing but a code signs anybody in."""
