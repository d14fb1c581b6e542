"""Signed acts of the organisation about itself (directory, accounts, clearances, erasures, truths) and refusals.

Decisions in partnerships are commands (`domain/partnership`); acts on files and exceptions are in `domain/payment`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, assert_never
from uuid import UUID

from pydantic import Field

from domain.books.events import BookEvent, PeriodCloseAsked, PeriodClosed
from domain.directory.directory import Directory, role_fault, signature_fault
from domain.directory.one_key import taken_key_fault
from domain.directory.people import DirectoryChangeConfirmed, DirectoryChangeProposed
from domain.directory.personal import ErasureApproved, approval_fault, as_signed, unlisted_fault
from domain.directory.sealing import (
    begins_an_epoch,
    change_fault,
    confirmation_fault,
    pending_change,
    proposer_fault,
)
from domain.editions.events import EditionAsked, EditionConfirmed, EditionEvent
from domain.editions.kinds import MAY_CONFIRM
from domain.errors import DomainError, IllegalTransition, NotAuthorised, NotSigned
from domain.fault import Fault
from domain.funds.events import FundChangeAsked, FundChangeConfirmed, FundOpened, SignedFundEvent
from domain.identity import derive
from domain.imported.events import ImportAct, ImportConfirmed, ImportSigned
from domain.organisation.counsel import SourceConfirmed
from domain.organisation.paper_erasures import PaperErasureApproved
from domain.payment.account import (
    MAY_VOUCH,
    AccountConfirmed,
    AccountEvent,
    AccountRecorded,
    BalanceRecorded,
    statement_of,
)
from domain.payment.balance import bank_zone, day_fault
from domain.payment.counter import act_fault
from domain.payment.mapping import MappingSigned
from domain.screening.clearance import MatchCleared, clearance_fault
from domain.screening.guarding import GuardOverridden, override_fault
from domain.signatures.signing import Verifier
from domain.streams import (
    BOOKS_STREAM,
    DIRECTORY_STREAM,
    PAPERS_STREAM,
    PRIVACY_STREAM,
    RULE_BOOK_STREAM,
    TRUTHS_STREAM,
    StreamId,
)
from domain.truths.events import TruthAnswered, TruthTold
from domain.values import Value

OrganisationEvent = (
    DirectoryChangeProposed
    | DirectoryChangeConfirmed
    | AccountRecorded
    | AccountConfirmed
    | BalanceRecorded
    | MappingSigned
    | MatchCleared
    | ErasureApproved
    | GuardOverridden
    | SignedFundEvent
    | TruthTold
    | TruthAnswered
    | SourceConfirmed
    | EditionEvent
    | PaperErasureApproved
    | BookEvent
    | ImportAct
)


class OrganisationAct(Value):
    """A signed act of the organisation about itself, to be recorded once."""

    command_id: UUID
    subject: str = ""
    """The account's reference or the fund's id, for an event on one, or '', as others name their subject."""
    event: Annotated[OrganisationEvent, Field(discriminator="event_type")]

    @property
    def actor(self) -> str:
        """The person who signed it."""
        return self.event.signature.statement.actor

    @property
    def stream(self) -> StreamId:
        """The stream that it is recorded on."""
        match self.event:
            case DirectoryChangeProposed() | DirectoryChangeConfirmed():
                return DIRECTORY_STREAM
            case AccountRecorded() | AccountConfirmed() | BalanceRecorded() | MappingSigned():
                return StreamId.account(self.subject)
            case MatchCleared(pair=pair):
                return StreamId.clearance(pair)
            case ErasureApproved():
                return PRIVACY_STREAM
            case GuardOverridden(register_name=name):
                return StreamId.register(name)
            case FundOpened() | FundChangeAsked() | FundChangeConfirmed():
                return StreamId.fund(self.subject)
            case TruthTold() | TruthAnswered():
                return TRUTHS_STREAM
            case SourceConfirmed():
                return RULE_BOOK_STREAM
            case EditionAsked(edition_kind=kind, name=name) | EditionConfirmed(edition_kind=kind, name=name):
                return StreamId.edition(kind, name)
            case PaperErasureApproved():
                return PAPERS_STREAM
            case PeriodCloseAsked() | PeriodClosed():
                return BOOKS_STREAM
            case ImportSigned(order=order):
                return StreamId.import_order(order.sha256)
            case ImportConfirmed(order_sha256=order_sha256):
                return StreamId.import_order(order_sha256)
            case _:
                assert_never(self.event)


def refusal_of_act(act: OrganisationAct, directory: Directory, verifier: Verifier, now: datetime) -> DomainError | None:
    """Return the error with which an act is refused, or None if it is valid.

    Checks the act's signature, and the roles of its signer on this day.
    """
    on = now.date()
    if act.command_id != _signed_id(act.event):
        return NotSigned("the signature was given for another act")
    match act.event:
        case DirectoryChangeProposed() as proposal:
            fault = change_fault(directory, proposal, verifier)
            return _refusal(NotAuthorised, fault or taken_key_fault(directory, proposal.changes))
        case DirectoryChangeConfirmed() as confirmation:
            return _refusal(NotAuthorised, _confirmation_fault(confirmation, directory, verifier))
        case AccountRecorded() | AccountConfirmed() as account_event:
            return _refusal_of_vouching(account_event, act.subject, directory, verifier, on)
        case BalanceRecorded() as account_event:
            refusal = _refusal_of_vouching(account_event, act.subject, directory, verifier, on)
            return refusal or _refusal(IllegalTransition, day_fault(account_event.on, now, bank_zone(directory.rules)))
        case MatchCleared() as clearance:
            return _refusal(NotAuthorised, clearance_fault(clearance, directory, verifier, on))
        case ErasureApproved() as approval:
            fault = _unproved(approval.actor, approval_fault(approval, directory, verifier))
            return _refusal(NotSigned, fault or unlisted_fault(approval))
        case GuardOverridden() as overridden:
            return _refusal(NotAuthorised, override_fault(overridden, directory, verifier, on))
        case (
            FundOpened()
            | FundChangeAsked()
            | FundChangeConfirmed()
            | MappingSigned()
            | TruthTold()
            | TruthAnswered()
            | SourceConfirmed()
            | EditionAsked()
            | PeriodCloseAsked()
            | PeriodClosed()
            | ImportSigned()
            | ImportConfirmed()
        ):
            return _refusal(NotAuthorised, act_fault(act.event, act.stream, directory, verifier, on))
        case EditionConfirmed(edition_kind=kind, actor=actor) as confirmation:
            fault = role_fault(directory, actor, "confirm edition", MAY_CONFIRM[kind], on)
            return _refusal(NotAuthorised, fault or act_fault(confirmation, act.stream, directory, verifier, on))
        case PaperErasureApproved() as approval:
            signed_in = as_signed(directory, approval.signature)
            return _refusal(NotAuthorised, act_fault(approval, act.stream, signed_in, verifier, on))
        case _:
            assert_never(act.event)


def _confirmation_fault(
    confirmation: DirectoryChangeConfirmed, directory: Directory, verifier: Verifier
) -> Fault | None:
    """Return the fault of a confirmation, its proposer's or that of a key that somebody has by now, or None."""
    fault = confirmation_fault(directory, confirmation, verifier) or proposer_fault(directory, confirmation)
    waiting = pending_change(directory, confirmation.change_id)
    key_fault = taken_key_fault(directory, waiting.changes, confirms=True) if waiting else None
    return fault or key_fault


def confirmation_id(change_id: UUID, actor: str) -> UUID:
    """Return the command id of a person's confirmation of a change. The signed statement bears the change's id."""
    return derive("confirm", change_id, actor)


def _signed_id(event: OrganisationEvent) -> UUID:
    """Return the only command id that an act may be recorded under, so that a signed act cannot be recorded twice."""
    statement = event.signature.statement
    match event:
        case DirectoryChangeConfirmed():
            return confirmation_id(statement.command_id, statement.actor)
        case _:
            return statement.command_id


def may_precede_an_epoch(act: OrganisationAct, directory: Directory) -> bool:
    """True if an act only begins an epoch, so that it is accepted even in a new database."""
    match act.event:
        case DirectoryChangeProposed(changes=changes):
            return begins_an_epoch(changes)
        case DirectoryChangeConfirmed(change_id=change_id):
            proposal = pending_change(directory, change_id)
            return proposal is not None and begins_an_epoch(proposal.changes)
        case _:
            return False


def _refusal_of_vouching(
    account_event: AccountEvent, reference: str, directory: Directory, verifier: Verifier, on: date
) -> DomainError | None:
    if fault := role_fault(directory, account_event.actor, "vouch for an account", MAY_VOUCH, on):
        return NotAuthorised(str(fault))
    fault = signature_fault(directory, account_event.signature, statement_of(account_event, reference), verifier)
    return _refusal(NotSigned, _unproved(account_event.actor, fault))


def _unproved(actor: str, fault: Fault | None) -> Fault | None:
    return Fault(f"it is not proved to be {actor}'s: {fault}") if fault else None


def _refusal(kind: type[DomainError], fault: Fault | None) -> DomainError | None:
    return kind(str(fault)) if fault else None
