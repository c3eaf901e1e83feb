"""Sessions name an account; there is no password to check."""

import json
from functools import lru_cache
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from clinic.accounts.models import User
from clinic.accounts.queries import open_account, open_session


class CodeBackend(BaseBackend):
    """Accounts sign in by code (`actions.check_code`); this only finds the session's account again."""

    def get_user(self, user_id: int) -> User | None:
        """The account, with its rights, unless it was closed."""
        return open_account(user_id)

    def authenticate(self, request: HttpRequest | None, **credentials: str) -> None:
        """Nothing but a code signs anybody in."""


class SessionStore(DatabaseSessions):
    """Django's sessions in the clinic's schema; reading one begins every request, so its statement is kept prepared."""

    def decode(self, session_data: str) -> dict[str, Any]:
        """What the signed text says; the same text says the same, so its signature is computed once by a process."""
        found: dict[str, Any] = json.loads(_opened(session_data))
        return found

    def _get_session_from_db(self) -> Session | None:
        found = open_session(self.session_key) if self.session_key else None
        if found is None:
            self._session_key = None
        return found


@lru_cache(maxsize=4096)
def _opened(session_data: str) -> str:
    return json.dumps(DatabaseSessions.decode(SessionStore(), session_data))
