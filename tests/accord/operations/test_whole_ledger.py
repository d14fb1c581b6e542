"""No payment file is made or handed over on a ledger that does not hold what was signed of it elsewhere."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest

from accord.audit.bank.payment_files import read_payment_file
from accord.client.desk import Desk
from accord.counter import covering
from accord.counter.covering import LOOK_AGAIN
from accord.counter.hand_over import hand_over
from accord.counter.payment_files import export
from accord.counter.written_again import write_again
from accord.operations.signing import until_due
from accord.presentation.faults import Refused
from domain.payment.payment_file import FileStatus
from ledger import AppendRequest, NewEvent
from ledger.proof.checkpoints import CheckpointFolder, sign_checkpoint
from ledger.proof.notes import SigningKey
from ledger.proof.stored_tree import StoredTree
from tests import paying
from tests.accord.counter.files import PAYER
from tests.accord.shell import BAD_INPUT, REFUSED, Shell
from tests.ledger.proof import behind_our_back
from tests.waiting import BACKSTOP


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


@pytest.fixture
def signed_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CheckpointFolder:
    """The folder of `at`, for what is called in this process."""
    monkeypatch.setenv("ACCORD_CHECKPOINTS", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("ACCORD_LOG", str(tmp_path / "log.key.pub"))
    return CheckpointFolder(tmp_path / "elsewhere")


async def test_a_file_leaves_once_a_checkpoint_elsewhere_covers_its_hand_over(
    at: Shell, furnished: Desk, tmp_path: Path
) -> None:
    """Given who signs each hour, when a file is handed over, then it is signed at once, and the file is written."""
    out, signing = tmp_path / "out", SigningKey.parse((tmp_path / "log.key").read_text("utf-8"))
    tree, folder = StoredTree(furnished.ledger), CheckpointFolder(tmp_path / "elsewhere")

    async def sign() -> None:
        await until_due(furnished.pool, await furnished.ledger.head(), 3600)
        await sign_checkpoint(tree, folder, signing)

    signer = asyncio.create_task(sign())
    await at.done("payments", "hand-over", await message_of(furnished), "--out", out, "--as", PAYER)
    await signer
    assert [path.suffix for path in out.iterdir()] == [".xml"]


@pytest.mark.slow
async def test_a_file_whose_hand_over_nobody_signed_is_not_written_until_somebody_does(
    at: Shell, furnished: Desk, signed_elsewhere: CheckpointFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both servers put back together would agree that it never left."""
    out, message = tmp_path / "out", await message_of(furnished)
    monkeypatch.setattr(covering, "PATIENCE", 0.5)
    with pytest.raises(Refused, match=r"is handed over and signed, but not written yet: .* no checkpoint covers that"):
        await hand_over(furnished, message, PAYER, out)
    assert list(out.iterdir()) == []
    assert (await read_payment_file(furnished.reader, message)).status is FileStatus.HANDED_OVER
    with pytest.raises(Refused, match="not written yet"):
        await write_again(furnished, message, PAYER, out)
    assert list(out.iterdir()) == []
    signing = SigningKey.parse((tmp_path / "log.key").read_text("utf-8"))
    monkeypatch.setattr(covering, "PATIENCE", BACKSTOP)
    writing = asyncio.create_task(write_again(furnished, message, PAYER, out))
    while not writing.done():
        await sign_checkpoint(StoredTree(furnished.ledger), signed_elsewhere, signing)
        await asyncio.sleep(LOOK_AGAIN)
    assert (await writing).path == out / f"{message}.pain.001.xml"


@pytest.mark.slow
async def test_what_was_recorded_after_a_hand_over_keeps_its_file_from_nobody(
    at: Shell, furnished: Desk, signed_elsewhere: CheckpointFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a checkpoint that covers the hand-over alone, when more is recorded before it is looked for, it will do."""
    message, signing = await message_of(furnished), SigningKey.parse((tmp_path / "log.key").read_text("utf-8"))

    async def too_late(desk: Desk, message_id: str) -> None:
        await sign_checkpoint(StoredTree(desk.ledger), signed_elsewhere, signing)
        command = uuid4()
        noted = NewEvent.of("Noted", 1, {"text": "meanwhile"}, {})
        await desk.ledger.append(AppendRequest(f"note/{command}", command, 0, (noted,)))
        await covering.until_covered(desk, message_id)

    monkeypatch.setattr(covering, "PATIENCE", 1.0)
    monkeypatch.setattr("accord.counter.hand_over.until_covered", too_late)
    assert (await hand_over(furnished, message, PAYER, tmp_path / "out")).path is not None


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
        assert "No payment file is made or handed over for anybody; see `accord runbook ledger-behind`" in answer.words
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
