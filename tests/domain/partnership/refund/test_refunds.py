"""A grantee's refund counts once, and of standing payments: not of one that came back through the bank."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.partnership.refund.refunds import (
    Refund,
    RefundDirection,
    TakenBack,
    came_from_grantee,
    resolved_taking,
    taken_by_the_bank,
)
from domain.payment.bank_answers import Resolution
from tests.builders import money, number

FIRST, AGAIN, SECOND = (1, 1), (1, 2), (2, 1)


def refund(amount: str, *paid_then: tuple[int, int], name: str = "NTRF-1") -> Refund:
    said = {"direction": RefundDirection.FROM_GRANTEE, "money": money(amount), "bank_reference": name}
    return Refund(**said, recorded_by="femi.ade", paid_then=paid_then)


@pytest.mark.parametrize(
    ("refunds", "paid", "back"),
    [
        ([refund("300.00", FIRST)], {FIRST: 300}, 300),
        ([refund("300.00", FIRST)], {AGAIN: 300}, 0),  # the bank gave the first attempt back: it is the same money
        ([refund("50.00", FIRST)], {FIRST: 200}, 50),  # a part came back through the bank, and another was paid back
        ([refund("300.00", FIRST)], {FIRST: 200}, 200),  # no more than the grantee has
        ([refund("100.00", FIRST), refund("100.00", AGAIN)], {AGAIN: 300}, 100),
        ([refund("300.00", FIRST, SECOND)], {AGAIN: 300, SECOND: 200}, 200),
        ([refund("40.00", FIRST), refund("40.00", FIRST, SECOND)], {FIRST: 50, SECOND: 20}, 70),
        ([refund("40.00", FIRST).model_copy(update={"paid_then": None})], {AGAIN: 50}, 40),  # nobody knows of which
    ],
)
def test_what_was_paid_back_is_of_payments_that_stand(
    refunds: list[Refund], paid: dict[tuple[int, int], int], back: int
) -> None:
    assert came_from_grantee(refunds, {place: Decimal(sum_) for place, sum_ in paid.items()}) == back


def test_what_went_to_a_donor_came_from_no_grantee() -> None:
    gone = refund("10.00", FIRST).model_copy(update={"direction": RefundDirection.TO_DONOR})
    assert came_from_grantee([gone], {FIRST: Decimal(50)}) == 0


def taken(amount: str, left_before: str = "0", *, is_gone: bool = False) -> TakenBack:
    fields = {"exception_id": number(amount), "amount": Decimal(amount), "left_before": Decimal(left_before)}
    return TakenBack.model_validate({**fields, "is_gone": is_gone})


@pytest.mark.parametrize(
    ("taken_back", "paid_back", "lacks"),
    [
        ([], ["100.00"], 0),
        ([taken("300.00")], [], 300),
        ([taken("300.00")], ["300.00"], 0),  # recorded since: the same money, which the refund takes off already
        ([taken("300.00", "100.00")], ["100.00"], 300),  # that was another one, before
        ([taken("300.00")], ["200.00"], 100),
        ([taken("300.00")], ["400.00"], 0),
        ([taken("300.00"), taken("50.00", "300.00")], ["300.00"], 50),
        ([taken("300.00", is_gone=True)], [], 300),
        ([taken("300.00", "300.00", is_gone=True)], ["300.00"], 0),  # people said that it is the one on record
        ([taken("300.00", is_gone=True), taken("50.00", "300.00")], ["300.00"], 50),
        ([taken("300.00", is_gone=True), taken("50.00")], [], 350),
    ],
)
def test_what_the_bank_took_back_counts_until_it_is_recorded_as_paid_back(
    taken_back: list[TakenBack], paid_back: list[str], lacks: int
) -> None:
    to_donor = {"direction": RefundDirection.TO_DONOR}
    assert taken_by_the_bank(taken_back, [refund(one).model_copy(update=to_donor) for one in paid_back]) == lacks


@pytest.mark.parametrize(
    ("resolution", "paid_back", "expected"),
    [
        (Resolution.BANK_ERROR, "300.00", [taken("50.00")]),
        (Resolution.TOLD_BEFORE, "300.00", [taken("50.00")]),
        (Resolution.OURS, "300.00", [taken("50.00", "300.00"), taken("300.00", is_gone=True)]),
        (Resolution.OURS, "350.00", [taken("50.00", "300.00"), taken("300.00", is_gone=True)]),
        (Resolution.OURS, "100.00", [taken("50.00", "100.00"), taken("300.00", is_gone=True)]),
        (Resolution.RETURNED_TO_SENDER, "100.00", [taken("50.00", "100.00"), taken("300.00", is_gone=True)]),
    ],
)
def test_what_people_say_of_one_debit_leaves_the_other_its_own_refunds(
    resolution: Resolution, paid_back: str, expected: list[TakenBack]
) -> None:
    """Given two debits and what is paid back, when one is resolved, then its refunds are none of the other's."""
    both = (taken("300.00"), taken("50.00"))
    on_record = [refund(paid_back).model_copy(update={"direction": RefundDirection.TO_DONOR})]
    assert list(resolved_taking(both, number("300.00"), resolution, on_record)) == expected


def test_an_exception_that_took_nothing_back_changes_nothing_of_what_did() -> None:
    assert resolved_taking((taken("50.00"),), number("else"), Resolution.OURS, []) == (taken("50.00"),)
