"""L.push: how soon every open screen of a branch hears of a change; two hundred and three hundred sockets."""

import asyncio
import json
import multiprocessing
import time
from typing import Any

import websockets

from bench.installation import stopping, uvicorn
from bench.load import Connection, request
from bench.stage import Stage
from bench.works.w2 import Times

CHANGES, PROCESSES = 20, 2


def measure(stage: Stage) -> None:
    """From the moment the change is sent until each screen knows."""
    sockets = uvicorn()
    with stopping(sockets):
        for count in (200, 300):
            waits, missing = _run(stage, sockets.port, count)
            waits.sort()
            p95 = waits[int(len(waits) * 0.95)] * 1000
            stage.report.add(f"L.push{count}", p95, "ms", n=len(waits), spread=waits[-1] * 1000 / p95,
                             goal="p95 <= 300, none missing", met=p95 <= 300 and not missing)  # fmt: skip
            print(f"  p50 {waits[len(waits) // 2] * 1000:.0f} ms, slowest {waits[-1] * 1000:.0f} ms, missing {missing}")


def _run(stage: Stage, port: int, count: int) -> tuple[list[float], int]:
    context = multiprocessing.get_context("fork")
    ready, results, done = context.Barrier(PROCESSES + 1), context.Queue(), context.Event()
    listeners = [
        context.Process(target=_listen, args=(stage, port, count // PROCESSES, (ready, done, results)))
        for _each in range(PROCESSES)
    ]
    for listener in listeners:
        listener.start()
    ready.wait(120)
    sent = _change(stage)
    time.sleep(2)
    done.set()
    heard = [results.get() for _each in listeners]
    for listener in listeners:
        listener.join()
    waits, missing = [], 0
    for moments in (each for part in heard for each in part):
        for began, ended in sent:
            first = next((at for at in moments if began <= at < ended), None)
            if first is None:
                missing += 1
            else:
                waits.append(first - began)
    return waits, missing


def _change(stage: Stage) -> list[tuple[float, float]]:
    """Hold a time twenty times, half a second apart; when each began and when the next did."""
    world, connection = stage.long, Connection(stage.pages.port)
    headers = {"Content-Type": "application/json", "Authorization": f"Token {world.staff[0]}"}
    began = []
    for slot in Times(world).slots[:CHANGES]:
        body = json.dumps(slot.as_dict()).encode()
        began.append(time.monotonic())
        connection.send(request("POST", "/api/v1/holds/", world.host, body, headers))
        time.sleep(0.5)
    return list(zip(began, [*began[1:], time.monotonic() + 2], strict=True))


def _listen(stage: Stage, port: int, count: int, signals: tuple[Any, Any, Any]) -> None:
    world, (ready, done, results) = stage.long, signals

    async def one(number: int, moments: list[float], opened: asyncio.Semaphore) -> None:
        headers = {"Authorization": f"Token {world.staff[number % len(world.staff)]}"}
        async with websockets.connect(
            f"ws://{world.host}:{port}/ws/", host="127.0.0.1", additional_headers=headers
        ) as ws:
            await ws.send(json.dumps({"subscribe": "board", "branch": world.branch}))
            while "subscribed" not in json.loads(await ws.recv()):
                pass
            opened.release()
            while await ws.recv():
                moments.append(time.monotonic())

    async def everybody() -> None:
        moments: list[list[float]] = [[] for _each in range(count)]
        opened = asyncio.Semaphore(0)
        tasks = []
        for number in range(count):
            tasks.append(asyncio.create_task(one(number, moments[number], opened)))
            await opened.acquire()
        await asyncio.to_thread(ready.wait, 120)
        await asyncio.to_thread(done.wait, 120)
        for task in tasks:
            task.cancel()
        results.put(moments)

    asyncio.run(everybody())
