"""The events that take people out of a partnership."""

from __future__ import annotations

from typing import Literal

from domain.grants import Interest
from domain.partnership.acts import PartnershipEvent, StaffEvent
from domain.partnership.people.taking_part import Part
from domain.values import StaffId


class InterestDeclared(StaffEvent):
    """A person declared a conflict of interest and is recused.

    Their approvals and their verification no longer count, and they take no further part.
    """

    event_type: Literal["InterestDeclared"] = "InterestDeclared"
    interest: Interest


class DecisionsFell(PartnershipEvent):
    """Decisions no longer count, because their signer's key was revoked as compromised (R31)."""

    event_type: Literal["DecisionsFell"] = "DecisionsFell"
    person: StaffId
    fell: tuple[Part, ...]
    reason: str


InterestEvent = InterestDeclared | DecisionsFell
