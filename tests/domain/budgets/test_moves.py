"""Moves between categories are measured over all reports together: k small ones are as one large one."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.budgets.lines import GrantBudget
from domain.budgets.moves import is_far, standing_of, uncovered
from domain.budgets.spending import Disallowed, LineSpent, SpentAbroad
from tests.budgets import budget, line

BUDGET = GrantBudget.model_validate(budget())
SUMS = st.integers(0, 100_000).map(lambda cents: Decimal(cents) / 100)


def spent_on(training: Decimal, travel: Decimal, overhead: Decimal) -> tuple[LineSpent, ...]:
    return tuple(LineSpent(line=number, spent=amount) for number, amount in enumerate((training, travel, overhead), 1))


@given(st.lists(st.integers(0, 3_000), min_size=1, max_size=12))
def test_many_small_moves_are_measured_as_one_large_one(cents: list[int]) -> None:
    """Given a rise of travel in k steps, then the last report's excess is that of one step of the sum."""
    moved, excesses = Decimal(0), []
    for step in cents:
        moved += Decimal(step) / 100
        lines = spent_on(Decimal(600) - moved, Decimal(300) + moved, Decimal(100))
        excesses.append(standing_of(BUDGET, lines)[1].excess)
    rise = sum(Decimal(step) / 100 for step in cents)
    assert excesses[-1] == max(Decimal(0), rise - 30)
    assert excesses == sorted(excesses)


@given(SUMS, SUMS, SUMS)
def test_a_disallowed_excess_leaves_nothing_uncovered_and_a_cent_less_does(
    training: Decimal, travel: Decimal, overhead: Decimal
) -> None:
    standings = standing_of(BUDGET, spent_on(training, travel, overhead))
    beyond = [standing for standing in standings if standing.excess]
    named = tuple(Disallowed(category=one.category, amount=one.excess) for one in beyond)
    assert uncovered(standings, named) == ()
    assert [standing for standing, _ in uncovered(standings, ())] == beyond
    assert all(standing.excess <= standing.spent for standing in standings)


@given(SUMS, SUMS, SUMS)
def test_what_is_left_and_spent_of_the_categories_is_the_grant(a: Decimal, b: Decimal, c: Decimal) -> None:
    standings = standing_of(BUDGET, spent_on(a, b, c), period=1)
    assert sum(one.left + one.spent for one in standings) == BUDGET.total
    assert sum(one.spent for one in standings) == a + b + c
    assert all(one.to_date <= one.agreed for one in standings)


@given(SUMS)
def test_indirect_cost_is_never_free(overhead: Decimal) -> None:
    [_, _, standing] = standing_of(BUDGET, spent_on(Decimal(0), Decimal(0), overhead))
    assert standing.excess == max(Decimal(0), overhead - 100)


def test_a_line_is_far_only_beyond_the_share_and_the_floor() -> None:
    """Given a share of a tenth and a floor of 50, then 330 of 300 is near by the floor, and 351 is far by both."""
    floored = GrantBudget.model_validate(budget(free_floor="50"))
    first = floored.lines[0]
    assert not is_far(floored, first, Decimal("350.00"), 1)
    assert is_far(floored, first, Decimal("350.01"), 1)
    assert not is_far(floored, first, Decimal("250.00"), 1)
    assert is_far(floored, first, Decimal("249.99"), 1)
    wide = GrantBudget.model_validate(budget(free_move="20", free_floor="50"))
    assert not is_far(wide, wide.lines[0], Decimal("360.00"), 1)


def test_categories_are_measured_and_not_their_lines() -> None:
    """Given two lines of one category, when one spends the other's money, then the category has not moved."""
    made = GrantBudget.model_validate(
        budget(line(1, "Training", "400.00", "0"), line(2, "Training", "600.00", "0", what="Rooms"))
    )
    lines = (LineSpent(line=1, spent=Decimal(1000)), LineSpent(line=2, spent=Decimal(0)))
    assert [one.rise for one in standing_of(made, lines)] == [0]


@given(st.integers(1, 10**9), st.integers(1, 10**6), st.sampled_from(["JPY", "USD", "BHD"]))
def test_a_sum_in_another_currency_is_rounded_once(local: int, rate: int, currency: str) -> None:
    """Given a sum and a rate, then the sum in the grant's currency is off by half of its smallest unit at most."""
    abroad = SpentAbroad(currency="KES", rate=Decimal(rate) / 1000, arrived_on="2027-01-20")
    amount = abroad.in_currency(Decimal(local) / 100, currency)
    unit = {"JPY": Decimal(1), "USD": Decimal("0.01"), "BHD": Decimal("0.001")}[currency]
    assert amount == amount.quantize(unit)
    assert abs(amount - Decimal(local) / 100 / abroad.rate) <= unit / 2
