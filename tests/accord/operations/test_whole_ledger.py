"""No payment file is made or handed over on a ledger that does not hold what was signed of it elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.client.desk import Desk
from accord.counter.payment_files import export
from tests import paying
from tests.accord.counter.files import PAYER
from tests.accord.shell import BAD_INPUT, REFUSED, Shell
from tests.ledger.proof import behind_our_back


@pytest.fixture
async def at(shell: Shell, furnished: Desk, furnished_database: str, tmp_path: Path) -> Shell:
    """A terminal where a payment waits in a file, and the ledger was signed once it was made."""
    await paying.released(furnished)
    await export(furnished, PAYER)
    at = shell.where(ACCORD_DATABASE_URL=furnished_database)
    await at.done("ledger", "key", "ledger.example.org", "--out", tmp_path / "log.key")
    await at.done("ledger", "checkpoint", "--key", tmp_path / "log.key", "--to", tmp_path / "elsewhere")
    signed = {"ACCORD_CHECKPOINTS": str(tmp_path / "elsewhere"), "ACCORD_LOG": str(tmp_path / "log.key.pub")}
    return at.where(**signed)


async def message_of(desk: Desk) -> str:
    return str(await desk.pool.fetchval("SELECT message_id FROM payments.files"))


def commands(message: str, folder: Path) -> list[tuple[str, ...]]:
    """All commands that make a file or let one leave."""
    by = ("--as", PAYER)
    return [
        ("payments", "export", *by),
        ("payments", "hand-over", message, "--out", str(folder), *by),
        ("payments", "write-again", message, "--out", str(folder), *by),
    ]


async def test_a_ledger_that_holds_what_was_signed_pays(at: Shell, furnished: Desk, tmp_path: Path) -> None:
    out = tmp_path / "out"
    await at.done("payments", "hand-over", await message_of(furnished), "--out", out, "--as", PAYER)
    assert [path.suffix for path in out.iterdir()] == [".xml"]


@pytest.mark.slow
async def test_a_ledger_that_was_put_back_pays_nobody(at: Shell, furnished: Desk, tmp_path: Path) -> None:
    """Both put back together agree with one another, and the payer paid again. The checkpoint does not agree."""
    message = await message_of(furnished)
    async with furnished.pool.acquire() as connection:
        await behind_our_back(
            connection,  # type: ignore[arg-type]
            "DELETE FROM ledger.events WHERE position = (SELECT max(position) FROM ledger.events)",
        )
    for words in commands(message, tmp_path / "out"):
        answer = await at(*words)
        assert answer.code == REFUSED, answer
        assert "a signed checkpoint speaks of" in answer.words
        assert "No payment file is made or handed over for anybody; see docs/runbooks/ledger-behind.md" in answer.words
    assert not list((tmp_path / "out").glob("*"))


@pytest.mark.slow
async def test_a_ledger_that_was_rewritten_pays_nobody(at: Shell, furnished: Desk, tmp_path: Path) -> None:
    async with furnished.pool.acquire() as connection:
        query = "UPDATE ledger.events SET leaf = sha256('another') WHERE position = 3"
        await behind_our_back(connection, query)  # type: ignore[arg-type]
    answer = await at("payments", "export", "--as", PAYER)
    assert (answer.code, "are not those that were signed" in answer.words) == (REFUSED, True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"ACCORD_LOG": "nonsense"}, "--log"),
        ({"ACCORD_LOG": ""}, "--log"),
    ],
)
async def test_checkpoints_that_cannot_be_used_are_told(at: Shell, variables: dict[str, str], words: str) -> None:
    answer = await at.where(**variables)("payments", "export", "--as", PAYER)
    assert (answer.code, words in answer.words) == (BAD_INPUT, True)


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["empty", "missing"])
async def test_a_folder_without_a_checkpoint_pays_nobody(at: Shell, tmp_path: Path, folder: str) -> None:
    """Whoever names a folder wants to be protected by what is in it, and a courier that failed leaves it empty."""
    (tmp_path / "empty").mkdir()
    answer = await at.where(ACCORD_CHECKPOINTS=str(tmp_path / folder))("payments", "export", "--as", PAYER)
    assert (answer.code, "holds no checkpoint" in answer.words) == (BAD_INPUT, True)
