"""Words that a row must carry and nobody may read there: closed under the clinic's key until they leave."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from django.utils.crypto import salted_hmac

from clinic.shared.tenancy import salt


def seal(words: str) -> str:
    """The words as nobody can read them without this clinic's key."""
    return _key().encrypt(words.encode()).decode()


def unseal(sealed: str) -> str:
    """The words again; nothing where the key has changed since."""
    try:
        return _key().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


def _key() -> Fernet:
    secret = salted_hmac(salt("sealing"), "key", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(secret))
