"""The rule on a payee that took an agreement over from another one (rules 4.4)."""

from __future__ import annotations

from typing import Final

from domain.policy.conditions import ConditionId
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.rule import Rule, Verdict


def succession_is_proved(facts: Facts) -> Verdict | None:
    """Another body is paid in a payee's place once it is in its place by law, and a verifier read the paper of that."""
    given = facts.funds_out.succession if facts.funds_out else None
    if facts.funds_out is None or given is None:
        return None
    took_over = f"{facts.funds_out.payee.name} took over from {given.of.name}"
    if given.since > facts.as_of:
        return Verdict(
            Outcome.REFER, f"{took_over} from {given.since} on, which is to come", conditions=(ConditionId.PAPERS_READ,)
        )
    paper = f"{given.paper.kind.value} dated {given.paper.dated}, read by {given.paper.read_by}"
    read = f"{took_over} on {given.since}; a verifier reads the paper and signs that it proves it"
    return Verdict(Outcome.CONDITION, read, (f"{paper}, sha256 {given.paper.sha256[:16]}",), (ConditionId.PAPERS_READ,))


RULES: Final = (
    Rule(
        "ELIG-SUCCESSION",
        Layer.POLICY,
        "rules 4.4; requirement R34",
        True,
        succession_is_proved,
        since="2026.5",
        why="a payee that merged could not be followed by its successor",
    ),
)
