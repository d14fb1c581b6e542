"""A truth and its answers, folded from the stream of truths."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple, Self
from uuid import UUID

from domain.directory.directory import Directory
from domain.fault import Fault
from domain.screening.truths import TruthKind, truth_name
from domain.truths.events import MAY_ANSWER, TruthAnswered, TruthDrawn, TruthEvent, TruthTold
from domain.values import Moment
from domain.words import Words


class TruthAnswer(NamedTuple):
    """A verifier's finding on a truth."""

    so: bool
    actor: str
    lenders: frozenset[str]
    """The people who lent them the role, or nobody if it is their own."""
    at: Moment
    words: Words
    paper_sha256: str | None

    @property
    def people(self) -> frozenset[str]:
        """The person who answered, and those who lent them the role."""
        return self.lenders | {self.actor}


class Truth(NamedTuple):
    """A truth as it was told, with the findings of verifiers."""

    truth: UUID
    kind: TruthKind
    since: date
    partnership_id: str | None
    words: Words
    paper_sha256: str | None
    teller: str
    at: Moment
    rules: tuple[str, ...] = ()
    """The rules that refused it, where an amendment told it."""
    other: str | None = None
    """The partnership with which `partnership_id` carries out one project, where that was told."""
    answers: tuple[TruthAnswer, ...] = ()

    @property
    def name(self) -> str:
        """The name by which people call it."""
        return truth_name(self.truth)

    @property
    def answer(self) -> TruthAnswer | None:
        """The newest answer that is not its teller's own, or None if there is none."""
        return next((answer for answer in reversed(self.answers) if self.teller not in answer.people), None)

    @property
    def is_so(self) -> bool:
        """True if it was found to be so: it is a fact, which the rules judge."""
        return self.answer is not None and self.answer.so

    @property
    def fell(self) -> bool:
        """True if it was found not to be so."""
        return self.answer is not None and not self.answer.so

    @property
    def partnerships(self) -> tuple[str, ...]:
        """The partnerships of which it was told: none, one, or the two of one project."""
        return tuple(partnership for partnership in (self.partnership_id, self.other) if partnership is not None)

    def beside(self, partnership_id: str) -> str | None:
        """Return the other partnership of one project, or None if something else was told."""
        return (
            next((partnership for partnership in self.partnerships if partnership != partnership_id), None)
            if self.other
            else None
        )

    @property
    def standing(self) -> str:
        """The truth, its teller and its state, in one line."""
        description = f"{self.name}, {self.kind.words}, since {self.since}, by {self.teller}: {self.words.what}"
        if self.answer is None:
            return f"{description} (waits for a verifier's answer)"
        return (
            f"{description} ({'so' if self.answer.so else 'not so'}, by {self.answer.actor}: {self.answer.words.what})"
        )

    def waits(self, participants: Collection[str] = ()) -> bool:
        """True if it waits for an answer. One by anybody `participants` in a case counts for nothing there."""
        return self.answer is None or not self.answer.people.isdisjoint(participants)

    def against(self, participants: Collection[str] = ()) -> Fault | None:
        """Return the reason why nothing is paid of the partnerships it touches until it is answered, or None."""
        if not self.waits(participants):
            return None
        description = (
            f"{self.name} was told by {self.teller} on {self.at:%Y-%m-%d} ({self.kind.words}, since {self.since})"
        )
        answerer = "a verifier"
        if self.answer is not None:
            answerer = f"a verifier without a part in it, which {' and '.join(sorted(self.answer.people))} has"
        return Fault(f"{description} and waits for the answer of {answerer}: `accord answer-truth {self.name}`")

    def with_answer(self, event: TruthAnswered, lenders: frozenset[str]) -> Self:
        """Return it with one more answer."""
        answer = TruthAnswer(event.so, event.actor, lenders, event.at, event.words, event.paper_sha256)
        return self._replace(answers=(*self.answers, answer))


def fold_truths(events: Iterable[tuple[TruthEvent, Directory]]) -> tuple[Truth, ...]:
    """Return the truths of a stream in the order in which they were told.

    `events`: each with the directory before it. A truth that was told already stays as it is.
    """
    truths: dict[UUID, Truth] = {}
    for event, directory in events:
        of = event.words.of
        match event:
            case TruthTold() | TruthDrawn():
                truths.setdefault(of, _begun(event))
            case TruthAnswered() if of in truths:
                truths[of] = truths[of].with_answer(event, lenders_of(directory, event.actor))
            case _:
                pass
    return tuple(truths.values())


def _begun(event: TruthTold | TruthDrawn) -> Truth:
    teller = event.actor if isinstance(event, TruthTold) else event.teller
    return Truth(
        truth=event.words.of, kind=event.truth_kind, since=event.since, partnership_id=event.partnership_id,
        words=event.words, paper_sha256=event.paper_sha256, teller=teller, at=event.at,
        rules=event.rules if isinstance(event, TruthDrawn) else (), other=event.other,
    )  # fmt: skip


def lenders_of(directory: Directory, actor: str) -> frozenset[str]:
    """Return everybody who lent a person the role in which truths are answered, or nobody if they hold it themselves.

    Whatever day it was lent for: the time in an answer is only its signer's word.
    """
    member = directory.person(actor)
    if member is not None and not MAY_ANSWER.isdisjoint(member.roles):
        return frozenset()
    return frozenset(
        delegation.lender
        for delegation in directory.delegations
        if delegation.borrower == actor and delegation.role in MAY_ANSWER
    )


def conflict_of_duties(truth: Truth, people: Collection[str], participants: Collection[str]) -> Fault | None:
    """Return the reason why a truth may not be answered, or None.

    `people`: who would answer, and who lent them the role. `participants`: who has a part in the truth's partnership.
    """
    if truth.teller in people:
        return Fault(f"{truth.teller} told {truth.name}; another verifier answers")
    if taking_part := sorted({*people} & {*participants}):
        return Fault(
            f"{taking_part[0]} proposed or pays {truth.partnership_id}, or is recused; another verifier answers"
        )
    return None
