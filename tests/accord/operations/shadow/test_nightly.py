"""Each night the newest export is judged once and kept: again if it changed, and never a day that is to come."""

from __future__ import annotations

import os
import stat
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import asyncpg
import pytest
from temporalio.common import MetricMeter

from accord.client.desk import Desk
from accord.operations.kept.own_key import own_key
from accord.operations.shadow.log import ShadowLog
from accord.operations.shadow.nightly import NightlyShadow, ShadowFolders, missing_columns, newest_day, read_report
from deploy.database import open_pool
from deploy.logins import Login, as_user, read_secret
from domain.shadow.line import ShadowLine
from ledger import clock
from ledger.proof.notes import NoteRefused
from tests.accord.operations.shadow.exports import folders_with, lay_export
from tests.conftest import name_in
from tests.imports.test_other_systems import mapping
from tests.ledger.proof import LOG
from tests.logins import let_in


@pytest.fixture
async def reading(furnished_database: str) -> AsyncIterator[asyncpg.Pool]:
    """A pool under the login of the process, which reads."""
    await let_in(furnished_database)
    secret = read_secret(Path(os.environ["ACCORD_SECRETS"]) / Login.READER)
    pool = await open_pool(as_user(furnished_database, Login.READER.of(name_in(furnished_database)), secret), 2)
    yield pool
    pool.terminate()


def shadow_of(pool: asyncpg.Pool, folders: ShadowFolders) -> NightlyShadow:
    return NightlyShadow(pool, folders, LOG, MetricMeter.noop)


def kept(folders: ShadowFolders) -> list[ShadowLine]:
    return ShadowLog(folders.kept, (LOG.verifier,)).lines()


async def test_the_newest_export_is_judged_once_and_again_if_it_changed(
    furnished: Desk, reading: asyncpg.Pool, tmp_path: Path
) -> None:
    """Given exports of two days, then each look judges what is new, from the day before on, and its columns count."""
    today = clock.today()
    yesterday = today - timedelta(days=1)
    folders = folders_with(tmp_path, (yesterday, today + timedelta(days=1)))
    before, shadow = await furnished.ledger.head(), shadow_of(reading, folders)
    for _ in range(2):
        await shadow.once()
    assert [(line.day, line.since) for line in kept(folders)] == [(yesterday, None)]
    lay_export(folders, today, payments=("Paid by", "Payer"))
    for _ in range(2):
        await shadow.once()
    assert [(line.day, line.since) for line in kept(folders)][1:] == [(today, yesterday)]
    newest = read_report(ShadowLog(folders.kept, (LOG.verifier,)), kept(folders)[-1])
    assert missing_columns(newest, mapping()) == 1
    lay_export(folders, today)
    await shadow.once()
    assert [line.day for line in kept(folders)] == [yesterday, today, today]
    assert (await shadow.fault(), await furnished.ledger.head()) == ("", before)


async def test_it_says_why_it_cannot_judge_and_goes_on(furnished: Desk, tmp_path: Path) -> None:
    """Given a file that did not come, then it is not ready and says which; once it comes, the export is judged."""
    folders = folders_with(tmp_path, (clock.today(),))
    file = folders.exports / clock.today().isoformat() / "payments.csv"
    content = file.read_bytes()
    file.unlink()
    shadow = shadow_of(furnished.pool, folders)
    await shadow.once()
    assert "payments.csv" in await shadow.fault()
    assert kept(folders) == []
    file.write_bytes(content)
    await shadow.once()
    assert (await shadow.fault(), len(kept(folders))) == ("", 1)
    folders.mapping.write_text("source = 1", "utf-8")
    await shadow.once()
    assert "mapping.toml has" in await shadow.fault()
    folders.mapping.unlink()
    await shadow.once()
    assert await shadow.fault() == ""


def test_a_folder_that_is_no_day_or_is_to_come_is_left_alone(tmp_path: Path) -> None:
    """Given folders of all names, then the newest that is named by a day of the past or of today is taken."""
    today = date(2026, 12, 2)
    assert newest_day(tmp_path, today) is None
    for name in ("2026-11-30", "2026-12-03", "2026-12-2", "20261201", "2026-12-01.part", "kept"):
        (tmp_path / name).mkdir()
    (tmp_path / "2026-12-02").write_text("no folder", "utf-8")
    assert newest_day(tmp_path, today) == date(2026, 11, 30)


def test_its_key_is_made_once_and_is_its_own(tmp_path: Path) -> None:
    """Given no key, then one is made that nobody else reads, the public one beside it, and stays."""
    file = tmp_path / "kept" / "shadow.key"
    key = own_key(file, "accord-shadow")
    assert own_key(file, "accord-shadow").written() == key.written()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.with_name("shadow.key.pub").read_text("utf-8").strip() == str(key.verifier)
    file.write_text("no key", "utf-8")
    with pytest.raises(NoteRefused):
        own_key(file, "accord-shadow")
