"""Evolve a partnership by its letters."""

from __future__ import annotations

from domain.partnership.acts import day_of
from domain.partnership.letter.events import LetterIssued
from domain.partnership.letter.issued import IssuedLetter
from domain.partnership.letter.kinds import LetterKind
from domain.partnership.letter.terms import terms_of_agreement
from domain.partnership.state import ChangedFields, Partnership
from domain.policy.conditions import ConditionId


def letters_changed(partnership: Partnership, event: LetterIssued) -> ChangedFields:
    """Return the fields after a letter was issued. An acknowledgement ends what is owed for its contribution."""
    is_agreement = event.letter is LetterKind.AGREEMENT and partnership.proposal is not None
    letter = IssuedLetter(
        letter=event.letter,
        about=event.about,
        pdf_sha256=event.pdf_sha256,
        on=day_of(event),
        actor=event.actor,
        terms_sha256=terms_of_agreement(partnership.proposed) if is_agreement else None,
    )
    letters: ChangedFields = {"letters": (*partnership.letters, letter)}
    if event.letter is not LetterKind.GIFT_ACKNOWLEDGEMENT:
        return letters
    return {**letters, **_acknowledged(partnership, event)}


def _acknowledged(partnership: Partnership, event: LetterIssued) -> ChangedFields:
    """Return the fields after an acknowledgement. Once each contribution has one, the condition is met."""
    contributions = tuple(
        contribution.model_copy(update={"pdf_sha256": event.pdf_sha256})
        if contribution.number == event.about
        else contribution
        for contribution in partnership.contributions
    )
    open_days = [contribution.on for contribution in contributions if not contribution.is_thanked]
    changes: ChangedFields = {"contributions": contributions, "unthanked_on": min(open_days, default=None)}
    condition = ConditionId.ACKNOWLEDGMENT
    if open_days or condition not in partnership.open_conditions():
        return changes
    return {
        **changes,
        "met": (*partnership.met, condition),
        "filed": (*partnership.filed, (condition, event.actor)),
        "responsibility": partnership.responsibility.with_met(condition),
    }
