"""Freeze the people whom an unreadable event of the directory may concern, if a guardian signed it."""

from __future__ import annotations

from uuid import UUID

from domain.directory.directory import Directory
from domain.directory.freezing import CHANGE, CONFIRMATION, FreezingEvent, UnreadableEvent
from domain.directory.people import DirectoryChangeConfirmed
from domain.directory.sealing import guardian_fault, pending_change, people_of
from domain.fault import Fault
from domain.signatures.signing import Signature, Verifier


def with_unread(directory: Directory, event: UnreadableEvent, verifier: Verifier) -> Directory:
    """Return the directory after an unreadable event, which freezes people if it is a guardian's confirmation."""
    new_directory = directory.model_copy(update={"unreadable": (*directory.unreadable, event)})
    if event.recorded != CONFIRMATION or _unread_fault(directory, event.signature, "confirm_directory", verifier):
        return new_directory
    change_id = event.signature.statement.command_id if event.signature else event.command_id
    if unread := unread_change(directory, change_id):
        return _freeze(new_directory, event, _named_in(directory, unread))
    if (waiting := pending_change(directory, change_id)) is None:
        return new_directory
    return _freeze(new_directory, event, frozenset(name for fact in waiting.changes for name in people_of(fact)))


def unread_change(directory: Directory, change_id: UUID) -> UnreadableEvent | None:
    """Return the unreadable proposed change with that id, or None."""
    events = (event for event in directory.unreadable if (event.recorded, event.command_id) == (CHANGE, change_id))
    return next(events, None)


def confirmed_unread(
    directory: Directory, unread: UnreadableEvent, event: DirectoryChangeConfirmed, verifier: Verifier
) -> Directory | None:
    """Return the directory after the confirmation of an unreadable change, which cannot be made.

    The people whom the change may concern are frozen. The result is None unless two guardians signed: one the proposal,
    and another the confirmation.
    """
    proposer = unread.signature.statement.actor if unread.signature else ""
    confirmer = event.signature.statement.actor
    is_valid_proposal = not _unread_fault(directory, unread.signature, "change_directory", verifier)
    is_valid_confirmation = not _unread_fault(directory, event.signature, "confirm_directory", verifier)
    if not (is_valid_proposal and is_valid_confirmation) or proposer == confirmer:
        return None
    return _freeze(directory, unread, _named_in(directory, unread))


def _unread_fault(directory: Directory, signature: Signature | None, act: str, verifier: Verifier) -> Fault | None:
    """Return the reason why no guardian validly signed an unreadable event, whatever its content, or None."""
    if signature is None:
        return Fault("it is not signed")
    statement = signature.statement
    return guardian_fault(directory, signature, act, statement.command_id, statement.content_sha256, verifier)


def _named_in(directory: Directory, event: UnreadableEvent) -> frozenset[str]:
    return frozenset(member.staff_id for member in directory.staff if member.staff_id in event.strings)


def _freeze(directory: Directory, event: UnreadableEvent, staff: frozenset[str]) -> Directory:
    """Return the directory in which an event freezes the people in `staff`, or everybody if that is empty."""
    frozen = FreezingEvent(position=event.position, leaf=event.leaf, staff=staff)
    return directory.model_copy(update={"frozen": (*directory.frozen, frozen)})
