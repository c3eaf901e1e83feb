"""Pages and API: processes for the cores, a few threads in each for waiting on the database."""

import gc
import multiprocessing
import os

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS") or multiprocessing.cpu_count() + 1)
threads = int(os.environ.get("WEB_THREADS") or 4)
timeout = 30
graceful_timeout = 20
keepalive = 30  # longer than the proxy's pause between two requests on a connection
max_requests = 20_000
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 (memory, so that a heartbeat never waits for a disk)
# The application reads X-Forwarded-For itself, as far as TRUSTED_PROXIES allows.
forwarded_allow_ips = ""
accesslog = None
errorlog = "-"


def post_worker_init(worker: object) -> None:
    """What was loaded stays: the collector need not look at it again with every few hundred new objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
