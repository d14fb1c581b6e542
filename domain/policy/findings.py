"""What a rule says: a finding with its layer and citation, in words that a board can read."""

from __future__ import annotations

import hashlib
from enum import StrEnum

import rfc8785

from domain.proposal import Direction
from domain.values import Sha256, Value


class Outcome(StrEnum):
    """The weight of a finding, lightest first."""

    PASS = "PASS"  # noqa: S105
    CONDITION = "CONDITION"
    """Allowed, provided that something is done and kept on file."""
    REFER = "REFER"
    """A person must look: the rule book neither allows nor refuses."""
    FAIL = "FAIL"
    """Refused by a rule."""


class Layer(StrEnum):
    """Where a rule comes from. The owner's policy may be stricter than the law, never laxer."""

    STATUTE = "STATUTE"
    REG = "REG"
    RULING = "RULING"
    POLICY = "POLICY"


class Finding(Value):
    """What one rule found on one leg."""

    rule_id: str
    layer: Layer
    citation: str
    confirmed: bool
    """False where the rule rests on a lead that counsel has not confirmed yet."""
    leg: Direction
    outcome: Outcome
    reason: str

    @property
    def key(self) -> str:
        """What a verifier clears: this rule for this reason, and no other."""
        return f"{self.rule_id}: {self.reason}"


class Assessment(Value):
    """All findings on a partnership, pinned for replay by rule-book version and digest of the facts (R35)."""

    rule_book: str
    facts_sha256: Sha256
    findings: tuple[Finding, ...]

    @property
    def outcome(self) -> Outcome:
        """The heaviest finding decides."""
        order = list(Outcome)
        return max((finding.outcome for finding in self.findings), key=order.index, default=Outcome.PASS)

    def with_outcome(self, outcome: Outcome) -> tuple[Finding, ...]:
        """Return the findings of one weight."""
        return tuple(finding for finding in self.findings if finding.outcome is outcome)

    @property
    def deciding(self) -> str:
        """The reasons that decided, in one line."""
        if self.outcome is Outcome.PASS:
            return "no rule stands against it"
        return "; ".join(dict.fromkeys(f"{f.reason} ({f.rule_id})" for f in self.with_outcome(self.outcome)))


def digest(value: Value) -> str:
    """Return the SHA-256 of a value's RFC 8785 canonical JSON."""
    return hashlib.sha256(rfc8785.dumps(value.model_dump(mode="json"))).hexdigest()
