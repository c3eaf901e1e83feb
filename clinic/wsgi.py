"""Pages and API for WSGI servers."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")


def warm_up() -> None:
    """Load what every request needs before the first one comes, which would wait two seconds for it."""
    from django.conf import settings
    from django.urls import is_valid_path
    from django.utils import translation

    for addresses in (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF):
        is_valid_path("/nowhere", addresses)  # reads every address, and with it every view
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("Today")


application = get_wsgi_application()
warm_up()
