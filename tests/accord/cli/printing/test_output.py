"""What a command prints as JSON is the same bytes, whether its rows are models or told before."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accord.cli.printing.output import plain, print_json
from domain.imported.claims import ClaimedStage, PastSum
from domain.values import Money

ROW = PastSum(money=Money(amount=Decimal("10.50"), currency="USD"), on=date(2026, 1, 2))
VALUES: tuple[Any, ...] = (
    {"rows": (ROW, ROW), "counts": {ClaimedStage.ENDED: 2}, "none": (), "sums": [Decimal("1.0")]},
    {"one": ROW, "mixed": (ROW, None), "by": {date(2026, 1, 2): ROW}},
    {1: (ROW,)},
    [ROW],
)


@pytest.mark.parametrize("value", VALUES)
def test_rows_are_told_one_by_one_as_they_are_told_at_once(value: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Given a value with rows or without, when it is printed, then its bytes are those of the whole."""
    print_json(value)
    assert capsys.readouterr().out == json.dumps(plain(value), indent=2) + "\n"
