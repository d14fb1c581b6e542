"""The whole receipt of a submission is verified by its file and a public key alone; whatever is changed is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import asyncpg
import pytest

from accord.operations.seals.receipts import keep_receipts
from deploy.database import open_pool
from deploy.logins import Login
from ledger import Ledger
from ledger.proof.checkpoints import CheckpointFolder, sign_checkpoint
from ledger.proof.notes import NoteRefused
from ledger.proof.receipts import ReceiptRefused
from ledger.proof.stored_tree import StoredTree
from records.submissions.receipts import SubmissionReceipt, check_submission_receipt, submission_receipt
from records.submissions.seals import seal_submissions
from tests.conftest import Office
from tests.doors import entered, handed_in, link_to
from tests.ledger.proof import KNOWN, LOG, OTHER_LOG, record

SUBJECT = "P-2026-0042"


async def receipts_of(pool: asyncpg.Pool, secret: str) -> list[SubmissionReceipt]:
    """The whole receipts that the door gives through a link."""
    at_door, form = await entered(pool, secret)
    return [
        submission_receipt(handed.number, handed.sha256, handed.path, handed.receipt)
        for handed in await at_door.handed_in(form)
        if handed.receipt is not None
    ]


async def signed(pool: asyncpg.Pool, folder: Path) -> int:
    """The number of seals that got a receipt once the ledger was signed."""
    ledger, kept = Ledger(pool), CheckpointFolder(folder / "checkpoints")
    await sign_checkpoint(StoredTree(ledger), kept, LOG)
    return await keep_receipts(pool, ledger, kept, KNOWN)


async def one_of_three(pool: asyncpg.Pool, folder: Path) -> SubmissionReceipt:
    secret = await link_to(pool, SUBJECT)
    for _ in range(3):
        await handed_in(pool, secret)
    await seal_submissions(Ledger(pool), pool)
    await signed(pool, folder)
    return (await receipts_of(pool, secret))[1]


async def test_a_seal_gets_its_receipt_once_a_checkpoint_covers_it(pool: asyncpg.Pool, tmp_path: Path) -> None:
    """Given a seal after the newest checkpoint, then its submissions have no receipt until the next one is signed."""
    ledger, secret = Ledger(pool), await link_to(pool, SUBJECT)
    await record(ledger, 1)
    assert await signed(pool, tmp_path) == 0
    submission = await handed_in(pool, secret)
    await seal_submissions(ledger, pool)
    assert await keep_receipts(pool, ledger, CheckpointFolder(tmp_path / "checkpoints"), KNOWN) == 0
    assert await receipts_of(pool, secret) == []
    assert [await signed(pool, tmp_path) for _ in range(2)] == [1, 0]
    [receipt] = await receipts_of(pool, secret)
    proved = check_submission_receipt(receipt.written(), KNOWN)
    assert (proved.receipt.sha256, proved.seal.first, proved.seal.last) == (submission.sha256, 1, 1)
    assert proved.sealed_at >= submission.at


async def test_every_place_under_a_seal_is_proved(pool: asyncpg.Pool, tmp_path: Path) -> None:
    ledger, made, secrets = Ledger(pool), [], [await link_to(pool, SUBJECT, about=str(size)) for size in (1, 2, 5)]
    for size, secret in zip((1, 2, 5), secrets, strict=True):
        made += [await handed_in(pool, secret) for _ in range(size)]
        await seal_submissions(ledger, pool)
    assert await signed(pool, tmp_path) == 3
    receipts = [receipt for secret in secrets for receipt in await receipts_of(pool, secret)]
    proved = [check_submission_receipt(receipt.written(), KNOWN) for receipt in receipts]
    assert [one.receipt.sha256 for one in proved] == [submission.sha256 for submission in made]
    assert [(one.seal.first, one.seal.last) for one in proved] == [(1, 1), *[(2, 3)] * 2, *[(4, 8)] * 5]


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"number": 1}, "not under this seal"),
        ({"number": 4}, "not under this seal"),
        ({"sha256": "ab" * 32}, "the leaf is not that of the digest"),
        ({"leaf": "ab" * 32}, "the leaf is not that of the digest"),
        ({"path": ()}, "not under this seal"),
        ({"path": ("ab" * 32,) * 2}, "not under this seal"),
        ({"event": "c2sp.org/tlog-proof@v1\n"}, "not a receipt"),
    ],
)
async def test_whatever_is_changed_proves_nothing(
    pool: asyncpg.Pool, tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    receipt = await one_of_three(pool, tmp_path)
    with pytest.raises(ReceiptRefused, match=words):
        check_submission_receipt(receipt.model_copy(update=change).written(), KNOWN)


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", '{"form": "accord.submission-receipt.1"}', "x" * 2_000_000],
    ids=["nothing", "empty", "a list", "half", "long"],
)
def test_what_is_no_receipt_is_refused_in_words(text: str) -> None:
    with pytest.raises(ReceiptRefused, match="it is "):
        check_submission_receipt(text, KNOWN)


async def test_it_trusts_known_keys_alone(pool: asyncpg.Pool, tmp_path: Path) -> None:
    receipt = await one_of_three(pool, tmp_path)
    with pytest.raises(NoteRefused):
        check_submission_receipt(receipt.written(), (OTHER_LOG.verifier,))


async def test_the_receipt_of_another_event_is_no_seal(pool: asyncpg.Pool, tmp_path: Path) -> None:
    """Given a proof that names an event that seals nothing, as a stolen worker writes it, then it gets no receipt."""
    ledger, secret = Ledger(pool), await link_to(pool, SUBJECT)
    await record(ledger, 1)
    await handed_in(pool, secret)
    await pool.execute("INSERT INTO grantee.proofs (number, position, path) VALUES (1, 1, '')")
    assert await signed(pool, tmp_path) == 0
    assert await receipts_of(pool, secret) == []


async def test_the_signers_own_login_writes_it(office: Office, office_pool: asyncpg.Pool, tmp_path: Path) -> None:
    secret = await link_to(office_pool, SUBJECT)
    await handed_in(office_pool, secret)
    await seal_submissions(Ledger(office_pool), office_pool)
    signer = await open_pool(office.url_of(Login.SIGNER))
    try:
        assert await signed(signer, tmp_path) == 1
    finally:
        signer.terminate()
    assert len(await receipts_of(office_pool, secret)) == 1
