"""A reader follows a store from the last position it saw, while eight writers append: which events does it miss?"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from itertools import pairwise
from typing import Final, NamedTuple

from eventsourcing.postgres import PostgresApplicationRecorder

from bench.ledger.ours import append
from bench.ledger.peers import recorder
from bench.ledger.rows import Caller
from bench.ledger.server import Server, opened
from ledger import Ledger

WRITERS: Final = 8
_PAGE: Final = 1000
_FAR: Final = 1 << 62


class Tailed(NamedTuple):
    """The number of events committed to a store, and of those that its reader missed or was shown out of order."""

    store: str
    committed: int
    missed: int
    """Committed, and never delivered."""
    disordered: int
    """Delivered twice, or after a later one."""

    @property
    def sound(self) -> bool:
        """True if everything came, once and in order."""
        return not self.missed and not self.disordered


def _compared(store: str, committed: Collection[int], delivered: list[int]) -> Tailed:
    disordered = sum(later <= earlier for earlier, later in pairwise(delivered))
    return Tailed(store, len(committed), len(set(committed) - set(delivered)), disordered)


async def tail_all(server: Server, seconds: float) -> list[Tailed]:
    """Follow the ledger and the peer in both its modes, one after the other."""
    found = [await tail_ledger(await server.database("tail"), seconds)]
    for functions, mode in ((False, "default mode"), (True, "POSTGRES_ENABLE_DB_FUNCTIONS=y")):
        url = await server.database(f"tail_peer_{functions:d}", migrated=False)
        found.append(await asyncio.to_thread(tail_peer, url, functions, f"eventsourcing, {mode}", seconds))
    return found


async def tail_ledger(url: str, seconds: float) -> Tailed:
    """Follow our ledger while eight writers append, each over a ledger object of its own, so they share no commit."""
    async with AsyncExitStack() as stack:
        *writing, reading = [await stack.enter_async_context(opened(url, 2)) for _ in range(WRITERS + 1)]
        done = asyncio.Event()
        reader = asyncio.create_task(_follow(reading, done))
        calls = await asyncio.gather(*(append(ledger, 1, seconds) for ledger in writing))
        done.set()
        delivered = await reader
    committed = [position for each in calls for call in each.positions for position in call]
    return _compared("accord", committed, delivered)


async def _follow(ledger: Ledger, done: asyncio.Event) -> list[int]:
    delivered: list[int] = []
    while True:
        last_look, seen = done.is_set(), len(delivered)
        after = delivered[-1] if delivered else 0
        delivered += [event.position async for event in ledger.read_between(after, _FAR)]
        if last_look and len(delivered) == seen:
            return delivered
        await asyncio.sleep(0)


def tail_peer(url: str, functions: bool, store: str, seconds: float) -> Tailed:
    """Follow the peer while eight writers append, each a thread with a connection of its own."""
    with recorder(url, functions) as peer, ThreadPoolExecutor(WRITERS + 1) as threads:
        done = threading.Event()
        reader = threads.submit(_follow_peer, peer, done)
        deadline = time.monotonic() + seconds
        writing = [threads.submit(_write, peer, deadline) for _ in range(WRITERS)]
        committed = [position for writer in writing for position in writer.result()]
        done.set()
        return _compared(store, committed, reader.result())


def _write(peer: PostgresApplicationRecorder, deadline: float) -> list[int]:
    caller, given = Caller(), list[int]()
    while time.monotonic() < deadline:
        given += peer.insert_events([caller.peer_event()]) or ()
    return given


def _follow_peer(peer: PostgresApplicationRecorder, done: threading.Event) -> list[int]:
    delivered: list[int] = []
    while True:
        last_look = done.is_set()
        page = peer.select_notifications(delivered[-1] if delivered else 0, _PAGE, inclusive_of_start=False)
        delivered += [notification.id for notification in page]
        if last_look and not page:
            return delivered
