"""A budget is the grant's, to the minor unit, within its cap; what others pay stands beside it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.budgets.comparing import has_no_more_indirect, is_same_budget
from domain.budgets.lines import LARGEST_BUDGET, GrantBudget
from domain.legs.funds_out import FundsOut
from domain.values import Money, minor_digits
from tests.budgets import PERIODS, budget, budgeted, line
from tests.builders import funds_out

CURRENCIES = {"JPY": 0, "USD": 2, "BHD": 3}


def grant(**leg: Any) -> FundsOut:
    return FundsOut.model_validate(budgeted(**leg)["funds_out"])


def test_lines_that_make_the_tranches_are_a_budget() -> None:
    made = grant().budget
    assert made is not None
    assert (made.total, made.indirect) == (Decimal("1000.00"), Decimal("100.00"))


def test_what_others_pay_is_never_in_the_grant() -> None:
    """Given co-funding of 50 beside the travel, then the grant's column is still 1,000."""
    made = GrantBudget.model_validate(budget())
    assert made.lines[1].others[0].amount == 50
    assert made.total == 1000


@pytest.mark.parametrize(
    ("plan", "fault"),
    [
        (budget(line(1, "Training", "500.00", "499.99")), "its lines make 999.99, and the tranches 1,000.00"),
        (budget(line(1, "Training", "500.00", "500.01")), "0.01 too much"),
        (budget(line(1, "Training", "1000.00")), "line 1 has 1 sums, and the budget has 2 periods"),
        (budget(line(2, "Training", "500.00", "500.00")), "number them 1, 2, 3 ... in order"),
        (budget(line(1, "Training", "500.005", "499.995")), "500.005 has more decimals than USD has, 2"),
        (
            budget(line(1, "Training", "500.00", "0"), line(2, "training ", "500.00", "0")),
            "line 2 writes 'Training' otherwise",
        ),
        (
            budget(line(1, "Training", "900.00", "0"), line(2, "Training", "100.00", "0", kind="INDIRECT")),
            "'Training' is DIRECT in line 1 and INDIRECT in line 2",
        ),
        (budget(line(1, "exchange  DIFFERENCE", "500.00", "500.00")), "has a line of its own in reports"),
        (budget(periods=[PERIODS[1], PERIODS[0]]), "period 2 starts on 2027-01-01, before the one before it is over"),
        (
            budget(line(1, "Training", "849.99", "0"), line(2, "Overhead", "150.01", "0", kind="INDIRECT")),
            "indirect cost is 150.01, and 15 % of the grant is 150.00; lower it",
        ),
        (
            budget(
                line(1, "Training", "860.00", "0"), line(2, "Overhead", "140.00", "0", kind="INDIRECT"),
                indirect_of="DIRECT",
            ),
            "15 % of the direct cost is 129.00",
        ),
        (budget(line(1, "Training", "NaN", "0")), "is not an amount"),
        (budget(line(1, "Training", "-1.00", "1001.00")), "greater than or equal to 0"),
        (budget(line(1, "Training", "1e5", "0")), "is not an amount"),
    ],
)  # fmt: skip
def test_a_budget_that_cannot_be_is_refused_in_one_sentence(plan: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        grant(plan=plan)
    assert fault in str(refusal.value)


def test_a_budget_fits_into_its_event() -> None:
    """Given 120 lines of 12 periods, then it is within 40 KB, unless every line tells a story."""
    months = [{"starts": f"2027-{month:02}-01", "ends": f"2027-{month:02}-28"} for month in range(1, 13)]
    lines = [line(number, "Training", *["1.00"] * 12, what="Course") for number in range(1, 121)]
    leg = funds_out("1440.00", budget=budget(*lines, periods=months))
    assert FundsOut.model_validate(leg).budget is not None
    long = [{**one, "what": "W" * 200, "others": [{"source": "S" * 100, "amount": "1.00"}] * 4} for one in lines]
    with pytest.raises(ValidationError, match=f"{LARGEST_BUDGET // 1024} is the most"):
        FundsOut.model_validate(funds_out("1440.00", budget=budget(*long, periods=months)))


@given(
    st.sampled_from(sorted(CURRENCIES)), st.lists(st.integers(0, 10**9), min_size=1, max_size=12), st.integers(1, 99)
)
def test_a_budget_equals_its_tranches_to_the_minor_unit(currency: str, units: list[int], off: int) -> None:
    """Given sums in a currency of 0, 2 or 3 digits, then one unit more or less is refused, and the exact sum is not."""
    digits, whole = minor_digits(currency), sum(units) + 1
    sums = [Decimal(unit).scaleb(-digits) for unit in (*units, 1)]
    lines = [line(number, "Training", str(amount)) for number, amount in enumerate(sums, start=1)]
    made = GrantBudget.model_validate(budget(*lines, periods=PERIODS[:1]))
    exact = Money(amount=Decimal(whole).scaleb(-digits), currency=currency)
    other = Money(amount=Decimal(whole + off).scaleb(-digits), currency=currency)
    assert (made.fault_of(exact), made.fault_of(other) is None) == (None, False)


@given(st.permutations([0, 1, 2]))
def test_another_order_of_lines_is_the_same_budget(order: list[int]) -> None:
    lines = [{**budget()["lines"][place], "number": number} for number, place in enumerate(order, start=1)]
    turned, made = (GrantBudget.model_validate(one) for one in (budget(*lines), budget()))
    assert is_same_budget(made, turned)
    assert has_no_more_indirect(made, turned)


@pytest.mark.parametrize(
    "terms", [{"indirect_most": "16"}, {"indirect_most": None}, {"indirect_of": "DIRECT"}], ids=str
)
def test_a_looser_cap_is_more_indirect_cost(terms: dict[str, Any]) -> None:
    made, looser = GrantBudget.model_validate(budget()), GrantBudget.model_validate(budget(**terms))
    assert not has_no_more_indirect(made, looser)
    assert not is_same_budget(made, looser)


def test_a_budget_that_goes_or_comes_with_indirect_cost_is_more_of_it() -> None:
    made, direct = GrantBudget.model_validate(budget()), budget(line(1, "Training", "500.00", "500.00"))
    assert not has_no_more_indirect(made, None)
    assert not has_no_more_indirect(None, made)
    assert has_no_more_indirect(None, GrantBudget.model_validate(direct))
    assert has_no_more_indirect(None, None)
