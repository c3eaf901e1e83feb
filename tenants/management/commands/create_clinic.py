"""`manage.py create_clinic`: a clinic ready for work."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.shared.errors import ActionError
from tenants.actions import create_clinic


class Command(BaseCommand):
    help = "Make a clinic that is ready for work on its host."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--schema", required=True, help="c_ and small Latin letters, digits, _")
        parser.add_argument("--name", required=True)
        parser.add_argument("--host", required=True)
        parser.add_argument("--language", default="fa", choices=["fa", "en"])
        parser.add_argument("--time-zone", default="Asia/Tehran")
        parser.add_argument("--currency", default="IRR")
        parser.add_argument("--owner-phone", required=True)
        parser.add_argument("--branch", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        names = ["schema", "name", "host", "language", "time_zone", "currency", "owner_phone", "branch"]
        try:
            clinic = create_clinic(**{name: options[name] for name in names})
        except ActionError as error:
            raise CommandError(f"--{error.field.replace('_', '-')}: {error.message}") from error
        seconds = time.monotonic() - began
        self.stdout.write(f"{clinic.name} is ready at {options['host']} ({seconds:.2f} s).")
