"""Freeze the people whom an unreadable event of the directory may concern, until two guardians judge it.

An event that would not count even if it could be read freezes nobody: otherwise whoever may append to the directory
could stop the organisation with one event.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Self
from uuid import UUID

from pydantic import ValidationError

from domain.directory.people import EventSetAside
from domain.fault import Fault
from domain.signatures.signing import Signature, signature_from
from domain.values import StaffId, Value

CHANGE: Final = "DirectoryChangeProposed"
CONFIRMATION: Final = "DirectoryChangeConfirmed"


class UnreadableEvent(Value):
    """An unreadable event in the directory's stream, with the parts of it that can still be extracted."""

    position: int
    leaf: str
    recorded: str
    """The type that it was recorded as."""
    command_id: UUID
    """The id of the command that recorded it, which for a proposed change is the change's id."""
    reason: str
    signature: Signature | None = None
    strings: frozenset[str] = frozenset()
    """All strings in its content, except in its signature: identifiers of staff may be among them."""

    @classmethod
    def of(cls, position: int, leaf: str, event_kind: str, command_id: UUID, reason: str, content: object) -> Self:
        """Return the unreadable event with the signature and the strings that its stored content still shows."""
        return cls(
            position=position, leaf=leaf, recorded=event_kind, command_id=command_id, reason=reason,
            signature=_signature_in(content), strings=frozenset(_strings(_without_signature(content))),
        )  # fmt: skip


class FreezingEvent(Value):
    """An unreadable event that may have changed something, and the people it freezes: everybody if `staff` is empty."""

    position: int
    leaf: str
    staff: frozenset[StaffId] = frozenset()

    def concerns(self, staff_id: str) -> bool:
        """True if the event may concern a person, for example by ending their role or revoking their key."""
        return not self.staff or staff_id in self.staff


def freezing(
    frozen: tuple[FreezingEvent, ...], set_asides: tuple[EventSetAside, ...], staff_id: str, to_judge: bool
) -> Fault | None:  # fmt: skip
    """Return the reason why a person may not act because an event freezes them, or None.

    `to_judge` is True if they act to judge such an event: then they are stopped only if guardians decided to freeze
    them.
    """
    judgements = {(set_aside.position, set_aside.leaf): set_aside for set_aside in set_asides}
    for judgement in judgements.values():
        if staff_id in judgement.freezes:
            return Fault(f"{staff_id} is frozen by what two guardians said of event {judgement.position}")
    for event in frozen:
        if (event.position, event.leaf) not in judgements and event.concerns(staff_id) and not to_judge:
            return Fault(
                f"{staff_id} is frozen: event {event.position} of the directory cannot be read and may concern them; "
                f"two guardians must judge it: `accord ledger set-aside {event.position} --as STAFF`"
            )
    return None


def _signature_in(content: object) -> Signature | None:
    stored_signature = content.get("signature") if isinstance(content, dict) else None
    try:
        return signature_from(stored_signature)
    except ValidationError:
        return None


def _without_signature(content: object) -> object:
    """Return the content without the signature, whose signer is not a person that the event concerns."""
    return (
        {name: part for name, part in content.items() if name != "signature"} if isinstance(content, dict) else content
    )


def _strings(content: Any) -> Iterator[str]:
    match content:
        case str():
            yield content
        case list():
            for part in content:
                yield from _strings(part)
        case dict():
            for name, part in content.items():
                yield from (name, *_strings(part))
        case _:
            pass
