"""Overrides: people put a version in force that the guards of a register refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar, Final, Literal
from uuid import UUID

from domain.directory.directory import Directory, role_fault, signature_fault
from domain.directory.tiers import Role
from domain.signing import Signature, Statement, Verifier, statement_about
from domain.streams import StreamId
from domain.values import Moment, Sentence, Sha256, StaffId, Value

MAY_OVERRIDE: Final = frozenset({Role.VERIFIER, Role.DIRECTOR})


class GuardOverridden(Value):
    """A person answers for a version that the guards refused: they looked at it, and say why it is right."""

    schema_version: ClassVar[int] = 1
    event_type: Literal["GuardOverridden"] = "GuardOverridden"
    at: Moment
    actor: StaffId
    signature: Signature
    register_name: str
    version: int
    """The refused version."""
    sha256: Sha256
    """Of its files."""
    refusal: str
    """Why the guards refused it."""
    reason: Sentence


def override_statement(content: dict[str, Any], actor: str, at: datetime, command_id: UUID) -> Statement:
    """Return the statement to sign for an override. `content` is what the event says of the register."""
    subject = StreamId.register(content["register_name"])
    return statement_about(subject, "override_guard", actor, at, command_id, content)


def override_content(event: GuardOverridden) -> dict[str, Any]:
    """Return an override's content."""
    return event.model_dump(mode="json", include={"register_name", "version", "sha256", "refusal", "reason"})


def override_fault(event: GuardOverridden, directory: Directory, verifier: Verifier, on: date) -> str:
    """Return why an override on a day does not count, or nothing: unsigned, of another version, by one who may not."""
    command_id = event.signature.statement.command_id
    expected = override_statement(override_content(event), event.actor, event.at, command_id)
    fault = role_fault(directory, event.actor, "override a guard", MAY_OVERRIDE, on)
    return fault or signature_fault(directory, event.signature, expected, verifier)
