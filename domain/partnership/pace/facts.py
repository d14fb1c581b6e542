"""The facts that the clock goes by: the partnership after each event, and what it remembers of the door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from domain.directory.disregarded import Disregarded
from domain.partnership import events as e
from domain.partnership.evolution import evolve
from domain.partnership.letter.kinds import LetterKind
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.submissions.kinds import DoorForm, SubmissionKind

NEVER: Final = datetime.min.replace(tzinfo=UTC)

ANSWERS: Final[Mapping[type, SubmissionKind]] = {
    e.ReportReceived: SubmissionKind.REPORT,
    e.ProposalAmended: SubmissionKind.CHANGE,
    e.AgreementSigned: SubmissionKind.ACCEPTANCE,
    e.ConditionMet: SubmissionKind.PAPERS,
    e.CommentMade: SubmissionKind.QUESTION,
    e.PartnershipWithdrawn: SubmissionKind.WITHDRAWAL,
}
"""The events that stand for what a grantee hands in, also where it came by another way than the door."""


class DoorSubmission(NamedTuple):
    """A submission under a seal, as the clock counts it: without its content."""

    sha256: str
    kind: SubmissionKind
    form: UUID
    about: str
    at: datetime
    """The time at the door."""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A partnership after an event, and the moments that its state does not keep."""

    partnership: Partnership
    at: datetime = NEVER
    agreement_is_out: bool = False
    """True if the agreement's letter, or the invitation to accept it, went out since the approval."""
    returns: Mapping[str, datetime] = field(default_factory=dict)
    """The moment of the return of a submission, by its digest."""
    answers: Mapping[SubmissionKind, datetime] = field(default_factory=dict)
    """The moment of the last event that stands for what is handed in, by its kind."""
    invitations: tuple[datetime, ...] = ()
    """The moment of each invitation, by its number."""

    def moment_of(self, kind: SubmissionKind) -> datetime:
        """Return the moment of the last event that stands for what is handed in of a kind, or the beginning of time."""
        return self.answers.get(kind, NEVER)

    def invited_at(self, number: int) -> datetime:
        """Return the moment of an invitation by its number."""
        return self.invitations[number - 1]


def facts_after(partnership_id: str, history: Sequence[Any]) -> list[CaseFacts]:
    """Return the facts after each event of a history, in order.

    A request may bear an earlier time than the event before it: the clock never goes back.
    """
    facts, course = CaseFacts(Partnership(partnership_id=partnership_id)), []
    for event in history:
        facts = _after(facts, event)
        course.append(facts)
    return course


def _after(facts: CaseFacts, event: Any) -> CaseFacts:
    partnership, at = evolve(facts.partnership, event), max(facts.at, event.at)
    is_new = partnership.stage is Stage.AGREEMENT and facts.partnership.stage is not Stage.AGREEMENT
    is_out = _is_out(event) or (facts.agreement_is_out and not is_new)
    after = replace(facts, partnership=partnership, at=at, agreement_is_out=is_out)
    return after if isinstance(event, Disregarded) else _with_door(after, event)


def _is_out(event: Any) -> bool:
    match event:
        case e.LetterIssued(letter=LetterKind.AGREEMENT) | e.GranteeInvited(form=DoorForm.ACCEPTANCE):
            return True
        case _:
            return False


def _with_door(facts: CaseFacts, event: Any) -> CaseFacts:
    if (kind := ANSWERS.get(type(event))) is not None:
        return replace(facts, answers={**facts.answers, kind: facts.at})
    match event:
        case e.SubmissionReturned(submission=submission):
            return replace(facts, returns={**facts.returns, submission.sha256: facts.at})
        case e.GranteeInvited():
            return replace(facts, invitations=(*facts.invitations, facts.at))
        case _:
            return facts
