"""Whole addresses for what leaves the building: messages, printed codes."""

from django.conf import settings

from clinic.shared.tenancy import current_clinic


def absolute(path: str) -> str:
    """The address of a path on the clinic's own host."""
    host = current_clinic().host
    if settings.HTTPS:
        return f"https://{host}{path}"
    return f"http://{host}:{settings.PORT}{path}" if ":" not in host else f"http://{host}{path}"
