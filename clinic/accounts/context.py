"""What every page's frame needs."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clinic.accounts.permissions import Perm
from clinic.accounts.roles import HOME_ORDER
from clinic.shared.tenancy import clinic_or_none

# (key, label, url, icon, permission); the order is the order on screen, a phone shows the first four.
NAVIGATION = [
    ("board", lambda: _("Today"), "/desk/", "calendar-days", Perm.DIARY_BOOK),
    ("queue", lambda: _("Queue"), "/desk/queue/", "users-round", Perm.FLOOR_VIEW),
    ("my-day", lambda: _("My day"), "/doctor/", "stethoscope", Perm.RECORD_WRITE),
    ("patients", lambda: _("Patients"), "/patients/", "contact-round", Perm.PATIENTS_VIEW),
    ("waitlist", lambda: _("Waitlist"), "/desk/waitlist/", "hourglass", Perm.DIARY_BOOK),
    ("calls", lambda: _("Call list"), "/follow-ups/", "phone-call", Perm.FOLLOWUPS_WORK),
    ("decide", lambda: _("To decide"), "/desk/decide/", "inbox", Perm.DIARY_BOOK),
    ("intake", lambda: _("Forms to look at"), "/desk/intake/", "clipboard-check", Perm.PATIENTS_EDIT),
    ("money", lambda: _("Money"), "/finance/", "wallet", Perm.INVOICES_VIEW),
    ("my-share", lambda: _("My share"), "/doctor/wallet/", "hand-coins", Perm.WALLET_OWN),
    ("stock", lambda: _("Stock"), "/stock/", "package", Perm.STOCK_VIEW),
    ("points", lambda: _("Points"), "/points/", "award", Perm.POINTS_RULES),
    ("chat", lambda: _("Conversations"), "/desk/chat/", "message-circle", Perm.CHAT_PATIENTS),
    ("messages", lambda: _("Messages"), "/messages/", "message-square", Perm.MESSAGES_VIEW),
    ("mastermind", lambda: _("Mastermind"), "/mastermind/", "chart-column", Perm.MASTERMIND_VIEW),
    ("set-up", lambda: _("Set-up"), "/set-up/", "settings", Perm.SETUP_MANAGE),
    ("audit", lambda: _("Log"), "/audit/", "history", Perm.AUDIT_VIEW),
]


def page(request: HttpRequest) -> dict[str, Any]:
    """Clinic, navigation, preferences. What only a whole page's frame shows is made when a template asks for it."""
    clinic = clinic_or_none()
    user = getattr(request, "user", None)
    nav = SimpleLazyObject(lambda: _navigation(request, user) if clinic and user and user.is_authenticated else [])
    return {
        "clinic": clinic,
        "nav": nav,
        "search_url": SimpleLazyObject(lambda: _search_url(user) if clinic else ""),
        "role_name": SimpleLazyObject(lambda: _role_name(user)),
        "home_url": SimpleLazyObject(lambda: nav[0]["url"] if nav else "/"),
        "platform_name": _("Clinic platform"),
        "demo_mode": settings.DEMO,
        "demo_url": "/demo/" if settings.DEMO else "",
        "theme": getattr(request, "theme", ""),
        "languages": settings.LANGUAGES,
        "Perm": Perm,
    }


def _navigation(request: HttpRequest, user: Any) -> list[dict[str, Any]]:
    words = _words(get_language() or "")
    return [
        {"key": key, "label": words[key], "url": url, "icon": icon, "active": _is_active(request.path, url)}
        for key, _label, url, icon, permission in NAVIGATION
        if user.can(permission)
    ]


@cache
def _words(_language: str) -> dict[str, str]:
    return {key: label() for key, label, *_more in NAVIGATION}


def _search_url(user: Any) -> str:
    return "/patients/search/?go=1" if user and user.is_authenticated and user.can(Perm.PATIENTS_VIEW) else ""


def _role_name(user: Any) -> str:
    if not (user and user.is_authenticated):
        return ""
    roles = user.rights.roles
    return str(next(role for role in HOME_ORDER if role in roles).label)


def _is_active(path: str, url: str) -> bool:
    if url == "/doctor/" and path.startswith("/doctor/wallet/"):
        return False  # an entry of its own
    return path == url if url == "/desk/" else path.startswith(url)
