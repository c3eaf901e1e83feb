"""What actions raise: the face (page or API) turns each into its own answer."""

from typing import Any

from django.forms import BaseForm


class NoClinic(RuntimeError):
    """Code that needs a clinic ran without one. Never answered with the platform's data."""


class Elsewhere(Exception):
    """What a page was asked for has another address now; the reader is led there."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


class ActionError(Exception):
    """A refusal that the person can understand and act on. `message` is translated, `field` names the input."""

    status = 400

    def __init__(self, message: str, *, field: str = "", code: str = "", **details: Any) -> None:
        super().__init__(message)
        self.message, self.field, self.code, self.details = message, field, code, details

    def put(self, form: BaseForm) -> None:
        """Show it at its field of a form, or above the fields where it names none of them."""
        form.add_error(self.field if self.field in form.fields else None, self.message)


class Invalid(ActionError):
    """The input cannot be used as it stands."""


class Conflict(ActionError):
    """Somebody or something else was first, or the state does not allow it."""

    status = 409


class Forbidden(ActionError):
    """The person may not do this here."""

    status = 403


class NotFound(ActionError):
    """There is no such thing, or the person may not know of it."""

    status = 404


class TooMany(ActionError):
    """Asked too often. `details["retry_after"]` is in seconds."""

    status = 429


class Unavailable(ActionError):
    """A service that this needs does not answer now."""

    status = 503
