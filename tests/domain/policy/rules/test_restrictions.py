"""Edition 2026.4: restricted money, private benefit and exchanges by facts, not by copied words (rules 2.8, 3.12)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.grants import Restriction
from domain.policy.findings import Outcome
from domain.policy.rulebook import EDITIONS
from domain.policy.rules.every_leg import NOTHING_SAID, says_nothing
from domain.policy.rules.projects import speaks_of_exchange
from domain.screening.approved_sums import ApprovedSum
from tests.builders import (
    NOON,
    beneficiary,
    benefit,
    company,
    funds_out,
    gift_evidence,
    money,
    party,
    proposal,
    regrant,
    sponsorship,
    status,
    verification,
)
from tests.domain.policy.language import CONDITION, FAIL, PASS, PROFILES, REFER, finding, paid, said, spoken
from tests.domain.policy.language import judged as judged_whole

BOOK = EDITIONS["2026.4"]
IN_KENYA = {"places": [{"country": "KE"}]}


def judged(funder: str = "P", seen: dict[str, Any] | None = None, **leg: Any) -> Any:
    return paid(party(), status(), PROFILES[funder], book=BOOK, seen=seen, **leg)


def spent(limits: dict[str, Any] | None, gift: dict[str, Any] | None = None, **leg: Any) -> tuple[Outcome, str]:
    """The rule's word on a gift with these limits that pays for a leg in Kenya."""
    restriction = None if limits is None else Restriction.model_validate({"whole": True, **limits})
    known = gift_evidence(**{"received": "9000.00", "funder": "ISOC", "restriction": restriction, **(gift or {})})
    one = spoken(judged(seen={"gift": known}, charged_to={"gift": known.gift}, **{**IN_KENYA, **leg}), "PROJECT-FUND")
    return one.outcome, one.reason


@pytest.mark.parametrize(
    ("limits", "leg", "outcome"),
    [
        ({}, {}, PASS),
        ({"places": ["KE", "UG"]}, {}, PASS),
        ({"places": ["UG"]}, {}, FAIL),
        ({"places": ["KE"]}, {"places": [{"country": "KE"}, {"country": "UG"}]}, FAIL),
        ({"places": ["KE"]}, {"places": []}, REFER),
        ({"objectives": ["CONNECT"]}, {}, PASS),
        ({"objectives": ["SKILLS"]}, {}, FAIL),
        ({"programmes": ["Schools"]}, {"programme": "Schools"}, PASS),
        ({"programmes": ["Schools"]}, {"programme": "Libraries"}, FAIL),
        ({"programmes": ["Schools"]}, {}, REFER),
        ({"not_before": "2026-11-02", "not_after": "2026-11-02"}, {}, PASS),
        ({"not_before": "2026-11-03"}, {}, FAIL),
        ({"not_after": "2026-11-01"}, {}, FAIL),
        ({"excluded_uses": ["BUILDING"]}, {"uses": ["TRAINING"]}, PASS),
        ({"excluded_uses": ["TRAINING"]}, {"uses": ["TRAINING", "EQUIPMENT"]}, FAIL),
        ({"whole": False}, {}, REFER),
        (None, {}, REFER),
    ],
)
def test_each_part_of_a_restriction_is_compared(
    limits: dict[str, Any] | None, leg: dict[str, Any], outcome: Outcome
) -> None:
    assert spent(limits, **leg)[0] is outcome


@pytest.mark.parametrize(
    ("gift", "outcome", "words"),
    [
        ({"funder": "SAMPLE-PF"}, FAIL, "was given to SAMPLE-PF, and ISOC would spend it"),
        ({"received": "500.00"}, REFER, "are to be spent of it"),
        ({"received": "1000.00"}, PASS, "is spent within its restriction"),
        ({"currency": "EUR"}, REFER, "are to be spent of it"),
        ({"committed": "8500.00"}, REFER, "are to be spent of it"),
        ({"found": False}, REFER, "the ledger holds no gift"),
        ({"funder": ""}, PASS, "is spent within its restriction"),
        ({"restricted_to": None}, PASS, "is spent within its restriction"),
    ],
)
def test_the_gift_is_the_funders_own_and_has_enough_left(gift: dict[str, Any], outcome: Outcome, words: str) -> None:
    found, reason = spent({}, gift)
    assert (found, words in reason) == (outcome, True), reason


def test_a_person_judges_words_with_both_texts_before_them() -> None:
    assert spent({"whole": False}, purpose="Reading rooms")[1].endswith(
        "is restricted to 'Training'; judge whether 'Reading rooms' meets that"
    )


def test_objectives_are_asked_for_where_the_restriction_names_some() -> None:
    known = gift_evidence(funder="ISOC", received="9000", restriction=Restriction(objectives=("CONNECT",), whole=True))
    interest = {**proposal().public_interest.model_dump(), "objective": None}
    content = {"funds_out": funds_out(charged_to={"gift": known.gift}), "public_interest": interest}
    found = judged_whole(content, PROFILES["P"], verification(status(), gift=known), BOOK)
    assert "give `public_interest.objective`" in spoken(found, "PROJECT-FUND").reason


# Private benefit


@pytest.mark.parametrize(
    ("benefits", "expected"),
    [
        (benefit(), (PASS, PASS, CONDITION)),
        (benefit(beneficiary(share="60")), (PASS, REFER, CONDITION)),
        (benefit(beneficiary(share="60"), unavoidable=None), (REFER,) * 3),
        (benefit(beneficiary(share="60"), unavoidable=False), (REFER,) * 3),
        (benefit(beneficiary(share="49.99"), unavoidable=None), (PASS, PASS, CONDITION)),
        (benefit(beneficiary(share="50"), unavoidable=None), (REFER,) * 3),
        (benefit(beneficiary(share="89.99")), (PASS, REFER, CONDITION)),
        (benefit(beneficiary(share="90")), (REFER,) * 3),
        (benefit(beneficiary("Aa", "45"), beneficiary("Bb", "45")), (REFER,) * 3),
        (benefit(beneficiary(share="100")), (FAIL,) * 3),
        (benefit(beneficiary("Aa", "60"), beneficiary("Bb", "40")), (REFER,) * 3),
        (benefit(beneficiary("Aa", "60"), beneficiary("Bb", "40"), class_is_open=False), (FAIL,) * 3),
        (benefit(beneficiary("Aa", "30"), beneficiary("Bb", "30"), unavoidable=None), (REFER,) * 3),
        (benefit(beneficiary(share="1"), unavoidable=False), (REFER,) * 3),
        (benefit(distributes_surplus=True), (FAIL,) * 3),
        (benefit(open_on_equal_terms=False), (REFER,) * 3),
    ],
)
def test_private_benefit_is_a_by_product_and_small(benefits: Any, expected: tuple[Outcome, ...]) -> None:
    found = tuple(said(judged(funder, benefit=benefits), "PROJECT-BENEFIT") for funder in PROFILES)
    assert found == expected


def test_size_decides_nothing() -> None:
    small, large = (benefit(beneficiary(share="60", size=size)) for size in (1, 100_000))
    assert [said(judged(benefit=one), "PROJECT-BENEFIT") for one in (small, large)] == [PASS, PASS]


def test_who_benefits_is_asked_where_a_company_is_in_it_and_nobody_said() -> None:
    content = {"no_private_benefit": None, "sponsorship": sponsorship(project_of=company("Fastlane LLC"))}
    one = spoken(judged(**content), "PROJECT-BENEFIT")
    assert (one.outcome, "Fastlane LLC may benefit" in one.reason) == (REFER, True)
    assert said(judged(no_private_benefit=None), "PROJECT-BENEFIT") is PASS


def test_a_reason_from_the_list_answers_it_where_no_company_is_in_sight() -> None:
    one = spoken(judged(), "PROJECT-BENEFIT")
    assert (one.outcome, one.reason.endswith("open to all")) == (PASS, True)
    assert said(judged(sponsorship=sponsorship(vendor_at_fair_value=False)), "PROJECT-BENEFIT") is REFER


def test_a_vendor_at_fair_value_is_paid_for_work_and_benefits_by_nothing_else() -> None:
    project = sponsorship(vendor_at_fair_value=True)
    assert said(judged(sponsorship=project), "PROJECT-BENEFIT") is PASS
    beside = {"sponsorship": project, "regrant": {**regrant(company("Another Vendor LLC")), "covenant": True}}
    one = spoken(judged(**beside), "PROJECT-BENEFIT")
    assert (one.outcome, one.reason.partition(" may benefit")[0]) == (REFER, "Another Vendor LLC")


@pytest.mark.parametrize("text", ["various local stakeholders", "Global", "not said", "N/A", "tbd", "123"])
def test_boiler_plate_says_nothing(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize("text", ["Readers of eleven villages", "People of Kisumu"])
def test_a_name_says_something(text: str) -> None:
    assert not says_nothing(text)


@pytest.mark.parametrize(
    ("text", "speaks"),
    [("The Lakeside IXP", True), ("A peering LAN", True), ("an Internet exchange", True), ("Student exchange", False)],
)
def test_which_words_speak_of_an_exchange(text: str, speaks: bool) -> None:
    assert speaks_of_exchange(text) is speaks


def test_every_empty_word_together_says_nothing() -> None:
    assert says_nothing(" ".join(NOTHING_SAID))


def test_what_counts_together_is_named_with_its_sum() -> None:
    earlier = ApprovedSum.model_validate(
        {"partnership_id": "P-2026-0007", "money": money("600.00"), "approved_at": NOON, "same_payee": True}
    )
    found = spoken(judged(seen={"together": (earlier,)}), "SUMS-TOGETHER")
    assert found.reason.startswith("counted together with USD 600.00 in P-2026-0007, approved on 2026-11-02")
    assert finding(judged(), "SUMS-TOGETHER") is None


def test_a_gift_that_the_ledger_does_not_hold_is_a_question() -> None:
    one = spoken(judged(charged_to={"gift": "P-2026-0007"}), "PROJECT-FUND")
    assert (one.outcome, one.reason) == (REFER, "the ledger holds no gift P-2026-0007")
