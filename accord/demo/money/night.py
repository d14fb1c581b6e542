"""The end of the demo's day: the line that says whether all sides agree on where the money was, signed and verified."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final

from accord.client.desk import Desk
from accord.client.log_keys import signing_key
from accord.client.waiting.stated_entries import ExplainedAccount, explained_accounts
from accord.operations.attesting.attesting import Signing, attest
from accord.operations.attesting.gathering import Sources
from accord.operations.attesting.log import AttestationLog, Attested, faults_of_attestations
from deploy.connections import connect_to_list
from deploy.embedded.programs import CHECKPOINTS, LOG_KEY
from deploy.settings import attestations_folder, embedded_temporal_address
from ledger import clock
from ledger.proof.checkpoints import CheckpointFolder, sign_checkpoint
from ledger.proof.notes import SigningKey
from ledger.proof.stored_tree import StoredTree
from records.books.reading import Books

_NAME: Final = "demo.example.org"


async def sign_the_day(signer: Desk, attester: Desk, folder: Path) -> Attested:
    """Sign a checkpoint and the lines of yesterday and today, which are over at the demo's banks, and return the newer.

    The key lies beside the ledger here; elsewhere it is on another machine.

    Raises:
        AssertionError: The line that was signed does not hold.
    """
    signing = Signing(_key(folder / LOG_KEY), (), CheckpointFolder(folder / CHECKPOINTS))
    await sign_checkpoint(StoredTree(signer.ledger), signing.checkpoints, signing.key)
    sources = Sources(
        attester.pool, attester.reader, Books(attester.reader), lambda: connect_to_list(embedded_temporal_address())
    )
    lines = AttestationLog(attestations_folder(signing.checkpoints.folder), signing.keys)
    *_, attested = await attest(sources, [clock.today() - timedelta(days=1), clock.today()], signing, lines)
    roots = {checkpoint.size: checkpoint.root for checkpoint in signing.checkpoints.checkpoints(signing.keys)}
    if faults := faults_of_attestations(lines.folder, signing.keys, roots):
        raise AssertionError(f"the line that was signed does not hold: {faults}")
    return attested


async def statement_of(desk: Desk, funder_id: str) -> ExplainedAccount:
    """Return the account of a funder, each entry of its statements with its explanation."""
    funder = next(funder for funder in (await desk.directory()).funders if funder.funder_id == funder_id)
    return next(account for account in await explained_accounts(desk) if account.reference == funder.account)


def furnish_key(folder: Path) -> None:
    """Make the ledger's key before the stack starts, whose console reads the lines by it. One that is there stays."""
    _key(folder / LOG_KEY)


def _key(file: Path) -> SigningKey:
    if not file.exists():
        key = SigningKey.make(_NAME)
        file.touch(mode=0o600)
        file.write_text(f"{key.written()}\n", "utf-8")
        file.with_name(f"{file.name}.pub").write_text(f"{key.verifier}\n", "utf-8")
    return signing_key(file)
