"""The tolerance for bookings is two figures, both of which are said, and neither without a bound."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain.directory.tiers import HouseRules
from domain.money.tolerance import BookingTolerance
from tests.builders import HOUSE_RULES

CHARGES = {"amount": "25.00", "currency": "USD"}


def test_rules_of_before_say_nothing_of_it() -> None:
    assert "tolerance" not in HOUSE_RULES.model_dump()
    rules = {**HOUSE_RULES.model_dump(mode="json"), "tolerance": {"rate_percent": "1.50", "charges": CHARGES}}
    tolerance = HouseRules.model_validate(rules).tolerance
    assert tolerance is not None
    assert f"{tolerance.percent}" == "1.5"


@pytest.mark.parametrize(
    "told",
    [
        {"rate_percent": "1.5"}, {"charges": CHARGES}, {"rate_percent": "10.1", "charges": CHARGES},
        {"rate_percent": "-1", "charges": CHARGES}, {"rate_percent": 1.5, "charges": CHARGES},
        {"rate_percent": "1.5", "charges": {"amount": "0", "currency": "USD"}},
    ],
)  # fmt: skip
def test_half_of_it_or_one_without_a_bound_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        BookingTolerance.model_validate(told)
