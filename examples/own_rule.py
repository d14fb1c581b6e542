"""An organisation's own rule, tried on everything that was ever decided before it is put in force.

The rule of an invented fund: a director looks at a grant above a tenth of its recipient's yearly revenue. A rule is a
function of facts; here it stands beside the rules of each decision's own edition, and nothing is recorded. While `make
demo` or `accord up` runs: `python -m examples.own_rule`. To put it in force, see CONTRIBUTING, "Rules".
"""

from __future__ import annotations

import asyncio
import sys
from decimal import Decimal

from accord.audit.replays import Flip, decisions
from accord.client.desk import open_desk
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.rule import Rule, Verdict
from domain.policy.rulebook import EDITIONS, RuleBook
from ledger import Ledger

SHARE = Decimal("0.10")


def grant_is_a_tenth_at_most(facts: Facts) -> Verdict | None:
    """A director looks at a grant above a tenth of its recipient's yearly revenue, or if nobody knows the revenue."""
    if facts.funds_out is None:
        return None
    grant, listed = facts.funds_out.total, facts.status.master_file if facts.status else None
    if listed is None or listed.revenue is None or grant.currency != "USD":
        return Verdict(Outcome.REFER, f"nobody knows what part of the recipient's yearly revenue {grant} is")
    words = f"{grant} beside a yearly revenue of USD {listed.revenue:,}"
    if grant.amount <= SHARE * listed.revenue:
        return Verdict(Outcome.PASS, words)
    return Verdict(Outcome.REFER, f"{words} is above a tenth: a director looks at it", about=(words,))


OWN = Rule("OWN-TENTH", Layer.POLICY, "grants policy of the Harbour Fund, section 4", True, grant_is_a_tenth_at_most)


def with_own(book: RuleBook) -> RuleBook:
    """Return an edition with the organisation's own rule beside its rules."""
    return book._replace(rules=(*book.rules, OWN))


async def what_if(ledger: Ledger) -> tuple[int, list[Flip]]:
    """Return how many decisions are recorded, and those that the rule would have made come out otherwise."""
    count, flips = 0, []
    async for decision in decisions(ledger):
        count += 1
        before, after = decision.answer, decision.under(with_own(EDITIONS[decision.recorded.rule_book]))
        if before.outcome is not after.outcome:
            flips.append(Flip(decision.partnership_id, decision.proposal.title, before, after))
    return count, flips


async def main() -> None:
    """Print each decision that would have come out otherwise, and why."""
    async with open_desk() as desk:
        count, flips = await what_if(desk.ledger)
    for flip in flips:
        told = f"{flip.before.outcome} becomes {flip.after.outcome}: {flip.after.reasons}"
        sys.stdout.write(f"{flip.partnership_id} {flip.title}\n  {told}\n")
    sys.stdout.write(f"{count} decisions asked again; {len(flips)} would have come out otherwise.\n")


if __name__ == "__main__":
    asyncio.run(main())
