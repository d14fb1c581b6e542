"""Failures of the rules that can be cured. They go back to their proposer, and all others are declined (rules 3.8)."""

from __future__ import annotations

from typing import Final

from domain.partnership.state import Partnership
from domain.policy.findings import Assessment, Outcome
from domain.proposal import Direction

INCURABLE: Final = frozenset({"SANCTIONS", "SANCTIONS-OWNERSHIP"})
"""Rules whose failure nothing cures: a confirmed listed party, and property of such a party."""

ONCE: Final = frozenset({"ELIG-NONPROFIT", "ELIG-FUNDER"})
"""Rules whose failure goes back once: a payee that is a company, an individual or the funder, if it stays the payee."""


def names_a_listed_party(assessment: Assessment) -> bool:
    """True if an assessment confirms that a party is on a sanctions list, or is owned by one that is."""
    return not INCURABLE.isdisjoint(failing(assessment))


def listed_in(assessment: Assessment) -> str | None:
    """Return an assessment's words on a party on a sanctions list, which nothing cures, or None."""
    failures = (finding for finding in assessment.with_outcome(Outcome.FAIL) if finding.rule_id in INCURABLE)
    return "; ".join(dict.fromkeys(finding.reason for finding in failures)) or None


def failing(assessment: Assessment) -> tuple[str, ...]:
    """Return the rules that fail, each once."""
    return tuple(dict.fromkeys(finding.rule_id for finding in assessment.with_outcome(Outcome.FAIL)))


def is_curable(assessment: Assessment, payee: str, returned_payees: tuple[str, ...]) -> bool:
    """True if a failed assessment goes back to the proposer. `returned_payees`: the payees that it went back with."""
    stays = payee in returned_payees
    return all(rule not in INCURABLE and not (rule in ONCE and stays) for rule in failing(assessment))


def failing_alone(assessment: Assessment, partnership: Partnership) -> tuple[Direction, ...]:
    """Return the legs that fail while another could go on without them.

    There are none if all legs fail, or one depends on them.
    """
    proposal, failing_legs = partnership.proposed, {finding.leg for finding in assessment.with_outcome(Outcome.FAIL)}
    open_legs = [leg for leg in proposal.directions if leg not in partnership.ended_legs]
    legs = tuple(leg for leg in open_legs if leg in failing_legs)
    needed = any(proposal.needs(leg) for leg in legs)
    return () if needed or len(legs) == len(open_legs) or names_a_listed_party(assessment) else legs


def told(assessment: Assessment, alone: tuple[Direction, ...] = ()) -> str:
    """Return the faults to cure, and the ways out, for the proposer. `alone`: the legs that could be left out."""
    alternatives = (f"propose it again without {leg.value.lower()}" for leg in alone)
    options = "; ".join((*assessment.options, *alternatives))
    return f"{assessment.deciding}; what can be done: {options}" if options else assessment.deciding
