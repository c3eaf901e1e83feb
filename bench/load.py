"""Clients: kept-alive connections that send what they are told and measure each answer."""

import http.client
import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bench.machine import busy_seconds, cpu_seconds

CLIENTS = 8


@dataclass(frozen=True)
class Request:
    """What one client sends."""

    method: str
    path: str
    body: bytes
    headers: dict[str, str]


def request(method: str, path: str, host: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Request:
    """A request for one host."""
    return Request(method, path, body, {"Host": host, **(headers or {})})


class Connection:
    """One kept-alive connection of an ordinary client; it costs about 0.2 ms a request, as the yardstick's does."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.connection.connect()

    def send(self, what: Request) -> tuple[int, bytes]:
        """Status and body of the answer."""
        self.connection.request(what.method, what.path, what.body or None, what.headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()


@dataclass
class Result:
    """Answers of one work: seconds of each, and of the whole."""

    times: list[float] = field(default_factory=list)
    wall: float = 0.0
    cpu: float = 0.0  # of servers and database
    others: float = 0.0  # cores that neither they nor the clients used
    wrong: int = 0
    ratio: float = 0.0  # to the yardstick beside it, of the round in the middle

    @property
    def p50(self) -> float:
        """Milliseconds."""
        return statistics.median(self.times) * 1000

    @property
    def p95(self) -> float:
        """Milliseconds."""
        return sorted(self.times)[int(len(self.times) * 0.95)] * 1000

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.times) / self.wall

    @property
    def cpu_ms(self) -> float:
        """Of servers and database, for one answer."""
        return self.cpu / len(self.times) * 1000


def alone(port: int, requests: Iterator[list[Request]], count: int, pids: list[int], expected: set[int]) -> Result:
    """One client after the other: each work is a list of requests, timed as one."""
    connection, result = Connection(port), Result()
    for _warm in range(min(10, count)):
        _do(connection, next(requests), expected)
    result.wrong = 0
    cpu, busy, began = cpu_seconds(pids), busy_seconds(), time.perf_counter()
    own = time.process_time()
    for _each in range(count):
        jobs = next(requests)
        start = time.perf_counter()
        right = _do(connection, jobs, expected)
        result.times.append(time.perf_counter() - start)
        result.wrong += not right
    result.wall = time.perf_counter() - began
    result.cpu = cpu_seconds(pids) - cpu
    rest = busy_seconds() - busy - result.cpu - (time.process_time() - own)
    result.others = max(0.0, rest / result.wall)
    return result


def together(
    port: int, requests: Callable[[int], Iterator[list[Request]]], each: int, *, pids: list[int], expected: set[int]
) -> Result:
    """Eight clients at once, each a process of its own."""
    context = multiprocessing.get_context("fork")
    start, results = context.Barrier(CLIENTS + 1), context.Queue()

    def client(number: int) -> None:
        connection, jobs = Connection(port), requests(number)
        for _warm in range(3):
            _do(connection, next(jobs), expected)
        start.wait()
        times, wrong = [], 0
        for _each in range(each):
            work = next(jobs)
            began = time.perf_counter()
            wrong += not _do(connection, work, expected)
            times.append(time.perf_counter() - began)
        results.put((times, wrong, time.process_time()))

    processes = [context.Process(target=client, args=(number,)) for number in range(CLIENTS)]
    for process in processes:
        process.start()
    start.wait()
    cpu, busy, began = cpu_seconds(pids), busy_seconds(), time.perf_counter()
    result, own = Result(), 0.0
    for _process in processes:
        times, wrong, used = results.get()
        result.times += times
        result.wrong += wrong
        own += used
    result.wall = time.perf_counter() - began
    result.cpu = cpu_seconds(pids) - cpu
    result.others = max(0.0, (busy_seconds() - busy - result.cpu - own) / result.wall)
    for process in processes:
        process.join()
    return result


def _do(connection: Connection, jobs: list[Request], expected: set[int]) -> bool:
    right = True
    for job in jobs:
        status, _body = connection.send(job)
        right = right and status in expected
    return right
