"""Do the same for very many things, a bounded number of them at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

AT_ONCE: Final = 16
"""The number of things done at a time: fewer than a process has connections, and many enough to wait for no answer."""

Follow = Callable[[int], Any]
"""Called with the number of things that are done."""


async def in_parallel(
    items: Sequence[Item],
    work: Callable[[Item], Awaitable[Result]],
    follow: Follow = lambda count: None,
    at_once: int = AT_ONCE,
) -> list[Result]:
    """Return the result of a piece of work on each item, in their order. The first that fails ends all of it.

    Raises:
        Exception: What the first of them raised that failed.
    """
    results: dict[int, Result] = {}
    remaining = iter(enumerate(items))

    async def work_on(places: Iterator[tuple[int, Item]]) -> None:
        for place, item in places:
            results[place] = await work(item)
            follow(len(results))

    tasks = [asyncio.ensure_future(work_on(remaining)) for _ in range(min(at_once, len(items)))]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return [results[place] for place in range(len(items))]
