"""The directory: the organisation's people with their roles and keys, and its funder entities.

Until a director has a key, the operator founds the directory; from then on it is sealed: every change is proposed by
one person and confirmed by another, and both sign (four-eyes).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Final
from uuid import UUID

from domain.directory.freezing import FreezingEvent, UnreadableEvent, freezing
from domain.directory.people import (
    Delegation,
    DirectoryChangeProposed,
    EndpointRevoked,
    EpochBegun,
    EventSetAside,
    LossAccepted,
    StaffMember,
)
from domain.directory.tiers import HouseRules, Role
from domain.fault import Fault
from domain.organisation.tokens import ApiToken
from domain.parties import Funder
from domain.signatures.attestation import attestation_fault
from domain.signatures.passkeys import PasskeyKey
from domain.signatures.signing import AnyKey, LogEpoch, Signature, Statement, Verifier, fault_of
from domain.values import Moment, Money, Value
from domain.webhooks.endpoint import Endpoint

GUARDIANS: Final = frozenset({Role.DIRECTOR, Role.AUDITOR})
"""The roles whose holders may change the sealed directory: one proposes and another confirms what concerns neither."""


class HeldKey(Value):
    """A public key in force, and its owner."""

    staff_id: str
    key: AnyKey


class Compromised(Value):
    """A key that was revoked as compromised, and the time since which nothing recorded with it counts."""

    staff_id: str
    key_id: str
    since: Moment


class Capacity(Value):
    """A role that a person may act in on a day: their own, or one that was lent to them."""

    role: Role
    on_behalf_of: str = ""
    limits: tuple[Money, ...] = ()

    def allows(self, money: Money | None) -> bool:
        """True if a sum is within the limits.

        Without any limits every sum is. If there are limits, but none in the sum's currency, it is not.
        """
        if money is None or not self.limits:
            return True
        return any(limit.currency == money.currency and limit.amount >= money.amount for limit in self.limits)


class Directory(Value):
    """The state of the directory, as of its newest event."""

    staff: tuple[StaffMember, ...] = ()
    funders: tuple[Funder, ...] = ()
    keys: tuple[HeldKey, ...] = ()
    enrolled: tuple[HeldKey, ...] = ()
    """Every key that was ever entered, with its owner, in that order, revoked ones too."""
    delegations: tuple[Delegation, ...] = ()
    compromised: tuple[Compromised, ...] = ()
    rules: HouseRules | None = None
    pending: tuple[DirectoryChangeProposed, ...] = ()
    decided: tuple[UUID, ...] = ()
    """The ids of the changes that were confirmed, so that none is made twice."""
    closed: bool = False
    disregarded: tuple[int, ...] = ()
    """The versions of events that lack the signatures they need, and so changed nothing."""
    unreadable: tuple[UnreadableEvent, ...] = ()
    """Events in its stream that nobody can read. They changed nothing."""
    frozen: tuple[FreezingEvent, ...] = ()
    """The unreadable events that may have changed something, with the people they freeze."""
    epochs: tuple[EpochBegun, ...] = ()
    """The ledger's epochs, the newest last. There are none until the first one begins."""
    losses: tuple[LossAccepted, ...] = ()
    """The losses of events from the ledger that guardians accepted."""
    judged: tuple[EventSetAside, ...] = ()
    """The guardians' findings on events, in any stream, that nobody can read or nobody signed."""
    endpoints: tuple[Endpoint, ...] = ()
    """Every endpoint of webhooks that two guardians ever enrolled, those that are revoked or over too."""
    revoked_endpoints: tuple[str, ...] = ()
    """Those that are revoked, by the digests of their secrets."""
    tokens: tuple[ApiToken, ...] = ()
    """Every token of the HTTP API that two guardians ever enrolled, those that are revoked or over too."""
    revoked_tokens: tuple[str, ...] = ()
    """The names of those that are revoked."""
    version: int = 0

    @property
    def epoch(self) -> EpochBegun | None:
        """The ledger's current epoch, or None before the first one."""
        return self.epochs[-1] if self.epochs else None

    @property
    def log(self) -> LogEpoch | None:
        """The ledger and epoch that statements must name now, or None before the first epoch."""
        return self.epoch.log if self.epoch is not None else None

    @property
    def sealed(self) -> bool:
        """True once a director has had a key: from then on, every change needs two signatures."""
        return self.closed or any(
            Role.DIRECTOR in member.roles for key in self.keys if (member := self.person(key.staff_id))
        )

    def person(self, staff_id: str) -> StaffMember | None:
        """Return a person, or None if the directory does not hold them."""
        return next((member for member in self.staff if member.staff_id == staff_id), None)

    def funder(self, funder_id: str) -> Funder | None:
        """Return a funder entity, or None if the directory does not hold it."""
        return next((funder for funder in self.funders if funder.funder_id == funder_id), None)

    def funders_beside(self, funder_ids: Iterable[str]) -> tuple[Funder, ...]:
        """Return the funder entities that are not among these."""
        excluded_ids = frozenset(funder_ids)
        return tuple(funder for funder in self.funders if funder.funder_id not in excluded_ids)

    def is_revoked(self, endpoint: Endpoint) -> bool:
        """True if an endpoint is revoked, or one guardian signed that it shall be: to stop, one is enough."""
        asked = (
            fact.endpoint_sha256
            for change in self.pending
            for fact in change.changes
            if isinstance(fact, EndpointRevoked)
        )
        return endpoint.sha256 in {*self.revoked_endpoints, *asked}

    def endpoints_in_force(self, today: date) -> tuple[Endpoint, ...]:
        """Return the endpoints that are sent to on a day."""
        return tuple(
            endpoint for endpoint in self.endpoints if today <= endpoint.last_day and not self.is_revoked(endpoint)
        )

    def key(self, staff_id: str, key_id: str | None) -> AnyKey | None:
        """Return a person's key with that id, or None if they have none in force."""
        public_keys = (
            held_key.key for held_key in self.keys if held_key.staff_id == staff_id and held_key.key.key_id == key_id
        )
        return next(public_keys, None)

    def is_compromised(self, key_id: str, recorded_at: Moment) -> bool:
        """True if a key was compromised when something signed with it was recorded.

        `recorded_at` is the ledger's own time: whoever stole the key can sign with any date.
        """
        return any(
            compromised_key.key_id == key_id and recorded_at >= compromised_key.since
            for compromised_key in self.compromised
        )

    def freezing(self, staff_id: str, to_judge: bool = False) -> Fault | None:
        """Return the reason why a person may not act now because an event freezes them, or None.

        `to_judge` is True if they act to judge such an event; see `domain.directory.freezing.freezing`.
        """
        return freezing(self.frozen, self.judged, staff_id, to_judge)

    @property
    def unjudged(self) -> tuple[int, ...]:
        """The positions of unreadable events that freeze somebody and that nobody has judged yet."""
        return tuple(event.position for event in self.frozen if not self.is_set_aside(event.position, event.leaf))

    def is_set_aside(self, position: int, leaf: str) -> bool:
        """True if two guardians set aside the event with this position and leaf hash."""
        return any((set_aside.position, set_aside.leaf) == (position, leaf) for set_aside in self.judged)

    def capacities(self, staff_id: str, on: date) -> tuple[Capacity, ...]:
        """Return every role that a person may act in on a day, their own first, or none if they are frozen."""
        member = self.person(staff_id)
        if member is None or self.freezing(staff_id):
            return ()
        own_capacities = (Capacity(role=role, limits=member.limits) for role in member.roles)
        current_delegations = (
            delegation
            for delegation in self.delegations
            if delegation.borrower == staff_id and delegation.starts_on <= on <= delegation.ends_on
        )
        return (
            *own_capacities,
            *(self._borrowed(delegation) for delegation in current_delegations if self._still_holds(delegation)),
        )

    def _still_holds(self, delegation: Delegation) -> bool:
        lender = self.person(delegation.lender)
        return lender is not None and delegation.role in lender.roles

    def _borrowed(self, delegation: Delegation) -> Capacity:
        lender = self.person(delegation.lender)
        limits = lender.limits if lender is not None else ()
        return Capacity(role=delegation.role, on_behalf_of=delegation.lender, limits=limits)


def role_fault(directory: Directory, actor: str, act: str, roles: Collection[Role], on: date) -> Fault | None:
    """Return the reason why a person's roles, own or lent, do not allow an act on a day, or None if they do."""
    if directory.person(actor) is None:
        return Fault(f"{actor!r} is not in the staff directory; see `accord staff list`")
    actor_roles = list(dict.fromkeys(capacity.role for capacity in directory.capacities(actor, on)))
    if not set(roles).isdisjoint(actor_roles):
        return None
    needed, role_names = " or ".join(sorted(roles)), ", ".join(actor_roles) or "no role"
    return Fault(f"{actor} may not {act}: it needs {needed}, and {actor} holds {role_names}")


def signature_fault(
    directory: Directory, signature: Signature | None, statement: Statement, verifier: Verifier
) -> Fault | None:
    """Return the reason why a signature on an act does not count, or None.

    `statement` is the statement built from the act. The directory holds the signer's key and the epoch in force.
    """
    key = directory.key(statement.actor, signature.key_id) if signature is not None else None
    fault = fault_of(signature, statement.within(directory.log), key, verifier)
    return fault or (device_fault(directory, statement.actor, key, verifier) if isinstance(key, PasskeyKey) else None)


def device_fault(directory: Directory, actor: str, key: PasskeyKey, verifier: Verifier) -> Fault | None:
    """Return the reason why a passkey is not enough for what its owner may do: it may be copied, or is not attested."""
    member, rules = directory.person(actor), directory.rules
    if member is None or rules is None or (key.device_bound and not rules.attested_only):
        return None
    roles = {*member.roles, *(delegation.role for delegation in directory.delegations if delegation.borrower == actor)}
    bound_roles = sorted(roles & {*rules.device_bound})
    if not bound_roles:
        return None
    if not key.device_bound:
        return Fault(f"{actor} holds {bound_roles[0]}, and {key.key_id} may leave its device; enrol a security key")
    fault = attestation_fault(actor, key, rules.models, verifier)
    if fault is None:
        return None
    return Fault(f"{actor} holds {bound_roles[0]}, and {key.key_id} is not attested: {fault}; enrol a listed one")


def next_epoch(directory: Directory) -> int:
    """Return the number of the epoch that would begin next."""
    return directory.epoch.log.epoch + 1 if directory.epoch is not None else 1
