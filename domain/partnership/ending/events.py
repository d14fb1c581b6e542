"""The ends of a partnership and of its legs, and what opens it again."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from domain.partnership.acts import PartnershipEvent, StaffEvent
from domain.partnership.submission.taking_over import TakenOver
from domain.proposal import Direction
from domain.signatures.signing import Signature
from domain.values import is_false


class LegEnded(PartnershipEvent):
    """One leg of several ended, and the others go on. `actor` is `accord` if a rule refused it.

    Before the agreement the proposal goes on without it, from due diligence on.
    """

    event_type: Literal["LegEnded"] = "LegEnded"
    actor: str
    signature: Signature | None = None
    leg: Direction
    reason: str
    anew: bool = Field(default=False, exclude_if=is_false)
    """True before the agreement: the rest begins anew without it. False since: it goes on, and the leg is over."""


class PartnershipDeclined(PartnershipEvent):
    """The partnership was refused permanently. `actor` is `accord` if a rule failed or the time to decide ran out."""

    event_type: Literal["PartnershipDeclined"] = "PartnershipDeclined"
    actor: str
    signature: Signature | None = None
    reason: str


class PartnershipWithdrawn(TakenOver):
    """The proposer withdrew the proposal."""

    schema_version: ClassVar[int] = 2
    event_type: Literal["PartnershipWithdrawn"] = "PartnershipWithdrawn"
    reason: str


class PartnershipTerminated(StaffEvent):
    """An agreed partnership ended early."""

    event_type: Literal["PartnershipTerminated"] = "PartnershipTerminated"
    reason: str


class PartnershipReopened(StaffEvent):
    """A person let a closed partnership go on, since a payment of it came back after the close."""

    event_type: Literal["PartnershipReopened"] = "PartnershipReopened"
    reason: str


class PartnershipClosed(PartnershipEvent):
    """Everything agreed was done (paid, received, reported), and the partnership closed."""

    event_type: Literal["PartnershipClosed"] = "PartnershipClosed"


EndingEvent = (
    LegEnded
    | PartnershipDeclined
    | PartnershipWithdrawn
    | PartnershipTerminated
    | PartnershipReopened
    | PartnershipClosed
)
