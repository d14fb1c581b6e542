"""The words on matches: the first question to a person, and the wait of a payment by way of a bank (rules 4.8)."""

from __future__ import annotations

import pytest

from domain.fault import Fault
from domain.policy.listings import against_bank, questions
from domain.screening.matches import SanctionsMatch
from tests.builders import match, near
from tests.domain.policy.newer.lists_cases import CAPTA, CMIC, alone, listed, resembling

ROSA, BANK = "Rosa Quiroga", "Zorvania Trade Bank"


def test_a_name_that_is_borne_is_asked_about_before_one_that_is_resembled() -> None:
    asked = list(questions([near("Abel Mbeki", 100.0), alone(ROSA, "SDGT")]))
    assert asked[0].startswith(f"{ROSA!r} bears the listed name")
    assert asked[1].startswith("'Abel Mbeki' resembles")


def test_of_a_resemblance_the_entry_is_told_where_it_is_one() -> None:
    first = near(ROSA).model_copy(update={"entry": "ab12cd34ef"})
    other = first.model_copy(update={"entity": "9", "entry": "ffffffffff"})
    assert list(questions([first])) == [f"{_resembling('entity 12345')}, entry ab12cd34"]
    assert list(questions([first, other])) == [_resembling("entities 12345, 9")]


def _resembling(numbers: str) -> str:
    return f"'Rosa Quiroga' resembles 'ROSA QUIROGA' of ofac-sdn ({numbers}) at 88 of 100"


@pytest.mark.parametrize(
    "found",
    [
        pytest.param([], id="no list has it"),
        pytest.param([near(BANK).model_copy(update={"cleared_by": ("vera.lind",)})], id="a second person cleared it"),
        pytest.param([listed(BANK, CMIC)], id="only its securities are forbidden"),
    ],
)
def test_nothing_holds_a_payment_by_way_of_a_bank(found: list[SanctionsMatch]) -> None:
    assert against_bank(found) is None


@pytest.mark.parametrize("found", [near(BANK), resembling(BANK, CAPTA), alone(BANK, CAPTA)])
def test_a_bank_whose_name_alone_is_listed_waits_as_one_that_is_near(found: SanctionsMatch) -> None:
    register = found.source.register_version.register_name
    assert against_bank([found]) == Fault(
        f"the bank {BANK!r} is near 'ZORVANIA TRADE BANK' of {register} (entity 12345)"
    )


@pytest.mark.parametrize(
    ("found", "forbids"),
    [
        (listed(BANK, CAPTA), "which forbids correspondent and payable-through accounts (31 CFR part 561)"),
        (listed(BANK, "FSE-IR"), "which forbids any transaction with it (E.O. 13608)"),
        (match(BANK), "which forbids all dealings (31 CFR part 501)"),
    ],
)
def test_of_a_bank_that_is_on_a_list_it_is_told_what_that_forbids(found: SanctionsMatch, forbids: str) -> None:
    """A bank that stands on a list was told as near it."""
    register = found.source.register_version.register_name
    told = f"the bank {BANK!r} is on {register} as 'ZORVANIA TRADE BANK' (entity 12345), {forbids}"
    assert against_bank([found]) == Fault(told)
