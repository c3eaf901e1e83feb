"""Log lines that name clinic and request and never a secret."""

import logging
import re

from django.db import connection

from clinic.shared.actor import current_actor

# The Kavenegar key stands in the address's path; tokens and codes may stand in texts of exceptions.
SECRETS = [
    (re.compile(r"(/v1/)[^/\s]+(/)"), r"\1***\2"),
    (re.compile(r"(Token |token[\"'=: ]+)[A-Za-z0-9_\-]{16,}", re.I), r"\1***"),
    (re.compile(r"(\+98|0098|0)9\d{5}(\d{4})"), r"…\2"),
]


def redact(text: str) -> str:
    """The text without keys, tokens and whole phone numbers."""
    for pattern, replacement in SECRETS:
        text = pattern.sub(replacement, text)
    return text


class Redact(logging.Filter):
    """Redacts the finished message."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), ()
        return True


class Line(logging.Formatter):
    """`time level logger [schema request] message`."""

    def format(self, record: logging.LogRecord) -> str:
        schema = connection.schema_name if getattr(connection, "chosen", False) else "-"
        record.where = f"{schema} {current_actor().request_id or '-'}"
        self._style._fmt = "%(asctime)s %(levelname)s %(name)s [%(where)s] %(message)s"
        return redact(super().format(record))

    def usesTime(self) -> bool:
        return True
