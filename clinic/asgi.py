"""Sockets, and in the demo pages too: those run in threads as under a WSGI server (docs/decisions/0010)."""

import os
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")

from django.core.wsgi import get_wsgi_application

pages = get_wsgi_application()

from a2wsgi import WSGIMiddleware  # noqa: E402 (settings first)
from channels.routing import ProtocolTypeRouter  # noqa: E402

from clinic.sockets import Notices  # noqa: E402

THREADS = 8
in_threads = WSGIMiddleware(cast(Any, pages), workers=THREADS)
application = ProtocolTypeRouter({"http": in_threads, "websocket": Notices.as_asgi()})
