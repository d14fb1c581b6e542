"""Receipts of events, under the first checkpoint of a folder that holds them."""

from __future__ import annotations

from pathlib import Path

from accord.presentation.faults import Refused
from ledger import Ledger
from ledger.proof.checkpoints import CheckpointFolder
from ledger.proof.notes import NoteRefused, VerifierKey
from ledger.proof.receipts import ReceiptRefused, make_receipt
from ledger.proof.stored_tree import StoredTree, TreeIncomplete
from records.signers import enrolment_of


async def receipt_of(ledger: Ledger, position: int, folder: Path, keys: tuple[VerifierKey, ...]) -> str:
    """Return the receipt of the event at a position: it proves the event to somebody who has no access to the database.

    Raises:
        Refused: No checkpoint holds the event yet, or what is recorded is not what was signed.
    """
    try:
        note = CheckpointFolder(folder).first_from(position, keys)
        if note is None:
            raise Refused(f"no checkpoint holds event {position} yet; run `accord ledger checkpoint` first", "Early")
        return await make_receipt(StoredTree(ledger), position, note, keys, await enrolment_of(ledger, position))
    except (ReceiptRefused, NoteRefused, TreeIncomplete) as fault:
        raise Refused(str(fault), type(fault).__name__) from fault
