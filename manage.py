#!/usr/bin/env python
"""The command line of the installation."""

import os
import sys


def main() -> None:
    """Run a management command; commands may look at any schema, so no clinic need be chosen first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    os.environ.setdefault("CLINIC_COMMAND", "1")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
