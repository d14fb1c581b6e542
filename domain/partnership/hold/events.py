"""The events of holds."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domain.partnership.acts import PartnershipEvent, StaffEvent
from domain.proposal import Direction
from domain.signatures.signing import Signature
from domain.values import PartnershipId, is_empty, is_false, is_none


class HoldPlaced(PartnershipEvent):
    """A hold was placed, with the reason. `actor` is `accord` when a rule placed it."""

    event_type: Literal["HoldPlaced"] = "HoldPlaced"
    actor: str
    signature: Signature | None = None
    reason: str
    leg: Direction | None = Field(default=None, exclude_if=is_none)
    """The leg that it holds, or None if it holds all of the partnership."""
    whole_agreement: bool = Field(default=False, exclude_if=is_false)
    """True if it holds payments in every partnership under its agreement as well."""


class HoldLifted(StaffEvent):
    """A person lifted holds."""

    event_type: Literal["HoldLifted"] = "HoldLifted"
    reason: str
    holds: tuple[int, ...] = Field(default=(), exclude_if=is_empty)
    """The holds by their numbers, the versions of the events that placed them. Up to release 0.2.0 none meant all."""


class HeldWithLead(PartnershipEvent):
    """A rule repeats here the holds of the partnership that leads the agreement on everything under it."""

    event_type: Literal["HeldWithLead"] = "HeldWithLead"
    lead: PartnershipId
    reason: str
    leg: Direction | None = Field(default=None, exclude_if=is_none)
    """The leg that it holds, or None if it holds all of the partnership."""


class FreedWithLead(PartnershipEvent):
    """The holds fell that repeated those of the leading partnership, since others stand there now, or none.

    Nobody signs it: it frees nothing by itself, since each check before a payment looks at the lead.
    """

    event_type: Literal["FreedWithLead"] = "FreedWithLead"
    lead: PartnershipId
    holds: tuple[int, ...]
    """The holds by their numbers, the versions of the events that placed them."""


HoldEvent = HoldPlaced | HoldLifted | HeldWithLead | FreedWithLead
