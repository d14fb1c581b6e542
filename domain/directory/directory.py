"""The directory: who works here, in which roles, with which keys, and for which funder entities.

Until a director has a key, the operator founds the directory; from then on it is sealed: every change is proposed by
one person and confirmed by another, and both sign (nobody decides alone).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final
from uuid import UUID

from domain.directory.freezing import FrozenPerson, UnreadableEvent, freezing
from domain.directory.people import (
    Delegation,
    DirectoryChangeProposed,
    EpochBegun,
    EventSetAside,
    LossAccepted,
    StaffMember,
)
from domain.directory.tiers import HouseRules, Role
from domain.parties import Funder
from domain.signing import LogEpoch, PublicKey, Signature, Statement, Verifier, fault_of
from domain.values import Moment, Money, Value

GUARDIANS: Final = frozenset({Role.DIRECTOR, Role.AUDITOR})
"""Who may propose and confirm changes of the sealed directory: two of them, neither about themselves."""


class HeldKey(Value):
    """A public key in force, and whose it is."""

    staff_id: str
    key: PublicKey


class Compromised(Value):
    """A key that was revoked for cause, and from when on nothing signed with it counts."""

    staff_id: str
    key_id: str
    since: Moment


class Capacity(Value):
    """A role that a person may act in on a day: their own, or one that was lent to them."""

    role: Role
    on_behalf_of: str = ""
    limits: tuple[Money, ...] = ()

    def allows(self, money: Money | None) -> bool:
        """Return whether a sum is within the limit; with limits in other currencies only, it is not."""
        if money is None or not self.limits:
            return True
        return any(limit.currency == money.currency and limit.amount >= money.amount for limit in self.limits)


class Directory(Value):
    """Everybody and every funder entity, as of the newest event."""

    staff: tuple[StaffMember, ...] = ()
    funders: tuple[Funder, ...] = ()
    keys: tuple[HeldKey, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    compromised: tuple[Compromised, ...] = ()
    rules: HouseRules | None = None
    pending: tuple[DirectoryChangeProposed, ...] = ()
    decided: tuple[UUID, ...] = ()
    """Changes that were confirmed; none is made twice."""
    closed: bool = False
    disregarded: tuple[int, ...] = ()
    """Versions of events that were not signed as they must be; they changed nothing."""
    unreadable: tuple[UnreadableEvent, ...] = ()
    """Events in its stream that nobody can read; they changed nothing."""
    frozen: tuple[FrozenPerson, ...] = ()
    """Of these, what may have changed something if it could be read."""
    epochs: tuple[EpochBegun, ...] = ()
    """The parts of the ledger's life, the newest last; none in an organisation that never began one."""
    losses: tuple[LossAccepted, ...] = ()
    """What guardians let go that the ledger forgot."""
    judged: tuple[EventSetAside, ...] = ()
    """What guardians said of events that nobody can read, or that nobody signed, in any stream."""
    version: int = 0

    @property
    def epoch(self) -> EpochBegun | None:
        """The part of the ledger's life that it is in."""
        return self.epochs[-1] if self.epochs else None

    @property
    def log(self) -> LogEpoch | None:
        """The ledger that people sign for now."""
        return self.epoch.log if self.epoch is not None else None

    @property
    def sealed(self) -> bool:
        """True if changes need two signatures: from the first key of a director on."""
        return self.closed or any(
            Role.DIRECTOR in member.roles for held in self.keys if (member := self.person(held.staff_id))
        )

    def person(self, staff_id: str) -> StaffMember | None:
        """Return a person, or None if the directory does not hold them."""
        return next((member for member in self.staff if member.staff_id == staff_id), None)

    def funder(self, funder_id: str) -> Funder | None:
        """Return a funder entity, or None if the directory does not hold it."""
        return next((funder for funder in self.funders if funder.funder_id == funder_id), None)

    def key(self, staff_id: str, key_id: str | None) -> PublicKey | None:
        """Return a person's key of that name, if it is in force."""
        held = (one.key for one in self.keys if one.staff_id == staff_id and one.key.key_id == key_id)
        return next(held, None)

    def is_compromised(self, key_id: str, recorded_at: Moment) -> bool:
        """Return whether a key had to be doubted when something signed with it was recorded.

        By the ledger's own time: whoever stole the key dates what they sign as they please.
        """
        return any(one.key_id == key_id and recorded_at >= one.since for one in self.compromised)

    def freezing(self, staff_id: str, to_judge: bool = False) -> str:
        """Return why a person may not act now, since an event that nobody can read may concern them; or nothing."""
        return freezing(self.frozen, self.judged, staff_id, to_judge)

    @property
    def unjudged(self) -> tuple[int, ...]:
        """The positions of events for which somebody is frozen, and which nobody judged yet."""
        return tuple(one.position for one in self.frozen if not self.is_set_aside(one.position, one.leaf))

    def is_set_aside(self, position: int, leaf: str) -> bool:
        """Return whether two guardians said of an event that it counts for nothing."""
        return any((one.position, one.leaf) == (position, leaf) for one in self.judged)

    def capacities(self, staff_id: str, on: date) -> tuple[Capacity, ...]:
        """Return every role that a person may act in on a day, their own first."""
        member = self.person(staff_id)
        if member is None or self.freezing(staff_id):
            return ()
        own = (Capacity(role=role, limits=member.limits) for role in member.roles)
        lent = (one for one in self.delegations if one.borrower == staff_id and one.starts_on <= on <= one.ends_on)
        return (*own, *(self._borrowed(one) for one in lent if self._still_holds(one)))

    def _still_holds(self, delegation: Delegation) -> bool:
        lender = self.person(delegation.lender)
        return lender is not None and delegation.role in lender.roles

    def _borrowed(self, delegation: Delegation) -> Capacity:
        lender = self.person(delegation.lender)
        limits = lender.limits if lender is not None else ()
        return Capacity(role=delegation.role, on_behalf_of=delegation.lender, limits=limits)


def role_fault(directory: Directory, actor: str, act: str, roles: Collection[Role], on: date) -> str:
    """Return why a person may not do something on a day, by their roles and those lent to them; '' where they may."""
    if directory.person(actor) is None:
        return f"{actor!r} is not in the staff directory; see `accord staff list`"
    held = list(dict.fromkeys(capacity.role for capacity in directory.capacities(actor, on)))
    if not set(roles).isdisjoint(held):
        return ""
    needed, own = " or ".join(sorted(roles)), ", ".join(held) or "no role"
    return f"{actor} may not {act}: it needs {needed}, and {actor} holds {own}"


def signature_fault(directory: Directory, signature: Signature | None, expected: Statement, verifier: Verifier) -> str:
    """Return the reason why a signature is not its actor's on what an act says, by a directory, or nothing.

    By the key and for the ledger that were in force there. `expected` is the statement that the act itself makes.
    """
    key = directory.key(expected.actor, signature.key_id) if signature is not None else None
    return fault_of(signature, expected.within(directory.log), key, verifier)


def next_epoch(directory: Directory) -> int:
    """Return the number of the epoch that would begin next."""
    return directory.epoch.log.epoch + 1 if directory.epoch is not None else 1
