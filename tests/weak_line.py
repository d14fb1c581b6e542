"""A weak line on loopback: slow, far away, losing segments, and cut where a test cuts it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final, NamedTuple

from deploy.embedded.ports import LOOPBACK

SEGMENT: Final = 1460
"""The bytes of a segment, as Ethernet carries TCP."""
WINDOW: Final = 64
"""The most segments on their way in one direction of a connection: what a sender may have unacknowledged."""


class LineQuality(NamedTuple):
    """How bad a line is."""

    bits: float
    """A second, in each direction, of all connections together."""
    round_trip: float
    """Seconds."""
    loss: float
    """The share of segments that are lost, and sent again a round trip later. Those behind one wait for it."""

    def faster(self, times: float) -> LineQuality:
        """The same line while the clock runs so many times as fast: each wait keeps its share of the whole."""
        return LineQuality(self.bits * times, self.round_trip / times, self.loss)


WEAK: Final = LineQuality(50_000, 2.0, 0.05)
"""50 kbit/s, 2 s there and back, 5 % lost."""


class Lane:
    """One direction of a line: its segments go one after the other, whosever they are."""

    def __init__(self, quality: LineQuality, chance: random.Random) -> None:
        self._quality, self._chance = quality, chance
        self._free_at = 0.0
        self.bytes, self.lost = 0, 0
        """The bytes that were sent, each segment once, and how many segments were lost on their way."""

    def arrival(self, size: int) -> float:
        """The time at which a segment arrives that is sent now."""
        now, delay = asyncio.get_running_loop().time(), self._quality.round_trip / 2
        self.bytes += size
        while True:
            self._free_at = max(now, self._free_at) + size * 8 / self._quality.bits
            if self._chance.random() >= self._quality.loss:
                return self._free_at + delay
            self.lost += 1
            delay += self._quality.round_trip


class WeakLine:
    """A line to a port of this machine."""

    def __init__(self, quality: LineQuality, target: int, seed: int = 1) -> None:
        chance = random.Random(seed)  # noqa: S311 - losses, and no secrets
        self._quality, self._target = quality, target
        self.up, self.down = Lane(quality, chance), Lane(quality, chance)
        self._whole = asyncio.Event()
        self._whole.set()
        self._open = set[asyncio.Task[None]]()
        self.port = 0

    def cut(self) -> None:
        """Cut the line: nothing comes or goes any more, and neither end is told."""
        self._whole.clear()

    def mend(self) -> None:
        """Let the line carry again. The connections of before are gone."""
        for connection in self._open:
            connection.cancel()
        self._whole.set()

    @asynccontextmanager
    async def opened(self, port: int = 0) -> AsyncIterator[WeakLine]:
        """Listen at a port."""
        server = await asyncio.start_server(self._serve, LOOPBACK, port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for connection in self._open:
                connection.cancel()
            await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        carrying = asyncio.create_task(self._carry(reader, writer))
        self._open.add(carrying)
        carrying.add_done_callback(self._open.discard)
        await asyncio.wait([carrying])

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers = [writer]
        try:
            await self._whole.wait()
            await asyncio.sleep(self._quality.round_trip)  # the connection is agreed on
            there, to_there = await asyncio.open_connection(LOOPBACK, self._target)
            writers.append(to_there)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._one_way(reader, to_there, self.up))
                both.create_task(self._one_way(there, writer, self.down))
        except* OSError:
            pass
        finally:
            for end in writers:
                end.transport.abort()

    async def _one_way(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, lane: Lane) -> None:
        segments = asyncio.Queue[tuple[float, bytes]](WINDOW)
        delivering = asyncio.create_task(self._deliver(segments, writer))
        try:
            while segment := await reader.read(SEGMENT):
                await segments.put((lane.arrival(len(segment)), segment))
            await segments.put((lane.arrival(0), b""))
            await delivering
        finally:
            delivering.cancel()

    async def _deliver(self, segments: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        while True:
            arrives_at, segment = await segments.get()
            await asyncio.sleep(arrives_at - asyncio.get_running_loop().time())
            await self._whole.wait()
            with suppress(OSError):
                if not segment:
                    return writer.write_eof()
                writer.write(segment)
                await writer.drain()
