"""Rules on places: nothing goes to an embargoed place without a licence that a person judged (rules 3.2, 4.5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from domain.directory.watched import WatchKind
from domain.grants import Licence, Place
from domain.parties import Party
from domain.policy.conditions import ConditionId
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.places import (
    Embargo,
    embargoes_named,
    embargoes_of_address,
    embargoes_on,
    is_region_of,
    needs_region,
)
from domain.policy.rule import Rule, Verdict

CURES: Final = (
    "work with a party and at a place that no embargo covers",
    "file the licence that covers it: its paragraph and the facts that meet it, or its number and dates",
)
"""The remedies for an embargo."""


Given = tuple[str, Place]
"""A place that is given, after the words that say of what it is."""


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


def no_given_place_is_embargoed(facts: Facts) -> Verdict | None:
    """No place that is given is embargoed, and no words name one that is, unless a verifier judged that (rules 4.5)."""
    found = tuple(dict.fromkeys(_embargoed_of(_every_place(facts), facts.as_of)))
    questions = tuple(dict.fromkeys(_every_question(facts)))
    licence = facts.funds_out.licence if facts.funds_out else None
    if found and licence is not None and licence.is_valid(facts.as_of):
        judge = f"judge whether {_described(licence)} covers it"
        return Verdict(Outcome.REFER, "; ".join((*found, judge, *questions)), options=CURES[:1])
    if found:
        return Verdict(Outcome.FAIL, "; ".join(found), options=CURES)
    if questions:
        return Verdict(Outcome.REFER, "; ".join(questions), options=CURES)
    return Verdict(Outcome.PASS, "no place that is given is embargoed, and no words name one that is")


def no_watched_place_unseen(facts: Facts) -> Verdict | None:
    """Places on the FATF's lists, as the organisation keeps them, are a question or a condition before the agreement.

    Under a call for action a person judges; under increased monitoring, money that goes out needs an inquiry on file.
    """
    if not facts.watched:
        return None
    given_places = [*_every_place(facts), *_of_principals(facts)]
    calls, monitored = (tuple(_watched(facts, given_places, kind)) for kind in WatchKind)
    inquiry = (ConditionId.ENHANCED_INQUIRY,) if facts.funds_out is not None else ()
    if calls:
        return Verdict(Outcome.REFER, "; ".join((*calls, *monitored)), conditions=inquiry, about=calls)
    if monitored and inquiry:
        return Verdict(Outcome.CONDITION, "; ".join(monitored), conditions=inquiry)
    return Verdict(Outcome.PASS, "; ".join(("no place is under a call for action", *monitored)))


def _of_principals(facts: Facts) -> Iterator[Given]:
    for party in facts.parties:
        for principal in party.principals:
            if principal.country is not None:
                description = f"{principal.name}, {principal.role.value.lower()} of {party.name}, is of"
                yield description, Place(country=principal.country)


def _watched(facts: Facts, given_places: list[Given], kind: WatchKind) -> Iterator[str]:
    """Yield each place on one of the lists, once, with the day since which it stands there."""
    rows = {row.country: row for row in facts.watched if row.kind is kind}
    places = ((description, place.country) for description, place in given_places if place.country in rows)
    yield from (f"{description} {rows[country]}" for description, country in dict.fromkeys(places))


def _bodies_and_work(facts: Facts) -> Iterator[Given]:
    yield from ((f"{party.name} is in", Place(country=party.country, region=party.region)) for party in facts.parties)
    yield from (("the project takes place in", place) for place in _places(facts))


def _every_place(facts: Facts) -> Iterator[Given]:
    """Yield the places of the parties, of the work, and of those whom it serves."""
    yield from _bodies_and_work(facts)
    community = facts.public_interest.community
    yield from (("the community served is in", place) for place in (community.places if community else ()))


def _embargoed(facts: Facts) -> Iterator[str]:
    return _embargoed_of(_bodies_and_work(facts), facts.as_of)


def _embargoed_of(described_places: Iterator[Given], on: date) -> Iterator[str]:
    for description, place in described_places:
        yield from (
            f"{description} {_named(embargo)}"
            for embargo in embargoes_on(place.country, place.region, on)
            if not embargo.in_part
        )


def _questions(facts: Facts) -> Iterator[str]:
    """Yield the questions for a person: parts of regions, regions not given, and the residences of principals."""
    for party in facts.parties:
        yield from _doubts(f"{party.name} is in", Place(country=party.country, region=party.region), facts.as_of)
        yield from _residences(party, facts.as_of)
    for place in _places(facts):
        yield from _doubts("the project takes place in", place, facts.as_of)


def _doubts(description: str, place: Place, on: date) -> Iterator[str]:
    for embargo in embargoes_on(place.country, place.region, on):
        if embargo.in_part:
            yield f"{description} {_named(embargo)}, of which a part is embargoed; find out which part"
    if place.region is None and needs_region(place.country, on):
        yield f"{description} {place.country}, of which regions are embargoed; give its region (ISO 3166-2)"


def _every_question(facts: Facts) -> Iterator[str]:
    """Yield the same of every place that is given, and what gifts are restricted to and words name."""
    for description, place in _every_place(facts):
        yield from _doubts(description, place, facts.as_of)
        if place.region is not None and not is_region_of(place.country, place.region):
            yield (
                f"{description} {place.region}, which ISO 3166-2 does not know in {place.country}; give the region"
                " meant"
            )
    for party in facts.parties:
        yield from _residences(party, facts.as_of)
        for embargo in embargoes_of_address(party.country, party.address.lines if party.address else (), facts.as_of):
            if "-" in embargo.place:
                yield f"the address of {party.name} names {_named(embargo)}; find out where it is"
    for country in _restricted_to(facts):
        yield from (
            f"the donor restricts the gift to {_named(country_embargo)}"
            for country_embargo in embargoes_on(country, None, facts.as_of)
        )
    for where, text in _texts(facts):
        for word, embargo in embargoes_named(text, facts.as_of):
            yield f"{where} says {word!r}, which names {_named(embargo)}; find out where the work is done"


def _residences(party: Party, on: date) -> Iterator[str]:
    for principal in party.principals:
        for embargo in embargoes_on(principal.country or party.country, None, on):
            yield (
                f"{principal.name}, {principal.role.value.lower()} of {party.name}, is said to be of {_named(embargo)}"
            )


def _places(facts: Facts) -> tuple[Place, ...]:
    legs = (facts.funds_out, facts.non_monetary)
    return tuple(place for leg in legs if leg is not None for place in leg.places)


def _named(embargo: Embargo) -> str:
    return f"{embargo.name} ({embargo.citation})"


def _described(licence: Licence) -> str:
    return f"{licence.kind.value.lower()} licence {licence.reference}"


def _restricted_to(facts: Facts) -> tuple[str, ...]:
    restriction = facts.funds_in.restriction if facts.funds_in else None
    return restriction.places if restriction is not None else ()


def _texts(facts: Facts) -> Iterator[tuple[str, str]]:
    """Yield the words that say what is done, and for whom, each with what they are."""
    yield "the title", facts.title
    yield "the community served", facts.public_interest.community_served
    yield "the statement of public interest", facts.public_interest.statement
    if facts.funds_out is not None:
        yield "the purpose", facts.funds_out.purpose
    if facts.funds_out is not None and facts.funds_out.regrant is not None:
        yield from (
            (f"the purpose of {subrecipient.party.name}", subrecipient.purpose)
            for subrecipient in facts.funds_out.regrant.subrecipients
        )
    if facts.funds_in is not None and facts.funds_in.restricted_to is not None:
        yield "the donor's restriction", facts.funds_in.restricted_to
    if facts.non_monetary is not None:
        yield "the activity", facts.non_monetary.activity


RULES: Final = (
    Rule(
        "PLACES-EMBARGO",
        Layer.REG,
        "31 CFR parts 510, 515, 560; E.O. 13685, 14065",
        False,
        no_embargoed_place,
        since="2026.4",
        why="embargoed places reached the bank file without a finding",
    ).revised(
        "2026.5",
        "where the community is was not asked, nor what the words name",
        no_given_place_is_embargoed,
    ),
    Rule(
        "PLACES-WATCHED",
        Layer.POLICY,
        "FATF recommendation 19; the organisation's table",
        False,
        no_watched_place_unseen,
        since="2026.6",
        why="places on the FATF's lists were as any other",
    ),
)
