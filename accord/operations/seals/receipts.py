"""Write down the receipt of each sealing event once a checkpoint covers it, beside what the signer signs."""

from __future__ import annotations

from typing import Final

import asyncpg

from domain.streams import SUBMISSIONS_STREAM
from ledger import Ledger
from ledger.moment import lend
from ledger.proof.checkpoints import CheckpointFolder
from ledger.proof.notes import VerifierKey, open_note
from ledger.proof.receipts import make_receipt
from ledger.proof.stored_tree import StoredTree

AT_ONCE: Final = 200
"""The most seals at one look: what is left waits for the next."""

_WITHOUT: Final = """
SELECT DISTINCT p.position FROM grantee.proofs p JOIN ledger.events e USING (position)
 WHERE p.receipt IS NULL AND p.position <= $1 AND e.stream_id = $2 ORDER BY p.position LIMIT $3
"""
_KEEP: Final = "UPDATE grantee.proofs SET receipt = $2 WHERE position = $1 AND receipt IS NULL"


async def keep_receipts(
    pool: asyncpg.Pool, ledger: Ledger, folder: CheckpointFolder, keys: tuple[VerifierKey, ...]
) -> int:
    """Write down the receipts of seals that the newest checkpoint covers, and return the number of them.

    Safe to repeat: a receipt that stands is not written again.

    Raises:
        NoteRefused: The newest checkpoint was not signed by a known key.
        ReceiptRefused: What the ledger holds is not what was signed.
    """
    files = folder.notes()
    if not files:
        return 0
    note = files[-1].read_text("utf-8")
    size = open_note(note, keys).checkpoint.size
    async with lend(pool) as connection:
        rows = await connection.fetch(_WITHOUT, size, SUBMISSIONS_STREAM, AT_ONCE)
    tree = StoredTree(ledger)
    for row in rows:
        receipt = await make_receipt(tree, row["position"], note, keys)
        async with lend(pool) as connection:
            await connection.execute(_KEEP, row["position"], receipt.encode())
    return len(rows)
