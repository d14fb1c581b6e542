"""Joint work without money."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domain.grants import (
    Place,
)
from domain.values import (
    FunderId,
    Sentence,
    Since,
    Value,
    is_empty,
)


class NonMonetary(Value):
    """Joint work without money: no payment is ever possible on this leg (C29)."""

    funder: FunderId
    activity: Sentence
    alignment: Annotated[Sentence | None, Since("2026.2")] = Field(
        default=None, description="How the activity carries out the supported organisation's purposes"
    )
    places: Annotated[tuple[Place, ...], Since("2026.4")] = Field(
        default=(), description="The places of activity", exclude_if=is_empty
    )
