"""The statement that an event's signature must cover, for every type of event that a person signs."""

from __future__ import annotations

from typing import Any, Final

from domain.directory.directory import Directory, signature_fault
from domain.directory.people import DirectoryChangeConfirmed, DirectoryChangeProposed
from domain.directory.personal import ErasureApproved, as_signed, erasure_statement
from domain.directory.sealing import change_content, pending_change
from domain.fault import Fault
from domain.identity import ACCORD
from domain.organisation.paper_erasures import PaperErasureApproved
from domain.partnership.procedure import ACTS
from domain.payment.account import AccountConfirmed, AccountRecorded, BalanceRecorded, statement_of
from domain.payment.counter import CounterAct
from domain.recorded.proofs import content_of
from domain.recorded.schema import AnyEvent
from domain.screening.clearance import MatchCleared, clearance_content, clearance_statement
from domain.screening.guarding import GuardOverridden, override_content, override_statement
from domain.signatures.signing import Signature, Statement, Verifier, content_digest
from domain.streams import DIRECTORY_STREAM, StreamId
from domain.unions import kinds_of

BEAR_SIGNATURES: Final = frozenset(
    str(kind.model_fields["event_type"].default) for kind in kinds_of(AnyEvent) if "signature" in kind.model_fields
)
"""The types of event that a person signs. A hold or a decline may also come from Accord itself, unsigned."""


_ACTS: Final = {str(kind.model_fields["event_type"].default): act for kind, act in ACTS.items()} | {
    str(kind.model_fields["event_type"].default): kind.act
    for kind in kinds_of(AnyEvent)
    if issubclass(kind, CounterAct)
}


def act_of(event_type: str) -> str | None:
    """Return the act that a type of event records, such as `approve`.

    It is None if only its signature names the act.
    """
    return _ACTS.get(event_type)


def signer_of(event: Any) -> str | None:
    """Return the person who must have signed an event, or None if it needs no signature."""
    if event.event_type not in BEAR_SIGNATURES:
        return None
    actor = getattr(event, "actor", "") or event.signature.statement.actor
    return None if actor == ACCORD else str(actor)


def expected_of(
    event: Any, stream_id: str, payload: dict[str, Any] | None = None, directory: Directory | None = None
) -> Statement | None:
    """Return the statement that an event's signature must cover, built from the event.

    `payload` is the stored payload, which lacks fields that were added later. `directory` is the directory before the
    event: for a confirmation, it holds the confirmed change; if it does not, the result is None.
    """
    statement = event.signature.statement
    match event:
        case CounterAct():
            return event.statement(stream_id)
        case AccountRecorded() | AccountConfirmed() | BalanceRecorded():
            return statement_of(event, StreamId(stream_id).subject)
        case MatchCleared():
            content = clearance_content(event.pair, event.partnership_id, event.reason)
            return clearance_statement(content, event.actor, event.at, statement.command_id)
        case GuardOverridden():
            return override_statement(override_content(event), event.actor, event.at, statement.command_id)
        case ErasureApproved():
            return erasure_statement(event, statement.command_id)
        case DirectoryChangeProposed():
            return _of_change(statement, "change_directory", event)
        case DirectoryChangeConfirmed():
            proposal = pending_change(directory, event.change_id) if directory else None
            return _of_change(statement, "confirm_directory", proposal) if proposal else None
        case _:
            return _of_decision(event, stream_id, payload)


def authorship_fault(event: Any, statement: Statement | None, directory: Directory, verifier: Verifier) -> Fault | None:
    """Return the reason why an event's signature does not prove its signer, by a directory's keys, or None."""
    signature: Signature | None = event.signature
    if signature is None or statement is None:
        return Fault("it is not signed")
    outlives_epochs = isinstance(event, ErasureApproved | PaperErasureApproved)
    signed_in = as_signed(directory, signature) if outlives_epochs else directory
    return signature_fault(signed_in, signature, statement, verifier)


def _of_change(statement: Statement, act: str, change: DirectoryChangeProposed) -> Statement:
    return Statement(
        subject=DIRECTORY_STREAM,
        act=act,
        actor=statement.actor,
        at=statement.at,
        command_id=change.change_id,
        content_sha256=content_digest(change_content(change.changes)),
    )


def _of_decision(event: Any, stream_id: str, payload: dict[str, Any] | None) -> Statement:
    return Statement(
        subject=StreamId(stream_id).subject,
        act=ACTS[type(event)],
        actor=event.actor,
        at=event.at,
        command_id=event.signature.statement.command_id,
        content_sha256=content_digest(content_of(event, payload)),
    )
