"""Evolve the directory by its events. Once it is sealed, only changes that two people signed count."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from domain.directory.directory import Compromised, Directory, HeldKey, next_epoch
from domain.directory.freezing import UnreadableEvent
from domain.directory.people import (
    DelegationEnded,
    DirectoryChangeConfirmed,
    DirectoryChangeProposed,
    DirectoryEvent,
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
    StaffRegistered,
)
from domain.directory.sealing import change_fault, confirmation_fault, pending_change, shared_key_fault
from domain.directory.unread import confirmed_unread, unread_change, with_unread
from domain.signing import PublicKey, Verifier


def evolve_directory(directory: Directory, event: DirectoryEvent | UnreadableEvent, verifier: Verifier) -> Directory:
    """Return the directory after an event. Once it is sealed, only changes that two people signed count."""
    after = _after(directory, event, verifier)
    if after is None:
        update = {"disregarded": (*directory.disregarded, directory.version + 1)}
        after = directory.model_copy(update=update)
    return after.model_copy(update={"version": directory.version + 1, "closed": after.sealed})


def fold_directory(
    events: Iterable[DirectoryEvent | UnreadableEvent], verifier: Verifier, known: Directory | None = None
) -> Directory:
    """Return the directory after events, starting from an empty one or from a known state."""
    directory = known or Directory()
    for event in events:
        directory = evolve_directory(directory, event, verifier)
    return directory


def with_facts(directory: Directory, facts: Iterable[Fact]) -> Directory:
    """Return the directory as it would be with facts in force."""
    return reduce(_with_fact, facts, directory)


def _after(directory: Directory, event: DirectoryEvent | UnreadableEvent, verifier: Verifier) -> Directory | None:
    match event:
        case UnreadableEvent():
            return with_unread(directory, event, verifier)
        case DirectoryChangeProposed():
            fault = change_fault(directory, event, verifier)
            return None if fault else directory.model_copy(update={"pending": (*directory.pending, event)})
        case DirectoryChangeConfirmed():
            if unread := unread_change(directory, event.change_id):
                return confirmed_unread(directory, unread, event, verifier)
            if confirmation_fault(directory, event, verifier):
                return None
            proposed = pending_change(directory, event.change_id)
            return _confirmed(directory, proposed) if proposed else None
        case DirectoryFounded(changes=facts):
            return None if directory.sealed else reduce(_with_fact, facts, directory)
        case fact:
            return None if directory.sealed else _with_fact(directory, fact)


def _confirmed(directory: Directory, proposed: DirectoryChangeProposed) -> Directory:
    rest = tuple(change for change in directory.pending if change.change_id != proposed.change_id)
    decided = (*directory.decided, proposed.change_id)
    return reduce(_with_fact, proposed.changes, directory).model_copy(update={"pending": rest, "decided": decided})


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
            if shared_key_fault(directory, fact):
                return {}
            kept = tuple(one for one in directory.keys if not _is_replaced(one, fact))
            return {"keys": (*kept, HeldKey(staff_id=staff_id, key=key))}
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


def _is_replaced(held: HeldKey, enrolled: KeyEnrolled) -> bool:
    """Return whether an enrolment ends a key: a person has one key file, and any number of passkeys."""
    files = isinstance(held.key, PublicKey) and isinstance(enrolled.key, PublicKey)
    return held.staff_id == enrolled.staff_id and (files or held.key.key_id == enrolled.key.key_id)


def _left(directory: Directory, staff_id: str) -> dict[str, object]:
    return {
        "staff": tuple(member for member in directory.staff if member.staff_id != staff_id),
        "keys": tuple(held for held in directory.keys if held.staff_id != staff_id),
        "delegations": tuple(d for d in directory.delegations if staff_id not in {d.lender, d.borrower}),
    }
