"""Truths that a refused command told: what is recorded of them beside its refusal, and what the person is told."""

from __future__ import annotations

from typing import Final

from activities.contracts import Answered
from domain.directory.personal import Person
from domain.errors import DomainError, NotSigned, StaleDecision
from domain.identity import ACCORD
from domain.partnership.commands import Amend, AnyCommand
from domain.partnership.proposal.telling import tells_facts, truths_of_refused
from domain.partnership.state import Partnership
from domain.screening.truths import truth_name
from domain.streams import TRUTHS_STREAM
from domain.truths.events import TruthDrawn
from ledger import AppendRequest, Ledger
from records.authorship import Reader
from records.codec import to_ledger
from records.truths import read_truths

_UNPROVED: Final = (NotSigned, StaleDecision)
"""The refusals of what nobody is proved to have said, or is asked to look at and give again: they tell nothing."""


def truths_drawn(
    partnership: Partnership, command: AnyCommand, fault: DomainError, rules_answer: Answered | None
) -> tuple[TruthDrawn, ...]:
    """Return the truths that a refused command told (rules 4.1)."""
    if not isinstance(command, Amend) or isinstance(fault, _UNPROVED) or not tells_facts(partnership, command):
        return ()
    assessment = rules_answer.assessment if rules_answer is not None else None
    return truths_of_refused(partnership, command, assessment)


def note_on_truths(events: tuple[TruthDrawn, ...]) -> str:
    """Return the words that tell the person that their truths are on record, or '' if they told none."""
    if not events:
        return ""
    names = ", ".join(truth_name(event.words.of) for event in events)
    return (
        f"; what you told is on record as {names}, and keeps every payment back until a verifier answers it "
        f"(`accord answer-truth {truth_name(events[0].words.of)}`); the terms stay as they stand"
    )


async def truths_beside(
    ledger: Ledger, reader: Reader, command: AnyCommand, events: tuple[TruthDrawn, ...], people: tuple[Person, ...]
) -> tuple[AppendRequest, ...]:
    """Return the append of the truths that nobody has told yet, or none if all are on record."""
    if not events:
        return ()
    stored_events = await ledger.read_stream(TRUTHS_STREAM)
    recorded_truths = {truth.truth for truth in await read_truths(reader)}
    new = tuple(event for event in events if event.words.of not in recorded_truths)
    if not new:
        return ()
    new_events = to_ledger(new, ACCORD, command.command_id, people)
    return (AppendRequest(TRUTHS_STREAM, command.command_id, len(stored_events), new_events),)
