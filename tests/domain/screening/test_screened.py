"""Those screened beside the parties: beneficiaries, the central organisation, every registered name (rules 4.8)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.parties import PartyKind
from domain.policy.rulebook import screened_under
from domain.proposal import Proposal
from domain.screening.evidence import Verification
from domain.screening.screened import screened_beside, unscreened, who_is_screened
from domain.screening.tax_status import SupportedEvidence
from tests.builders import beneficiary, benefit, funds_out, party, proposal, regrant, screening, status

NOTHING = Verification(screening=screening())


def used_by(*beneficiaries: Any) -> Proposal:
    return proposal(funds_out=funds_out(benefit=benefit(*beneficiaries)))


def names(of: Proposal, found: Verification = NOTHING) -> set[str]:
    return {one.name for one in screened_beside(of, found)}


@pytest.mark.parametrize(
    ("share", "screened"), [("24.99", set()), ("25", {"Carrier"}), ("60", {"Carrier"}), ("100", {"Carrier"})]
)
def test_whoever_gets_a_quarter_of_the_use_is_screened(share: str, screened: set[str]) -> None:
    assert names(used_by(beneficiary("Carrier", share))) == screened


def test_a_share_in_several_parts_is_one_share() -> None:
    assert names(used_by(beneficiary("Carrier", "15"), beneficiary("CARRIER", "10"))) == {"Carrier"}
    assert names(used_by(beneficiary("Carrier", "15"), beneficiary("Another", "15"))) == set()


def test_who_benefits_is_screened_as_a_person_and_as_a_firm_where_the_payee_is() -> None:
    made = proposal(funds_out=funds_out(payee=party(country="KE", ein=None), benefit=benefit(beneficiary("Carrier"))))
    found = screened_beside(made, NOTHING)
    assert {(one.kind, one.country) for one in found} == {
        (PartyKind.INDIVIDUAL, "KE"),
        (PartyKind.PRIVATE_COMPANY, "KE"),
    }


def test_the_central_organisation_of_every_party_is_screened_by_its_name_and_number() -> None:
    central = {"name": "United Libraries of the Plains", "ein": "001000009"}
    payee, reader = (
        party(central=central),
        party("Readers", ein="001000010", central={**central, "name": "Readers Union"}),
    )
    made = proposal(funds_out=funds_out(payee=payee, regrant=regrant(reader)))
    assert names(made) == {"United Libraries of the Plains", "Readers Union"}


def test_every_name_that_a_register_gives_is_screened_once_unless_the_party_gives_it_itself() -> None:
    known_as = ("RIVERBEND LIBRARY NETWORK", "LOWER RIVER READERS", "Lower River, Readers", "RIVER BOOKS")
    found = NOTHING.model_copy(update={"status": status(known_as=known_as)})
    made = proposal(funds_out=funds_out(payee=party(also_known_as=("River Books",))))
    assert names(made, found) == {"LOWER RIVER READERS"}


def test_the_registered_names_of_those_whom_the_payee_supports_are_screened_too() -> None:
    reader = party("Readers", ein="001000010")
    seen = SupportedEvidence(party="Readers", status=status(ein="001000010", known_as=("OLD READERS",)))
    found = NOTHING.model_copy(update={"supported": (seen,)})
    assert names(proposal(funds_out=funds_out(regrant=regrant(reader))), found) == {"OLD READERS"}


def test_earlier_editions_screened_the_parties_and_their_principals() -> None:
    made = used_by(beneficiary("Carrier"))
    assert screened_under("2026.4", made, NOTHING) == made.parties
    assert screened_under("2026.5", made, NOTHING) == who_is_screened(made, NOTHING)
    assert unscreened(who_is_screened(made, NOTHING), [one.name for one in made.parties]) == "Carrier"
