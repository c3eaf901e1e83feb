"""Whether this process can serve."""

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from clinic.accounts.guards import open_to_all

_client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)


@open_to_all("asked by load balancers, shows no data")
@require_GET
def readyz(request: HttpRequest) -> JsonResponse:
    """200 while every needed service answers, else 503 with the names of those that do not."""
    services = {"database": _database, "valkey": _client.ping}
    down = []
    for name, check in services.items():
        if not _answers(check):
            down.append(name)
    body = {"status": "down" if down else "ready", "down": down}
    return JsonResponse(body, status=503 if down else 200, headers={"Retry-After": "5"} if down else {})


def _answers(check: Callable[[], object]) -> bool:
    """A connection that died while it lay in the pool says nothing about the service: it is asked twice."""
    for _try in range(2):
        try:
            check()
        except Exception:  # noqa: BLE001 (whatever is wrong with it, it does not serve)
            connection.close()
        else:
            return True
    return False


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
