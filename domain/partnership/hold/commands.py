"""The commands on holds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from domain.partnership.acts import Among, Reason, StaffCommand
from domain.partnership.choices import legs, standing_holds
from domain.proposal import Direction
from domain.values import is_empty, is_false, is_none


def _each_once(numbers: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(numbers)) != len(numbers):
        raise ValueError("name each hold once")
    return numbers


HoldNumbers = Annotated[tuple[Annotated[int, Field(ge=1, le=2**31 - 1)], ...], AfterValidator(_each_once)]
"""Holds by their numbers: the versions of the events that placed them."""


class PlaceHold(StaffCommand):
    """Place a hold. Until another person lifts it, nothing is approved, amended, signed or paid."""

    kind: Literal["hold"] = "hold"
    reason: Reason
    leg: Annotated[
        Direction | None,
        Field(title="What is held", description="Hold this leg alone. Payments on another one go on."),
        Among(legs),
    ] = Field(default=None, exclude_if=is_none)
    whole_agreement: Annotated[
        bool,
        Field(
            title="Every partnership under its agreement",
            description="Hold payments in every partnership under its agreement as well.",
        ),
    ] = Field(default=False, exclude_if=is_false)


class LiftHold(StaffCommand):
    """Lift holds that another person, or a rule, placed. Where several stand, each is lifted by itself.

    A person who placed one may not lift it, and may lift the others.
    """

    kind: Literal["lift"] = "lift"
    reason: Reason
    holds: Annotated[
        HoldNumbers,
        Field(
            title="Which holds",
            description="The number of a hold, as `accord show` says it. It is needed if several stand.",
        ),
        Among(standing_holds),
    ] = Field(default=(), exclude_if=is_empty)


HoldRequest = PlaceHold | LiftHold
