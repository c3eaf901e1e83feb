"""Sessions of the staff, as signing in would have made them."""

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from bench.data import World
from clinic.accounts.models import Token
from clinic.accounts.queries import token_hash
from clinic.shared.tenancy import use_clinic


def cookies(world: World) -> list[str]:
    """One session for each account of the desk, as a Cookie header."""
    made = []
    with use_clinic(world.clinic()):
        for key in world.staff:
            user = Token.objects.get(key_hash=token_hash(key)).user
            store = SessionStore()
            store[SESSION_KEY] = str(user.pk)
            store[BACKEND_SESSION_KEY] = "clinic.accounts.backends.CodeBackend"
            store[HASH_SESSION_KEY] = user.get_session_auth_hash()
            store.create()
            made.append(f"{settings.SESSION_COOKIE_NAME}={store.session_key}")
    return made
