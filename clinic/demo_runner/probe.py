"""Whether the demo answers: a free port before, three ready hosts after."""

import http.client
import socket

HOSTS = ("localhost", "aftab.localhost", "river.localhost")


def port_is_free(port: int) -> bool:
    """Whether a server could listen on `port` of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def not_ready(port: int) -> list[str]:
    """The hosts whose `/readyz` does not answer 200."""
    return [host for host in HOSTS if _status(port, host) != 200]


def _status(port: int, host: str) -> int:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        link.request("GET", "/readyz", headers={"Host": f"{host}:{port}"})
        return link.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        link.close()
