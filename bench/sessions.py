"""Sessions of the staff, as signing in would have made them."""

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from bench.data import World
from clinic.accounts.backends import SessionStore
from clinic.accounts.models import Token, User
from clinic.accounts.queries import token_hash
from clinic.shared.tenancy import use_clinic


def cookies(world: World) -> list[str]:
    """One session for each account of the desk, as a Cookie header."""
    with use_clinic(world.clinic()):
        return [cookie_of(Token.objects.get(key_hash=token_hash(key)).user) for key in world.staff]


def cookie_of(user: User) -> str:
    """A new session of an account of the clinic at hand."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "clinic.accounts.backends.CodeBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"
