"""The words on a recipient and its grants in the lines of the schedules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from domain.parties import DocumentKind, Party
from domain.parties import PartyKind as Kind
from publishing.cases import GrantCase
from publishing.schedules.recipients import DescribedGrant, Recipient
from publishing.texts import NamedPeople

GOVERNMENT: Final = "Government"
CHARITY: Final = "501(c)(3)"
_TRUSTS: Final = "92"
"""BMF SUBSECTION code of trusts under section 4947(a)(1)."""


def section_of(recipient: Recipient) -> str | None:
    """Return the section under which a recipient is exempt, by the newest look at the IRS's registers, or None."""
    party = recipient.party
    if party.kind is Kind.GOVERNMENT or party.governmental:
        return GOVERNMENT
    exemptions = [case.exemption for case in recipient.cases if isinstance(case, GrantCase)]
    for exemption in reversed(exemptions):
        if exemption is not None and exemption.ein == party.ein:
            return _section(exemption.subsection)
    return None


def _section(subsection: str) -> str | None:
    if subsection == _TRUSTS:
        return "4947(a)(1)"
    return f"501(c)({int(subsection)})" if subsection.isdecimal() and int(subsection) else None


def is_charity_abroad(recipient: Recipient) -> bool:
    """True if a recipient abroad counts in Schedule F, Part II, line 2: a charity there, or equivalent to one."""
    has_advice = any(isinstance(case, GrantCase) and case.out.equivalency is not None for case in recipient.cases)
    return has_advice or recipient.party.proves(DocumentKind.CHARITABLE_STATUS)


def address_of(party: Party, people: NamedPeople) -> tuple[str | None, str | None]:
    """Return the lines of an address on one line, and its postcode: of a natural person, and by one, nothing."""
    if party.address is None or party.kind is Kind.INDIVIDUAL:
        return None, None
    return people.public(", ".join(party.address.lines)), party.address.postcode or None


def purpose_of(cases: Iterable[DescribedGrant]) -> str | None:
    """Return the purposes of grants, each once, or None if none may be published."""
    purposes = (case.people.public(case.purpose) for case in cases)
    return "; ".join(dict.fromkeys(purpose for purpose in purposes if purpose is not None)) or None


def references_of(cases: Iterable[DescribedGrant]) -> str:
    """Return the references of partnerships."""
    return " ".join(dict.fromkeys(case.reference for case in cases))


def described_at(cases: Iterable[DescribedGrant]) -> tuple[int, ...]:
    """Return the positions of the events that describe recipients and purposes."""
    return tuple(case.described_at for case in cases if case.described_at is not None)
