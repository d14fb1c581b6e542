"""Findings of rules, each with its layer and citation, in words that a board can read."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from enum import StrEnum
from itertools import chain
from typing import Annotated, Final

from pydantic import Field

from domain.canonical_json import canonical_json
from domain.policy.conditions import ConditionId
from domain.proposal import Direction
from domain.values import Sha256, Since, Value, is_empty


class Outcome(StrEnum):
    """The weight of a finding, lightest first."""

    PASS = "PASS"  # noqa: S105
    CONDITION = "CONDITION"
    """Allowed, provided that something is done and kept on file."""
    REFER = "REFER"
    """Neither allowed nor refused by the rule book: a person must decide."""
    FAIL = "FAIL"
    """Refused by a rule."""


class Layer(StrEnum):
    """The source of a rule. The owner's policy may be stricter than the law, never laxer."""

    STATUTE = "STATUTE"
    REG = "REG"
    RULING = "RULING"
    POLICY = "POLICY"


class Finding(Value):
    """A rule's finding on one leg."""

    rule_id: str
    layer: Layer
    citation: str
    confirmed: bool
    """False while counsel has not confirmed the source."""
    leg: Direction
    outcome: Outcome
    reason: str
    evidence: Annotated[tuple[str, ...], Since("2026.2")] = ()
    """The evidence for the finding: rows of registers, documents, statements of the proposal."""
    conditions: Annotated[tuple[ConditionId, ...], Since("2026.2")] = ()
    """The conditions to be met: of a CONDITION, or those that still hold once a person cleared a REFER (rules 4.2)."""
    options: Annotated[tuple[str, ...], Since("2026.2")] = ()
    """The remedies if this one is not allowed, the cheapest first."""

    about: Annotated[tuple[str, ...], Since("2026.4"), Field(exclude_if=is_empty)] = ()
    """The facts that a referral asks about, where its reason may be worded or scored anew. See `keys`."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of a referral, by which a verifier's clearance holds: its facts or, without them, its words.

        So another wording, score or edition reopens nothing that did not change (rules 3.7).
        """
        return tuple(f"{self.rule_id}: {fact}" for fact in self.about or (self.reason,))


class Assessment(Value):
    """All findings on a partnership, with the edition and the digest of the facts that a replay needs (R35)."""

    rule_book: str
    facts_sha256: Sha256
    findings: tuple[Finding, ...]

    @property
    def outcome(self) -> Outcome:
        """The heaviest outcome of the findings, or PASS if there are none."""
        return outcome_of(self.findings)

    @property
    def conditions(self) -> tuple[ConditionId, ...]:
        """Every condition that a finding sets, each once."""
        return tuple(dict.fromkeys(condition for finding in self.findings for condition in finding.conditions))

    def conditions_once_cleared(self, cleared_keys: Collection[str]) -> dict[ConditionId, tuple[str, ...]]:
        """Return the conditions that only open questions carry, each with their keys: they hold once one is cleared.

        `cleared_keys`: of what was cleared. What another finding sets holds anyhow, and is left out (rules 4.2).
        """
        open_keys: dict[ConditionId, list[tuple[str, ...]]] = {}
        for finding in self.findings:
            keys = finding.keys if finding.outcome is Outcome.REFER else ()
            for condition in finding.conditions:
                open_keys.setdefault(condition, []).append(tuple(key for key in keys if key not in cleared_keys))
        return {condition: tuple(chain.from_iterable(keys)) for condition, keys in open_keys.items() if all(keys)}

    @property
    def options(self) -> tuple[str, ...]:
        """The other lawful paths that the findings name, if the outcome is REFER or FAIL."""
        deciding = self.with_outcome(self.outcome) if self.outcome in {Outcome.REFER, Outcome.FAIL} else ()
        return tuple(dict.fromkeys(option for finding in deciding for option in finding.options))

    def with_outcome(self, outcome: Outcome) -> tuple[Finding, ...]:
        """Return the findings with an outcome."""
        return tuple(finding for finding in self.findings if finding.outcome is outcome)

    @property
    def deciding(self) -> str:
        """The reasons of the findings with the heaviest outcome, in one line."""
        return deciding_of(self.findings)


_ORDER: Final = {outcome: weight for weight, outcome in enumerate(Outcome)}


def outcome_of(findings: tuple[Finding, ...]) -> Outcome:
    """Return the heaviest outcome of findings, or PASS if there are none."""
    return max((finding.outcome for finding in findings), key=_ORDER.__getitem__, default=Outcome.PASS)


def deciding_of(findings: tuple[Finding, ...]) -> str:
    """Return the reasons of the findings with the heaviest outcome, in one line."""
    outcome = outcome_of(findings)
    if outcome is Outcome.PASS:
        return "no rule stands against it"
    return "; ".join(dict.fromkeys(f"{f.reason} ({f.rule_id})" for f in findings if f.outcome is outcome))


def digest(value: Value) -> str:
    """Return the SHA-256 of a value's RFC 8785 canonical JSON."""
    return hashlib.sha256(canonical_json(value.model_dump(mode="json"))).hexdigest()
