"""The thinnest booking that Django can serve: hello's own application, one view, the least SQL; no rules, no words.

What it reaches is what is left for everything that a product does besides.
"""

import datetime as dt
import json
import os
import threading
from pathlib import Path
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

import bench.hello
from bench.smallest import book

application = bench.hello.application
_kept = threading.local()


def _connection() -> Any:
    if not hasattr(_kept, "connection"):
        import psycopg

        world = json.loads((Path(os.environ["STATE"]) / "worlds.json").read_text())["long"]
        _kept.connection = psycopg.connect(os.environ["THIN_DATABASE"], autocommit=True, prepare_threshold=1)
        _kept.connection.execute(f"SET search_path TO {world['schema']}, ext")
        _kept.world = world
    return _kept.connection


@csrf_exempt
def thin(request: HttpRequest) -> JsonResponse:
    """Book what the body names for whom the token names."""
    connection, asked = _connection(), json.loads(request.body)
    key = request.headers["Authorization"].partition(" ")[2]
    since = dt.datetime.fromisoformat(asked["starts_at"])
    book(connection, (_kept.world["service"], _kept.world["branch"]), asked["doctor"], key, since)
    return JsonResponse({"doctor": asked["doctor"], "starts_at": asked["starts_at"]}, status=201)


bench.hello.urlpatterns.append(path("book/", thin))
