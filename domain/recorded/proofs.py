"""Verify an event as the decision of the person it names, from the event and the directory alone."""

from __future__ import annotations

from typing import Any, Final

from domain.directory.directory import Directory, signature_fault
from domain.fault import Fault
from domain.identity import ACCORD
from domain.partnership import events as e
from domain.partnership.procedure import ACTS
from domain.signatures.signing import Signature, Statement, Verifier, content_digest

NOT_SAID: Final = {"event_type", "at", "actor", "signature"}

FOLLOWS: Final[dict[type[e.PartnershipEvent], frozenset[str]]] = {
    e.PartnershipProposed: frozenset({"funding", "template"}),
    e.ProposalRevised: frozenset({"funding", "template"}),
    e.ReferralCleared: frozenset({"on_behalf_of", "quorum", "conversion"}),
    e.ApprovalGiven: frozenset({"role", "on_behalf_of", "quorum", "conversion"}),
    e.AgreementSigned: frozenset({"account_verifier", "payable_from", "quorum", "conversion"}),
    e.TrancheReleased: frozenset({"money", "attempt_signed"}),
    e.PaymentRecalled: frozenset({"due"}),
    e.RecallAnswered: frozenset({"due"}),
    e.ProposalAmended: frozenset({"funding", "changes", "quorum", "conversion", "template"}),
    e.LegEnded: frozenset({"anew"}),
}
"""By class of event: the fields that the system adds and the signature does not cover."""


def bears_a_name(event: Any) -> bool:
    """True if an event is a person's decision, rather than one that follows from the rules."""
    return type(event) in ACTS and event.actor != ACCORD


def content_of(event: e.PartnershipEvent, payload: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the fields of an event that its signer's command contained.

    `payload` is the stored payload, which is used if given: it lacks fields that were added later, which nobody signed.
    """
    left_out = {*NOT_SAID, *FOLLOWS.get(type(event), frozenset())}
    if isinstance(event, e.TrancheReleased) and not event.attempt_signed:
        left_out.add("attempt")
    fields = event.model_dump(mode="json") if payload is None else payload
    return {field: value for field, value in fields.items() if field not in left_out}


def event_fault(
    event: Any, subject: str, directory: Directory, verifier: Verifier, payload: dict[str, Any] | None = None
) -> Fault | None:
    """Return the reason why an event is not proved to be a decision of the person it names, or None if it is.

    `subject` is the partnership's id. `payload` is the stored payload, as in `content_of`.
    """
    signature: Signature | None = event.signature
    if signature is None:
        return Fault(f"{event.actor} did not sign it")
    expected_statement = Statement(
        subject=subject,
        act=ACTS[type(event)],
        actor=event.actor,
        at=event.at,
        command_id=signature.statement.command_id,
        content_sha256=content_digest(content_of(event, payload)),
    )
    return signature_fault(directory, signature, expected_statement, verifier)
