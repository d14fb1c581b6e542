"""A draft of an edition: an edition of the rule book, and what a change of the law would change in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, model_validator

from domain.directory.tiers import HouseRules, Tier
from domain.policy.conditions import ConditionId
from domain.policy.findings import Layer, Outcome
from domain.policy.rulebook import EDITIONS, RuleBook
from domain.proposal import Direction
from domain.rerun.comparing import FactComparison
from domain.values import Sentence, Value, is_empty

RuleName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9-]{2,39}$")]
DraftName = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{1,39}$")]


class DraftRule(Value):
    """A rule that the draft adds: where it applies, what must be so, and what follows if it is not."""

    rule: RuleName
    layer: Layer
    source: Sentence
    legs: Annotated[tuple[Direction, ...], Field(min_length=1)] = (Direction.FUNDS_OUT,)
    when: Annotated[tuple[FactComparison, ...], Field(max_length=20)] = Field(
        default=(), exclude_if=is_empty, description="It applies where all of these hold"
    )
    asks: FactComparison
    otherwise: Outcome
    reason: Sentence
    conditions: tuple[ConditionId, ...] = Field(
        default=(), exclude_if=is_empty, description="What must be on file, of a CONDITION"
    )

    @model_validator(mode="after")
    def _has_an_outcome(self) -> Self:
        if self.otherwise is Outcome.PASS:
            raise ValueError(f"{self.rule}: otherwise is CONDITION, REFER or FAIL; a rule that never objects is none")
        if bool(self.conditions) is not (self.otherwise is Outcome.CONDITION):
            raise ValueError(f"{self.rule}: conditions go with CONDITION, and a CONDITION has some")
        return self


class ChangedRule(Value):
    """A rule of the edition whose findings of one weight get another."""

    rule: RuleName
    was: Outcome
    becomes: Outcome
    source: Sentence

    @model_validator(mode="after")
    def _changes(self) -> Self:
        if self.was is self.becomes or Outcome.CONDITION is self.becomes:
            raise ValueError(f"{self.rule}: it becomes another outcome, and not CONDITION, which needs papers named")
        return self


class RemovedRule(Value):
    """A rule of the edition that the draft is without."""

    rule: RuleName
    source: Sentence


class DraftTiers(Value):
    """The tiers of approval that would apply, in place of those that applied."""

    tiers: Annotated[tuple[Tier, ...], Field(min_length=1)]
    source: Sentence


class EditionDraft(Value):
    """A draft edition. Nothing of it is in force, and nothing is decided by it."""

    name: DraftName
    after: str = Field(description="The released edition that it changes, such as 2026.6")
    why: Sentence
    rules: Annotated[tuple[DraftRule, ...], Field(max_length=100)] = Field(default=(), exclude_if=is_empty)
    changed: Annotated[tuple[ChangedRule, ...], Field(max_length=100)] = Field(default=(), exclude_if=is_empty)
    removed: Annotated[tuple[RemovedRule, ...], Field(max_length=100)] = Field(default=(), exclude_if=is_empty)
    approval: DraftTiers | None = Field(default=None, exclude_if=lambda tiers: tiers is None)

    @model_validator(mode="after")
    def _changes_what_is_there(self) -> Self:
        if self.after not in EDITIONS:
            raise ValueError(f"after: there is no edition {self.after}; there are {', '.join(EDITIONS)}")
        names = {rule.rule_id for rule in EDITIONS[self.after].rules}
        touched_rules = [*(change.rule for change in self.changed), *(rule.rule for rule in self.removed)]
        if strange := sorted({*touched_rules} - names):
            raise ValueError(f"edition {self.after} has no rule {strange[0]}; `accord policy list` shows those it has")
        if both := sorted({change.rule for change in self.changed} & {rule.rule for rule in self.removed}):
            raise ValueError(f"{both[0]} is changed and removed; say one of them")
        own_names = [rule.rule for rule in self.rules]
        if repetitions := sorted({*own_names} & names) or _repeated(own_names):
            raise ValueError(f"{repetitions[0]} is a rule already: give a new rule a name of its own")
        if repetitions := _repeated([f"{change.rule} {change.was}" for change in self.changed]):
            raise ValueError(f"{repetitions[0]} is changed twice")
        if self.approval is not None:
            HouseRules(tiers=self.approval.tiers)
        return self

    @property
    def book(self) -> RuleBook:
        """The edition that it changes, without the rules that it removes."""
        removed = {rule.rule for rule in self.removed}
        book = EDITIONS[self.after]
        return book._replace(rules=tuple(rule for rule in book.rules if rule.rule_id not in removed))


def released(version: str) -> EditionDraft:
    """Return a released edition as a draft that changes nothing of it."""
    return EditionDraft(name=version, after=version, why=f"edition {version} of the rule book, as it was released")


NOT_ANSWERED: Final = (
    "what people would have decided: a question or a paper is named, and not its answer",
    "registers and lists as of another day, and matches below the score that was recorded",
    "ages of registers, lists that bind, limits of approvers, who may sign, deadlines and holds",
)
"""What no draft can change, whatever it says."""


def _repeated(names: Sequence[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})
