"""The replica's folder: one SQLite file with the exact bytes of each event by position, and what was verified of them.

A page is kept in one transaction with the tree and the findings after it, flushed to the disk: a follower that is
killed goes on where the last whole page ended. Nothing that is kept is ever changed or taken back.
"""

from __future__ import annotations

import fcntl
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID

from accord.follow.faults import FolderUnusable
from ledger import StoredEvent
from ledger.tree import Frontier

FILE: Final = "replica.sqlite"
_APPLICATION: Final = 0x41434346  # "ACCF"
_FORM: Final = 1
_SCHEMA: Final = """
CREATE TABLE events (
    position INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, event_id TEXT NOT NULL,
    command_id TEXT NOT NULL, type TEXT NOT NULL, schema_version INTEGER NOT NULL, payload BLOB NOT NULL,
    meta BLOB NOT NULL, recorded_at TEXT NOT NULL, leaf BLOB NOT NULL
) STRICT;
CREATE INDEX by_stream ON events (stream, version);
CREATE TABLE findings (
    position INTEGER NOT NULL, reason TEXT NOT NULL, disregarded INTEGER NOT NULL, UNIQUE (position, reason)
) STRICT;
CREATE TABLE judgements (position INTEGER PRIMARY KEY, because TEXT NOT NULL, at TEXT NOT NULL) STRICT;
CREATE TABLE counts (reason TEXT PRIMARY KEY, number INTEGER NOT NULL, first INTEGER NOT NULL) STRICT;
CREATE TABLE checkpoints (size INTEGER PRIMARY KEY, note TEXT NOT NULL, cosigned TEXT NOT NULL) STRICT;
CREATE TABLE state (name TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT;
"""
_COLUMNS: Final = (
    "position, stream, version, event_id, command_id, type, schema_version, payload, meta, recorded_at, leaf"
)


class EventFinding(NamedTuple):
    """A fault of an event: nothing from its position on is cosigned before it is judged."""

    position: int
    reason: str
    disregarded: bool = False
    """True if the event counts for nothing, since nobody signed it or nobody can read it."""


class Uncounted(NamedTuple):
    """Events of which a part cannot be recomputed for one reason: how many, and the first position."""

    reason: str
    number: int
    first: int


class KeptCheckpoint(NamedTuple):
    """A signed checkpoint that the replica reached, and the same with the follower's cosignature, or ''."""

    size: int
    note: str
    cosigned: str


class PageVerdict(NamedTuple):
    """The outcome of verifying a page: findings, what could not be recomputed by reason, and the tree after it."""

    findings: Sequence[EventFinding]
    uncounted: Sequence[Uncounted]
    numbers: Mapping[str, int]
    """The number of things verified, by their name."""


class Replica:
    """A replica in a folder, to be used as a context manager. One process alone may have it open to write."""

    def __init__(self, folder: Path, *, to_read: bool = False) -> None:
        """Open a folder, and make it unless `to_read`.

        Raises:
            FolderUnusable: It holds no replica of this form, another process follows into it, or it cannot be read.
        """
        self.folder = folder
        file = folder / FILE
        if to_read and not file.is_file():
            raise FolderUnusable(f"{folder} holds no replica; `accord follow URL --folder {folder}` begins one")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = (folder / "lock").open("a") if not to_read else None
            if self._lock is not None:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._db = sqlite3.connect(file, isolation_level=None)
            self._prepare()
        except BlockingIOError:
            raise FolderUnusable(f"{folder}: another process follows into it") from None
        except (OSError, sqlite3.Error) as fault:
            raise FolderUnusable(f"{folder} cannot be used ({fault})") from None

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        [(form,)] = self._db.execute("PRAGMA user_version")
        if form == 0 and self._lock is not None:
            self._db.executescript(
                f"BEGIN; {_SCHEMA} PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {_FORM}; COMMIT"
            )
        elif form != _FORM:
            raise FolderUnusable(f"{self.folder} holds a replica of form {form}; this release reads form {_FORM}")

    def __enter__(self) -> Replica:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()
        if self._lock is not None:
            self._lock.close()

    @property
    def frontier(self) -> Frontier:
        """The tree over all events kept."""
        kept_state = self.state("frontier", {"size": 0, "nodes": []})
        try:
            return Frontier(kept_state["size"], [bytes.fromhex(node) for node in kept_state["nodes"]])
        except (LookupError, TypeError, ValueError):
            raise damaged(self.folder, "its tree cannot be read") from None

    def state(self, name: str, otherwise: Any = None) -> Any:
        """Return the value under a name, or `otherwise`."""
        with closing(self._db.execute("SELECT content FROM state WHERE name = ?", (name,))) as rows:
            row = rows.fetchone()
        return otherwise if row is None else json.loads(row[0])

    def remember(self, name: str, content: Any) -> None:
        """Keep a JSON value under a name, in place of what was there."""
        self._db.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (name, json.dumps(content)))

    def keep(self, events: Sequence[StoredEvent], frontier: Frontier, verdict: PageVerdict) -> None:
        """Keep a page of events with the tree after it and what was verified: all of it or nothing, and on the disk."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._db.executemany(f"INSERT INTO events ({_COLUMNS}) VALUES ({', '.join('?' * 11)})", map(_row, events))  # noqa: S608
            self._db.executemany("INSERT OR IGNORE INTO findings VALUES (?, ?, ?)", verdict.findings)
            self._db.executemany(
                "INSERT INTO counts VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET number = number + excluded.number",
                verdict.uncounted,
            )
            self._add(verdict.numbers)
            nodes = [node.hex() for node in frontier.nodes]
            self.remember("frontier", {"size": frontier.size, "nodes": nodes})
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise

    def _add(self, numbers: Mapping[str, int]) -> None:
        before = self.state("verified", {})
        self.remember("verified", {**before, **{name: before.get(name, 0) + n for name, n in numbers.items()}})

    def page(self, after: int, limit: int) -> list[StoredEvent]:
        """Return at most `limit` events after a position, in order."""
        query = f"SELECT {_COLUMNS} FROM events WHERE position > ? ORDER BY position LIMIT ?"  # noqa: S608
        return [_event(row) for row in self._db.execute(query, (after, limit))]

    def stream(self, stream: str, upto: int) -> Iterator[StoredEvent]:
        """Yield the events of a stream up to a position, in order."""
        query = f"SELECT {_COLUMNS} FROM events WHERE stream = ? AND position <= ? ORDER BY version, position"  # noqa: S608
        yield from map(_event, self._db.execute(query, (stream, upto)))

    def version_of(self, stream: str) -> int:
        """Return the newest version of a stream, 0 without events."""
        [(version,)] = self._db.execute("SELECT coalesce(max(version), 0) FROM events WHERE stream = ?", (stream,))
        return int(version)

    def findings(self) -> list[EventFinding]:
        """Return the faults of events, by position."""
        return [
            EventFinding(*row)
            for row in self._db.execute("SELECT position, reason, disregarded FROM findings ORDER BY position")
        ]

    def judge(self, position: int, because: str, at: datetime) -> None:
        """Keep the auditor's own judgement of the event at a position, by which following goes on."""
        self._db.execute("INSERT OR REPLACE INTO judgements VALUES (?, ?, ?)", (position, because, at.isoformat()))

    def judgements(self) -> dict[int, str]:
        """Return the auditor's judgements, by position."""
        return dict(self._db.execute("SELECT position, because FROM judgements ORDER BY position").fetchall())

    def uncounted(self) -> list[Uncounted]:
        """Return the counts of events that could not be recomputed, by reason."""
        return [Uncounted(*row) for row in self._db.execute("SELECT reason, number, first FROM counts ORDER BY reason")]

    def leaf(self, position: int) -> bytes | None:
        """Return the leaf of the event at a position, or None if the replica does not reach it."""
        row = self._db.execute("SELECT leaf FROM events WHERE position = ?", (position,)).fetchone()
        return None if row is None else bytes(row[0])

    def leaves(self, after: int, upto: int) -> list[bytes]:
        """Return the leaves of the events after a position and up to another, in order."""
        query = "SELECT leaf FROM events WHERE position > ? AND position <= ? ORDER BY position"
        return [leaf for (leaf,) in self._db.execute(query, (after, upto))]

    def keep_checkpoint(self, size: int, note: str, cosigned: str = "") -> None:
        """Keep a checkpoint that the replica agrees with, and the same with the follower's cosignature."""
        self._db.execute(
            "INSERT INTO checkpoints VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET cosigned = excluded.cosigned "
            "WHERE cosigned = ''",
            (size, note, cosigned),
        )

    def newest_checkpoint(self, *, cosigned: bool = False) -> KeptCheckpoint | None:
        """Return the largest checkpoint that the replica agreed with, or that it cosigned."""
        query = "SELECT size, note, cosigned FROM checkpoints WHERE cosigned <> '' OR NOT ? ORDER BY size DESC LIMIT 1"
        row = self._db.execute(query, (cosigned,)).fetchone()
        return None if row is None else KeptCheckpoint(*row)


def damaged(folder: Path, words: str) -> FolderUnusable:
    """Return the fault of a folder in which something is not as the follower kept it."""
    return FolderUnusable(
        f"{folder} was changed or is damaged: {words}; nothing is said of the ledger by it. Begin another folder, and "
        "keep this one"
    )


def _row(event: StoredEvent) -> tuple[Any, ...]:
    ids = str(event.event_id), str(event.command_id)
    content = event.event_type, event.schema_version, event.payload, event.meta
    return event.position, event.stream_id, event.version, *ids, *content, event.recorded_at.isoformat(), event.leaf


def _event(row: tuple[Any, ...]) -> StoredEvent:
    position, stream, version, event_id, command_id, kind, form, payload, meta, at, leaf = row
    ids = UUID(event_id), UUID(command_id)
    moment = datetime.fromisoformat(at).astimezone(UTC)
    return StoredEvent(position, stream, version, *ids, kind, form, payload, meta, moment, leaf)
