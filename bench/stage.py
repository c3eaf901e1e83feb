"""What every work stands on: servers, clinics, processes whose cost is counted."""

import os
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.data import World
from bench.installation import Server
from bench.load import CLIENTS, Request, Result, alone, request, together
from bench.report import Report

ROUNDS = int(os.environ.get("BENCH_ROUNDS") or 3)  # of each figure the quietest is kept
Jobs = Iterator[list[Request]]


@dataclass
class Stage:
    """The running installation."""

    state: Path
    report: Report
    pages: Server
    yardstick: Server
    long: World
    new: World
    database: int
    count: int = 300

    @property
    def pids(self) -> list[int]:
        """Whose processor time is the product's."""
        return [self.pages.pid, self.database]

    def one(self, jobs: Jobs, *, expected: set[int], count: int | None = None) -> Result:
        """One client; the quietest of the rounds, and its `ratio` to a hello said before each of them.

        The machine's speed changes by half within a minute, so only what is measured side by side is compared.
        """
        rounds, ratios, say = [], [], [request("GET", "/", "localhost")]
        for _each in range(ROUNDS):
            hello = alone(self.yardstick.port, _again(say), 300, [self.yardstick.pid], {200})
            rounds.append(alone(self.pages.port, jobs, count or self.count, self.pids, expected))
            ratios.append(rounds[-1].p50 / hello.p50)
        best = _quietest(rounds)
        best.ratio = statistics.median(ratios)
        return best

    def eight(
        self, jobs: Callable[[int], Jobs], *, expected: set[int], each: int = 60, of: Server | None = None
    ) -> Result:
        """Eight clients, numbered on from round to round, of the product or another server; the quietest of the rounds,
        and its `ratio` to the rate of hello said by eight before each of them.
        """
        server, pids, rounds, ratios = of or self.pages, self.pids, [], []
        if of is not None:
            pids = [of.pid, self.database]
        for turn in range(ROUNDS):
            hello = self._hello8()
            rounds.append(
                together(server.port, lambda number, first=turn * CLIENTS: jobs(first + number), each, pids=pids,
                         expected=expected)
            )  # fmt: skip
            ratios.append(rounds[-1].rate / hello.rate)
        best = _quietest(rounds)
        best.ratio = statistics.median(ratios)
        return best

    def _hello8(self) -> Result:
        say = [request("GET", "/", "localhost")]
        return together(self.yardstick.port, lambda _n: _again(say), 300, pids=[self.yardstick.pid], expected={200})

    def hello(self, *, clients: int) -> Result:
        """The yardstick, measured now: the neighbours' noise is in both."""
        say = [request("GET", "/", "localhost")]
        pids = [self.yardstick.pid]
        if clients == 1:
            rounds = [alone(self.yardstick.port, _again(say), 600, pids, {200}) for _each in range(ROUNDS)]
        else:
            rounds = [self._hello8() for _each in range(ROUNDS)]
        return _quietest(rounds)


def _again(jobs: list[Request]) -> Jobs:
    while True:
        yield jobs


def _quietest(rounds: list[Result]) -> Result:
    best = min(rounds, key=lambda result: result.p50)
    best.wrong = sum(result.wrong for result in rounds)
    return best


def spread(result: Result) -> float:
    """p95 against p50."""
    return result.p95 / result.p50
