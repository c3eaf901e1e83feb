"""A bar on a terminal, a line every tenth where the output goes to a file."""

import time
from typing import Any

WIDTH = 32
EVERY = 0.2  # seconds between two drawings


class Progress:
    """`with Progress(stderr, "Reading") as bar: bar(0.3, 1200)`."""

    def __init__(self, out: Any, label: str) -> None:
        self._out, self._label = out, label
        self._live = bool(getattr(out, "isatty", lambda: False)())
        self._drawn_at, self._tenth = 0.0, -1
        self._last = (0.0, 0)

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, failed: object, *args: object) -> None:
        if not failed:
            self(1.0, self._last[1], last=True)
        if self._live:
            self._out.write("\n")

    def __call__(self, share: float, rows: int, *, last: bool = False) -> None:
        """Show how far the work is."""
        self._last = share, rows
        if not self._live:
            tenth = int(share * 10)
            if tenth > self._tenth:
                self._tenth = tenth
                self._out.write(f"{self._label} {tenth * 10:3d} % {rows:,} rows\n")
            return
        if last or time.monotonic() - self._drawn_at >= EVERY:
            self._drawn_at = time.monotonic()
            full = int(WIDTH * share)
            self._out.write(f"\r{self._label} [{'█' * full}{'·' * (WIDTH - full)}] {share:4.0%} {rows:,} rows ")
            self._out.flush()
