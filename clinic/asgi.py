"""Sockets, and in the demo pages too."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")

from django.core.asgi import get_asgi_application

pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402

from clinic.sockets import Notices  # noqa: E402

application = ProtocolTypeRouter({"http": pages, "websocket": Notices.as_asgi()})
