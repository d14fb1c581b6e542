"""Hold the acts outside of partnerships against the rules: the bank's counter, accounts, erasures and the directory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from accord.follow.files import BankFile, FileRefusal, file_fault
from accord.follow.looks import Beyond, EventLook
from accord.follow.partnerships import EventOutcome
from domain.directory.directory import Directory, role_fault
from domain.directory.people import DirectoryChangeConfirmed
from domain.directory.personal import ErasureApproved, approval_fault
from domain.identity import payment_id
from domain.payment.account import AccountConfirmed, AccountEvent, AccountRecorded
from domain.payment.bank_file import BankFileImported
from domain.payment.counter import CounterAct
from domain.payment.payment_file import PaymentFileHandedOver, PaymentFileMade
from domain.streams import StreamId
from records.authorship import CLAIMS
from records.directory import VOUCHERS
from records.keys.verification import verified

Earlier = Callable[[str], list[Any]]
"""Returns the events of a stream that were signed as they should be, before the one that is judged."""


def act_outcome(look: EventLook, earlier: Earlier, bank_file: BankFile) -> EventOutcome:
    """Return the findings on an event outside of the partnerships' own streams."""
    event, faults = look.event, list[str]()
    if isinstance(event, CounterAct):
        faults += _words(role_fault(look.directory, event.actor, event.act.replace("_", " "), event.roles, _day(look)))
    if isinstance(event, BankFileImported):
        return _with_file(event, faults, bank_file)
    if isinstance(event, AccountEvent):
        faults += _account_faults(look, earlier)
    if isinstance(event, ErasureApproved):
        faults += _words(approval_fault(event, look.directory, verified))
    if isinstance(event, PaymentFileHandedOver):
        faults += _hand_over_faults(event, earlier(look.stored.stream_id))
    if event.event_type in CLAIMS:
        faults += _claim_faults(look, earlier)
    return EventOutcome(tuple(faults))


def change_faults(event: Any, before: Directory, after: Directory) -> Iterator[str]:
    """Yield a fault if a confirmation of a change of the directory confirms nothing by the rules."""
    if isinstance(event, DirectoryChangeConfirmed) and before.model_copy(update={"version": after.version}) == after:
        yield "it confirms nothing: by the rules the change waits for another guardian, or was refused"


def _words(fault: object) -> list[str]:
    return [str(fault)] if fault else []


def _day(look: EventLook) -> Any:
    return look.stored.recorded_at.date()


def _with_file(event: BankFileImported, faults: list[str], bank_file: BankFile) -> EventOutcome:
    given = bank_file(event.sha256)
    if given.refusal is FileRefusal.SHUT:
        return EventOutcome(tuple(faults), (Beyond.BANK_FILE,))
    fault = file_fault(given, event.sha256)
    return EventOutcome((*faults, *_words(fault)), (), () if fault else ("bank files",))


def _account_faults(look: EventLook, earlier: Earlier) -> Iterator[str]:
    event = look.event
    roles = {capacity.role for capacity in look.directory.capacities(event.actor, _day(look))}
    if VOUCHERS.isdisjoint(roles):
        yield f"{event.actor} may not vouch for an account: it needs {' or '.join(sorted(VOUCHERS))}"
    if isinstance(event, AccountConfirmed):
        account_record = [before for before in earlier(look.stored.stream_id) if isinstance(before, AccountRecorded)]
        if any(before.actor == event.actor for before in account_record[:1]):
            yield f"{event.actor} recorded the account and confirmed it"


def _hand_over_faults(event: PaymentFileHandedOver, acts: list[Any]) -> Iterator[str]:
    if not any(isinstance(act, PaymentFileMade) for act in acts):
        yield "nobody signed that this payment file was made"


def _claim_faults(look: EventLook, earlier: Earlier) -> Iterator[str]:
    """Yield a fault if no signed act on a payment file bears out that a payment left in it, or never did."""
    event, stream = look.event, StreamId(look.stored.stream_id)
    tranche, attempt = stream.place or (event.tranche, event.attempt)
    acts = earlier(StreamId.payment_file(event.message_id))
    payment = payment_id(stream.subject, tranche, attempt)
    holds = any(isinstance(act, PaymentFileMade) and payment in act.payments for act in acts)
    if not (holds and any(isinstance(act, CLAIMS[event.event_type]) for act in acts)):
        yield f"nobody signed that of file {event.message_id} with this payment in it"
