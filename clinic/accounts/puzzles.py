"""A captcha that nobody sees: a sum that a browser does by itself before more codes go to one address. ALTCHA's form.

An address is not a person: behind one of a mobile network stand thousands of patients, none of whom must be locked out.
Whoever asks by program pays for each code with seconds of work.
"""

import base64
import datetime as dt
import json
from typing import Any, cast

from altcha.v1 import ChallengeOptions, create_challenge, verify_solution
from django.conf import settings
from django.utils import timezone

from clinic.shared.tenancy import salt

LIFE = dt.timedelta(minutes=10)
SUM = 40_000  # how far is counted at most: about a second of a phone
LONGEST = 800  # of an answer


def new_puzzle(weight: int = 1) -> dict[str, Any]:
    """What the browser has to find; `weight` times as long as usual."""
    options = ChallengeOptions(
        algorithm="SHA-256", max_number=SUM * weight, hmac_key=_key(), expires=timezone.now() + LIFE
    )
    return dict(create_challenge(options).to_dict())


def mark_of(proof: str) -> str:
    """The sign of a puzzle of this clinic that was solved in time, empty for anything else. Used once by its caller."""
    if not proof or len(proof) > LONGEST:
        return ""
    try:
        payload = _read(proof)
        solved, _why = verify_solution(cast(Any, payload), _key())
    except (ValueError, TypeError, KeyError, AttributeError):
        return ""
    return str(payload["challenge"]) if solved else ""


def _read(proof: str) -> dict[str, Any]:
    payload = json.loads(base64.b64decode(proof, validate=True))
    kinds = {"algorithm": str, "challenge": str, "salt": str, "signature": str, "number": int}
    if not isinstance(payload, dict) or any(not isinstance(payload.get(name), kind) for name, kind in kinds.items()):
        raise ValueError(proof)
    if payload["algorithm"] != "SHA-256":
        raise ValueError(proof)
    return payload


def _key() -> str:
    return f"{salt('puzzle')}:{settings.SECRET_KEY}"
