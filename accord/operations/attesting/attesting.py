"""Attest days: read all sides as of the newest signed checkpoint, compare, and keep a signed line of each day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from accord.operations.attesting.gathering import Sources, gather
from accord.operations.attesting.log import AttestationLog, Attested
from domain.attestation.comparing import DayComparison, compare
from domain.attestation.line import Findings
from ledger import clock
from ledger.proof.checkpoints import CheckpointFolder, LedgerForked, require_all_leaves
from ledger.proof.notes import Checkpoint, NoteRefused, SigningKey, VerifierKey
from ledger.proof.stored_tree import StoredTree


class DayFound(NamedTuple):
    """The outcome for a day."""

    findings: Findings
    comparison: DayComparison


async def look(sources: Sources, days: Sequence[date], upto: int) -> list[DayFound]:
    """Return the readings of the sides on days, the events up to a position."""
    readings = await gather(sources, max(days), upto)
    comparisons = [(day, compare(day, readings)) for day in sorted(set(days))]
    return [DayFound(Findings.of(day, comparison), comparison) for day, comparison in comparisons]


class Signing(NamedTuple):
    """The places and keys with which lines are signed."""

    key: SigningKey
    earlier_keys: tuple[VerifierKey, ...]
    """Earlier keys of the log that are trusted beside it."""
    checkpoints: CheckpointFolder

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        """All keys that are trusted."""
        return (self.key.verifier, *self.earlier_keys)


async def attest(
    sources: Sources, days: Sequence[date], signing: Signing, log: AttestationLog, because: str = ""
) -> list[Attested]:
    """Attest days, and return the line of each that stands in the log.

    Raises:
        NoteRefused: There is no checkpoint, or the log does not hold.
        LedgerForked: The ledger is not the one that the newest checkpoint commits to.
    """
    checkpoint = await newest_checkpoint(sources, signing)
    findings_by_day = await look(sources, days, checkpoint.size)
    return [
        log.keep(day.findings, day.comparison.in_transit, checkpoint, signing.key, clock.now(), because)
        for day in findings_by_day
    ]


async def newest_checkpoint(sources: Sources, signing: Signing) -> Checkpoint:
    """Return the newest signed checkpoint, which the ledger still holds, unless the database is away.

    Raises:
        NoteRefused: There is none, or no trusted key signed it.
        LedgerForked: The events that it commits to are not all in the ledger as they were.
    """
    note = signing.checkpoints.latest(signing.keys)
    if note is None:
        raise NoteRefused(
            f"there is no checkpoint in {signing.checkpoints.folder} yet; `accord ledger checkpoint` writes one"
        )
    try:
        await require_all_leaves(StoredTree(sources.reader.ledger), note.checkpoint)
    except LedgerForked:
        raise
    except Exception:  # the database is away: each side says so itself
        return note.checkpoint
    return note.checkpoint
