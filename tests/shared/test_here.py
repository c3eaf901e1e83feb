"""Which connection a thread and a task have: Django's own, never another task's."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

from clinic.shared.db.here import here


def test_a_thread_has_djangos_connection() -> None:
    assert here() is connections["default"]
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: here() is connections["default"]).result()
        assert pool.submit(here).result() is not here()


def test_each_task_has_its_own() -> None:
    async def one(name: str, begun: asyncio.Barrier) -> Any:
        here().mark = name
        await begun.wait()
        assert here() is connections["default"]
        return here().mark

    async def both() -> list[Any]:
        begun = asyncio.Barrier(2)
        return await asyncio.gather(one("first", begun), one("second", begun))

    def thread() -> tuple[list[Any], Any]:
        here().mark = "the thread's"
        return asyncio.run(both()), here().mark

    with ThreadPoolExecutor(1) as pool:  # a test's own thread has a browser's loop
        assert pool.submit(thread).result() == (["first", "second"], "the thread's")
