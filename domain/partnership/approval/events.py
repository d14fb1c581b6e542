"""The events of an approval."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from domain.directory.tiers import Role
from domain.grants import FundShare
from domain.partnership.acts import PartnershipEvent, StaffEvent
from domain.screening.conversion import Conversion
from domain.values import Sha256, is_false, is_none


class ReferralCleared(StaffEvent):
    """A verifier cleared a referral by the rule book, with the reason, so that the case goes to approval."""

    schema_version: ClassVar[int] = 2
    event_type: Literal["ReferralCleared"] = "ReferralCleared"
    reason: str
    document_sha256: Sha256 | None = Field(default=None, exclude_if=is_none)
    """The paper that it rests on, of a body that no register lists (rules 4.2)."""
    no_interest: bool = Field(default=False, exclude_if=is_false)
    """True if they were asked and said that they have no interest in it. Earlier releases did not ask."""
    on_behalf_of: str = ""
    """The person who lent the role, empty if it is the actor's own."""
    quorum: tuple[Role, ...] | None = None
    conversion: Conversion | None = Field(default=None, exclude_if=is_none)
    """The base currency and the rates by which the quorum was found, or None without a base currency."""


class ApprovalGiven(StaffEvent):
    """A person approved in a role. The partnership is approved once each required role has approved."""

    schema_version: ClassVar[int] = 2
    event_type: Literal["ApprovalGiven"] = "ApprovalGiven"
    role: Role
    reason: str
    no_interest: bool = Field(default=False, exclude_if=is_false)
    """True if they were asked and said that they have no interest in it. Earlier releases did not ask."""
    on_behalf_of: str = ""
    """The person who lent the role, empty if it is the actor's own."""
    quorum: tuple[Role, ...] | None = None
    """The roles that must approve, according to the tiers in force when this approval was given."""
    conversion: Conversion | None = Field(default=None, exclude_if=is_none)
    """The base currency and the rates by which the quorum was found, or None without a base currency."""


class FundsAllotted(PartnershipEvent):
    """The funds that pay the money out, each with its part: decided with the approval, and with a change of the sum."""

    event_type: Literal["FundsAllotted"] = "FundsAllotted"
    shares: tuple[FundShare, ...]


ApprovalEvent = ReferralCleared | ApprovalGiven | FundsAllotted
