"""Receipts of a sample's events, all under the newest checkpoint, so that one signed root stands behind the folder."""

from __future__ import annotations

from pathlib import Path

from accord.presentation.faults import BadInput
from ledger import Ledger
from ledger.proof.checkpoints import CheckpointFolder
from ledger.proof.notes import NoteRefused, VerifierKey, open_note
from ledger.proof.receipts import ReceiptRefused, make_receipt
from ledger.proof.stored_tree import StoredTree, TreeIncomplete
from records.signers import enrolment_of


class SampleProofs:
    """Receipts under one checkpoint."""

    def __init__(self, ledger: Ledger, note: str, keys: tuple[VerifierKey, ...]) -> None:
        self._ledger, self._tree, self._keys = ledger, StoredTree(ledger), keys
        self.note = note
        """The checkpoint, as its signers wrote it."""
        self.checkpoint = open_note(note, keys).checkpoint

    @property
    def public_keys(self) -> str:
        """The keys that the checkpoint is verified by, one a line."""
        return "".join(f"{key}\n" for key in self._keys)

    async def receipt(self, position: int) -> str:
        """Return the receipt of an event.

        Raises:
            ReceiptRefused: The checkpoint is older than the event, or commits to another ledger.
        """
        if position > self.checkpoint.size:
            raise ReceiptRefused("no checkpoint holds it yet")
        try:
            enrolment = await enrolment_of(self._ledger, position)
            return await make_receipt(self._tree, position, self.note, self._keys, enrolment)
        except (NoteRefused, TreeIncomplete) as fault:
            raise ReceiptRefused(str(fault)) from fault


def proofs_in(ledger: Ledger, folder: Path, keys: tuple[VerifierKey, ...]) -> SampleProofs | None:
    """Return the proofs under the newest checkpoint in a folder, or None if there is none yet.

    Raises:
        BadInput: The checkpoint cannot be read, or is not the log's.
    """
    files = CheckpointFolder(folder).notes()
    if not files:
        return None
    try:
        return SampleProofs(ledger, files[-1].read_text("utf-8"), keys)
    except (NoteRefused, OSError, UnicodeDecodeError) as fault:
        raise BadInput(f"checkpoints: {files[-1]}: {fault}") from fault
