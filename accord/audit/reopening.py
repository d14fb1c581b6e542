"""Check that payments were reopened after a restore of the ledger, and that a payment did not leave before it."""

from __future__ import annotations

from accord.audit.signed_acts import counted_events
from domain.directory.directory import Directory
from domain.payment.reopening import Reopening, ReopeningEvent, fold_reopening
from domain.streams import StreamId
from records.authorship import Reader


async def read_reopening(reader: Reader, epoch: int) -> Reopening:
    """Return the state of the reopening of payments in an epoch, folded from its validly signed acts."""
    counted = await counted_events(reader, StreamId.reopening(epoch), ReopeningEvent)
    return fold_reopening(epoch, tuple(event for event, _ in counted))


async def restore_fault(reader: Reader, directory: Directory, end_to_end_id: str, heads: dict[str, int]) -> str:
    """Return the reason why a payment may not leave after a restore of the ledger; empty if there is none.

    The version of each stream read is added to `heads`. The first epoch follows no restore, so it is not checked.
    """
    for later in directory.epochs[1:]:
        epoch = later.log.epoch
        stream = StreamId.reopening(epoch)
        heads[stream] = len(await reader.ledger.read_stream(stream))
        found = await read_reopening(reader, epoch)
        if end_to_end_id in found.left:
            return f"it left before epoch {epoch} of the ledger began, as two of finance signed"
        if later is directory.epoch and found.reopened is None:
            return (
                f"payments are closed since epoch {epoch} of the ledger began, until two of finance signed what left: "
                "`accord payments reopen`"
            )
    return ""
