"""The rule on a payee's name and place: the register's row for its number is the payee's alone (rules 3.1)."""

from __future__ import annotations

from domain.policy.facts import Facts
from domain.policy.findings import Outcome
from domain.policy.rule import Verdict
from domain.policy.rules.payee.payees import rows_of
from domain.screening.identity import IdentityEvidence
from domain.screening.tax_status import StatusEvidence


def name_and_place_confirm(facts: Facts) -> Verdict | None:
    """The name registered for the EIN must be the payee's alone, or its place must tell it from others (C39)."""
    status = facts.status
    if facts.funds_out is None or status is None or not status.found:
        return None
    comparisons = [comparison for comparison in status.identity if not comparison.further]
    if (agreeing := next((comparison for comparison in comparisons if comparison.confirms), None)) is not None:
        return Verdict(Outcome.PASS, agreeing.told, rows_of(status))
    further = [comparison for comparison in status.identity if comparison.further and comparison.confirms]
    reason = _further(further[0]) if further else _why(comparisons)
    return Verdict(Outcome.REFER, reason, rows_of(status), about=about_identity(status, comparisons))


def _further(comparison: IdentityEvidence) -> str:
    return (
        f"only the payee's further name {comparison.given!r} is registered for the EIN; check that both are of one body"
    )


def _why(comparisons: list[IdentityEvidence]) -> str:
    told = "; ".join(comparison.told for comparison in comparisons) or "they were not compared"
    return f"the registered name does not confirm the payee's: {told}; check that the EIN is the payee's own"


def about_identity(status: StatusEvidence, comparisons: list[IdentityEvidence]) -> tuple[str, ...]:
    """Return the facts that a question on a name is about: the number and the two names.

    Who else bears the name is no part of it: a person's answer stays where another body takes the name later.
    """
    return tuple(
        sorted(f"EIN {status.ein}: {comparison.given} ~ {comparison.registered}" for comparison in comparisons)
    )
