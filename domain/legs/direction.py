"""The direction in which money moves on a leg, and the largest sum that a leg may have."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Final

LARGEST_SUM: Final = Decimal(10) ** 15
"""The upper limit of a leg's total, exclusive: a smaller sum is exact in every format (ISO 20022: 18 digits in all)."""


class Direction(StrEnum):
    """The direction in which money moves on a leg (R1)."""

    FUNDS_OUT = "FUNDS_OUT"
    FUNDS_IN = "FUNDS_IN"
    NON_MONETARY = "NON_MONETARY"
