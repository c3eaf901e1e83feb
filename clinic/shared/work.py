"""Waking a worker. The row is the promise: a broker that is down costs seconds, never work."""

import logging
from typing import Any

from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def wake(task: Any, *args: Any) -> None:
    """After the commit, ask a worker to run the task in this clinic; the sweep does it where the broker is down."""

    def send() -> None:
        try:
            task.apply_async(args=args, retry=False)
        except (OperationalError, OSError):
            log.warning("broker does not answer; %s is left to the sweep", task.name)

    transaction.on_commit(send)
