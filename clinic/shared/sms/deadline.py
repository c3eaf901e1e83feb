"""A deadline for a whole exchange: a read timeout alone starts anew with every byte that drips in."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

from requests.adapters import HTTPAdapter


class Deadline(HTTPAdapter):
    """Cuts every connection of the calling thread that is still busy when the seconds are over."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.busy = threading.local()
        super().__init__(max_retries=0)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """A pool whose connections tell which socket they use."""
        pool = super().get_connection_with_tls_context(*args, **kwargs)
        if not hasattr(pool.ConnectionCls, "told"):
            pool.ConnectionCls = self._telling(pool.ConnectionCls)
        return pool

    def _telling(self, connection: type) -> type:
        busy = self.busy

        class Telling(connection):  # type: ignore[misc]  # made for the pool's own class
            told = True
            used = False

            def request(self, *args: Any, **kwargs: Any) -> Any:
                if self.used:  # a kept one may be closed over there just now, and nobody knew what was taken
                    self.close()
                self.used = True
                if self.sock is None:
                    self.connect()
                busy.sockets.append(self.sock)
                return super().request(*args, **kwargs)

        return Telling

    @contextlib.contextmanager
    def watch(self) -> Iterator[None]:
        """Everything sent in this block by this thread ends by the deadline."""
        sockets: list[socket.socket] = []
        self.busy.sockets = sockets
        timer = threading.Timer(self.seconds, _cut, [sockets])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _cut(sockets: list[socket.socket]) -> None:
    for each in sockets:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
