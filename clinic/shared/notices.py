"""Notices to open screens: what changed, never what it became. Sent after the commit; a lost one costs a refetch.

That one was lost is noticed by `epoch`: it changes whenever the broker, or the way to it, was away for a moment.
"""

import asyncio
import atexit
import logging
import time
from concurrent.futures import Future, wait
from typing import Any
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction
from redis import asyncio as redis

from clinic.shared.gathering import finish, gather, has_loop, process_loop
from clinic.shared.tenancy import group_name

log = logging.getLogger(__name__)
PATIENCE = 2.0  # seconds
PAUSE = 0.1  # seconds between two notices of one group: a screen that refetches sees all that happened in them
_under_way: set[Future[None]] = set()


def tell(topic: str, *, branch: int | None = None, key: str = "") -> None:
    """After the commit, tell every screen that follows this topic (of this branch, or of this key)."""
    group = group_name(topic, branch if branch is not None else key)
    notice: dict[str, Any] = {"topic": topic}
    if branch is not None:
        notice["branch"] = branch
    transaction.on_commit(lambda: gather(group, PAUSE, lambda: _send(group, notice)))


def _send(group: str, notice: dict[str, Any]) -> None:
    """Hand the notice to the process's own loop: nobody who wrote something waits for screens."""
    layer = get_channel_layer()
    if layer is None:
        return
    sending = asyncio.run_coroutine_threadsafe(_tell(layer, group, notice), process_loop())
    _under_way.add(sending)
    sending.add_done_callback(_under_way.discard)


async def _tell(layer: Any, group: str, notice: dict[str, Any]) -> None:
    try:
        await asyncio.wait_for(layer.group_send(group, {"type": "notice", "notice": notice}), PATIENCE)
    except Exception as error:  # noqa: BLE001 (screens refetch on reconnect; nothing else depends on it)
        log.warning("notice %s was not sent: %s", notice, type(error).__name__)


@atexit.register
def _let_go() -> None:
    """What a command said last is heard, too."""
    finish()
    if has_loop():
        wait(list(_under_way), timeout=PATIENCE)


class Broker:
    """Which life of the broker this process is connected to; asked once a second at most, whoever asks."""

    def __init__(self) -> None:
        self.client = redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
        self.lock = asyncio.Lock()
        self.asked, self.known, self.lost = 0.0, "", 0

    async def epoch(self) -> str:
        """The broker's run and how often it was out of reach. Raises RedisError or OSError while it is."""
        async with self.lock:
            if time.monotonic() - self.asked > 1 or not self.known:
                self.known = ""
                try:
                    about = await self.client.info("server")
                except Exception:
                    self.lost += 1
                    raise
                self.known, self.asked = f"{about['run_id']}:{self.lost}", time.monotonic()
            return self.known


_brokers: "WeakKeyDictionary[asyncio.AbstractEventLoop, Broker]" = WeakKeyDictionary()


async def epoch() -> str:
    """A word that changes whenever notices may have been lost."""
    loop = asyncio.get_running_loop()
    if loop not in _brokers:
        _brokers[loop] = Broker()
    return await _brokers[loop].epoch()
