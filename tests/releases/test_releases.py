"""An earlier release's works are migrated, read, proved, replayed, and gone on from.

Each folder here was kept by `python -m tests.releases.leaving VERSION` of a release's demo.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import pytest
from temporalio.client import Client, WorkflowHistory

from accord.audit.signatures import verify_signatures
from accord.client.desk import Desk
from accord.organisation.governance import change_directory, confirm_change, epoch_to_begin
from deploy import rights
from deploy.database import open_pool
from deploy.migrate import migrate, migrations, pending
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.recorded.further import FURTHER, NEW_FORMS
from domain.recorded.schema import NEWEST_FORMS, read_event_bytes
from domain.streams import StreamId
from ledger.proof.verification import verify
from records.keys.keyring import Keyring
from records.opening import open_ledger
from tests.builders import proposal
from tests.conftest import working
from tests.histories import ANY_KEYS, replayer
from tests.lives import Life
from tests.releases.fields import fields_read
from tests.releases.leaving import FOLDER, postgres_tool

RELEASES = sorted(path for path in FOLDER.iterdir() if (path / "events.jsonl.gz").exists())


def lines_of(path: Path) -> list[Any]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


@pytest.fixture(scope="module", params=RELEASES, ids=lambda path: path.name)
def release(request: pytest.FixtureRequest) -> Path:
    """The folder of a release."""
    folder: Path = request.param
    return folder


class Left(NamedTuple):
    """A release's database, migrated to this release's schema."""

    address: str
    functions: frozenset[str]
    """The functions that its processes could call, with their arguments."""


CALLABLE = """
SELECT DISTINCT p.oid::regprocedure::text
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace, aclexplode(p.proacl) granted
 WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
   AND granted.privilege_type = 'EXECUTE' AND granted.grantee::regrole::text LIKE 'accord\\_%'
"""


async def callable_in(connection: asyncpg.Connection) -> frozenset[str]:
    return frozenset(row[0] for row in await connection.fetch(CALLABLE))


@pytest.fixture(scope="module")
async def left(release: Path, template: str) -> Left:
    """The database that a release left, migrated."""
    name = f"release_{release.name.replace('.', '_')}"
    server = await asyncpg.connect(template)
    await server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await server.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    await server.close()
    address = template.replace("/postgres?", f"/{name}?")
    await postgres_tool("pg_restore", "-d", address, str(release / "database.dump"))
    connection = await asyncpg.connect(address)
    functions = await callable_in(connection)
    await migrate(connection)
    await connection.close()
    return Left(address, functions)


@pytest.fixture(scope="module")
async def pool(left: Left) -> AsyncIterator[asyncpg.Pool]:
    """A pool on the release's database."""
    opened = await open_pool(left.address)
    yield opened
    opened.terminate()


@pytest.mark.parametrize("kept", sorted(FOLDER.glob("*/fields.json")), ids=lambda path: path.parent.name)
def test_what_it_does_not_know_is_told_in_a_form_that_it_refuses(kept: Path) -> None:
    """Its workers stop and ask for an upgrade; in a form that they know, one more field was an unreadable event."""
    known, now = json.loads(kept.read_text("utf-8")), fields_read()
    further = {kind: set(now[kind]["fields"]) - set(read["fields"]) for kind, read in known.items()}
    assert [kind for kind, read in known.items() if further[kind] and now[kind]["form"] == read["form"]] == []


def test_what_the_last_release_cannot_read_is_held_until_somebody_opens_it() -> None:
    """Given an event's form that came since, when an installation is upgraded, then it is not written at first."""
    last = json.loads((RELEASES[-1] / "fields.json").read_text("utf-8"))
    newer = {kind: form for kind, form in NEWEST_FORMS.items() if form > last.get(kind, {"form": 0})["form"]}
    assert newer.items() <= NEW_FORMS.items()
    now = fields_read()
    further = {kind: set(now[kind]["fields"]) - set(last.get(kind, {"fields": ()})["fields"]) for kind in newer}
    ways = {kind: [way for one in FURTHER[kind] for way in one.fields] for kind in newer}
    assert all({way.rpartition(".")[2] for way in ways[kind]} <= fields for kind, fields in further.items())


async def test_what_it_cannot_read_is_not_written_after_its_database_is_migrated(
    release: Path, pool: asyncpg.Pool
) -> None:
    """A release of before rights were rows cannot work beside this one at all."""
    async with pool.acquire() as connection:
        shut = {right.event_type for right in rights.shut_in(await rights.granted_in(connection))}
    written = {right.event_type for right in rights.OF_THIS_RELEASE}
    assert shut == (set() if release.name == "0.2.0" else set(NEW_FORMS) & written)


async def test_its_migrations_are_still_these_and_later_ones_are_added(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection:
        assert await pending(connection) == ()
        done = [row["name"] for row in await connection.fetch("SELECT name FROM accord.migrations ORDER BY name")]
        assert await rights.differences(connection) == []
    assert done == sorted(one.name for one in migrations())


async def test_each_function_that_its_processes_call_is_still_there(left: Left, pool: asyncpg.Pool) -> None:
    """Functions are added in one release and dropped in a later one (docs/operations.md): both releases may run."""
    assert any("appending.worker" in one for one in left.functions)
    async with pool.acquire() as connection:
        assert left.functions - await callable_in(connection) == frozenset()


async def test_its_events_are_the_bytes_that_they_were_and_can_be_read(release: Path, pool: asyncpg.Pool) -> None:
    kept = lines_of(release / "events.jsonl.gz")
    held = {one.position: one async for one in open_ledger(pool).read_all()}
    assert [one["position"] for one in kept] == list(range(1, len(kept) + 1))
    for one in kept:
        assert held[one["position"]].leaf.hex() == one["leaf"]
        opened = held[one["position"]].payload  # its names in clear, where the release encrypted them
        event: Any = read_event_bytes(one["event_type"], one["schema_version"], opened)
        assert event.event_type == one["event_type"]


async def test_its_ledger_is_whole_and_every_signature_is_its_persons(release: Path, pool: asyncpg.Pool) -> None:
    ledger = open_ledger(pool)
    assert (await verify(ledger, {})).faults == ()
    assert (await verify_signatures(ledger)).faults == ()


async def test_each_of_its_histories_replays(release: Path) -> None:
    found = lines_of(release / "histories.jsonl.gz")
    assert {one["workflow_id"].partition("/")[0] for one in found} >= {"partnership", "act"}
    histories = [WorkflowHistory.from_json(one["workflow_id"], json.dumps(one["history"])) for one in found]
    replaying = replayer(ANY_KEYS)
    for history in histories:
        await replaying.replay_workflow(history)


async def test_work_goes_on_from_it(release: Path, pool: asyncpg.Pool, client: Client, tmp_path: Path) -> None:
    """On another server, so in another epoch, which two of its own guardians begin."""
    shutil.copytree(release / "keys", tmp_path / "keys")
    for key in (tmp_path / "keys").glob("*"):
        key.chmod(0o600)
    new = f"P-2026-95{RELEASES.index(release):02}"  # both releases go on beside each other on one Temporal server
    desk = Desk(pool, Keyring(tmp_path / "keys"), client=client)
    begun = await change_directory(desk, (await epoch_to_begin(desk),), "dora.kim")
    if begun.change_id is not None:
        await confirm_change(desk, begun.change_id, "otto.audit")
    known = {one.partnership_id for one in await desk.portfolio()}
    assert len(known) >= 18
    async with working(client, pool):
        life = Life(desk, new)
        await life.propose(proposal(new))
        await life.until(lambda state: state.assessment is not None)
        await life.do(c.Withdraw, "pia.berg", reason="the drill is over")
        assert (await life.until_stage(Stage.WITHDRAWN)).stage is Stage.WITHDRAWN
    assert (await verify_signatures(desk.ledger)).faults == ()
    assert StreamId.partnership(new) in {one.stream_id async for one in desk.ledger.read_all()}
