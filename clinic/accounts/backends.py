"""Sessions name an account; there is no password to check."""

import json
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.backends import BaseBackend
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from clinic.accounts.models import User
from clinic.accounts.queries import open_account, open_session
from clinic.shared.tenancy import salt

# Whose a session was when this process read it last: a guess by which session and account are read in one statement.
_owners: dict[str, int] = {}
OWNERS_AT_MOST = 10_000
_found: ContextVar[User | None] = ContextVar("account_read_with_its_session", default=None)


class CodeBackend(BaseBackend):
    """Accounts sign in by code (`actions.check_code`); this only finds the session's account again."""

    def get_user(self, user_id: int) -> User | None:
        """The account, with its rights, unless it was closed."""
        user = _found.get()
        _found.set(None)
        return user if user and user.pk == user_id else open_account(user_id)

    def authenticate(self, request: HttpRequest | None, **credentials: str) -> None:
        """Nothing but a code signs anybody in."""


class SessionStore(DatabaseSessions):
    """Django's sessions in the clinic's schema; reading one begins every request, so its statement is kept prepared."""

    def load(self) -> dict[str, Any]:
        """What the session holds; its account was read with it, if it is still that of the last time."""
        _found.set(None)
        data: dict[str, Any] = super().load()
        owner, user = int(data.get(SESSION_KEY) or 0), _found.get()
        if user and user.pk != owner:
            _found.set(None)
        if owner and self.session_key:
            if len(_owners) >= OWNERS_AT_MOST:
                _owners.clear()
            _owners[salt(self.session_key)] = owner
        return data

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """What the signed text says; the same text says the same, so its signature is computed once by a process."""
        found: dict[str, Any] = json.loads(_opened(session_data))
        return found

    def _get_session_from_db(self) -> Session | None:
        session, user = None, None
        if self.session_key:
            session, user = open_session(self.session_key, _owners.get(salt(self.session_key), 0))
        _found.set(user)
        if session is None:
            self._session_key = None
        return session


@lru_cache(maxsize=4096)
def _opened(session_data: bytes | str) -> str:
    return json.dumps(DatabaseSessions.decode(SessionStore(), session_data))
