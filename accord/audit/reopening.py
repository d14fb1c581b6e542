"""Check that payments are open in the ledger's epoch, and find what left before it that the ledger forgot."""

from __future__ import annotations

from accord.audit.signed_acts import counted_events
from domain.directory.directory import Directory
from domain.payment.reopening import Reopening, ReopeningEvent, fold_reopening
from domain.streams import StreamId
from records.authorship import Reader


async def read_reopening(reader: Reader, epoch: int) -> Reopening:
    """Return the state of payments in an epoch, by acts that are proved to be their people's."""
    counted = await counted_events(reader, StreamId.reopening(epoch), ReopeningEvent)
    return fold_reopening(epoch, tuple(event for event, _ in counted))


async def reopening_fault(reader: Reader, directory: Directory, end_to_end_id: str, heads: dict[str, int]) -> str:
    """Return why a payment may not leave, since the ledger was put back; empty where nothing of the kind is so.

    `heads` is told which streams were read. In the organisation's first epoch nothing was ever put back.
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
