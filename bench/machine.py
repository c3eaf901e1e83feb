"""What else the machine is doing, and how fast its disk promises: printed beside every result."""

import os
import time
from collections.abc import Iterable
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
BLOCK = b"\0" * 8192


def fsync_rate(folder: Path, seconds: float = 1.0) -> float:
    """Durable writes of 8 KiB a second in a folder."""
    place = folder / "fsync.probe"
    file = os.open(place, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        os.pwrite(file, BLOCK * 2000, 0)
        os.fsync(file)
        count, end = 0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            os.pwrite(file, BLOCK, count % 2000 * len(BLOCK))
            os.fdatasync(file)
            count += 1
        return count / seconds
    finally:
        os.close(file)
        place.unlink()


def busy_seconds() -> float:
    """Seconds that all cores together were busy since the machine started."""
    user, nice, system, _idle, _wait, irq, soft, *_rest = map(int, Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + soft) / TICK


def cpu_seconds(roots: Iterable[int]) -> float:
    """Seconds of processor that these processes and all below them have used, the dead ones among them included."""
    below: dict[int, list[int]] = {}
    used: dict[int, float] = {}
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                fields = (place / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            below.setdefault(int(fields[1]), []).append(int(place.name))
            used[int(place.name)] = sum(map(int, fields[11:15])) / TICK
    total, waiting = 0.0, list(roots)
    while waiting:
        pid = waiting.pop()
        total += used.get(pid, 0.0)
        waiting += below.get(pid, [])
    return total
