"""One world of a simulation: a database, a server of workflows, an office, a bank, and one clock for all of them."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg

from accord.runs.catching_up import Reconciliation
from activities.partnerships import Partnerships
from deploy.database import open_pool
from deploy.registered import WORKFLOWS, activities_of
from domain.funds.booking import FundBooking, Turn
from domain.funds.fund import Fund
from domain.partnership.commands import AnyCommand
from domain.partnership.events import Event
from domain.partnership.state import Partnership
from ledger import clock
from records.keys.keyring import Keyring
from records.opening import open_ledger
from tests.simulation.bank.book import Bank
from tests.simulation.bank.records import Said
from tests.simulation.grounds.clock import VirtualClock, tell
from tests.simulation.grounds.lists import Listed
from tests.simulation.judge.violations import Promise, Violation
from tests.simulation.people.grantee import Mailbox
from tests.simulation.people.office import Office
from tests.simulation.temporal.client import Client
from tests.simulation.temporal.history import Run
from tests.simulation.temporal.host import Host
from tests.simulation.temporal.performing import Activities
from workflows.messages import Receipt

_names = count(1)


class Ground(NamedTuple):
    """The common ground of every world: a server, a founded database to copy, the keys, a folder."""

    server: str
    """The address of the server's own database."""
    template: str
    keyring: Keyring
    folder: Path


class Kept(NamedTuple):
    """A database as it was once."""

    name: str
    given: tuple[Receipt, ...]
    imported: frozenset[int]
    lists: tuple[tuple[str, Listed], ...]
    taken: int
    """How many payments the bank had then."""
    forged: frozenset[str]
    keys: dict[str, bytes]
    """The private keys that people had then, by their file's name."""
    mailbox: Mailbox
    """What grantees had been told by then."""
    doubted: dict[str, datetime]
    """The keys that were revoked for cause: a revocation that was put back is one of the things that are lost."""


@dataclass
class World:
    """Everything there is, and what was seen of it."""

    ground: Ground
    database: str
    keyring: Keyring
    clock: VirtualClock
    host: Host
    client: Client
    bank: Bank
    pool: asyncpg.Pool
    office: Office
    reconciliation: Reconciliation
    trace: list[str] = field(default_factory=list)
    partnerships: list[str] = field(default_factory=list)
    given: list[Receipt] = field(default_factory=list)
    """The receipts that people got, as far as the ledger was not put back to before them."""
    forgotten: list[Receipt] = field(default_factory=list)
    """The receipts of what the database, put back, forgot: they count again once it is recorded again."""
    without_history: set[str] = field(default_factory=set)
    """The commands whose workflows were put back to before them, it may be: the ledger alone knows of these."""
    mailbox: Mailbox = field(default_factory=Mailbox)
    """The links that grantees got, and what the door told them, as far as the database was not put back."""
    imported: set[int] = field(default_factory=set)
    """The numbers of the bank's files that were imported."""
    lists: dict[str, Listed] = field(default_factory=dict)
    """Which variant of each register is in force, where it is not the sample's."""
    read: dict[str, Partnership] = field(default_factory=dict)
    """The partnerships as they were read last."""
    databases: list[Kept] = field(default_factory=list)
    servers: list[dict[str, Run]] = field(default_factory=list)
    departed: set[str] = field(default_factory=set)
    doubted: dict[str, datetime] = field(default_factory=dict)
    """The keys that were revoked for cause, and since when others may have used them."""
    lost: set[str] = field(default_factory=set)
    """The files that the courier lost: the bank never got them."""
    forged: set[str] = field(default_factory=set)
    """The streams and rows that somebody wrote to who had no business there."""
    intruded: set[UUID] = field(default_factory=set)
    """The events that they appended, by their ids; none is ever another's."""
    set_aside: set[UUID] = field(default_factory=set)
    """The events that two guardians judged to count for nothing."""
    told: dict[str, str] = field(default_factory=dict)
    """What was told: the payee that each truth is about, by its id. The ledger's rows keep names sealed."""
    beyond: set[str] = field(default_factory=set)
    """The partnerships of which the bank took a payment that the database, put back, knows nothing of.

    Nothing of it is paid again. What the ledger forgot stays unknown to it, so of these nobody asks whether the books
    agree, or whether they come to rest.
    """
    left: set[str] = field(default_factory=set)
    """The EndToEndIds of those payments, which two of finance sign before payments are open again."""
    restored: int = 0
    """How often the database was put back."""
    ambush: tuple[str, Callable[[Any], Awaitable[None]]] | None = None
    """What happens once right after an activity of that name, or between what is decided and its append."""
    behind: bool = False
    """Whether workflows may know more than the database, which was put back: what they answer is not in the ledger."""
    asked_at: tuple[int, ...] = ()
    """How far ledger and bank were when the promises were asked last."""
    asked: frozenset[Promise] = frozenset(Promise)
    """Which promises are asked; a hunt for one of them does not end at another."""

    survey: dict[Promise, str] | None = None
    """In a survey: the first breach of each promise, after which the script goes on."""

    def receive(self, receipt: Receipt) -> None:
        """Somebody got a receipt. What a workflow says that knows more than the ledger is not in it."""
        if not self.behind:
            self.given.append(receipt)

    def broken(self, promise: Promise, told: str) -> None:
        """Raise Violation, where the promise is asked, or note it in a survey."""
        if self.survey is not None:
            self.survey.setdefault(promise, f"line {len(self.trace) + 1}: {told}")
        elif promise in self.asked:
            raise Violation(promise, told)

    def say(self, line: str) -> None:
        """Write a line of the trace."""
        self.trace.append(f"{len(self.trace) + 1:4} {self.clock.at:%m-%d %H:%M} {line}")

    @property
    def unimported(self) -> list[Said]:
        """The bank's words that nobody imported yet."""
        return [said for said in self.bank.said if said.number not in self.imported]

    # Time.

    async def pass_to(self, at: Any) -> None:
        """Let time pass. Every timer goes off when it is due."""
        await self.host.pass_to(at, self._move)

    async def _move(self, at: Any) -> None:
        self.clock.move_to(at)
        await tell(self.pool, self.clock)

    def activities(self) -> Activities:
        """Return the worker's activities, after which somebody may lie in wait."""
        registered = activities_of(self.pool)
        self._lie_in_wait(next(one for one in registered if one.__name__ == "carry_out").__self__)  # type: ignore[attr-defined]
        made = Activities(registered, self.client)
        made.after = self._strike
        return made

    def _lie_in_wait(self, partnerships: Partnerships) -> None:
        """Let somebody strike between what is decided, or what follows in the funds, and its append as well."""
        append, book = partnerships._append, partnerships._funds._booked

        async def booked(turn: Turn, names: Sequence[str], on_request: bool) -> tuple[Mapping[str, Fund], FundBooking]:
            found = await book(turn, names, on_request)
            if found[1].movements:
                await self._strike("book", found)
            return found

        async def struck(partnership: Partnership, command: AnyCommand, events: tuple[Event, ...], *more: Any) -> None:
            await self._strike("decide", events)
            await append(partnership, command, events, *more)

        partnerships._append = struck  # type: ignore[assignment, method-assign]
        partnerships._funds._booked = booked  # type: ignore[method-assign]

    async def _strike(self, name: str, result: Any) -> None:
        if self.ambush is not None and self.ambush[0] == name:
            (_, strike), self.ambush = self.ambush, None
            await strike(result)

    # Being put back.

    async def keep_database(self) -> None:
        """Make a copy of the database as it is now."""
        name = f"{self.database}_kept_{len(self.databases)}"
        await self._copy(self.database, name)
        lists, taken = tuple(self.lists.items()), len(self.bank.payments)
        given, imported = tuple(self.given), frozenset(self.imported)
        keys = {path.name: path.read_bytes() for path in self.keyring.folder.glob("*.pem")}
        forged, doubted = frozenset(self.forged), dict(self.doubted)
        kept = Kept(name, given, imported, lists, taken, forged, keys, self.mailbox.copy(), doubted)
        self.databases.append(kept)

    async def put_workflows_back(self, place: int) -> None:
        """Put the workflows back to a copy of their server."""
        await self.host.put_back(self.servers[place])
        self.without_history |= {one.command_id for one in self.given}
        self.host.fire()
        await self.host.settle()

    async def put_database_back(self, place: int) -> None:
        """Put the database back to a copy of it. Workers are started anew, as they are after that."""
        kept = self.databases[place]
        await self._copy(kept.name, self.database)
        self.forgotten = self.given[len(kept.given) :] if self.given[: len(kept.given)] == [*kept.given] else []
        self.given, self.imported = list(kept.given), set(kept.imported)
        self.lists, self.forged, self.doubted = dict(kept.lists), set(kept.forged), dict(kept.doubted)
        self.mailbox = kept.mailbox.copy()
        for path, content in kept.keys.items():
            (self.keyring.folder / path).write_bytes(content)
        self.read.clear()
        left = [one for one in self.bank.payments.values() if one.number > kept.taken]
        self.beyond |= {one.partnership_id for one in left}
        self.left |= {one.end_to_end_id for one in left}
        self.behind = True
        self.restored += 1
        await self.host.forget()
        await tell(self.pool, self.clock)
        await self.pool.execute("UPDATE simulation.restored SET times = $1", self.restored)  # another timeline

    async def _copy(self, source: str, target: str) -> None:
        self.pool.terminate()
        server = await asyncpg.connect(self.ground.server)
        await _without_sessions(server, self.database)
        await server.execute(f"DROP DATABASE IF EXISTS {target}")
        await server.execute(f"CREATE DATABASE {target} TEMPLATE {source}")
        await server.close()
        self._staff(await _pool(self.ground, self.database))

    def _staff(self, pool: asyncpg.Pool) -> None:
        """Everybody works with this database from here on."""
        self.pool = pool
        self.office = Office(pool, self.keyring, self.client, self.ground.folder / self.database)
        self.host.activities = self.activities()
        self.reconciliation = Reconciliation(self.client, open_ledger(pool))  # type: ignore[arg-type]

    async def close(self) -> None:
        """Take it all down."""
        await self.host.close()
        self.pool.terminate()
        server = await asyncpg.connect(self.ground.server)
        await _without_sessions(server, self.database)
        for name in (self.database, *(kept.name for kept in self.databases)):
            await server.execute(f"DROP DATABASE IF EXISTS {name}")
        await server.close()


_NOBODY: Final = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1"


async def _without_sessions(server: asyncpg.Connection, database: str) -> None:
    await server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", database)
    while await server.fetchval(_NOBODY, database):
        pass


async def _pool(ground: Ground, database: str) -> asyncpg.Pool:
    return await open_pool(ground.server.replace("/postgres?", f"/{database}?"), 4)


@asynccontextmanager
async def open_world(ground: Ground, seed: int) -> AsyncIterator[World]:
    """Make a world, let it live, and take it down. The seed chooses which of several workflows goes first."""
    time = VirtualClock()
    host = Host(time, WORKFLOWS, random.Random(seed).randrange)  # noqa: S311 - a seeded drill, not a secret
    async with make_world(ground, time, host, Client(host)) as world:
        yield world


@asynccontextmanager
async def make_world(ground: Ground, time: VirtualClock, host: Host, client: Client) -> AsyncIterator[World]:
    """Make a world around a server of workflows, let it live, and take it down."""
    database = f"world_{os.getpid()}_{next(_names)}"
    server = await asyncpg.connect(ground.server)
    await server.execute(f"DROP DATABASE IF EXISTS {database}")
    await server.execute(f"CREATE DATABASE {database} TEMPLATE {ground.template}")
    await server.close()
    pool = await _pool(ground, database)
    keyring = Keyring(shutil.copytree(ground.keyring.folder, ground.folder / database / "keys"))
    office = Office(pool, keyring, client, ground.folder / database)
    reconciliation = Reconciliation(client, open_ledger(pool))  # type: ignore[arg-type]
    world = World(ground, database, keyring, time, host, client, Bank(time), pool, office, reconciliation)
    host.activities = world.activities()
    with clock.reading(time):
        try:
            yield world
        finally:
            await world.close()
