"""The key of a branch's day packs, and the packs themselves as locked rows (docs/decisions/day-pack.md)."""

import base64
import datetime as dt
import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.accounts.permissions import Perm
from clinic.shared.actions import action
from clinic.shared.actor import current_actor
from clinic.shared.errors import Forbidden, Invalid, NotFound
from clinic.shared.tenancy import salt
from scheduling.models import DayPack, DayPackKey, DayPackTaken

ITERATIONS = 600_000  # of PBKDF2 with SHA-256, which every browser has
SHORTEST = 12


@action
def set_passphrase(*, branch: Branch, passphrase: str, by: User) -> DayPackKey:
    """Lock a branch's packs from now on with a key made from these words; the words themselves are kept nowhere.

    Packs that lie on devices keep their old words. Raises Forbidden, and Invalid for fewer than twelve characters.
    """
    if not by.can(Perm.SETUP_MANAGE, branch):
        raise Forbidden(_("Your role does not allow this."))
    words = as_typed(passphrase)
    if len(words) < SHORTEST:
        raise Invalid(_("Take at least twelve characters: three or four words are easy to keep."), field="passphrase")
    pepper = secrets.token_bytes(16)
    derived = hashlib.pbkdf2_hmac("sha256", words.encode(), pepper, ITERATIONS)
    key = DayPackKey.objects.select_for_update(of=("self",)).filter(branch=branch).first() or DayPackKey(branch=branch)
    key.salt, key.iterations, key.wrapped_key = pepper.hex(), ITERATIONS, _wrap(derived, branch.pk)
    key.set_by, key.set_at = by, timezone.now()
    key.save()
    DayPack.objects.filter(branch=branch).delete()  # locked with the key that was
    return key


def as_typed(passphrase: str) -> str:
    """The words as both sides take them: one space between, nothing around. The page in the pack does the same."""
    return " ".join(passphrase.split())


@action
def keep_pack(*, branch: Branch, text: str, lines: int, made_at: dt.datetime, by: User | None = None) -> DayPack:
    """Lock a pack (any text) with the branch's key and keep it in place of the one before. NotFound without a key."""
    key = DayPackKey.objects.filter(branch=branch).first()
    if key is None:
        raise NotFound(_("This branch has no passphrase for day packs yet."))
    nonce = secrets.token_bytes(12)
    sealed = AESGCM(_unwrap(key)).encrypt(nonce, text.encode(), seal_of(branch, made_at).encode())
    locked = {"iv": base64.b64encode(nonce).decode(), "data": base64.b64encode(sealed).decode()}
    values = {"made_at": made_at, "locked": locked, "lines": lines}
    pack, _made = DayPack.objects.update_or_create(branch=branch, defaults=values)
    return pack


def seal_of(branch: Branch, made_at: dt.datetime) -> str:
    """What is sealed with a pack though everybody may read it: whose it is and how old."""
    return f"day-pack/1/{salt('day-pack')}/{branch.pk}/{made_at.isoformat()}"


@action
def note_taken(*, pack: DayPack, device: str, by: User) -> DayPackTaken:
    """Write down who put which pack on what device."""
    return DayPackTaken.objects.create(
        branch_id=pack.branch_id, made_at=pack.made_at, by=by, ip=current_actor().ip, device=device[:120]
    )


def _cupboard(branch: int) -> AESGCM:
    """Keys lie locked with the house's own secret: a copy of the database alone opens no pack."""
    info = f"{salt('day-pack-key')}:{branch}".encode()
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(settings.SECRET_KEY.encode()))


def _wrap(key: bytes, branch: int) -> str:
    nonce = secrets.token_bytes(12)
    return base64.b64encode(nonce + _cupboard(branch).encrypt(nonce, key, None)).decode()


def _unwrap(key: DayPackKey) -> bytes:
    raw = base64.b64decode(key.wrapped_key)
    try:
        return _cupboard(key.branch_id).decrypt(raw[:12], raw[12:], None)
    except InvalidTag:
        raise NotFound(_("The passphrase has to be set again: the server's own secret has changed.")) from None
