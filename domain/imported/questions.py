"""Questions about the partners of a table: is it somebody on record, and are two rows one body?

Nobody is taken for somebody on record by a name alone, and nothing is merged: a person answers, and signs it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from domain.imported.claims import ImportedPartnership
from domain.values import Money


class PartnerOnRecord(NamedTuple):
    """A party of partnerships on record, with its number where it has one."""

    name: str
    country: str
    ein: str | None
    reference: str
    """A partnership that names it."""


def questions_of(
    table: Iterable[ImportedPartnership], on_record: Iterable[PartnerOnRecord]
) -> Mapping[str, tuple[str, ...]]:
    """Return the questions about each partnership of a table, by its key. A key with no question is left out."""
    partnerships = tuple(table)
    names, numbers = _indexed((*on_record, *map(_partner_in, partnerships)))
    questions = {claim.key: tuple(_questions(claim, names, numbers)) for claim in partnerships}
    return {key: about for key, about in questions.items() if about}


class GrantOnRecord(NamedTuple):
    """A partnership on record, of Accord's own or of another system of before, by what tells it from others."""

    partner: str
    country: str
    title: str
    agreed: Money | None
    reference: str


def repeats_of(table: Iterable[ImportedPartnership], on_record: Iterable[GrantOnRecord]) -> Mapping[str, str]:
    """Return the question about each partnership of a table that may be here already, by its key.

    One that comes in from two systems, or that was proposed here too, would count twice with its payee.
    """
    references = {_signs(grant): grant.reference for grant in on_record if grant.agreed is not None}
    claims = (
        (claim.key, GrantOnRecord(claim.partner.name, claim.partner.country, claim.title, claim.agreed, claim.key))
        for claim in table
    )
    return {
        key: f"{references[signs]} is on record with its partner, title and sum; is this another grant?"
        for key, grant in claims
        if (signs := _signs(grant)) in references
    }


def _signs(grant: GrantOnRecord) -> tuple[str, str, str, str]:
    return grant.country, _words(grant.partner), _words(grant.title), str(grant.agreed)


def _partner_in(claim: ImportedPartnership) -> PartnerOnRecord:
    return PartnerOnRecord(claim.partner.name, claim.partner.country, claim.partner.ein, claim.key)


_Index = Mapping[str, list[PartnerOnRecord]]


def _indexed(partners: Iterable[PartnerOnRecord]) -> tuple[_Index, _Index]:
    names: defaultdict[str, list[PartnerOnRecord]] = defaultdict(list)
    numbers: defaultdict[str, list[PartnerOnRecord]] = defaultdict(list)
    for partner in partners:
        names[f"{partner.country} {_words(partner.name)}"].append(partner)
        if partner.ein is not None:
            numbers[partner.ein].append(partner)
    return names, numbers


def _questions(claim: ImportedPartnership, names: _Index, numbers: _Index) -> Iterator[str]:
    """Yield the questions: one number with two names, and one name with two numbers. Each is asked once."""
    partner, words = claim.partner, _words(claim.partner.name)
    others = (other for other in numbers.get(partner.ein or "", ()) if _words(other.name) != words)
    if other := next(others, None):
        yield f"its EIN {partner.ein} is that of {other.name} ({other.reference}); is it one body under two names?"
    namesakes = names.get(f"{partner.country} {words}", ())
    if other := next((other for other in namesakes if other.ein != partner.ein and other.ein is not None), None):
        number = f"the EIN {partner.ein}" if partner.ein else "no EIN"
        yield f"{other.name} is on record with the EIN {other.ein} ({other.reference}), and here with {number}; which?"


def _words(name: str) -> str:
    return " ".join(re.findall(r"\w+", name.casefold()))
