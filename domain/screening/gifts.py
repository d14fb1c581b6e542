"""The ledger's figures on restricted gifts that pay for a leg."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final

from pydantic import Field

from domain.grants import Restriction
from domain.values import (
    PartnershipId,
    Since,
    Value,
    is_empty,
    is_false,
    is_none,
)

NOT_APPROVED_YET: Final = "what is not approved yet"
"""The restriction that a gift is said to have while its terms wait for approval: a person judges that."""


class GiftEvidence(Value):
    """The ledger's figures on the restricted gift that pays for a leg (R15)."""

    gift: PartnershipId
    found: bool
    restricted_to: str | None = None
    received: Decimal = Decimal(0)
    committed: Decimal = Decimal(0)
    """The part of the gift that other partnerships have spent or plan to spend."""
    currency: str = ""
    funder: Annotated[str, Since("2026.4"), Field(exclude_if=is_empty)] = ""
    """The funder that received it."""
    restriction: Annotated[Restriction | None, Since("2026.4"), Field(exclude_if=is_none)] = None
    """The restriction in parts."""
    got_back_by: Annotated[tuple[str, ...], Since("2026.4"), Field(exclude_if=is_empty)] = ()
    """The names on the leg that it pays for which are its donor's."""
    on_hold: Annotated[bool, Since("2026.4"), Field(exclude_if=is_false)] = False
    """True if a hold stands on the gift: nothing is spent of it until that is lifted."""
