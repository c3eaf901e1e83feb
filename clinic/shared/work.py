"""Waking a worker. The row is the promise: a broker that is down costs seconds, never work."""

import logging
from typing import Any

from django.db import transaction
from kombu.exceptions import OperationalError

from clinic.shared.gathering import gather
from clinic.shared.tenancy import current_schema

log = logging.getLogger(__name__)
HEADER = "x_schema"  # in which a task carries its clinic
PAUSE = 0.25  # seconds


def wake(task: Any, *args: Any) -> None:
    """After the commit, ask a worker to run the task in this clinic; the sweep does it where the broker is down."""

    def send() -> None:
        try:
            task.apply_async(args=args, retry=False)
        except (OperationalError, OSError):
            log.warning("broker does not answer; %s is left to the sweep", task.name)

    transaction.on_commit(send)


def wake_for_all(task: Any) -> None:
    """After the commit, ask a worker to do all that is due in this clinic. Of many within PAUSE seconds the first asks
    at once and one more asks for the others.
    """
    schema = current_schema()

    def send() -> None:
        try:
            task.apply_async(headers={HEADER: schema}, retry=False)
        except (OperationalError, OSError):
            log.warning("broker does not answer; %s is left to the sweep", task.name)

    transaction.on_commit(lambda: gather((task.name, schema), PAUSE, send))
