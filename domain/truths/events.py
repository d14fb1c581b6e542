"""Events of truths: told by a person, drawn from what the rules refused, and answered by a verifier (rules 4.1).

All stand in one stream, so that its version alone says whether anything was told since somebody looked.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import Field, model_validator

from domain.directory.tiers import Role
from domain.payment.counter import CounterAct
from domain.screening.truths import TruthKind
from domain.values import Moment, PartnershipId, Sha256, StaffId, Value, is_empty, is_none
from domain.words import Words

ANYBODY: Final = frozenset(Role)
"""Whoever has a role tells what they learnt."""

MAY_ANSWER: Final = frozenset({Role.VERIFIER})


class _Told(Value):
    """The fields of a truth beside its words."""

    truth_kind: TruthKind
    since: date
    """The day since which it is known."""
    partnership_id: Annotated[PartnershipId | None, Field(exclude_if=is_none)] = None
    """The partnership in which it was told, if in one. It counts in every one of the same party."""
    paper_sha256: Annotated[Sha256 | None, Field(exclude_if=is_none)] = None
    other: Annotated[PartnershipId | None, Field(exclude_if=is_none)] = None
    """The partnership with which that one carries out one project, only where this is told."""
    words: Words

    @model_validator(mode="after")
    def _names_two_partnerships(self) -> Self:
        if (self.truth_kind is TruthKind.ONE_PROJECT) != (self.other is not None):
            raise ValueError("--with: one project is of two partnerships, and nothing else is; name the other")
        if self.other is not None and self.partnership_id in (None, self.other):
            raise ValueError("--with: one project is of two partnerships; name one, and another by --with")
        return self


class TruthTold(CounterAct, _Told):
    """A person put on record what they learnt. It is never refused for what it says."""

    act: ClassVar[str] = "tell"
    roles: ClassVar[frozenset[Role]] = ANYBODY
    event_type: Literal["TruthTold"] = "TruthTold"


class TruthDrawn(_Told):
    """A fact that the rules refused was kept as a truth: whoever gave it signed a command, not this event."""

    schema_version: ClassVar[int] = 1
    event_type: Literal["TruthDrawn"] = "TruthDrawn"
    at: Moment
    teller: StaffId
    """The person who gave the fact."""
    rules: Annotated[tuple[str, ...], Field(exclude_if=is_empty)] = ()
    """The rules that refused it: once it is so, it forbids payments, and nobody clears that."""


class TruthAnswered(CounterAct):
    """A verifier found a truth to be so, or, by a paper, not to be so."""

    act: ClassVar[str] = "answer_truth"
    roles: ClassVar[frozenset[Role]] = MAY_ANSWER
    event_type: Literal["TruthAnswered"] = "TruthAnswered"
    so: bool
    paper_sha256: Annotated[Sha256 | None, Field(exclude_if=is_none)] = None
    words: Words
    """The reason in `what`, of the truth that it answers."""

    @model_validator(mode="after")
    def _by_a_paper(self) -> Self:
        if not self.so and self.paper_sha256 is None:
            raise ValueError("--document: only a paper shows that it is not so; give the file")
        return self


TruthEvent = TruthTold | TruthDrawn | TruthAnswered
"""An event of the stream of truths."""
