"""Verify the reopening of payments after a restore of the ledger, and that a payment did not leave before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from accord.audit.heads import Heads
from accord.audit.signed_acts import counted_events
from domain.directory.directory import Directory
from domain.fault import Fault
from domain.identity import end_to_end_id, payment_id
from domain.payment.counter import CounterAct
from domain.payment.reopening import Reopening, ReopeningEvent, fold_reopening
from domain.streams import StreamId
from records.authorship import Reader

FORGOTTEN: Final = 100
"""Attempts of a tranche, beyond those that the ledger knows, that it may have forgotten."""


class Restored(NamedTuple):
    """The signed acts after restores of the ledger."""

    left: Mapping[str, int]
    """The EndToEndIds of the payments that left and were forgotten, each with the epoch before which they did."""
    closed: Fault | None
    """The reason why no payment may leave, or None if payments are open."""

    def fault(self, partnership_id: str, tranche: int, attempt: int) -> Fault | None:
        """Return the reason why an attempt to pay may not leave, as far as it left itself, or None."""
        epoch = self.left.get(end_to_end_id(payment_id(partnership_id, tranche, attempt)))
        return _left(epoch, "it") if epoch is not None else self.closed

    def attempts(self, partnership_id: str, tranche: int, highest: int) -> dict[int, Fault]:
        """Return the attempts of a tranche that left and were forgotten, each with what is said of it.

        `highest`: the highest attempt that the ledger knows.
        """
        if not self.left:
            return {}
        ids = {
            number: end_to_end_id(payment_id(partnership_id, tranche, number))
            for number in range(1, highest + FORGOTTEN)
        }
        return {
            number: _left(self.left[name], f"attempt {number} of it")
            for number, name in ids.items()
            if name in self.left
        }


NOTHING_LOST: Final = Restored({}, None)
"""No restore, as far as anybody knows."""


def _left(epoch: int, subject: str) -> Fault:
    return Fault(f"{subject} left before epoch {epoch} of the ledger began, as two of finance signed")


async def read_reopening(reader: Reader, epoch: int, for_good: tuple[type[CounterAct], ...] = ()) -> Reopening:
    """Return the state of the reopening of payments in an epoch, folded from its validly signed acts.

    `for_good`: acts of these types count also if their key was compromised.
    """
    acts = await counted_events(reader, StreamId.reopening(epoch), ReopeningEvent, for_good)
    return fold_reopening(epoch, tuple(event for event, _ in acts))


async def read_restores(reader: Reader, directory: Directory, heads: Heads) -> Restored:
    """Return the signed acts after restores. The first epoch follows none.

    A payment that left stays so, whoever used the key that says it: it only stops another payment. The version of each
    stream read is added to `heads`.
    """
    epochs: dict[str, int] = {}
    fault: Fault | None = None
    for later in directory.epochs[1:]:
        epoch = later.log.epoch
        stream = StreamId.reopening(epoch)
        heads[stream] = len(await reader.ledger.read_stream(stream))
        reopening = await read_reopening(reader, epoch)
        for state in (reopening, await read_reopening(reader, epoch, (CounterAct,))):
            epochs |= dict.fromkeys(state.left, epoch)
        if later is directory.epoch and reopening.reopened is None:
            fault = Fault(
                f"payments are closed since epoch {epoch} of the ledger began, until two of finance signed what left: "
                "`accord payments reopen`"
            )
    return Restored(epochs, fault)
