"""A donor who is payee, vendor or owner of one on the same money is found by number or by name (rules 3.10)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.parties import Party
from domain.policy.round_trips import got_back_by, is_same
from domain.proposal import FundsOut
from tests.builders import beneficiary, benefit, company, funds_out, party, principal, regrant, sponsorship

KETTLE = company("Copper Kettle Software LLC")


def leg(**more: Any) -> FundsOut:
    return FundsOut.model_validate(funds_out("1000.00", **more))


@pytest.mark.parametrize(
    ("donor", "paid", "found"),
    [
        pytest.param(party(), leg(), ("Riverbend Library Network",), id="the payee, by its number"),
        pytest.param(party("RLN", ein="001000001"), leg(), ("Riverbend Library Network",), id="under another name"),
        pytest.param(
            party("The Library Network Riverbend, Inc.", ein=None),
            leg(),
            ("Riverbend Library Network",),
            id="by its name, however it is written",
        ),
        pytest.param(party(ein="001000002"), leg(), (), id="a number tells two of one name apart"),
        pytest.param(
            party("Old Mill", ein=None),
            leg(payee=party(also_known_as=("Old Mill",))),
            ("Old Mill",),
            id="a further name",
        ),
        pytest.param(
            party("Riverbend", also_known_as=("Riverbend Library Network",), ein=None),
            leg(),
            ("Riverbend Library Network",),
            id="the donor's further name",
        ),
        pytest.param(KETTLE, leg(sponsorship=sponsorship()), (KETTLE.name,), id="whose project a sponsor takes on"),
        pytest.param(
            party("Readers", ein=None),
            leg(regrant=regrant(party("Readers", ein="001000002"))),
            ("Readers",),
            id="a sub-recipient",
        ),
        pytest.param(
            KETTLE, leg(benefit=benefit(beneficiary(KETTLE.name))), (KETTLE.name,), id="a company that benefits"
        ),
        pytest.param(
            party("Ana Chair", kind="INDIVIDUAL", ein=None),
            leg(payee=party(principals=(principal("Ana Chair", "OWNER", "60"),))),
            ("Ana Chair",),
            id="who owns the payee",
        ),
        pytest.param(
            party("Ana Chair", kind="INDIVIDUAL", ein=None),
            leg(payee=party(principals=(principal("Ana Chair"),))),
            (),
            id="who governs it, and is no owner",
        ),
        pytest.param(KETTLE, leg(), (), id="nobody on the leg"),
    ],
)
def test_who_gets_the_donors_money_back(donor: Party, paid: FundsOut, found: tuple[str, ...]) -> None:
    assert got_back_by(donor, paid) == found


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Internet Society", "The Internet Society, Inc.", True),
        ("Society of the Internet", "Internet Society", False),
        ("Riverbend Network", "network riverbend corp.", True),
        ("The Inc.", "Corporation", False),
        ("The Inc.", "Internet Society", False),
        ("Internet Society", "The Inc.", False),
        ("!!!", "???", False),
        ("The Inc.", "the inc.", True),
    ],
)
def test_the_same_words_are_the_same_body(one: str, other: str, same: bool) -> None:
    assert is_same(one, other) is same
