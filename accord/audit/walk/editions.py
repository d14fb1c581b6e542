"""The editions of the rule book under which a partnership was seen, and what newer ones ask of what was approved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from domain.policy.canonical import order_of
from domain.policy.earlier import TIME_TO_ANSWER, FirstLook, asked_by
from domain.policy.findings import Assessment
from ledger import clock


@dataclass
class EditionsSeen:
    """The first questions of a newer edition on an approval under an earlier one (rules 4.16).

    It is computed anew, from both editions and the recorded evidence, whatever a worker's event claims.
    """

    newest: str = ""
    """The newest edition under which it was assessed or looked at."""
    later: dict[str, date] = field(default_factory=dict)
    """The questions that edition is the first to ask, with the day of the first look under it."""
    first_looks: list[FirstLook] = field(default_factory=list)
    """The first look under each newer edition."""
    no_time: bool = False
    """True if the newer edition was known when it was assessed under an older one: all is asked at once."""

    def is_newer(self, assessment: Assessment) -> bool:
        """True if a look is the first one under its edition."""
        return order_of(assessment.rule_book) > order_of(self.newest)

    def look(self, assessment: Assessment, first: Iterable[str], on: date) -> None:
        """Note a look: what it asks no more is dropped, and what its edition asks first has time to be answered."""
        questions = asked_by(assessment.findings)
        self.later = {question: since for question, since in self.later.items() if question in questions}
        if self.is_newer(assessment):
            self.later |= {question: on for question in first if question in questions}
            self.newest = assessment.rule_book
            self.first_looks.append(FirstLook(edition=assessment.rule_book, on=on))

    def leave_no_time(self) -> None:
        """Let everything bind at once."""
        self.later, self.no_time = {}, True

    def is_bound(self, edition: str, assessment_edition: str) -> bool:
        """True if what an edition asks holds payments today. `assessment_edition`: the edition of the assessment."""
        if self.no_time or order_of(assessment_edition) >= order_of(edition):
            return True
        return any(first_look.binds(edition, clock.today()) for first_look in self.first_looks)

    @property
    def not_yet(self) -> tuple[str, ...]:
        """The questions that do not hold payments today."""
        today = clock.today()
        return tuple(question for question, since in self.later.items() if today < since + TIME_TO_ANSWER)
