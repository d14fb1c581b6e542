"""Which failures of the rules can be cured: those go back to their proposer, the others are declined (rules 3.8)."""

from __future__ import annotations

from typing import Final

from domain.policy.findings import Assessment, Outcome

INCURABLE: Final = frozenset({"SANCTIONS", "SANCTIONS-OWNERSHIP"})
"""Rules whose failure nothing cures: a confirmed listed party, and what such a party owns."""

ONCE: Final = frozenset({"ELIG-NONPROFIT"})
"""Rules whose failure goes back once: a payee that is a company, an individual or the funder, if it stays the payee."""


def names_a_listed_party(assessment: Assessment) -> bool:
    """Return whether an assessment confirms that a party is on a sanctions list, or is owned by one that is."""
    return not INCURABLE.isdisjoint(failing(assessment))


def failing(assessment: Assessment) -> tuple[str, ...]:
    """Return the rules that fail, each once."""
    return tuple(dict.fromkeys(finding.rule_id for finding in assessment.with_outcome(Outcome.FAIL)))


def is_curable(assessment: Assessment, payee: str, returned: tuple[str, ...]) -> bool:
    """Return whether a failed assessment goes back to the proposer. `returned`: the payees that it went back with."""
    stays = payee in returned
    return all(rule not in INCURABLE and not (rule in ONCE and stays) for rule in failing(assessment))


def told(assessment: Assessment) -> str:
    """Return what must be cured, and the ways out, for the proposer."""
    ways = f"; what can be done: {'; '.join(assessment.options)}" if assessment.options else ""
    return f"{assessment.deciding}{ways}"
