"""Rules on prominent public offices of the people behind a payee, where the organisation asks for them (rules 4.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from domain.parties import Party, PartyKind, Principal
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.rule import Rule, Verdict
from domain.policy.rules.every_leg import says_nothing
from domain.proposal import FundsOut
from domain.public_office import OfficeTie, PublicOffice


def public_offices_are_declared(facts: Facts) -> Verdict | None:
    """Where the organisation asks, each person behind a payee declares their public office, and a person looks at it.

    A declaration of none passes. An office is a question about this person and this office, and so is what nobody
    declared.
    """
    out = facts.funds_out
    if out is None or not facts.public_offices_asked:
        return None
    people = tuple(_people(facts))
    questions = tuple(dict.fromkeys((*_offices(people), *_undeclared(people, out))))
    if questions:
        return Verdict(Outcome.REFER, "; ".join(questions), about=questions)
    if not people:
        return None
    return Verdict(Outcome.PASS, f"no public office: {'; '.join(dict.fromkeys(_declared(people)))}")


Behind = tuple[Party, Principal]
"""A person, after the party that they are behind."""


def _people(facts: Facts) -> Iterator[Behind]:
    """Yield the natural persons behind the payee and those whom it supports, and others who declare an office."""
    out = facts.funds_out
    asked = (out.payee, *out.supported) if out is not None else ()
    for party in dict.fromkeys((*asked, *facts.parties)):
        for principal in party.principals:
            if principal.may_be_a_person and (party in asked or principal.public_office is not None):
                yield party, principal


def _offices(people: tuple[Behind, ...]) -> Iterator[str]:
    for party, principal in people:
        office = principal.public_office
        if office is not None and office.tie is not OfficeTie.NONE:
            yield f"{_named(party, principal)} {office.told}"


def _undeclared(people: tuple[Behind, ...], out: FundsOut) -> Iterator[str]:
    """Yield the question about each person who declared nothing, and a payee that is a person and names nobody."""
    for party, principal in people:
        if not _is_declared(principal.public_office):
            yield (
                f"{_named(party, principal)} has not declared whether they, or somebody close to them, hold or held a "
                "prominent public office"
            )
    for party in dict.fromkeys((out.payee, *out.supported)):
        people_named = {principal.name for principal in party.principals if principal.may_be_a_person}
        if party.kind is PartyKind.INDIVIDUAL and party.name not in people_named:
            yield f"{party.name} is a person; name them among the principals, with their public office or none"


def _is_declared(office: PublicOffice | None) -> bool:
    """True if a declaration says something: by whom and, of an office, which it is."""
    if office is None or says_nothing(office.declared_by):
        return False
    return office.tie is OfficeTie.NONE or not says_nothing(office.office)


def _declared(people: tuple[Behind, ...]) -> Iterator[str]:
    for _, principal in people:
        if principal.public_office is not None:
            yield f"{principal.name} ({principal.public_office.declared})"


def _named(party: Party, principal: Principal) -> str:
    return f"{principal.name}, {principal.role.value.lower()} of {party.name},"


RULES: Final = (
    Rule(
        "BEHIND-OFFICES",
        Layer.POLICY,
        "FATF recommendation 12; the organisation's own rule",
        False,
        public_offices_are_declared,
        since="2026.6",
        why="nobody asked whether people behind a payee are politically exposed",
    ),
)
