"""Worked cases C180 to C189: lists by what they forbid, and who is asked about (rules 4.8)."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from domain.parties import FunderProfile, Party
from domain.policy.findings import Assessment
from domain.screening.matches import MatchKind, SanctionsMatch
from tests.builders import (
    beneficiary,
    benefit,
    company,
    funds_in,
    match,
    party,
    principal,
    screening,
    source,
    status,
    verification,
)
from tests.domain.policy.cases import APPROVE, DENY, REFER, Case, Facts, all_three
from tests.domain.policy.language import ALIGNED, judged, paid
from tests.domain.policy.restating import Restated

CARRIER = "Great Plains Carrier Inc"
LIBRARY = "Riverbend Library Network"


def listed(name: str, *programmes: str, register: str = "ofac-consolidated", **more: Any) -> SanctionsMatch:
    """A confirmed match with an entry of these programmes."""
    found = match(name).model_copy(update={"programme": "] [".join(programmes), "source": source(register)})
    return found.model_copy(update={"programmes": programmes, **more})


def alone(name: str, *programmes: str, **more: Any) -> SanctionsMatch:
    """A match with a person's name and nothing else."""
    return listed(name, *programmes, certain=False, **more)


def resembling(name: str, *programmes: str) -> SanctionsMatch:
    """A near match with an entry of these programmes."""
    return listed(name, *programmes, kind=MatchKind.NEAR, score=90.0)


def met(*matches: SanctionsMatch, payee: Any = None, **leg: Any) -> Facts:
    """A listed charity is paid. The lists hold these names of the leg."""
    seen = {"screening": screening(*matches)}
    return lambda profile: paid(payee, status(), profile, seen=seen, **leg)


def campaign(*matches: SanctionsMatch, partner: Party | None = None) -> Facts:
    """Joint work without money with a company that the lists hold so."""
    content = {
        "partner": partner or company(CARRIER),
        "non_monetary": {"funder": "ISOC", "activity": "A joint campaign", "alignment": ALIGNED},
    }
    return partial(_judged, content, matches)


def gift(*matches: SanctionsMatch) -> Facts:
    """Money comes in from a company that the lists hold so."""
    return partial(_judged, {"funds_in": funds_in(donor=company(CARRIER))}, matches)


def _judged(content: dict[str, Any], matches: tuple[SanctionsMatch, ...], profile: FunderProfile) -> Assessment:
    return judged(content, profile, verification(None, screening(*matches)))


def used_by(*beneficiaries: dict[str, Any]) -> dict[str, Any]:
    """The terms of a project of which these get a part of the use, as the purpose needs it."""
    return {"benefit": benefit(*beneficiaries, unavoidable=True)}


CMIC, SSI, CAPTA = "CMIC-EO13959", "UKRAINE-EO13662", "561-Related"
OWNED = company(principals=(principal(CARRIER, "OWNER", "60"),))
MAIN_USER = used_by(beneficiary(CARRIER))
PART_USER = used_by(beneficiary(CARRIER, "40"))
CHAPTER = party(central={"name": "United Libraries of the Plains", "ein": "001000009"})
MINOR = "RUSSIA-EO14024"

CASES: Final[tuple[Case, ...]] = (
    Case("C180", "joint campaign with a company of which only securities are forbidden",
         campaign(listed(CARRIER, CMIC)), **all_three(APPROVE)),
    Case("C180", "the same, of which only new debt is", campaign(listed(CARRIER, SSI)), **all_three(APPROVE)),
    Case("C180", "the same, as older evidence writes its programmes",
         campaign(listed(CARRIER, CMIC).model_copy(update={"programmes": ()})), **all_three(APPROVE)),
    Case("C180", "the same, named like such a company", campaign(resembling(CARRIER, CMIC)), **all_three(APPROVE)),
    Case("C181", "joint campaign with a company under a programme that the table does not know",
         campaign(listed(CARRIER, "TOMORROW-EO99999")), **all_three(REFER)),
    Case("C181", "the same, of which the list gives no programme", campaign(listed(CARRIER)), **all_three(REFER)),
    Case("C181", "a programme that is known beside one that is not",
         campaign(listed(CARRIER, CMIC, "TOMORROW-EO99999")), **all_three(REFER)),
    Case("C181", "directives of E.O. 14024 alone, of which one forbids everything",
         campaign(listed(CARRIER, MINOR)), **all_three(REFER)),
    Case("C181", "the same beside those on new debt", campaign(listed(CARRIER, SSI, MINOR)), **all_three(APPROVE)),
    Case("C182", "joint campaign with an evader, with whom every transaction is forbidden",
         campaign(listed(CARRIER, "FSE-IR")), **all_three(DENY)),
    Case("C182", "the same, on the securities list as well", campaign(listed(CARRIER, CMIC, "FSE-IR")),
         **all_three(DENY)),
    Case("C182", "on the securities list, and blocked by another",
         campaign(listed(CARRIER, CMIC), listed(CARRIER, "SDGT", register="ofac-sdn")), **all_three(DENY)),
    Case("C182", "blocked, under a programme that bears another list's name",
         campaign(listed(CARRIER, CMIC, register="ofac-sdn")), **all_three(DENY)),
    Case("C183", "a payee with which banks keep no accounts; another bank carries the payment",
         met(listed(LIBRARY, CAPTA)), **all_three(APPROVE)),
    Case("C183", "a payee to which no money may be transferred", met(listed(LIBRARY, "NS-PLC")), **all_three(DENY)),
    Case("C183", "a payee that bears the name of such a person", met(alone(LIBRARY, "NS-PLC")), **all_three(REFER)),
    Case("C184", "60 % of the use to a blocked company", met(listed(CARRIER, "SDGT", register="ofac-sdn"), **MAIN_USER),
         **all_three(DENY)),
    Case("C184", "40 % of the use to a company under an unknown programme",
         met(listed(CARRIER, "TOMORROW-EO99999"), **PART_USER), **all_three(REFER)),
    Case("C184", "40 % of the use to a bearer of a listed person's name",
         met(alone(CARRIER, "SDGT", register="ofac-sdn"), **PART_USER), **all_three(REFER)),
    Case("C184", "40 % of the use to a company of which only securities are forbidden",
         met(listed(CARRIER, CMIC), **PART_USER), **all_three(APPROVE)),
    Case("C185", "a chapter whose central organisation is blocked",
         met(listed("United Libraries of the Plains", "SDGT", register="ofac-sdn"), payee=CHAPTER), **all_three(DENY)),
    Case("C185", "the same, of which only the name is alike",
         met(resembling("United Libraries of the Plains", "FSE-SY"), payee=CHAPTER), **all_three(REFER)),
    Case("C186", "a payee whose registered name is blocked",
         met(listed("LOWER RIVER READERS", "SDGT", register="ofac-sdn")), **all_three(DENY)),
    Case("C187", "a partner 60 % owned by a company of which only securities are forbidden",
         campaign(listed(CARRIER, CMIC), partner=OWNED), **all_three(APPROVE)),
    Case("C187", "the same, under an unknown programme", campaign(listed(CARRIER, "TOMORROW-EO99999"), partner=OWNED),
         **all_three(REFER)),
    Case("C187", "the same, with whom every transaction is forbidden",
         campaign(listed(CARRIER, "FSE-IR"), partner=OWNED), **all_three(REFER)),
    Case("C187", "the same, blocked", campaign(listed(CARRIER, "SDGT", register="ofac-sdn"), partner=OWNED),
         **all_three(DENY)),
    Case("C187", "30 % owned by a blocked company, which gets 40 % of the use",
         met(listed(CARRIER, "SDGT", register="ofac-sdn"), **PART_USER,
             payee=party(principals=(principal(CARRIER, "OWNER", "30"),))), **all_three(DENY)),
    Case("C188", "a gift of a blocked company", gift(listed(CARRIER, "SDGT", register="ofac-sdn")), **all_three(DENY)),
    Case("C188", "a gift of a company of which only securities are forbidden (F: C24)", gift(listed(CARRIER, CMIC)),
         APPROVE, DENY, APPROVE),
    Case("C188", "a gift of an evader", gift(listed(CARRIER, "FSE-SY")), **all_three(DENY)),
    Case("C189", "a payee that meets nine entries of one name on the United Nations' list and OFAC's",
         met(*(listed(LIBRARY, "SDGT", register=register, entity=str(number))
               for number in range(1, 9) for register in ("ofac-sdn", "un-consolidated"))), **all_three(DENY)),
)  # fmt: skip

RESTATED: Final[tuple[Restated, ...]] = ()
