"""The sum diverted, the part that came back, and the bank's entry for it (26 CFR 53.4945-5(e), rules 4.11)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.partnership.diversion.diversions import DiversionAnswer, Diversions
from domain.partnership.refund.refunds import Refund, RefundDirection
from domain.values import Money
from tests.builders import money

DAY = date(2026, 11, 2)


def usd(amount: str) -> Money:
    return Money.model_validate(money(amount))


def diverted(*sums: str | None) -> Diversions:
    """A diversion of each sum, or of None while nobody knows the sum."""
    known = Diversions()
    for place, amount in enumerate(sums):
        known = known.with_report(f"Car {place}", DAY, usd(amount) if amount is not None else None)
    return known


def said(**content: Any) -> DiversionAnswer:
    return DiversionAnswer(
        **{name: usd(one) if name in {"diverted", "restored"} else one for name, one in content.items()}
    )


def sums_of(known: Diversions) -> list[str | None]:
    return [str(one.money.amount) if one.money is not None else None for one in known.reported]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("30.00", None), ["30.00", "50.00"]),
        ((None, "30.00"), ["50.00", "30.00"]),
        ((None, None), [None, "50.00"]),
        (("30.00", "20.00"), ["30.00", "50.00"]),
    ],
)
def test_a_sum_is_of_the_diversion_whose_sum_nobody_knew_or_of_the_newest(
    before: tuple[str | None, ...], after: list[str | None]
) -> None:
    answered = diverted(*before).with_answer(said(diverted="50.00"))
    assert sums_of(answered) == after
    assert answered.open == ()


def test_a_sum_is_of_no_diversion_that_was_answered_without_one() -> None:
    first = diverted(None).with_answer(said())
    known = first.with_report("Another car", DAY, usd("20.00"))
    assert sums_of(known.with_answer(said(diverted="50.00"))) == [None, "50.00"]


@pytest.mark.parametrize(
    ("content", "left"),
    [
        ({}, "100.00"),
        ({"restored": "60.00", "bank_reference": "NTRF-1"}, "40.00"),
        ({"restored": "60.00"}, "100.00"),
        ({"bank_reference": "NTRF-1"}, "100.00"),
    ],
)
def test_money_is_back_only_by_an_entry_of_the_bank(content: dict[str, Any], left: str) -> None:
    assert str(diverted("100.00").with_answer(said(**content)).outstanding) == left


def back(amount: str, reference: str = "NTRF-1", way: RefundDirection = RefundDirection.FROM_GRANTEE) -> Refund:
    return Refund(direction=way, money=usd(amount), bank_reference=reference)


@pytest.mark.parametrize(
    ("refunds", "content", "word"),
    [
        ((), {}, "no refund NTRF-1 is on record"),
        ((), {"has_paper": True}, ""),
        ((back("60.00"),), {}, ""),
        ((back("59.99"),), {}, "is more than the refund NTRF-1, of 59.99"),
        ((back("30.00"), back("30.00")), {}, ""),
        ((back("60.00", "NTRF-2"),), {}, "no refund NTRF-1 is on record"),
        ((back("60.00", way=RefundDirection.TO_DONOR),), {}, "no refund NTRF-1 is on record"),
        ((), {"restored": None}, "give the sum that came back and its bank entry"),
        ((), {"bank_reference": None}, "give the sum that came back and its bank entry"),
        ((), {"restored": None, "bank_reference": None}, ""),
    ],
)
def test_an_entry_shows_what_came_back(refunds: tuple[Refund, ...], content: dict[str, Any], word: str) -> None:
    given = {"restored": "60.00", "bank_reference": "NTRF-1", **content}
    answer = said(**{name: one for name, one in given.items() if one is not None})
    fault = str(diverted("100.00").fault_of(answer, refunds, "USD", again=False) or "")
    assert word in fault
    assert bool(fault) is bool(word)


def test_an_entry_counts_once() -> None:
    answer = said(restored="60.00", bank_reference="NTRF-1", has_paper=True)
    known = diverted("100.00").with_answer(answer)
    assert "counts already" in str(known.fault_of(answer, (), "USD", again=False))
