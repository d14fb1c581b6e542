"""The rule on the organisation's own funders: none is its own payee, the others are related parties (rules 4.15)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from domain.parties import Funder, Party
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.round_trips import is_same
from domain.policy.rule import Rule, Verdict
from domain.screening.tax_status import StatusEvidence

LAWFUL_BETWEEN: Final = "lawful between a supporting organisation and the one that it supports"


def money_goes_to_somebody_else(facts: Facts) -> Verdict | None:
    """The funder is never its own payee, by EIN or any name; its organisation's other funders are related parties."""
    out = facts.funds_out
    if out is None:
        return None
    getting = tuple((party, tuple(_names_of(facts, party))) for party in (out.payee, *out.supported))
    if itself := [party.name for party, names in getting if is_funder(party, names, facts.funder)]:
        return Verdict(Outcome.FAIL, f"{', '.join(itself)}: the funder itself; its money does not come back to it")
    related = [(party, one) for party, names in getting for one in facts.related if is_funder(party, names, one)]
    if not related:
        return Verdict(Outcome.PASS, "nobody who gets the money is a funder of the organisation")
    told = tuple(f"{party.name} is {one.funder_id}, another funder of the same organisation" for party, one in related)
    reason = f"{'; '.join(told)}: a related party, {LAWFUL_BETWEEN}; judge whether that is so"
    return Verdict(Outcome.REFER, reason, about=told)


def is_funder(party: Party, names: tuple[str, ...], funder: Funder) -> bool:
    """True if a party, known by these names, is a funder: by its EIN, its name or a further name."""
    if party.ein is not None and party.ein == funder.ein:
        return True
    return any(is_same(name, funder_name) for name in names for funder_name in (funder.name, *funder.also_known_as))


def _names_of(facts: Facts, party: Party) -> Iterator[str]:
    """Yield every name of a party: what it is called, and what the registers call whoever has its EIN."""
    yield from (party.name, *party.also_known_as)
    evidence = facts.evidence_on(party)
    is_payee = facts.funds_out is not None and party is facts.funds_out.payee
    yield from _registered(facts.status if is_payee else evidence.status if evidence else None)


def _registered(status: StatusEvidence | None) -> Iterator[str]:
    if status is not None:
        yield from (entry.name for entry in (status.master_file, *status.publication78) if entry is not None)


RULES: Final = (
    Rule(
        "ELIG-FUNDER",
        Layer.POLICY,
        "owner's policy, Types of Partnerships; IRC 4958, 4941",
        True,
        money_goes_to_somebody_else,
        since="2026.5",
        why="the funder under another name, and its sister funders, passed as anybody's payee",
    ),
)
