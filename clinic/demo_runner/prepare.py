"""Schemas and demo clinics, in one process of Django."""

import os


def main() -> None:
    """Bring every schema up to date, then make or top up the demo clinics."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "clinic.settings"
    os.environ["CLINIC_COMMAND"] = "1"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("upgrade")
    call_command("demo")


if __name__ == "__main__":
    main()
