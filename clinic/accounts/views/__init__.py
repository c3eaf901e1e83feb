"""Signing in, the second factor, preferences; the clinic's staff."""

from clinic.accounts.views.again import again, asks_again, proved
from clinic.accounts.views.sign_in import PROBLEMS, finish_sign_in, home_of, preferences, sign_in, sign_out
from clinic.accounts.views.staff import (
    staff,
    staff_active,
    staff_grant,
    staff_member,
    staff_new,
    staff_override,
    staff_withdraw,
)
from clinic.accounts.views.totp import totp

__all__ = [
    "PROBLEMS",
    "again",
    "asks_again",
    "finish_sign_in",
    "home_of",
    "preferences",
    "proved",
    "sign_in",
    "sign_out",
    "staff",
    "staff_active",
    "staff_grant",
    "staff_member",
    "staff_new",
    "staff_override",
    "staff_withdraw",
    "totp",
]
