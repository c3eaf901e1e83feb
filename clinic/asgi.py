"""Sockets, and in the demo pages too: those run in threads as under a WSGI server (docs/decisions/0010)."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")

from django.core.wsgi import get_wsgi_application

pages = get_wsgi_application()

from a2wsgi import WSGIMiddleware  # noqa: E402 (settings first)
from channels.routing import ProtocolTypeRouter  # noqa: E402

from clinic.sockets import Notices  # noqa: E402

THREADS = 8
application = ProtocolTypeRouter({"http": WSGIMiddleware(pages, workers=THREADS), "websocket": Notices.as_asgi()})
