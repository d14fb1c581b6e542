"""The directory: who works here, in which roles, with which keys, and for which funder entities.

Until a director has a key, the operator founds the directory; from then on it is sealed: every change is proposed by
one person and confirmed by another, and both sign (nobody decides alone).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from functools import reduce
from typing import Final, Self
from uuid import UUID

from pydantic import model_validator

from domain.directory.freezing import CHANGE, CONFIRMATION, FrozenPerson, UnreadableEvent, freezing
from domain.directory.people import (
    Delegation,
    DelegationEnded,
    DirectoryChangeConfirmed,
    DirectoryChangeProposed,
    DirectoryEvent,
    DirectoryFacts,
    DirectoryFounded,
    EpochBegun,
    EventSetAside,
    Fact,
    FunderRegistered,
    HouseRulesSet,
    KeyEnrolled,
    KeyRevoked,
    LossAccepted,
    RoleDelegated,
    StaffLeft,
    StaffMember,
    StaffRegistered,
)
from domain.directory.tiers import HouseRules, Role
from domain.parties import Funder
from domain.signing import LogEpoch, PublicKey, Signature, Statement, Verifier, content_digest, fault_of
from domain.streams import DIRECTORY_STREAM
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


class DirectoryFile(Value):
    """The input of `accord directory load`: people, funder entities and rules that should be in force."""

    staff: tuple[StaffMember, ...] = ()
    funders: tuple[Funder, ...] = ()
    rules: HouseRules | None = None

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        names = [member.staff_id for member in self.staff] + [funder.funder_id for funder in self.funders]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"named more than once: {', '.join(twice)}")
        return self


def evolve_directory(directory: Directory, event: DirectoryEvent | UnreadableEvent, verifier: Verifier) -> Directory:
    """Return the directory after an event. In a sealed one, only what two people signed changes anything."""
    after = _after(directory, event, verifier)
    if after is None:
        update = {"disregarded": (*directory.disregarded, directory.version + 1)}
        after = directory.model_copy(update=update)
    return after.model_copy(update={"version": directory.version + 1, "closed": after.sealed})


def fold_directory(
    events: Iterable[DirectoryEvent | UnreadableEvent], verifier: Verifier, known: Directory | None = None
) -> Directory:
    """Return the directory that events make, from nothing or from what was known before them."""
    directory = known or Directory()
    for event in events:
        directory = evolve_directory(directory, event, verifier)
    return directory


def _after(directory: Directory, event: DirectoryEvent | UnreadableEvent, verifier: Verifier) -> Directory | None:
    match event:
        case UnreadableEvent():
            return _unread(directory, event, verifier)
        case DirectoryChangeProposed():
            fault = change_fault(directory, event, verifier)
            return None if fault else directory.model_copy(update={"pending": (*directory.pending, event)})
        case DirectoryChangeConfirmed():
            if unread := _unread_change(directory, event.change_id):
                return _confirmed_unread(directory, unread, event, verifier)
            if confirmation_fault(directory, event, verifier):
                return None
            proposed = pending_change(directory, event.change_id)
            return _confirmed(directory, proposed) if proposed else None
        case DirectoryFounded(changes=facts):
            return None if directory.sealed else reduce(_with_fact, facts, directory)
        case fact:
            return None if directory.sealed else _with_fact(directory, fact)


def _unread(directory: Directory, event: UnreadableEvent, verifier: Verifier) -> Directory:
    """Keep an event that nobody can read. What a guardian signed may be a confirmation: of what waits, if it does."""
    known = directory.model_copy(update={"unreadable": (*directory.unreadable, event)})
    if event.recorded != CONFIRMATION or _unread_fault(directory, event.signature, "confirm_directory", verifier):
        return known
    confirmed = event.signature.statement.command_id if event.signature else event.command_id
    if unread := _unread_change(directory, confirmed):
        return _freeze(known, event, _named_in(directory, unread))
    if (waiting := pending_change(directory, confirmed)) is None:
        return known
    return _freeze(known, event, frozenset(name for fact in waiting.changes for name in people_of(fact)))


def _unread_change(directory: Directory, change_id: UUID) -> UnreadableEvent | None:
    """The proposed change of that id which nobody can read, or None."""
    found = (one for one in directory.unreadable if (one.recorded, one.command_id) == (CHANGE, change_id))
    return next(found, None)


def _confirmed_unread(
    directory: Directory, unread: UnreadableEvent, event: DirectoryChangeConfirmed, verifier: Verifier
) -> Directory | None:
    """A change that two guardians signed and nobody can read is not made: whom it may concern is frozen."""
    proposer = unread.signature.statement.actor if unread.signature else ""
    confirmer = event.signature.statement.actor
    proposed = not _unread_fault(directory, unread.signature, "change_directory", verifier)
    confirmed = not _unread_fault(directory, event.signature, "confirm_directory", verifier)
    if not (proposed and confirmed) or proposer == confirmer:
        return None
    return _freeze(directory, unread, _named_in(directory, unread))


def _unread_fault(directory: Directory, signature: Signature | None, act: str, verifier: Verifier) -> str:
    """Return the reason why what nobody can read was not signed by a guardian, whatever it says; or nothing."""
    if signature is None:
        return "it is not signed"
    said = signature.statement
    return _guardian_fault(directory, signature, act, said.command_id, said.content_sha256, verifier)


def _named_in(directory: Directory, event: UnreadableEvent) -> frozenset[str]:
    return frozenset(member.staff_id for member in directory.staff if member.staff_id in event.strings)


def _freeze(directory: Directory, event: UnreadableEvent, staff: frozenset[str]) -> Directory:
    """Freeze whom an event may concern: those whom it names, or everybody where it names nobody."""
    frozen = FrozenPerson(position=event.position, leaf=event.leaf, staff=staff)
    return directory.model_copy(update={"frozen": (*directory.frozen, frozen)})


def role_fault(directory: Directory, actor: str, act: str, roles: Collection[Role], on: date) -> str:
    """Return why a person may not do something on a day, by their roles and those lent to them; '' where they may."""
    if directory.person(actor) is None:
        return f"{actor!r} is not in the staff directory; see `accord staff list`"
    held = list(dict.fromkeys(capacity.role for capacity in directory.capacities(actor, on)))
    if not set(roles).isdisjoint(held):
        return ""
    needed, own = " or ".join(sorted(roles)), ", ".join(held) or "no role"
    return f"{actor} may not {act}: it needs {needed}, and {actor} holds {own}"


def begins_an_epoch(facts: DirectoryFacts) -> bool:
    """Return whether a change begins an epoch and does nothing else: that is accepted in any database."""
    return all(isinstance(fact, EpochBegun) for fact in facts)


def pending_change(directory: Directory, change_id: UUID) -> DirectoryChangeProposed | None:
    """Return a change that waits for its confirmation, or None."""
    return next((change for change in directory.pending if change.change_id == change_id), None)


def _confirmed(directory: Directory, proposed: DirectoryChangeProposed) -> Directory:
    rest = tuple(change for change in directory.pending if change.change_id != proposed.change_id)
    decided = (*directory.decided, proposed.change_id)
    return reduce(_with_fact, proposed.changes, directory).model_copy(update={"pending": rest, "decided": decided})


def change_content(changes: DirectoryFacts) -> dict[str, object]:
    """Return the content that the proposer of a change signs."""
    return {"changes": [fact.model_dump(mode="json") for fact in changes]}


def change_fault(directory: Directory, event: DirectoryChangeProposed, verifier: Verifier) -> str:
    """Return the reason why a proposed change is disregarded, or nothing."""
    if event.change_id in {*directory.decided, *(waiting.change_id for waiting in directory.pending)}:
        return "a change of that name was proposed already"
    content = content_digest(change_content(event.changes))
    actor = event.signature.statement.actor
    return (
        _guardian_fault(directory, event.signature, "change_directory", event.change_id, content, verifier)
        or _about_herself(actor, event)
        or directory.freezing(actor, _judges(event))
    )


def confirmation_fault(directory: Directory, event: DirectoryChangeConfirmed, verifier: Verifier) -> str:
    """Return the reason why a confirmation is disregarded, or nothing."""
    proposed = pending_change(directory, event.change_id)
    if proposed is None:
        return "no such change waits for a confirmation"
    actor = event.signature.statement.actor
    if actor == proposed.signature.statement.actor:
        return f"{actor} proposed the change; another person must confirm it"
    if directory.key(proposed.signature.statement.actor, proposed.signature.key_id) is None:
        return "whoever proposed the change has no key in force any more; let somebody else propose it"
    content = content_digest(change_content(proposed.changes))
    fault = _guardian_fault(directory, event.signature, "confirm_directory", event.change_id, content, verifier)
    return fault or _about_herself(actor, proposed) or directory.freezing(actor, _judges(proposed))


def _judges(change: DirectoryChangeProposed) -> bool:
    """Return whether a change does nothing but judge events that nobody can read: that is never frozen itself."""
    return all(isinstance(fact, EventSetAside) for fact in change.changes)


def _guardian_fault(
    directory: Directory, signature: Signature, act: str, change_id: UUID, content: str, verifier: Verifier
) -> str:
    said = signature.statement
    member = directory.person(said.actor)
    if member is None or GUARDIANS.isdisjoint(member.roles):
        return f"{said.actor} may not change the directory: it needs {' or '.join(sorted(GUARDIANS))}"
    expected = Statement(
        subject=DIRECTORY_STREAM, act=act, actor=said.actor, at=said.at, command_id=change_id, content_sha256=content
    )
    return signature_fault(directory, signature, expected, verifier)


def signature_fault(directory: Directory, signature: Signature | None, expected: Statement, verifier: Verifier) -> str:
    """Return the reason why a signature is not its actor's on what an act says, by a directory, or nothing.

    By the key and for the ledger that were in force there. `expected` is the statement that the act itself makes.
    """
    key = directory.key(expected.actor, signature.key_id) if signature is not None else None
    return fault_of(signature, expected.within(directory.log), key, verifier)


def _about_herself(actor: str, change: DirectoryChangeProposed) -> str:
    concerned = {name for fact in change.changes for name in people_of(fact)}
    return f"the change concerns {actor}; two others must make it" if actor in concerned else ""


def people_of(fact: Fact) -> frozenset[str]:
    """Return the people whom a fact concerns."""
    match fact:
        case StaffRegistered(member=member):
            return frozenset({member.staff_id})
        case StaffLeft(staff_id=staff_id) | KeyEnrolled(staff_id=staff_id) | KeyRevoked(staff_id=staff_id):
            return frozenset({staff_id})
        case RoleDelegated(delegation=delegation) | DelegationEnded(delegation=delegation):
            return frozenset({delegation.borrower})
        case EventSetAside(freezes=freezes):
            return frozenset(freezes)
        case FunderRegistered() | HouseRulesSet() | EpochBegun() | LossAccepted():
            return frozenset()


def _with_fact(directory: Directory, fact: Fact) -> Directory:
    return directory.model_copy(update=_change(directory, fact))


def _change(directory: Directory, fact: Fact) -> dict[str, object]:
    match fact:
        case StaffRegistered(member=member):
            others = tuple(other for other in directory.staff if other.staff_id != member.staff_id)
            return {"staff": (*others, member)}
        case StaffLeft(staff_id=staff_id):
            return _left(directory, staff_id)
        case FunderRegistered(funder=funder):
            rest = tuple(other for other in directory.funders if other.funder_id != funder.funder_id)
            return {"funders": (*rest, funder)}
        case KeyEnrolled(staff_id=staff_id, key=key):
            held = tuple(one for one in directory.keys if one.staff_id != staff_id)
            return {"keys": (*held, HeldKey(staff_id=staff_id, key=key))}
        case KeyRevoked(staff_id=staff_id, key_id=key_id, compromised_since=since):
            kept = tuple(k for k in directory.keys if (k.staff_id, k.key.key_id) != (staff_id, key_id))
            doubted = () if since is None else (Compromised(staff_id=staff_id, key_id=key_id, since=since),)
            return {"keys": kept, "compromised": (*directory.compromised, *doubted)}
        case RoleDelegated(delegation=delegation):
            return {"delegations": tuple(dict.fromkeys((*directory.delegations, delegation)))}
        case DelegationEnded(delegation=delegation):
            return {"delegations": tuple(one for one in directory.delegations if one != delegation)}
        case HouseRulesSet(rules=rules):
            return {"rules": rules}
        case EventSetAside():
            return {"judged": (*directory.judged, fact)}
        case LossAccepted():
            return {"losses": (*directory.losses, fact)}
        case EpochBegun():
            return {"epochs": (*directory.epochs, fact)} if fact.log.epoch == next_epoch(directory) else {}


def next_epoch(directory: Directory) -> int:
    """Return the number of the epoch that would begin next."""
    return directory.epoch.log.epoch + 1 if directory.epoch is not None else 1


def _left(directory: Directory, staff_id: str) -> dict[str, object]:
    return {
        "staff": tuple(member for member in directory.staff if member.staff_id != staff_id),
        "keys": tuple(held for held in directory.keys if held.staff_id != staff_id),
        "delegations": tuple(d for d in directory.delegations if staff_id not in {d.lender, d.borrower}),
    }


def changes(directory: Directory, wanted: DirectoryFile) -> tuple[Fact, ...]:
    """Return the facts that bring the directory to what a file asks for; nothing for what already stands."""
    staff = tuple(StaffRegistered(member=m) for m in wanted.staff if directory.person(m.staff_id) != m)
    funders = tuple(FunderRegistered(funder=f) for f in wanted.funders if directory.funder(f.funder_id) != f)
    rules = wanted.rules is not None and wanted.rules != directory.rules
    return (*staff, *funders, *((HouseRulesSet(rules=wanted.rules),) if rules and wanted.rules else ()))
