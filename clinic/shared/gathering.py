"""Many reasons for one thing: it is done at the first, and once more for all that came within a moment after it."""

import asyncio
import atexit
import os
import threading
import time
from collections.abc import Callable, Hashable

_loops: dict[int, asyncio.AbstractEventLoop] = {}
_done_at: dict[Hashable, float] = {}
_waiting: dict[Hashable, Callable[[], None]] = {}
_lock = threading.Lock()
MOST_KEPT = 10_000


def process_loop() -> asyncio.AbstractEventLoop:
    """One loop in a thread of its own for each process."""
    pid = os.getpid()
    if pid not in _loops:
        with _lock:
            if pid not in _loops:
                _loops.clear()  # a fork has its parent's loops, but not their threads
                _waiting.clear()
                loop = asyncio.new_event_loop()
                threading.Thread(target=loop.run_forever, name="notices", daemon=True).start()
                _loops[pid] = loop
    return _loops[pid]


def has_loop() -> bool:
    """Whether this process has begun one."""
    return os.getpid() in _loops


def gather(key: Hashable, pause: float, do: Callable[[], None]) -> None:
    """Do it now; within `pause` seconds of the last time at the end of them, once for all who asked meanwhile.

    Whoever asks is always followed by a run: the one at the end begins after every call that it stands for.
    """
    loop, now = process_loop(), time.monotonic()
    with _lock:
        if key in _waiting:
            return
        due = _done_at.get(key, 0.0) + pause
        if due > now:
            _waiting[key] = do
        else:
            _remember(key, now)
    if due > now:
        loop.call_soon_threadsafe(loop.call_later, due - now, _later, loop, key)
    else:
        do()


def _later(loop: asyncio.AbstractEventLoop, key: Hashable) -> None:
    loop.run_in_executor(None, _do, key)


def _do(key: Hashable) -> None:
    with _lock:
        do = _waiting.pop(key, None)
        _remember(key, time.monotonic())
    if do is not None:
        do()


def _remember(key: Hashable, now: float) -> None:
    if len(_done_at) > MOST_KEPT:
        _done_at.clear()
    _done_at[key] = now


@atexit.register
def finish() -> None:
    """What still waits is done before the process ends."""
    if has_loop():
        for key in list(_waiting):
            _do(key)
