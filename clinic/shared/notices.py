"""Notices to open screens: what changed, never what it became. Sent after the commit; a lost one costs a refetch."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from clinic.shared.tenancy import group_name

log = logging.getLogger(__name__)


def tell(topic: str, *, branch: int | None = None, key: str = "") -> None:
    """After the commit, tell every screen that follows this topic (of this branch, or of this key)."""
    group = group_name(topic, branch if branch is not None else key)
    notice: dict[str, Any] = {"topic": topic}
    if branch is not None:
        notice["branch"] = branch
    transaction.on_commit(lambda: _send(group, notice))


def _synchronously(function: Any, *args: Any) -> None:
    """Wait for an asynchronous function, also in a thread that runs a loop of its own (a shell, a browser's driver)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        async_to_sync(function)(*args)
    else:
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(async_to_sync(function), *args).result(timeout=5)


def _send(group: str, notice: dict[str, Any]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        _synchronously(layer.group_send, group, {"type": "notice", "notice": notice})
    except Exception as error:  # noqa: BLE001 (screens refetch on reconnect; nothing else depends on it)
        log.warning("notice %s was not sent: %s", notice, type(error).__name__)
