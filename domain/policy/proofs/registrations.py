"""The proof by a registration abroad: its register, its number and its day, from edition 2026.5 on (rules 3.4, 4.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from domain.fault import Fault
from domain.parties import DocumentKind, Paper, Party, PartyNumber
from domain.policy.proofs.register_codes import RegisterKind, is_at_home, kind_of

YEARS: Final = {DocumentKind.REGISTRATION: 2, DocumentKind.CHARITABLE_STATUS: 5}
"""The greatest age of a paper of status: an extract 24 months, a notice as in Germany (s. 63(5) AO)."""

_COMPANIES_BESIDE: Final = frozenset({"ggmbh", "gug"})
"""Forms of companies that call themselves charitable. Nothing but the tax office's notice says that they are."""

_INTEREST_COMPANY: Final = re.compile(r"\bc\.?i\.?c\b|\bcommunity interest company\b", re.IGNORECASE)

DECIDES: Final = "an extract of a charities' register, or the tax office's notice of charitable status, decides"


def status_abroad_is_proved(party: Party, on: date) -> bool:
    """True if a paper on file proves on a day that a foreign body is a non-profit (rules 3.4)."""
    return charity_is_proved(party, on) or party.proves(DocumentKind.GOVERNING_INSTRUMENT)


def charity_is_proved(party: Party, on: date) -> bool:
    """True if a charities' register, or the tax office, says on a day that a body is a charity (rules 4.6)."""
    return any(paper.kind in YEARS and not paper_fault(paper, party, on) for paper in party.papers)


def papers_that_do_not_count(party: Party, on: date) -> tuple[Fault, ...]:
    """Return the reason why each extract or notice on file proves nothing on a day."""
    of_status = (paper for paper in party.papers if paper.kind in YEARS)
    return tuple(fault for paper in of_status if (fault := paper_fault(paper, party, on)))


def paper_fault(paper: Paper, party: Party, on: date) -> Fault | None:
    """Return the reason why an extract or a notice proves nothing on a day, with the remedy, or None if it proves."""
    subject = f"the {paper.kind.value.replace('_', ' ').lower()} paper of {paper.dated}"
    if paper.dated > on:
        return Fault(f"{subject} is dated later than {on}")
    if paper.dated < _years_before(on, YEARS[paper.kind]):
        return Fault(f"{subject} is older than {12 * YEARS[paper.kind]} months; file a newer one")
    fault = _register_fault(paper.number, party) if paper.kind is DocumentKind.REGISTRATION else None
    return Fault(f"{subject} {fault}") if fault else None


def _register_fault(number: PartyNumber | None, party: Party) -> Fault | None:
    if number is None:
        return Fault("names no register and number; give its list code (org-id.guide) and the number")
    if not is_at_home(number, party.country):
        return Fault(f"is of {number.scheme}, which is no register of {party.country}")
    match kind_of(number):
        case RegisterKind.CHARITY:
            return None
        case None:
            return Fault(f"is of {number.scheme}, a code that Accord does not know; find out what that register holds")
        case RegisterKind.MIXED:
            return Fault(f"is of {number.scheme}, which holds companies too; file its governing instrument beside it")
        case kind:
            return Fault(f"is of {number.scheme}, a register of {_HELD[kind]}")


_HELD: Final = {RegisterKind.COMPANY: "companies", RegisterKind.GOVERNMENT: "units of a government"}


def contradictions_of_numbers(party: Party, on: date) -> Iterator[str]:
    """Yield each contradiction of a foreign body's numbers, or its form, to its being a non-profit (rules 4.6)."""
    if party.country == "US":
        return
    kind = party.kind.value.replace("_", " ").lower()
    if _INTEREST_COMPANY.search(party.name):
        yield f"declared as {kind}, and named as a community interest company, which is no charity in law"
    if charity_is_proved(party, on):
        return
    if beside := _COMPANIES_BESIDE.intersection(re.findall(r"\w+", party.name.casefold())):
        yield f"declared as {kind}, and named with a company's form ({min(beside).upper()}); {DECIDES}"
    for number in _numbers(party):
        match kind_of(number):
            case None:
                yield f"the code {number.scheme} is unknown; find out what that register holds"
            case RegisterKind.COMPANY | RegisterKind.GOVERNMENT as register_kind:
                registration = f"{number.scheme} {number.number} is in a register of {_HELD[register_kind]}"
                yield f"declared as {kind}, and {registration}; {DECIDES}"
            case _:
                pass


def _numbers(party: Party) -> tuple[PartyNumber, ...]:
    """Return the numbers that a party gives, and those that its papers bear, each once."""
    on_paper = (paper.number for paper in party.papers if paper.number is not None)
    return tuple(dict.fromkeys((*party.numbers, *on_paper)))


def _years_before(day: date, years: int) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28 if leap else day.day)
