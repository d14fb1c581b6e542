"""Verify the published figures of a quarter: by their files alone, and by the ledger where one has it."""

from __future__ import annotations

from typing import NamedTuple

from accord.client.pace.publishing import PublicFigures, root_over
from accord.client.pace.reading import lines_of_quarter
from accord.client.reading import LedgerAccess
from accord.presentation.faults import Refused
from domain.partnership.pace.quarters import CaseLine, Quarter, figures_of
from ledger.proof.checkpoints import LedgerForked, require_consistent
from ledger.proof.notes import Checkpoint, NoteRefused, VerifierKey, open_note
from ledger.proof.stored_tree import StoredTree


class CheckedQuarter(NamedTuple):
    """Published figures that hold, and the checkpoint that they are bound to."""

    figures: PublicFigures
    checkpoint: Checkpoint
    signers: tuple[str, ...]


def check_quarter(figures: PublicFigures, lines: tuple[CaseLine, ...], keys: tuple[VerifierKey, ...]) -> CheckedQuarter:
    """Return published figures once they hold by themselves: signed head, every line, and what follows of the lines.

    Raises:
        Refused: Something in them was changed, left out or added.
    """
    try:
        note = open_note(figures.checkpoint, keys)
    except NoteRefused as fault:
        raise Refused(f"the checkpoint in the figures does not hold: {fault}", "NoteRefused") from fault
    if note.checkpoint.size != figures.size:
        raise Refused(f"the figures count {figures.size} events; the checkpoint signs {note.checkpoint.size}", "Clock")
    digests = [line.case for line in lines]
    if len(digests) != figures.cases or digests != sorted(set(digests)):
        raise Refused(f"{len(digests)} lines are there, in order or not; the figures count {figures.cases}", "Clock")
    if root_over(lines) != figures.root:
        raise Refused(
            "the lines are not those that the figures were made of: one was changed, left out or added", "Clock"
        )
    if figures_of(lines) != figures.waits:
        raise Refused("the medians and worst tenths do not follow from the lines", "Clock")
    return CheckedQuarter(figures, note.checkpoint, note.signers)


def line_of_case(lines: tuple[CaseLine, ...], case: str) -> CaseLine:
    """Return the line of a case by its digest. Raises Refused where it is not among the lines."""
    line = next((entry for entry in lines if entry.case == case), None)
    if line is None:
        raise Refused(
            f"no line has the digest {case[:16]}…: it was over before the quarter, or was left out; ask the funder",
            "Clock",
        )
    return line


async def require_of_ledger(desk: LedgerAccess, outcome: CheckedQuarter) -> None:
    """Require that the ledger makes these very lines. Raises Refused where it holds another past, or other lines."""
    try:
        await require_consistent(StoredTree(desk.ledger), outcome.checkpoint)
    except LedgerForked as fault:
        raise Refused(str(fault), "LedgerForked") from fault
    lines_now = await lines_of_quarter(desk, Quarter.parse(outcome.figures.quarter), outcome.figures.size)
    if (lines_now.until, root_over(lines_now.lines)) != (outcome.figures.until, outcome.figures.root):
        raise Refused(
            f"the ledger makes {len(lines_now.lines)} lines with another root: a case was left out, added or changed",
            "Clock",
        )
