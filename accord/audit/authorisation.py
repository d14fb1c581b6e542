"""The pre-payment check: decides from the ledger and the stored evidence alone whether a payment may leave now.

It uses neither `decide` nor `evolve` nor a workflow. It folds all of the partnership's events itself, verifies each
signature with the key in force at that position, counts approvals, and checks the present state: a hold, a recusal, a
newer list or a changed account stops a payment at any time before its file is handed over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, cast

from pydantic import ValidationError

from accord.audit.accounts import Accounts
from accord.audit.bank.attempts import AttemptsByEvidence
from accord.audit.bank.bank_evidence import BankEvidence
from accord.audit.bank.reopening import Restored, read_restores
from accord.audit.decisions import take
from accord.audit.freshness import (
    Registers,
    asked_since,
    clearances_fell,
    newer_than,
    read_registers,
    too_old,
    unknown_versions,
)
from accord.audit.frozen import instruction_of
from accord.audit.funds.funding import FundsProved
from accord.audit.funds.gift import awaited_fault, gift_fault, terms_fault
from accord.audit.heads import Heads
from accord.audit.listed import listing_fault
from accord.audit.present import people_fault, quorum_fault, standing_fault
from accord.audit.rates import rates_fault
from accord.audit.together import SumsBeside
from accord.audit.truths import TruthsProved
from accord.audit.walk.evidence import is_unscreened, present_fault
from accord.audit.walk.walk import Attempt, Walk
from domain.directory.directory import Directory
from domain.directory.disregarded import Disregarded
from domain.directory.tiers import list_rule_of
from domain.fault import Fault
from domain.partnership import events as e
from domain.payment.banking_days import CLOSED, execution_day
from domain.payment.tranche.events import PaymentHandedOver, PaymentInstructed, TrancheEvent
from domain.payment.tranche.evolution import fold_tranche
from domain.payment.tranche.state import Tranche
from domain.screening.approved_sums import ApprovedSum
from domain.streams import DIRECTORY_STREAM, StreamId
from ledger import Ledger, StoredEvent, clock
from payments import Connection
from payments.out.files import FrozenPayment
from payments.out.instructions import Instruction
from records.authorship import Reader
from records.codec import from_ledger

ERASED: Final = (
    "names in it cannot be read any more: none is lawfully erased while a partnership is open; propose it anew"
)
_INSTRUCTED: Final = PaymentInstructed.model_fields["event_type"].default
_APPROVAL: Final = e.ApprovalGiven.model_fields["event_type"].default
_AGREEMENT: Final = e.AgreementSigned.model_fields["event_type"].default
_ASSESSMENT: Final = e.EligibilityAssessed.model_fields["event_type"].default


class Authorisation(NamedTuple):
    """The verdict of the pre-payment check, and the versions that it rests on."""

    reason: Fault | None
    """The reason why the payment may not leave now, or None if it may."""
    ended: bool = False
    """True if the attempt has ended, so that it no longer waits to be paid."""
    look_again: bool = False
    """True if a worker must first recheck newer registers or withdrawn decisions. Then the check can be repeated."""
    heads: Mapping[str, int] = {}
    """The version of each stream that was read."""
    registers: frozenset[int] = frozenset()
    """The register versions that were in force."""
    position: int = 0
    """The ledger's position before anything was read: later words on accounts are not in the verdict."""


class PrePaymentCheck:
    """The pre-payment check on one ledger, called for each instruction."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.reader = Reader(ledger)
        self.registrar = self.reader.registrar
        self.evidence = BankEvidence(self.reader)
        self.beside = SumsBeside(ledger, self.reader)
        self.funds = FundsProved(self.reader, self.evidence, self.beside)
        self.truths = TruthsProved(self.reader)
        self._editions: dict[str, int | None] = {}

    async def first_under(self, edition: str) -> int | None:
        """Return the position of the first event of the ledger that applied an edition of the rule book, or None."""
        if edition not in self._editions:
            part = {"assessment": {"rule_book": edition}}
            kinds = [e.EligibilityAssessed.__name__, e.RegistersRechecked.__name__]
            self._editions[edition] = await self.ledger.first_containing(kinds, part)
        return self._editions[edition]

    async def __call__(self, connection: Connection, row: FrozenPayment, in_file: str = "") -> Authorisation:
        """Return the verdict on a payment.

        `in_file`: the payment file that is checked; that the payment was already handed over in it is no fault.
        """
        instruction = instruction_of(row)
        if isinstance(instruction, Fault):
            return Authorisation(instruction)
        # Before anything is read, so that whatever is recorded meanwhile counts as new at the hand-over.
        heads, position = Heads(), await self.ledger.head()
        registers = await read_registers(connection)
        try:
            authorisation = await _Check(self, connection, instruction, heads, registers, in_file).verdict()
        # A fault of reading stops the payment that it is about, and no other.
        except (ValidationError, ValueError, AssertionError, LookupError) as fault:
            first = (str(fault) or type(fault).__name__).splitlines()[0]
            authorisation = Authorisation(Fault(f"the ledger holds what cannot be read about it ({first})"))
        return authorisation._replace(heads=heads, registers=registers.versions, position=position)


class _Check:
    """The check of one payment. Records in `heads` the version of every stream that it reads."""

    def __init__(
        self, gate: PrePaymentCheck, connection: Connection, instruction: Instruction, heads: Heads,
        registers: Registers, in_file: str,
    ) -> None:  # fmt: skip
        self._gate = gate
        self._connection = connection
        self._instruction = instruction
        self._heads = heads
        self._registers = registers
        self._in_file = in_file
        self._attempt = Attempt(instruction.tranche, instruction.attempt)
        self._instructed_at = 0
        """The position at which the instruction was recorded."""
        self._approved: StoredEvent | None = None
        """The newest approval of the partnership."""
        self._agreed: StoredEvent | None = None
        """Its newest agreement."""
        self._assessed: StoredEvent | None = None
        """Its newest assessment."""
        self._released: StoredEvent | None = None
        """The release of the attempt that is checked."""

    async def verdict(self) -> Authorisation:
        """Run the checks in turn and return the verdict with the first fault found, if any."""
        instruction = self._instruction
        instruction_event = await self._own_stream()
        if isinstance(instruction_event, Authorisation):
            return instruction_event
        directory = await self._gate.registrar.directory()
        self._heads[DIRECTORY_STREAM] = self._gate.registrar.read
        restores = await read_restores(self._gate.reader, directory, self._heads)
        # Before the events: after a restore they do not say what left.
        if closure := restores.fault(instruction.partnership_id, *self._attempt):
            return Authorisation(closure)
        walk, fault = await self._walk()
        await self._leave_nothing_for_later_if_newer(walk)
        release = walk.released.get(self._attempt)
        if fault:
            return Authorisation(fault)
        if self._attempt in walk.cancelled:
            return _ended("a person cancelled it")
        if release is None:
            number, again = self._attempt
            # It may count once decisions of doubted keys have been taken anew.
            release_fault = Fault(f"the ledger holds no release of tranche {number}, attempt {again} that counts")
            return Authorisation(release_fault, look_again=bool(walk.doubted))
        reason = (
            release.fault
            or _day_fault(instruction, release.event)
            or await self._standing_fault(walk)
            or await self._account_fault(walk, release.event)
            or await self._approval_fault(walk, release.event, directory)
            or await self._money_fault(walk, restores)
        )
        if reason:
            return Authorisation(reason, look_again=bool(walk.doubted))
        return await self._freshness(walk, instruction_event)

    async def _standing_fault(self, walk: Walk) -> Fault | None:
        return standing_fault(walk, self._instruction) or await self._told_against(walk) or await self._word_fault(walk)

    async def _account_fault(self, walk: Walk, release: e.TrancheReleased) -> Fault | None:
        accounts = Accounts(self._connection, self._gate.reader, self._instruction, self._heads)
        return (
            await accounts.fault(walk)
            or await accounts.rail_fault(self._instructed_at)
            or await accounts.word_fault(walk, self._agreed, self._gate.beside)
            or await accounts.newer_fault(walk, self._released, release)
        )

    async def _approval_fault(self, walk: Walk, release: e.TrancheReleased, directory: Directory) -> Fault | None:
        return (
            people_fault(walk, release, await self._caller(walk), directory)
            or await rates_fault(self._connection, walk)
            or quorum_fault(walk, await self._sums_before(walk))
            or await self._gate.beside.owed(walk, clock.today(), self._heads)
            or await self._gate.beside.agreement_fault(walk, self._heads)
        )

    async def _money_fault(self, walk: Walk, restores: Restored) -> Fault | None:
        gate, connection, money = self._gate, self._connection, self._instruction.money
        partnership_id = self._instruction.partnership_id
        attempts = AttemptsByEvidence(gate.reader, gate.evidence, self._heads, restores)
        return (
            await attempts.already_handed_over_fault(connection, partnership_id, walk, self._attempt, self._in_file)
            or await gift_fault(connection, gate.reader, gate.evidence, gate.beside, walk, clock.today(), self._heads)
            or await gate.funds.fault(connection, walk, partnership_id, money.amount, self._heads, restores)
            or await awaited_fault(connection, gate.reader, gate.evidence, walk, money, restores)
            or await attempts.fault(connection, partnership_id, walk, self._attempt)
        )

    async def _own_stream(self) -> PaymentInstructed | Authorisation:
        """Return the instruction event from the attempt's own stream, or the verdict that stops the payment.

        The attempt must be instructed once, exactly as frozen, and must not have ended or left in another file.
        """
        instruction = self._instruction
        stream = StreamId.attempt(instruction.partnership_id, instruction.tranche, instruction.attempt)
        stored_events = await self._gate.reader.judge(await self._read(stream))
        events = [cast(Any, from_ledger(event).event) for event in stored_events]
        if strange := [event.event_type for event in events if not isinstance(event, TrancheEvent | Disregarded)]:
            return Authorisation(Fault(f"its own stream holds {strange[0]}, which is no event of an attempt to pay"))
        instruction_events = [event for event in events if isinstance(event, PaymentInstructed)]
        if [event.instruction_sha256 for event in instruction_events] != [_sha256(instruction)]:
            return Authorisation(Fault("its own stream does not record this one instruction, once"))
        self._instructed_at = next(
            stored_event.position for stored_event in stored_events if stored_event.event_type == _INSTRUCTED
        )
        tranche = fold_tranche(events)
        if tranche is None:
            return Authorisation(Fault("its own stream records no release before its instruction"))
        message_ids = [event.message_id for event in events if isinstance(event, PaymentHandedOver)]
        if tranche.outcome is not None:
            return _ended(tranche.status.value.lower())
        if not _same_order(tranche, instruction):
            return Authorisation(Fault("its own stream records another order: cancel it and release it anew"))
        if tranche.message_id not in {"", self._in_file}:
            return Authorisation(
                Fault(f"it left already, in file {message_ids[-1] if message_ids else tranche.message_id}")
            )
        return instruction_events[0]

    async def _walk(self) -> tuple[Walk, Fault | None]:
        walk, instruction = Walk(), self._instruction
        events = await self._read(StreamId.partnership(instruction.partnership_id))
        times = await self._gate.registrar.directories()
        today = await self._gate.registrar.directory()
        self._heads[DIRECTORY_STREAM] = self._gate.registrar.read
        for event in await self._gate.reader.judge(events):
            if event.doubt and today.is_set_aside(event.position, event.leaf.hex()):
                continue
            # Nobody is lawfully erased while a partnership is open, so a name that is gone here is no erasure.
            if event.blanked and not event.doubt:
                return walk, Fault(ERASED)
            if fault := take(walk, event, instruction.partnership_id, times, today):
                return walk, fault
            if event.event_type == _APPROVAL:
                self._approved = event
            elif event.event_type == _AGREEMENT:
                self._agreed = event
            elif event.event_type == _ASSESSMENT:
                self._assessed = event
            elif self._released is None and self._attempt in walk.released:
                self._released = event
        return walk, None

    async def _sums_before(self, walk: Walk) -> tuple[ApprovedSum, ...]:
        project = await self._gate.truths.project_of(walk, self._heads)
        return await self._gate.beside.before(walk, self._approved, self._agreed, project)

    async def _told_against(self, walk: Walk) -> Fault | None:
        """Return the reason why a truth about the partnership, or a gift that pays, stops it, or None."""
        gifts = walk.verification.all_gifts if walk.verification else ()
        walks = [
            (await self._gate.beside.walk_of(StreamId.partnership(evidence.gift)))[1]
            for evidence in gifts
            if evidence.found
        ]
        return await self._gate.truths.against(walk, [walk.proposal for walk in walks if walk.proposal], self._heads)

    async def _leave_nothing_for_later_if_newer(self, walk: Walk) -> None:
        """Ask at once what a newer edition asks, where the assessment was recorded when that edition was known already.

        An assessment names its own edition, and a worker records it: an older name gives nobody more time.
        """
        if not walk.editions.first_looks or self._assessed is None:
            return
        first_position = await self._gate.first_under(walk.editions.newest)
        if first_position is None or first_position < self._assessed.position:
            walk.editions.leave_no_time()

    async def _word_fault(self, walk: Walk) -> Fault | None:
        """Return the fault if an exception that holds the partnership is not resolved by signed acts, else None."""
        for exception_id in sorted(walk.contradicted):
            stream = StreamId.exception(exception_id)
            self._heads[stream] = len(await self._gate.ledger.read_stream(stream))
            if not await self._gate.evidence.is_settled(self._connection, exception_id):
                return Fault("the bank's word on it waits to be resolved: `accord payments exceptions`")
        return None

    async def _caller(self, walk: Walk) -> str:
        standing = await self._gate.registrar.standing(walk.account.reference) if walk.account else None
        return standing.confirmed_by if standing is not None else ""

    async def _freshness(self, walk: Walk, instruction_event: PaymentInstructed) -> Authorisation:
        verification = walk.verification
        if verification is None:
            return Authorisation(Fault("due diligence never asked the registers"))
        if unknown := await unknown_versions(self._connection, verification):
            return Authorisation(Fault(f"its evidence names versions that were never loaded: {', '.join(unknown)}"))
        if await clearances_fell(self._gate.registrar, verification):
            return Authorisation(
                Fault("a match was cleared by somebody whose clearance does not stand any more"), look_again=True
            )
        if is_unscreened(walk):
            return Authorisation(Fault("who is named in it now was not screened since that was told"), look_again=True)
        rules = (await self._gate.registrar.directory()).rules
        rule = list_rule_of(rules)
        if fault := asked_since(rules, walk.proposal, verification, clock.today()):
            return Authorisation(fault, look_again=True)
        if missing := verification.screening.lists_missing(rule):
            return Authorisation(
                Fault(f"it was not screened against {', '.join(missing)}, which binds by now; load it first"),
                look_again=True,
            )
        relied_on = instruction_event.relied_on.versions if instruction_event.relied_on else ()
        if newer := newer_than(self._registers, verification, relied_on, rule):
            return Authorisation(
                Fault(f"newer than the last look at it, which no worker has renewed: {', '.join(newer)}"),
                look_again=True,
            )
        if fault := await self._gate.truths.unjudged(walk, self._heads):
            return Authorisation(fault, look_again=True)
        otherwise = await listing_fault(self._connection, walk.proposal, verification)
        otherwise = otherwise or await terms_fault(self._gate.reader, walk)
        support = await self._gate.beside.support(walk, self._approved)
        if otherwise := otherwise or present_fault(walk, self._attempt.tranche, support):
            return Authorisation(otherwise, look_again=True)
        if old := too_old(self._registers, verification, clock.today(), rule):
            return Authorisation(
                Fault(f"it rests on {old}, too old by now; `accord registers refresh`, or `load`, newer ones")
            )
        return Authorisation(None)

    async def _read(self, stream: str) -> list[StoredEvent]:
        events = await self._gate.ledger.read_stream(stream)
        self._heads[stream] = len(events)
        return events


def _ended(how: str) -> Authorisation:
    return Authorisation(Fault(f"this attempt to pay has ended already: {how}"), ended=True)


def _same_order(tranche: Tranche, instruction: Instruction) -> bool:
    """True if the recorded order, with which the bank's answers are compared, agrees with the instruction."""
    order = tranche.order
    instruction_key = (instruction.partnership_id, instruction.tranche, instruction.attempt, instruction.money)
    return (order.partnership_id, order.tranche, order.attempt, order.money) == instruction_key and (
        order.leaves_by is instruction.rail
    )


def _day_fault(instruction: Instruction, release: e.TrancheReleased) -> Fault | None:
    """Return the reason why an instruction is for a later day than a banking day after its release, or None."""
    released_on, day = release.at.date(), instruction.execution_on
    if day <= execution_day(released_on, CLOSED):
        return None
    return Fault(f"it was released on {released_on}, and is to be paid on {day} only: cancel it and release it anew")


def _sha256(instruction: Instruction) -> str:
    return hashlib.sha256(instruction.frozen()).hexdigest()
