"""Reference rates and a base currency in tests. The rates are invented, and round."""

from __future__ import annotations

from typing import Any

from domain.directory.tiers import HouseRules, Role
from domain.screening.conversion import Conversion, ReferenceRates
from tests.builders import source, version

ROW = "2026-11-02,USD=1.25,JPY=200,GBP=0.8"
"""One euro is 1.25 dollars, 200 yen or 0.8 pounds."""
TWO = (Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER)
THREE = (*TWO, Role.DIRECTOR)


def rates(row: str = ROW) -> ReferenceRates:
    """The rates of a row, as the register gave them."""
    return ReferenceRates(source=source().model_copy(update={"row": row, "register_version": version("ecb-rates")}))


def conversion(base: str = "USD", row: str | None = ROW) -> Conversion:
    """A base currency with rates, or without any."""
    return Conversion(base=base, rates=rates(row) if row is not None else None)


def in_dollars(*limits: str | None, **more: Any) -> HouseRules:
    """Rules with the base currency USD: two approve up to the first limit, and a director too above it."""
    tiers = [
        {"currency": "USD", "up_to": limit, "quorum": TWO if place == 0 else THREE}
        for place, limit in enumerate(limits or ("100000", None))
    ]
    return HouseRules.model_validate({"tiers": tiers, "base_currency": "USD", **more})
