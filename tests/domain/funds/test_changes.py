"""Changes of a fund's money that two people may not make, with the reason and the remedy (R15)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from domain.fault import Fault
from domain.funds import events as f
from domain.funds.changes import adoption_fault, change_fault, confirmation_fault, opening_fault
from domain.funds.fund import Fund, evolve, fold
from domain.grants import FundShare
from domain.partnership.state import Partnership
from domain.payment.tranche.status import TrancheOutcome
from tests.builders import NOON, funds_in, funds_out, number
from tests.domain.funds.test_fund import (
    FUND,
    OTHER_FUND,
    SECOND,
    asked,
    changed,
    committed,
    confirmed,
    opened,
    received,
    reserved,
    reversed_,
    spent,
    with_money,
)
from tests.domain.partnership import specification as s
from tests.domain.partnership.specification import REFERENCE, at

GIFT_FUND = "FD-P-2026-0007"


def amount(given: str) -> Decimal:
    return Decimal(given)


def fault(fund: Fund, change: f.Change, *others: Fund, now: datetime = NOON) -> Fault | None:
    """The refusal of a change, with the other funds that it names."""
    known: Mapping[str, Fund] = {one.fund_id: one for one in (fund, *others)}
    return change_fault(fund, change, now, known)


def budget(given: str, *more: f.AnyFundEvent) -> Fund:
    """A programme's budget."""
    return fold(FUND, (opened(f.FundKind.PROGRAMME), *changed(f.Budget(amount=amount(given))), *more))


def of_gift(*more: f.AnyFundEvent) -> Fund:
    """The fund of a restricted gift."""
    first = f.GiftFundOpened(at=NOON, gift="P-2026-0007", funder="ISOC", currency="USD")
    return fold(GIFT_FUND, (first, received("1000.00"), *more))


CHANGES = [
    f.OpeningBalance(amount=amount("1")), f.Budget(amount=amount("1")), f.Transfer(to=OTHER_FUND, amount=amount("1")),
    f.Overdraft(amount=amount("1")), f.Closing(), f.Adoption(partnerships=(REFERENCE,)),
]  # fmt: skip


# Opening


def test_a_new_name_of_a_known_funder_is_opened() -> None:
    assert opening_fault(Fund(FUND), opened(), frozenset({"ISOC"})) is None


@pytest.mark.parametrize(
    ("fund", "funders", "told"),
    [
        (with_money(), {"ISOC"}, f"{FUND} is open already; choose another name"),
        (Fund(FUND), {"TRUST"}, "the directory holds no funder ISOC; see `accord directory show`"),
        (
            Fund(GIFT_FUND), {"ISOC"},
            f"{GIFT_FUND}: FD-P-… are the funds of gifts, which open by themselves; choose another name",
        ),
    ],
    ids=["open", "unknown funder", "a gift's name"],
)  # fmt: skip
def test_an_opening_that_cannot_be_says_why(fund: Fund, funders: set[str], told: str) -> None:
    assert str(opening_fault(fund, opened(), frozenset(funders))) == told


# Any change


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.kind)
def test_nothing_changes_in_a_fund_that_is_not_open_or_closed(change: f.Change) -> None:
    other = with_money(fund_id=OTHER_FUND)
    assert str(fault(Fund(FUND), change, other)) == f"there is no fund {FUND}; `accord funds list` shows them"
    shut = with_money("1000.00", *changed(f.Closing()))
    told = f"{FUND} is closed; what came into it since is moved to another fund: `accord funds transfer`"
    assert str(fault(shut, change, other) or "") == ("" if isinstance(change, f.Transfer) else told)


@pytest.mark.parametrize("change", CHANGES[:4], ids=lambda one: one.kind)
def test_no_sum_is_finer_than_its_currency(change: f.Change) -> None:
    finer, other = change.model_copy(update={"amount": amount("0.001")}), with_money(fund_id=OTHER_FUND)
    assert str(fault(with_money(), finer, other)) == "amount: 0.001 USD has more than 2 decimals"
    yen = with_money(currency="JPY")
    assert str(fault(yen, change.model_copy(update={"amount": amount("0.5")}), other)) == (
        "amount: 0.5 JPY has more than 0 decimals"
    )
    assert "decimals" not in str(fault(with_money(currency="BHD"), finer, other))


# Opening balance


def test_an_opening_balance_is_given_once() -> None:
    balance = f.OpeningBalance(amount=amount("500.00"))
    assert fault(fold(FUND, (opened(),)), balance) is None
    assert str(fault(with_money("1234.50"), balance)) == f"{FUND} has an opening balance of 1,234.50 already"


def test_a_programmes_budget_has_no_opening_balance() -> None:
    assert str(fault(budget("0"), f.OpeningBalance(amount=amount("500.00")))) == (
        f"{FUND} is a programme's budget; set it with `accord funds budget`"
    )


# Budget


@pytest.mark.parametrize("fund", [with_money(), of_gift()], ids=["unrestricted", "a gift's"])
def test_only_a_programme_has_a_budget(fund: Fund) -> None:
    assert str(fault(fund, f.Budget(amount=amount("500.00")))) == (
        f"{fund.fund_id} is no programme's budget; it grows by gifts, transfers and its opening balance"
    )


def test_a_budget_falls_to_what_is_used_and_kept_and_no_further() -> None:
    used = budget("2000.00", reserved("700.00"), reserved("500.00", SECOND), committed("500.00", SECOND))
    assert fault(used, f.Budget(amount=amount("1200.00"))) is None
    assert str(fault(used, f.Budget(amount=amount("1199.75")))) == (
        f"1,200.00 of {FUND} are used or kept already; a budget of 1,199.75 is 0.25 too little"
    )


def test_an_overdraft_is_room_for_a_smaller_budget_and_what_lapsed_is_no_hindrance() -> None:
    overdrawn = budget("2000.00", reserved("1200.00"), *changed(f.Overdraft(amount=amount("200.00"))))
    assert fault(overdrawn, f.Budget(amount=amount("1000.00"))) is None
    assert "999.99 is 0.01 too little" in str(fault(overdrawn, f.Budget(amount=amount("999.99"))))
    lapsing = budget("2000.00", reserved("1200.00", until=at(24)))
    assert "too little" in str(fault(lapsing, f.Budget(amount=amount("0"))))
    assert fault(lapsing, f.Budget(amount=amount("0")), now=at(24)) is None


def test_the_figures_of_a_refused_budget_count_nothing_that_lapsed() -> None:
    fund = budget("2000.00", reserved("900.00", until=at(24)), reserved("300.00", SECOND))
    assert str(fault(fund, f.Budget(amount=amount("200.00")), now=at(24))) == (
        f"300.00 of {FUND} are used or kept already; a budget of 200.00 is 100.00 too little"
    )


def test_a_budget_grows_even_where_it_does_not_reach_yet() -> None:
    """A gift that filled it was taken back. More of it is better than the present sum."""
    short = budget("100.00", received("1000.00"), reserved("1100.00"), reversed_("1000.00"))
    assert fault(short, f.Budget(amount=amount("500.00"))) is None


# Transfer


def test_money_moves_as_far_as_it_is_available() -> None:
    fund, other = with_money("1000.00", reserved("400.00")), with_money(fund_id=OTHER_FUND)
    assert fault(fund, f.Transfer(to=OTHER_FUND, amount=amount("600.00")), other) is None
    assert str(fault(fund, f.Transfer(to=OTHER_FUND, amount=amount("600.01")), other)) == (
        f"600.01 are to be moved, and {FUND} has 600.00 USD available"
    )


def test_an_overdraft_is_no_money_to_move() -> None:
    fund = with_money("100.00", reserved("300.00"), *changed(f.Overdraft(amount=amount("900.00"))))
    told = fault(fund, f.Transfer(to=OTHER_FUND, amount=amount("1.00")), with_money(fund_id=OTHER_FUND))
    assert str(told) == f"1.00 are to be moved, and {FUND} has 0 USD available"


def test_what_a_donor_gave_for_one_purpose_does_not_move() -> None:
    told = fault(of_gift(), f.Transfer(to=OTHER_FUND, amount=amount("1.00")), with_money(fund_id=OTHER_FUND))
    assert str(told) == f"{GIFT_FUND} is what a donor gave for one purpose; it does not move to another fund (R15)"


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (with_money(), "to: it is the same fund; name another one"),
        (Fund(OTHER_FUND), f"to: {OTHER_FUND} is no open fund; `accord funds list` shows them"),
        (
            with_money("1", *changed(f.Closing()), fund_id=OTHER_FUND),
            f"to: {OTHER_FUND} is closed; `accord funds list` shows them",
        ),
        (
            with_money("1", fund_id=OTHER_FUND, currency="EUR"),
            f"to: {OTHER_FUND} is EUR of ISOC, and this is USD of ISOC",
        ),
        (
            with_money("1", fund_id=OTHER_FUND, funder="TRUST"),
            f"to: {OTHER_FUND} is USD of TRUST, and this is USD of ISOC",
        ),
    ],
    ids=["itself", "none", "closed", "currency", "funder"],
)
def test_a_fund_that_money_cannot_move_to_is_named_with_the_reason(other: Fund, told: str) -> None:
    assert str(fault(with_money(), f.Transfer(to=other.fund_id, amount=amount("1.00")), other)) == told


# Overdraft


def test_an_overdraft_reaches_as_far_as_the_fund_is_below_zero() -> None:
    below = with_money("1000.00", reserved("1400.00"))
    assert fault(below, f.Overdraft(amount=amount("400.00"))) is None
    assert str(fault(below, f.Overdraft(amount=amount("399.99")))) == (
        f"{FUND} stands at -400.00; an overdraft of 399.99 does not reach"
    )
    assert fault(with_money(), f.Overdraft(amount=amount("0"))) is None


# Closing


def test_a_fund_is_closed_once_it_keeps_nothing_for_anybody() -> None:
    agreed = (reserved("250.00", SECOND), committed("250.00", SECOND))
    keeping = with_money("1000.00", reserved("600.00", until=at(24)), *agreed)
    assert str(fault(keeping, f.Closing())) == f"850.00 of {FUND} are kept for partnerships; they end first"
    assert str(fault(keeping, f.Closing(), now=at(24))) == f"250.00 of {FUND} are kept for partnerships; they end first"
    paid = evolve(keeping, spent("250", SECOND))
    told = f"750.00 are in {FUND} still; move them to another fund first"
    assert str(fault(paid, f.Closing(), now=at(24))) == told
    empty = with_money("250.00", *agreed, spent("250.00", SECOND))
    assert fault(empty, f.Closing()) is None


# Adoption


def approved(reference: str = REFERENCE, **out: Any) -> Partnership:
    """A partnership that was approved while no fund paid it."""
    known = s.in_agreement(funds_out=funds_out("1000.00", **out)).partnership
    return known.model_copy(update={"partnership_id": reference})


def test_what_was_approved_or_agreed_before_is_taken_over_as_far_as_the_fund_reaches() -> None:
    agreed = s.active().partnership.model_copy(update={"partnership_id": SECOND})
    assert change_fault(with_money(), f.Adoption(partnerships=(REFERENCE,)), NOON, {}) is None
    assert adoption_fault(with_money("2000.00"), (approved(), agreed), NOON) is None
    assert str(adoption_fault(with_money("1999.00"), (approved(), agreed), NOON)) == (
        f"{FUND} has 1,999.00 USD left, and 2,000.00 would be kept of it; move money in first"
    )


def test_what_was_spent_before_counts_too_and_an_overdraft_is_room() -> None:
    paid = s.active(funds_out=funds_out("600.00", "400.00")).given(s.release(), *s.came_to(TrancheOutcome.SETTLED))
    assert "1,000.00 would be kept" in str(adoption_fault(with_money("999.00"), (paid.partnership,), NOON))
    overdrawn = with_money("600.00", *changed(f.Overdraft(amount=amount("400.00"))))
    assert adoption_fault(overdrawn, (paid.partnership,), NOON) is None


def test_a_fund_below_zero_says_what_would_be_kept_and_not_how_far_below_it_would_be() -> None:
    below = with_money("100.00", reserved("300.00", SECOND))
    assert str(adoption_fault(below, (approved(),), NOON)) == (
        f"{FUND} has 0 USD left, and 1,000.00 would be kept of it; move money in first"
    )


def test_a_partnership_that_is_named_twice_is_refused_and_not_counted_once() -> None:
    """It would be recorded twice in one stream under one command, which can never be."""
    assert adoption_fault(with_money("5000.00"), (approved(), approved()), NOON)


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (s.in_approval().partnership, f"{REFERENCE} is not approved, or has ended; leave it out"),
        (s.in_agreement().given(s.withdraw()).partnership, f"{REFERENCE} is not approved, or has ended; leave it out"),
        (s.in_agreement(**s.NON_MONETARY).partnership, f"{REFERENCE} is not approved, or has ended; leave it out"),
        (
            s.in_agreement(funds_in=funds_in("5000.00")).partnership,
            f"{REFERENCE} is not approved, or has ended; leave it out",
        ),
        (Partnership(partnership_id=REFERENCE), f"{REFERENCE} is not approved, or has ended; leave it out"),
        (
            approved().model_copy(update={"shares": (FundShare(fund=OTHER_FUND, amount=amount("1000.00")),)}),
            f"{REFERENCE} is kept by {OTHER_FUND} already; leave it out",
        ),
        (
            approved(funds=[{"fund": OTHER_FUND}]),
            f"{REFERENCE} names {OTHER_FUND}; amend it, or adopt it there",
        ),
        (
            approved(funds=[{"fund": FUND}, {"fund": OTHER_FUND}]),
            f"{REFERENCE} names {FUND}; amend it, or adopt it there",
        ),
        (approved(funds=[{"fund": FUND}]), ""),
        (approved(funder="TRUST"), f"{REFERENCE} is USD of TRUST; {FUND} is not"),
    ],
    ids=["open", "withdrawn", "joint", "gift", "none", "kept", "other fund", "two funds", "this fund", "funder"],
)  # fmt: skip
def test_a_partnership_that_cannot_be_taken_over_is_named_with_the_reason(one: Partnership, told: str) -> None:
    assert str(adoption_fault(with_money("5000.00"), (one,), NOON) or "") == told


def test_a_partnership_in_another_currency_is_not_taken_over() -> None:
    assert str(adoption_fault(with_money("5000.00", currency="EUR"), (approved(),), NOON)) == (
        f"{REFERENCE} is USD of ISOC; {FUND} is not"
    )


# Confirmation


WAITING = fold(FUND, (opened(), asked(f.OpeningBalance(amount=amount("1000.00")))))


def test_another_person_confirms_what_waits() -> None:
    assert confirmation_fault(WAITING, confirmed()) is None


def test_the_person_who_asked_does_not_confirm() -> None:
    assert str(confirmation_fault(WAITING, confirmed(actor="femi.ade"))) == (
        "femi.ade asked for it, so another person confirms it"
    )


@pytest.mark.parametrize(
    ("fund", "second"),
    [
        pytest.param(WAITING, confirmed("another"), id="never asked for"),
        pytest.param(evolve(WAITING, confirmed()), confirmed(), id="confirmed already"),
        pytest.param(Fund(FUND), confirmed(), id="no fund"),
    ],
)
def test_what_does_not_wait_is_not_confirmed_and_the_id_is_named(fund: Fund, second: f.FundChangeConfirmed) -> None:
    assert str(confirmation_fault(fund, second)) == (
        f"no change {second.change_id} of {FUND} waits for a second signature; see `accord funds show {FUND}`"
    )


def test_ids_are_those_under_which_a_change_was_asked_for() -> None:
    assert list(WAITING.asked) == [number("change")]
