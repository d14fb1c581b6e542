"""The directory's events: people, keys, roles lent, funder entities and the organisation's own rules."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from domain.directory.tiers import HouseRules, Role
from domain.organisation.tokens import ApiToken, TokenId
from domain.parties import Funder, Name
from domain.signatures.signing import AnyKey, KeyId, LogEpoch, Signature
from domain.values import Moment, Money, PartnershipId, Sha256, StaffId, Value, is_none
from domain.webhooks.endpoint import Endpoint, EndpointName


class StaffMember(Value):
    """A person in the directory."""

    staff_id: StaffId
    name: Name
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    limits: tuple[Money, ...] = Field(
        default=(), description="The largest sum they may approve, per currency; without any, what their roles allow"
    )


class Delegation(Value):
    """A role lent to another person for a time, both days included. The lender's limits bind the borrower."""

    lender: StaffId
    borrower: StaffId
    role: Role
    starts_on: date
    ends_on: date

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.lender == self.borrower:
            raise ValueError("nobody delegates to themselves; name another person")
        if self.ends_on < self.starts_on:
            raise ValueError(f"it ends on {self.ends_on}, before it starts on {self.starts_on}")
        return self


class _DirectoryEvent(Value):
    schema_version: ClassVar[int] = 1


class StaffRegistered(_DirectoryEvent):
    """A person entered the directory, or their roles changed: the newest registration is the one in force."""

    event_type: Literal["StaffRegistered"] = "StaffRegistered"
    member: StaffMember


class StaffLeft(_DirectoryEvent):
    """A person left: their roles, keys and delegations end, but their decisions stay valid."""

    event_type: Literal["StaffLeft"] = "StaffLeft"
    staff_id: StaffId


class FunderRegistered(_DirectoryEvent):
    """A funder entity entered the directory, or changed: the newest registration is the one in force."""

    event_type: Literal["FunderRegistered"] = "FunderRegistered"
    funder: Funder


class KeyEnrolled(_DirectoryEvent):
    """A person's public key entered the directory.

    A key file replaces their earlier one; passkeys stand beside it and beside each other.
    """

    event_type: Literal["KeyEnrolled"] = "KeyEnrolled"
    staff_id: StaffId
    key: AnyKey


class KeyRevoked(_DirectoryEvent):
    """A key was revoked: from now on or, if it is compromised, from an earlier time."""

    event_type: Literal["KeyRevoked"] = "KeyRevoked"
    staff_id: StaffId
    key_id: KeyId
    compromised_since: Moment | None = Field(default=None, exclude_if=is_none)
    """The time from which somebody else may have used it: nothing recorded with it since then counts."""


class RoleDelegated(_DirectoryEvent):
    """A role was lent for a time."""

    event_type: Literal["RoleDelegated"] = "RoleDelegated"
    delegation: Delegation


class DelegationEnded(_DirectoryEvent):
    """A delegation ended before its last day."""

    event_type: Literal["DelegationEnded"] = "DelegationEnded"
    delegation: Delegation


class HouseRulesSet(_DirectoryEvent):
    """The approval tiers and waiting times changed."""

    schema_version: ClassVar[int] = 2
    event_type: Literal["HouseRulesSet"] = "HouseRulesSet"
    rules: HouseRules


class EventSetAside(_DirectoryEvent):
    """Two guardians set aside an event that nobody can read, or that nobody signed: it counts for nothing.

    If it is an event of the directory that was meant to take roles or keys from people, `freezes` names them: they are
    frozen until the event is judged anew.
    """

    event_type: Literal["EventSetAside"] = "EventSetAside"
    position: Annotated[int, Field(ge=1, le=2**53 - 1)]
    leaf: Sha256
    """The event's hash in the ledger's tree, which identifies this very event in this very ledger."""
    freezes: tuple[StaffId, ...] = ()


class EpochBegun(_DirectoryEvent):
    """An epoch of the ledger began: with the directory, or after the ledger was restored, copied or moved.

    Statements that people sign name the epoch. `position` and `root` identify the ledger that it continues.
    """

    event_type: Literal["EpochBegun"] = "EpochBegun"
    log: LogEpoch
    position: Annotated[int, Field(ge=0, le=2**53 - 1)]
    """The number of events before it."""
    root: Sha256
    """The root of the tree over those events."""
    installation: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    """The identity of the database in which it began. No other database accepts anything in this epoch."""


class LossAccepted(_DirectoryEvent):
    """Two guardians accepted that events which a partnership's workflow had seen are missing from the ledger.

    The partnership continues without them.
    """

    event_type: Literal["LossAccepted"] = "LossAccepted"
    partnership_id: PartnershipId
    version: Annotated[int, Field(ge=0, le=2**31 - 1)]
    """The newest version of the partnership that the ledger holds."""
    lost: Annotated[tuple[str, ...], Field(min_length=1, max_length=500)]
    """The types of the lost events, in their order, and in words the versions that nobody can read, and attempts."""


class EndpointEnrolled(_DirectoryEvent):
    """An endpoint of webhooks was enrolled: what it hears of the ledger is sent to its address."""

    event_type: Literal["EndpointEnrolled"] = "EndpointEnrolled"
    endpoint: Endpoint


class EndpointRevoked(_DirectoryEvent):
    """An endpoint was revoked, for ever. The first guardian's signature alone stops what is sent to it."""

    event_type: Literal["EndpointRevoked"] = "EndpointRevoked"
    endpoint_name: EndpointName
    endpoint_sha256: Sha256
    """The digest of its secret: another endpoint of the same name is another one."""


class ApiTokenEnrolled(_DirectoryEvent):
    """A token of the HTTP API was enrolled: it reads for its holder, and decides nothing."""

    event_type: Literal["ApiTokenEnrolled"] = "ApiTokenEnrolled"
    token: ApiToken


class ApiTokenRevoked(_DirectoryEvent):
    """A token of the HTTP API was revoked, for ever. The first guardian's signature alone closes it already."""

    event_type: Literal["ApiTokenRevoked"] = "ApiTokenRevoked"
    token_id: TokenId


Fact = (
    StaffRegistered
    | StaffLeft
    | FunderRegistered
    | KeyEnrolled
    | KeyRevoked
    | RoleDelegated
    | DelegationEnded
    | HouseRulesSet
    | EventSetAside
    | EpochBegun
    | LossAccepted
    | EndpointEnrolled
    | EndpointRevoked
    | ApiTokenEnrolled
    | ApiTokenRevoked
)
"""Every kind of change of the directory."""

DirectoryFacts = Annotated[
    tuple[Annotated[Fact, Field(discriminator="event_type")], ...], Field(min_length=1, max_length=200)
]


class DirectoryFounded(_DirectoryEvent):
    """A batch of entries that the operator made before the directory was sealed."""

    schema_version: ClassVar[int] = 2
    event_type: Literal["DirectoryFounded"] = "DirectoryFounded"
    changes: DirectoryFacts


class DirectoryChangeProposed(_DirectoryEvent):
    """A person proposed a change of the sealed directory. It takes effect once another person confirms it."""

    schema_version: ClassVar[int] = 2
    event_type: Literal["DirectoryChangeProposed"] = "DirectoryChangeProposed"
    change_id: UUID
    changes: DirectoryFacts
    signature: Signature


class DirectoryChangeConfirmed(_DirectoryEvent):
    """Another person confirmed a change: it is in force."""

    event_type: Literal["DirectoryChangeConfirmed"] = "DirectoryChangeConfirmed"
    change_id: UUID
    signature: Signature


DirectoryEvent = Fact | DirectoryFounded | DirectoryChangeProposed | DirectoryChangeConfirmed
