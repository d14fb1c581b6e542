"""Signed acts at the bank's counter: the roles that may take them, and the check of their signatures."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from domain.directory.directory import Directory, role_fault, signature_fault
from domain.directory.tiers import Role
from domain.fault import Fault
from domain.signatures.signing import Signature, Statement, Verifier, statement_about
from domain.values import Moment, StaffId, Value

IMPORTERS = frozenset({Role.PAYER, Role.FINANCE_APPROVER})
"""The roles that may import the bank's files."""


class CounterAct(Value):
    """A signed act on a payment file, a bank's file or an exception."""

    schema_version: ClassVar[int] = 1
    act: ClassVar[str]
    roles: ClassVar[frozenset[Role]]
    at: Moment
    actor: StaffId
    signature: Signature

    def content(self) -> dict[str, Any]:
        """Return the content that the person signs: every field but type, time, actor and signature."""
        return self.model_dump(mode="json", exclude={"event_type", "at", "actor", "signature"})

    def statement(self, subject: str) -> Statement:
        """Return the statement that the act's signature must cover. `subject` is its stream."""
        command_id = self.signature.statement.command_id
        return statement_about(subject, self.act, self.actor, self.at, command_id, self.content())


def act_fault(event: CounterAct, subject: str, directory: Directory, verifier: Verifier, on: date) -> Fault | None:
    """Return the reason why an act does not count, by its signature and its signer's roles on a day, or None."""
    fault = role_fault(directory, event.actor, event.act.replace("_", " "), event.roles, on)
    return fault or signature_fault(directory, event.signature, event.statement(subject), verifier)
