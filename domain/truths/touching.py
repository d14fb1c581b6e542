"""The reach of a truth: the partnership in which it was told, and each that names the same party or person."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from domain.parties import Party, PartyKind
from domain.proposal import Proposal
from domain.screening.truths import OF_THE_WHOLE, KnownTruth
from domain.truths.truth import Truth
from domain.words import Words

Alike = Callable[[str, str], bool]
"""A function of two names that returns True if they are, or may be, of one."""


class Likeness(NamedTuple):
    """The comparisons of names: of organisations, and of people."""

    bodies: Alike
    people: Alike


class NamedBody(NamedTuple):
    """An organisation that a proposal names, with its numbers."""

    names: tuple[str, ...]
    """Its name, and every further one."""
    ein: str | None
    numbers: tuple[str, ...]


class NamesInProposal(NamedTuple):
    """Everybody in a proposal whom a truth may be about."""

    reference: str
    people: tuple[str, ...]
    bodies: tuple[NamedBody, ...]


def names_in(proposal: Proposal) -> NamesInProposal:
    """Return everybody in a proposal whom a truth may be about."""
    bodies = (NamedBody(_names(party), party.ein, numbers_of(party)) for party in _bodies(proposal))
    return NamesInProposal(proposal.reference, tuple(_people(proposal)), tuple(bodies))


def about(
    partnerships: Collection[str], words: Words, source: Proposal | NamesInProposal, alike: Likeness
) -> str | None:
    """Return the party or person of a proposal that a truth is about, by the proposal's name for it, or None.

    `partnerships`: those of which it was told. It touches each of them, whomever it is about.
    """
    names = source if isinstance(source, NamesInProposal) else names_in(source)
    if words.person:
        for name in names.people:
            if name.casefold() == words.person.casefold() or alike.people(words.person, name):
                return name
    for body in names.bodies:
        if _is_body(words, body, alike):
            return body.names[0]
    return OF_THE_WHOLE if names.reference in partnerships else None


def touching(
    truths: Iterable[Truth], source: Proposal | NamesInProposal, alike: Likeness
) -> tuple[tuple[Truth, str], ...]:
    """Return the truths that touch a partnership, each with the party that it is about. What fell touches nothing."""
    names = source if isinstance(source, NamesInProposal) else names_in(source)
    pairs = ((truth, about(truth.partnerships, truth.words, names, alike)) for truth in truths if not truth.fell)
    return tuple((truth, party) for truth, party in pairs if party is not None)


def known_truths(
    truths: Iterable[Truth], source: Proposal | NamesInProposal, alike: Likeness
) -> tuple[KnownTruth, ...]:
    """Return the truths that are so and touch a partnership, as evidence for the rules."""
    return tuple(
        KnownTruth(
            truth=truth.truth,
            kind=truth.kind,
            since=truth.since,
            party=party,
            rules=truth.rules,
            other=truth.beside(source.reference),
        )
        for truth, party in touching(truths, source, alike)
        if truth.is_so
    )


def party_named(proposal: Proposal, name: str) -> Party | None:
    """Return the organisation of a proposal with a name or further name, or None."""
    folded_name = name.casefold()
    parties = (body for body in _bodies(proposal) if folded_name in {name.casefold() for name in _names(body)})
    return next(parties, None)


def main_party(proposal: Proposal) -> Party:
    """Return the party that a truth is about if nobody is named: the payee, else the donor, else the partner."""
    if proposal.funds_out is not None:
        return proposal.funds_out.payee
    return proposal.funds_in.donor if proposal.funds_in is not None else proposal.partner


def numbers_of(party: Party) -> tuple[str, ...]:
    """Return a party's numbers in other registers, as a truth bears them."""
    return tuple(f"{party_number.scheme} {party_number.number}" for party_number in party.numbers)


def _is_body(words: Words, body: NamedBody, alike: Likeness) -> bool:
    """True if a truth is about an organisation: by its numbers, else by its name where no number contradicts."""
    if words.ein and body.ein:
        return words.ein == body.ein
    if not set(map(_plain, words.numbers)).isdisjoint(map(_plain, body.numbers)):
        return True
    return any(
        truth_name.casefold() == name.casefold() or alike.bodies(truth_name, name)
        for truth_name in words.names
        for name in body.names
    )


def _plain(number: str) -> str:
    return "".join(sign for sign in number.upper() if sign.isalnum())


def _names(party: Party) -> tuple[str, ...]:
    return (party.name, *party.also_known_as)


def _bodies(proposal: Proposal) -> Iterator[Party]:
    for party in proposal.parties:
        if party.kind is not PartyKind.INDIVIDUAL:
            yield party
    for party in proposal.organizations:
        if party.center is not None:
            yield party.center


def _people(proposal: Proposal) -> Iterator[str]:
    for party in proposal.parties:
        if party.kind is PartyKind.INDIVIDUAL:
            yield from _names(party)
    out = proposal.funds_out
    yield from (
        beneficiary.name for beneficiary in (out.benefit.beneficiaries if out is not None and out.benefit else ())
    )
    yield from (contact.name for contact in proposal.contacts)
