"""Whether the `make` that started the demo still wants it."""

import os
import re
import signal
from pathlib import Path


class Parent:
    """The process that started this one, watched from its child."""

    def __init__(self) -> None:
        self.pid = os.getppid()
        self.caught_at_first = self._catches_interrupts()

    def gone(self) -> bool:
        """Whether it has ended, or was interrupted.

        Ctrl-C reaches a whole process group, but a SIGINT for make alone does not reach us: make then gives up its
        handler and waits for its children, which Linux lets one see.
        """
        return os.getppid() != self.pid or (self.caught_at_first and not self._catches_interrupts())

    def _catches_interrupts(self) -> bool:
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return False
        mask = re.search(r"^SigCgt:\s*([0-9a-f]+)", status, re.M)
        return bool(mask and int(mask[1], 16) >> (signal.SIGINT - 1) & 1)
