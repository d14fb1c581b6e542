"""An import that is killed with SIGKILL goes on where it was: each row is one event, and a second time brings none."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest

from accord.client.desk import Desk
from deploy.embedded.stack import Stack
from deploy.logins import Login
from tests.accord import forks
from tests.chaos.imports.storm import Import, Storm, moments_of, signed_table
from tests.conftest import Office

SEED = 20261202


def shell_of(office: Office, stack: Stack, login: Login) -> dict[str, str]:
    """Return the environment of a process of a login."""
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "ACCORD_SECRETS") if name in os.environ},
        **forks.LOOKS,
        "ACCORD_DATABASE_URL": office.url_of(login),
        "TEMPORAL_ADDRESS": stack.state.temporal_address,
    }


def judge(storm: Storm, rows: int) -> None:
    """Require each row once, by the ledger and by what the last two commands say."""
    assert (storm.events, storm.streams, storm.commands) == (rows, rows, rows)
    assert storm.last.code == storm.again.code == 0, (storm.last, storm.again)
    assert f"0 written, {rows:,} were here already" in " ".join(storm.again.output.decode().split())


@pytest.mark.chaos
async def test_a_killed_import_goes_on(
    desk: Desk, office: Office, office_pool: asyncpg.Pool, stack: Stack, tmp_path: Path, worker: None
) -> None:
    """Given sixty rows, when the command is killed twice, then they stand once, and nothing is new the next time."""
    path = await signed_table(desk, tmp_path, 60, SEED)
    people = shell_of(office, stack, Login.STAFF)
    with pytest.raises(TimeoutError):
        await killed_after(0.05, path, people)
    with suppress(TimeoutError):  # on a quick machine it has written them all by then
        await killed_after(0.4, path, people)
    storm = await Import(office_pool, path, people, None).through([])
    judge(storm, 60)


async def killed_after(seconds: float, path: Path, people: dict[str, str]) -> None:
    """Apply a table, and kill the command so long after it began. Raises TimeoutError if it was killed."""
    await forks.run(["import", "apply", str(path)], people, patience=seconds)


@pytest.mark.chaos
@pytest.mark.slow
async def test_five_thousand_rows_through_five_kills_stand_once(
    desk: Desk, office: Office, office_pool: asyncpg.Pool, stack: Stack, tmp_path: Path
) -> None:
    """Given 5,000 rows, when command and worker are killed five times, then there are 5,000 events, and no more."""
    path = await signed_table(desk, tmp_path, 5_000, SEED)
    people, work = (shell_of(office, stack, login) for login in (Login.STAFF, Login.WORKER))
    moments = moments_of(SEED, 5_000, 5, ("apply", "worker", "both"))
    storm = await Import(office_pool, path, people, work).through(moments)
    assert storm.kills == {"apply": 2, "worker": 2, "both": 1}
    assert storm.last.code != -signal.SIGKILL
    judge(storm, 5_000)
