"""Notices to open screens: what changed, never what it became. Sent after the commit; a lost one costs a refetch."""

import asyncio
import atexit
import logging
import os
import threading
from concurrent.futures import Future, wait
from typing import Any

from channels.layers import get_channel_layer
from django.db import transaction

from clinic.shared.tenancy import group_name

log = logging.getLogger(__name__)
PATIENCE = 2.0  # seconds
_loops: dict[int, asyncio.AbstractEventLoop] = {}
_under_way: set[Future[None]] = set()
_starting = threading.Lock()


def tell(topic: str, *, branch: int | None = None, key: str = "") -> None:
    """After the commit, tell every screen that follows this topic (of this branch, or of this key)."""
    group = group_name(topic, branch if branch is not None else key)
    notice: dict[str, Any] = {"topic": topic}
    if branch is not None:
        notice["branch"] = branch
    transaction.on_commit(lambda: _send(group, notice))


def _send(group: str, notice: dict[str, Any]) -> None:
    """Hand the notice to the process's own loop: nobody who wrote something waits for screens."""
    layer = get_channel_layer()
    if layer is None:
        return
    sending = asyncio.run_coroutine_threadsafe(_tell(layer, group, notice), _loop())
    _under_way.add(sending)
    sending.add_done_callback(_under_way.discard)


async def _tell(layer: Any, group: str, notice: dict[str, Any]) -> None:
    try:
        await asyncio.wait_for(layer.group_send(group, {"type": "notice", "notice": notice}), PATIENCE)
    except Exception as error:  # noqa: BLE001 (screens refetch on reconnect; nothing else depends on it)
        log.warning("notice %s was not sent: %s", notice, type(error).__name__)


def _loop() -> asyncio.AbstractEventLoop:
    """One loop in a thread of its own for each process: connections to the layer live as long as their loop."""
    pid = os.getpid()
    with _starting:
        if pid not in _loops:
            _loops.clear()  # a fork has its parent's loops, but not their threads
            _loops[pid] = asyncio.new_event_loop()
            threading.Thread(target=_loops[pid].run_forever, name="notices", daemon=True).start()
        return _loops[pid]


@atexit.register
def _let_go() -> None:
    """What a command said last is heard, too."""
    if os.getpid() in _loops:
        wait(list(_under_way), timeout=PATIENCE)
