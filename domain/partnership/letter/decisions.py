"""Decide a letter: its facts must be those that stand, and its edition the one in force."""

from __future__ import annotations

from domain.errors import IllegalTransition, StaleDecision
from domain.partnership.circumstances import Circumstances
from domain.partnership.events import Events, LetterIssued
from domain.partnership.letter import commands as c
from domain.partnership.letter.admission import wish_of
from domain.partnership.letter.making import letter_facts
from domain.partnership.state import Partnership


def issue_letter(partnership: Partnership, command: c.IssueLetter, circumstances: Circumstances) -> Events:
    """Return the event of a letter whose facts stand as they did when it was made."""
    if circumstances.unlettered:
        raise IllegalTransition(str(circumstances.unlettered))
    facts = letter_facts(partnership, wish_of(command))
    if facts.sha256 != command.facts_sha256:
        raise StaleDecision(
            "what the letter says of the partnership changed since it was made; make it anew, and read it"
        )
    fields = command.model_dump(exclude={"kind", "command_id", "signature"})
    return (LetterIssued(**fields, signature=command.signature),)
