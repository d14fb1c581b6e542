"""Rules on places: nothing goes to an embargoed place without a licence that a person judged (rules 3.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from domain.grants import Licence, Place
from domain.parties import Party
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.places import Embargo, embargoes_on, needs_region
from domain.policy.rule import Rule, Verdict

CURES: Final = (
    "work with a party and at a place that no embargo covers",
    "file the licence that covers it: its paragraph and the facts that meet it, or its number and dates",
)
"""What can be done about an embargo."""


def no_embargoed_place(facts: Facts) -> Verdict | None:
    """No party and no place of activity is embargoed, unless a licence covers it and a verifier judged that."""
    if found := list(_embargoed(facts)):
        told = "; ".join(dict.fromkeys(found))
        licence = facts.funds_out.licence if facts.funds_out else None
        if licence is not None and licence.is_valid(facts.as_of):
            return Verdict(Outcome.REFER, f"{told}; judge whether {_described(licence)} covers it", options=CURES[:1])
        return Verdict(Outcome.FAIL, told, options=CURES)
    if open_questions := list(_questions(facts)):
        return Verdict(Outcome.REFER, "; ".join(dict.fromkeys(open_questions)), options=CURES)
    return Verdict(Outcome.PASS, "no party, place of activity or principal is at an embargoed place")


def _embargoed(facts: Facts) -> Iterator[str]:
    for party in facts.parties:
        for one in _whole(embargoes_on(party.country, party.region, facts.as_of)):
            yield f"{party.name} is in {_named(one)}"
    for place in _places(facts):
        for one in _whole(embargoes_on(place.country, place.region, facts.as_of)):
            yield f"the project takes place in {_named(one)}"


def _questions(facts: Facts) -> Iterator[str]:
    """Yield what a person must find out: parts of regions, regions that are not given, and where principals live."""
    for party in facts.parties:
        yield from _doubts(f"{party.name} is", party.country, party.region, facts.as_of)
        yield from _residences(party, facts.as_of)
    for place in _places(facts):
        yield from _doubts("the project takes place", place.country, place.region, facts.as_of)


def _doubts(what: str, country: str, region: str | None, on: date) -> Iterator[str]:
    for one in embargoes_on(country, region, on):
        yield f"{what} in {_named(one)}, of which a part is embargoed; find out which part"
    if region is None and needs_region(country, on):
        yield f"{what} in {country}, of which regions are embargoed; give its region (ISO 3166-2)"


def _residences(party: Party, on: date) -> Iterator[str]:
    for principal in party.principals:
        for one in embargoes_on(principal.country or party.country, None, on):
            yield f"{principal.name}, {principal.role.value.lower()} of {party.name}, is said to be of {_named(one)}"


def _whole(found: Iterator[Embargo]) -> Iterator[Embargo]:
    return (one for one in found if not one.in_part)


def _places(facts: Facts) -> tuple[Place, ...]:
    legs = (facts.funds_out, facts.non_monetary)
    return tuple(place for leg in legs if leg is not None for place in leg.places)


def _named(embargo: Embargo) -> str:
    return f"{embargo.name} ({embargo.citation})"


def _described(licence: Licence) -> str:
    return f"{licence.kind.value.lower()} licence {licence.reference}"


RULES: Final = (
    Rule(
        "PLACES-EMBARGO",
        Layer.REG,
        "31 CFR parts 510, 515, 560; E.O. 13685, 14065",
        False,
        no_embargoed_place,
        since="2026.4",
        why="embargoed places reached the bank file without a finding",
    ),
)
