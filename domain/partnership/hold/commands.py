"""The commands on holds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from domain.partnership.acts import StaffCommand
from domain.proposal import Direction
from domain.values import Sentence, is_empty, is_false, is_none


def _each_once(numbers: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(numbers)) != len(numbers):
        raise ValueError("name each hold once")
    return numbers


HoldNumbers = Annotated[tuple[Annotated[int, Field(ge=1, le=2**31 - 1)], ...], AfterValidator(_each_once)]
"""Holds by their numbers: the versions of the events that placed them."""


class PlaceHold(StaffCommand):
    """Place a hold: until it is lifted, nothing can be approved, amended, signed or released."""

    kind: Literal["hold"] = "hold"
    reason: Sentence
    leg: Direction | None = Field(default=None, exclude_if=is_none)
    """The leg to hold, or None for all of the partnership. Payments on another leg go on."""
    whole_agreement: bool = Field(default=False, exclude_if=is_false)
    """True to hold payments in every partnership under its agreement as well."""


class LiftHold(StaffCommand):
    """Lift holds. A person who placed one may not lift it, and may lift the others."""

    kind: Literal["lift"] = "lift"
    reason: Sentence
    holds: HoldNumbers = Field(default=(), exclude_if=is_empty)
    """The holds by their numbers; none if only one stands."""


HoldRequest = PlaceHold | LiftHold
