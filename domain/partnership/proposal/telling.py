"""Truths that a refused amendment told: its facts stay, whatever becomes of its terms (rules 4.1)."""

from __future__ import annotations

from typing import Final

from domain.grants import KnownChange
from domain.parties import Party
from domain.partnership.diligence.cures import failing, names_a_listed_party
from domain.partnership.proposal import commands as c
from domain.partnership.proposal.amendment import NewFact, told_by
from domain.partnership.state import Partnership
from domain.plans import PublicInterest
from domain.policy.findings import Assessment, Outcome
from domain.policy.rulebook import RULE_BOOK, findings_under
from domain.proposal import FundsIn, FundsOut, NonMonetary, Proposal
from domain.screening.truths import TruthKind
from domain.truths.drawing import Fact, truths_from
from domain.truths.events import TruthDrawn
from domain.truths.touching import main_party
from domain.values import Value

_PARTS: Final[dict[type[Value], str]] = {
    PublicInterest: "public_interest",
    FundsOut: "funds_out",
    FundsIn: "funds_in",
    NonMonetary: "non_monetary",
}

LONGEST: Final = 900
"""The length to which the words of a fact are cut, so that they fit into a sentence."""


def tells_facts(partnership: Partnership, command: object) -> bool:
    """True if a command tells facts, so that it is never turned away without leaving them on record."""
    if not isinstance(command, c.Amend) or partnership.proposal is None:
        return False
    return bool(told_by(partnership.proposal, command.proposal))


def truths_of_refused(
    partnership: Partnership, command: c.Amend, assessment: Assessment | None = None
) -> tuple[TruthDrawn, ...]:
    """Return the truths that an amendment told, which was refused. `assessment`: the rule book's word on all of it."""
    told_facts = told_by(partnership.proposed, command.proposal)
    has_listed_party = assessment is not None and names_a_listed_party(assessment)
    rules = _refused_by(partnership, command.proposal, told_facts, assessment)
    facts = tuple(
        fact for told_fact in told_facts for fact in _facts(partnership.proposed, command, told_fact, has_listed_party)
    )
    return truths_from(
        facts,
        partnership_id=partnership.partnership_id,
        teller=command.actor,
        source=command.reason,
        at=command.at,
        rules=rules,
    )


def _refused_by(
    partnership: Partnership, after: Proposal, told_facts: tuple[NewFact, ...], assessment: Assessment | None
) -> tuple[str, ...]:
    """Return the rules that refuse the facts alone, and not the terms beside them, nor what stood before."""
    if assessment is None or partnership.funding is None or partnership.verification is None:
        return ()
    told_alone = _with_facts(partnership.proposed, after, told_facts)
    common = (partnership.funding, partnership.verification, partnership.interests, RULE_BOOK)
    alone = findings_under(told_alone, *common)
    rules_before = {
        finding.rule_id for finding in findings_under(partnership.proposed, *common) if finding.outcome is Outcome.FAIL
    }
    refusing_rules = {finding.rule_id for finding in alone if finding.outcome is Outcome.FAIL} - rules_before
    return tuple(rule for rule in failing(assessment) if rule in refusing_rules)


def _with_facts(before: Proposal, after: Proposal, told_facts: tuple[NewFact, ...]) -> Proposal:
    """Return a proposal with the facts of another one, and its own terms."""
    new_parts: dict[str, Value] = {}
    for part, name in _PARTS.items():
        new = {told_fact.field: told_fact.after for told_fact in told_facts if told_fact.part is part}
        if new:  # facts are told of a part that stands in both
            new_parts[name] = getattr(before, name).model_copy(update=new)
    own_fields = {told_fact.field: told_fact.after for told_fact in told_facts if told_fact.part is Proposal}
    return before.model_copy(update={**new_parts, **own_fields})


def _facts(before: Proposal, command: c.Amend, told_fact: NewFact, has_listed_party: bool) -> tuple[Fact, ...]:
    words, on, party = _words(told_fact), command.at.date(), _party(before, told_fact)
    if told_fact.field == "known_changes":
        new: list[KnownChange] = [
            known_change for known_change in told_fact.after if known_change not in told_fact.before
        ]
        return tuple(
            Fact(kind=told_fact.kind, what=change.what, since=change.known_since, party=party) for change in new
        )
    kind = TruthKind.SANCTIONS if has_listed_party and told_fact.kind is TruthKind.OTHER else told_fact.kind
    return (Fact(kind=kind, what=words, since=on, party=party),)


def _party(before: Proposal, told_fact: NewFact) -> Party:
    """Return the party of a fact: the donor of a gift, the payee of money out, or the partner."""
    if told_fact.part is FundsIn and before.funds_in is not None:
        return before.funds_in.donor
    return before.partner if told_fact.field == "partner" else main_party(before)


def _words(told_fact: NewFact) -> str:
    part = f"{_PARTS[told_fact.part]}." if told_fact.part in _PARTS else ""
    text = (
        f"{part}{told_fact.field} is {_shown(told_fact.after, told_fact.before)}; it was"
        f" {_shown(told_fact.before, told_fact.after)}"
    )
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."


def _shown(value: object, counterpart: object = None) -> str:
    """Return a value in words: of two of one type only that in which it differs from the other one."""
    match value:
        case None:
            return "not given"
        case Value() if isinstance(counterpart, type(value)):
            names = {name for name in type(value).model_fields if getattr(value, name) != getattr(counterpart, name)}
            return value.model_dump_json(include=names)
        case Value():
            return value.model_dump_json(exclude_defaults=True)
        case tuple():
            return ", ".join(map(_shown, value)) or "none"
        case _:
            return str(value)
