"""Evolve the directory by its events. Once it is sealed, only changes that two people signed count."""

from __future__ import annotations

from collections.abc import Iterable

from domain.directory.directory import Directory
from domain.directory.facts import with_facts
from domain.directory.freezing import UnreadableEvent
from domain.directory.people import (
    DirectoryChangeConfirmed,
    DirectoryChangeProposed,
    DirectoryEvent,
    DirectoryFounded,
)
from domain.directory.sealing import change_fault, confirmation_fault, pending_change
from domain.directory.unread import confirmed_unread, unread_change, with_unread
from domain.signatures.signing import Verifier


def evolve_directory(directory: Directory, event: DirectoryEvent | UnreadableEvent, verifier: Verifier) -> Directory:
    """Return the directory after an event. Once it is sealed, only changes that two people signed count."""
    after = _after(directory, event, verifier)
    if after is None:
        update = {"disregarded": (*directory.disregarded, directory.version + 1)}
        after = directory.model_copy(update=update)
    return after.model_copy(update={"version": directory.version + 1, "closed": after.sealed})


def fold_directory(
    events: Iterable[DirectoryEvent | UnreadableEvent], verifier: Verifier, initial_directory: Directory | None = None
) -> Directory:
    """Return the directory after events, starting from an empty one or from a known state."""
    directory = initial_directory or Directory()
    for event in events:
        directory = evolve_directory(directory, event, verifier)
    return directory


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
            proposal = pending_change(directory, event.change_id)
            return _confirmed(directory, proposal) if proposal else None
        case DirectoryFounded(changes=facts):
            return None if directory.sealed else with_facts(directory, facts)
        case fact:
            return None if directory.sealed else with_facts(directory, (fact,))


def _confirmed(directory: Directory, proposal: DirectoryChangeProposed) -> Directory:
    other_changes = tuple(change for change in directory.pending if change.change_id != proposal.change_id)
    decided_ids = (*directory.decided, proposal.change_id)
    return with_facts(directory, proposal.changes).model_copy(update={"pending": other_changes, "decided": decided_ids})
