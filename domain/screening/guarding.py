"""Signed overrides of a register version that the register's guards (plausibility checks) refused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, ClassVar, Final, Literal
from uuid import UUID

from domain.directory.directory import Directory, role_fault, signature_fault
from domain.directory.tiers import Role
from domain.fault import Fault
from domain.signatures.signing import Signature, Statement, Verifier, statement_about
from domain.streams import StreamId
from domain.values import Moment, Sentence, Sha256, StaffId, Value

MAY_OVERRIDE: Final = frozenset({Role.VERIFIER, Role.DIRECTOR})


class GuardOverridden(Value):
    """A person accepted a register version that the guards refused, with the reason why it is right."""

    schema_version: ClassVar[int] = 1
    event_type: Literal["GuardOverridden"] = "GuardOverridden"
    at: Moment
    actor: StaffId
    signature: Signature
    register_name: str
    version: int
    """The refused version."""
    sha256: Sha256
    """The digest of its files."""
    refusal: str
    """The guards' reason for refusing it."""
    reason: Sentence


def override_statement(content: dict[str, Any], actor: str, at: datetime, command_id: UUID) -> Statement:
    """Return the statement to sign for an override. `content` has the fields that `override_content` returns."""
    subject = StreamId.register(content["register_name"])
    return statement_about(subject, "override_guard", actor, at, command_id, content)


def override_content(event: GuardOverridden) -> dict[str, Any]:
    """Return the fields of an override that are signed."""
    return event.model_dump(mode="json", include={"register_name", "version", "sha256", "refusal", "reason"})


def override_fault(event: GuardOverridden, directory: Directory, verifier: Verifier, on: date) -> Fault | None:
    """Return the reason why an override does not count, or None, by its signature and its signer's roles on a day."""
    command_id = event.signature.statement.command_id
    expected_statement = override_statement(override_content(event), event.actor, event.at, command_id)
    fault = role_fault(directory, event.actor, "override a guard", MAY_OVERRIDE, on)
    return fault or signature_fault(directory, event.signature, expected_statement, verifier)


def people_needed(lists_people: bool) -> int:
    """Return the number of people to answer for a refused version: two for a list of those not to be dealt with."""
    return 2 if lists_people else 1


def who_answers(
    events: Iterable[GuardOverridden], version: int, sha256: str, directory: Directory, verifier: Verifier, on: date
) -> tuple[StaffId, ...]:
    """Return the people who answer for a refused version by an override that counts on a day, each once."""
    guard_overriddens = (event for event in events if (event.version, event.sha256) == (version, sha256))
    signers = (event.actor for event in guard_overriddens if not override_fault(event, directory, verifier, on))
    return tuple(dict.fromkeys(signers))
