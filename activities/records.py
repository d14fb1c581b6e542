"""Record what happened: append to the ledger, and say what the stream holds now. Run as local activities."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Final, cast
from uuid import UUID

import asyncpg
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.contracts import (
    AttemptSeen,
    AuthorityRequest,
    Fallen,
    Folded,
    Handled,
    Known,
    ReadRequest,
    Recorded,
    RecordRequest,
)
from domain.directory.directory import Directory
from domain.errors import EpochNotBegun, LedgerBehind, NotSigned
from domain.identity import partnership_id_of, partnership_workflow_id, tranche_workflow_id
from domain.partnership.commands import (
    Amend,
    Approve,
    Authority,
    DeclareInterest,
    Propose,
    Release,
    SignAgreement,
    StaffRequest,
)
from domain.partnership.events import (
    ACCORD,
    AgreementSigned,
    ApprovalGiven,
    ConditionMet,
    ContradictionResolved,
    DecisionsFell,
    Event,
    HoldPlaced,
    PartnershipDeclined,
    PartnershipProposed,
    PaymentCancelled,
    ProposalAmended,
    ProposalRevised,
    ReferralCleared,
    StaffEvent,
    TrancheReleased,
)
from domain.partnership.evolution import fold
from domain.partnership.taking_part import Part
from domain.payment.bank_answers import BankStatus
from domain.payment.tranche import TrancheReleasedForPayment
from domain.proposal import Funding
from domain.recorded.proofs import event_fault
from domain.recorded.schema import AnyEvent
from domain.recorded.writers import Writer, may_append
from ledger import AppendRequest, AppendStatus, clock
from records.authorship import Reader
from records.codec import to_ledger
from records.directory import CLOCK_SKEW, Registrar, is_doubted
from records.keys.ed25519 import verified
from records.opening import open_ledger

STREAM: Final = r"partnership/P-\d{4}-\d{4,6}(/tranche/\d+/attempt/\d+)?"
"""The form of the streams that workflows record on: a partnership's, and one of each attempt to pay."""

HANDLED_LIMIT: Final = 500
"""How many recorded commands a run knows at its start. Older ones are still known to the ledger, which refuses them."""

LATEST_SIGNING: Final = timedelta(hours=1)
"""How old a signature on an agreement or a release may be: from its time others are counted."""


class Records:
    """Activities over the ledger."""

    def __init__(self, pool: asyncpg.Pool, writer: Writer = Writer.WORKER) -> None:
        """`writer`: the task that records; beside workers, whoever stops what must stop while Temporal is away."""
        self._writer = writer
        self._ledger = open_ledger(pool, writer)
        self._registrar = Registrar(self._ledger)
        self._reader = Reader(self._ledger, self._registrar)

    @activity.defn
    async def record_events(self, request: RecordRequest) -> Recorded:
        """Append the events of a command, once however often this runs, and return what the stream holds after.

        A retry that computed its events afresh (a lost workflow task asks the registers again) finds what it
        recorded the first time; the workflow evolves from that. What bears a person's name must bear their signature.
        """
        await self._require_epoch()
        await self._require_known(request.stream_id, request.known)
        if fault := _fault_of_stream(request, self._writer) or await self._fault_of_signatures(request):
            return await self._recorded_before(request, fault)
        append = _append_of(request)
        try:
            answer = await self._ledger.append(append)
        except ValueError as too_large:  # with its names sealed
            raise _never(too_large) from None
        recorded = await self._reader.read(request.stream_id, request.expected_version)
        mine = any(event.command_id == request.command_id for event in recorded)
        if answer.status is AppendStatus.KEY_REUSE and not mine:
            raise ApplicationError(
                f"command {request.command_id} was recorded before with other content",
                type=AppendStatus.KEY_REUSE.value,
                non_retryable=True,
            )
        return Recorded(events=tuple(recorded))

    @activity.defn
    async def read_events(self, request: ReadRequest) -> Recorded:
        """Return what a stream holds after a version."""
        await self._require_known(request.stream_id, request.known)
        return Recorded(events=tuple(await self._reader.read(request.stream_id, request.after_version)))

    async def _require_epoch(self) -> None:
        """Raise where the database was restored, copied or moved, and nobody began an epoch in it yet."""
        if fault := await self._registrar.fault_of_installation():
            raise ApplicationError(fault, type=EpochNotBegun.__name__, non_retryable=True)

    async def _require_known(self, stream_id: str, known: Known) -> None:
        """Raise where the ledger no longer holds the newest event that a workflow evolved from.

        Whoever put the ledger back to an earlier point must say what becomes of what it forgot; nothing is recorded on
        top of another history meanwhile.
        """
        if known.version == 0:
            return
        stored = await self._ledger.read_stream(stream_id, known.version - 1, limit=1)
        held = [(one.position, one.leaf.hex() if known.leaf else "") for one in stored]
        if held != [(known.position, known.leaf)]:
            raise ApplicationError(
                f"the ledger does not hold event {known.version} of {stream_id} at position {known.position} any more: "
                "it was put back to an earlier point. Nothing is decided here until an operator has looked at it: see "
                "docs/runbooks/ledger-behind.md",
                type=LedgerBehind.__name__,
                non_retryable=True,
            )

    async def _fault_of_signatures(self, request: RecordRequest) -> str:
        """The second of three gates: a workflow that was tampered with records nothing in another's name."""
        signed = tuple(event for event in request.events if bears_a_name(event))
        if not signed:
            return ""
        directory, subject = await self._registrar.directory(), partnership_id_of(request.stream_id)
        for event in signed:
            fault = event_fault(event, subject, directory, verified) or _fault_of_command(event, request.command_id)
            if fault:
                return f"{event.event_type}: {fault}"
        return ""

    async def _recorded_before(self, request: RecordRequest, fault: str) -> Recorded:
        """What was recorded while the key was in force stands, however late a reset run asks for it again."""
        recorded = await self._reader.read(request.stream_id, request.expected_version)
        if not recorded:
            raise ApplicationError(f"not recorded: {fault}", type=NotSigned.__name__, non_retryable=True)
        return Recorded(events=tuple(recorded))

    @activity.defn
    async def look_up_authority(self, request: AuthorityRequest) -> Authority:
        """Return who proved to have given a command, and what the directory says of them and of what it names.

        The first of three gates. Without a proof nobody has given it, whatever name it bears.
        """
        await self._require_known(partnership_workflow_id(request.partnership_id), request.known)
        try:
            return await self._authority(request)
        except ValueError as fault:  # a number or a sign that no canonical form holds: it will never be otherwise
            return Authority(refusal=f"the decision cannot be read: {fault}"[:500])

    async def _authority(self, request: AuthorityRequest) -> Authority:
        command, directory = request.command, await self._registrar.directory()
        member = directory.person(command.actor)
        if member is None:
            return Authority(refusal=f"{command.actor!r} is not in the staff directory; see `accord staff list`")
        fault = await self._registrar.fault_of_command(directory, command, request.partnership_id)
        if frozen := directory.freezing(command.actor):
            return Authority(refusal=frozen)
        if fault := fault or _fault_of_time(command) or _fault_of_attempt(command):
            return Authority(refusal=f"the decision is not proved to be {command.actor}'s: {fault}")
        account = command.account if isinstance(command, SignAgreement) else None
        return Authority(
            member=member,
            capacities=directory.capacities(command.actor, clock.today()),
            rules=directory.rules,
            account=await self._registrar.standing(account.reference) if account else None,
            unknown_people=_unknown_people(directory, command),
            minds_age=True,
            **_funding(directory, command),
        )

    @activity.defn
    async def fold_partnership(self, partnership_id: str) -> Folded:
        """Return a partnership as its stream makes it: what a run begins from, whatever it was started with."""
        recorded = await self._reader.read(partnership_workflow_id(partnership_id))
        handled: dict[UUID, tuple[str, ...]] = {}
        for one in recorded:
            event = cast(Any, one.event)
            handled[one.command_id] = (*handled.get(one.command_id, ()), event.event_type)
        newest = list(handled.items())[-HANDLED_LIMIT:]
        return Folded(
            partnership=fold(partnership_id, tuple(cast(Event, one.event) for one in recorded)),
            position=recorded[-1].position if recorded else 0,
            leaf=recorded[-1].leaf if recorded else "",
            handled=tuple(Handled(command_id=command_id, what=what) for command_id, what in newest),
        )

    @activity.defn
    async def look_at_attempt(self, request: ReadRequest) -> AttemptSeen:
        """Return what an attempt's stream holds after a version, and whether a person cancelled the payment."""
        recorded = await self._reader.read(request.stream_id, request.after_version)
        return AttemptSeen(events=tuple(recorded), cancelled=await self._cancelled(request.stream_id))

    async def _cancelled(self, stream: str) -> str:
        _, partnership_id, _, tranche, _, attempt = stream.split("/")
        for recorded in await self._reader.read(partnership_workflow_id(partnership_id)):
            event = recorded.event
            if isinstance(event, PaymentCancelled) and (event.tranche, event.attempt) == (int(tranche), int(attempt)):
                return f"cancelled by {event.actor}: {event.reason}"
            if isinstance(event, ContradictionResolved) and _was_booked_before(event, int(tranche), int(attempt)):
                return "an earlier attempt was booked after all"
        return ""

    @activity.defn
    async def find_fallen(self, partnership_id: str) -> tuple[Fallen, ...]:
        """Return what was decided in a partnership with keys that were revoked for cause, and has not fallen yet."""
        directory, fell = await self._registrar.directory(), dict[str, dict[Part, None]]()
        for recorded in await self._reader.read(partnership_workflow_id(partnership_id)):
            event: Any = recorded.event
            if isinstance(event, DecisionsFell):
                for part in event.fell:
                    fell.get(event.person, {}).pop(part, None)
            elif is_doubted(directory, getattr(event, "signature", None), recorded):
                fell.setdefault(event.actor, {})[PARTS.get(type(event), Part.OTHER)] = None
        reason = "decided with a key that was revoked because others may have used it"
        return tuple(
            Fallen(person=person, fell=tuple(parts), reason=f"{person}: {reason}")
            for person, parts in fell.items()
            if parts
        )


def _was_booked_before(event: ContradictionResolved, tranche: int, attempt: int) -> bool:
    answer = event.answer
    settled = answer is not None and answer.status is BankStatus.SETTLED
    return answer is not None and settled and answer.tranche == tranche and answer.attempt < attempt


PARTS: Final[dict[type[Any], Part]] = {
    PartnershipProposed: Part.PROPOSED,
    ProposalRevised: Part.PROPOSED,
    ProposalAmended: Part.PROPOSED,
    ReferralCleared: Part.CLEARED,
    ApprovalGiven: Part.APPROVED,
    AgreementSigned: Part.SIGNED,
    TrancheReleased: Part.RELEASED,
    ConditionMet: Part.FILED,
}
"""Which part in a partnership a decision is."""


def _fault_of_time(command: StaffRequest) -> str:
    """A decision is dated by its signer; what it is dated decides cooling-off times, so it is not dated ahead."""
    now = clock.now()
    if isinstance(command, Approve | SignAgreement | Release) and command.at < now - LATEST_SIGNING:
        return f"it is dated {command.at:%Y-%m-%d %H:%M}; sign it again now"
    ahead = command.at > now + CLOCK_SKEW
    return f"it is dated in the future, {command.at:%Y-%m-%d %H:%M}; set the clock right" if ahead else ""


def _fault_of_attempt(command: StaffRequest) -> str:
    """One signature is one payment: the attempt is part of what a payer signs."""
    unsaid = isinstance(command, Release) and command.attempt is None
    return "it does not say which attempt to pay it is; sign it with the shell of this release" if unsaid else ""


def _fault_of_command(event: Any, command_id: UUID) -> str:
    """A signature holds for the command that it was given for, and for no second one."""
    same = event.signature.statement.command_id == command_id
    return "" if same else "the signature was given for another command"


def _append_of(request: RecordRequest) -> AppendRequest:
    """Return the append, or a refusal for good: what the ledger cannot hold now it never will."""
    try:
        return AppendRequest(
            stream_id=request.stream_id,
            command_id=request.command_id,
            expected_version=request.expected_version,
            events=to_ledger(request.events, request.actor, request.command_id, request.people),
        )
    except ValueError as fault:
        raise _never(fault) from None


def _never(fault: ValueError) -> ApplicationError:
    return ApplicationError(f"cannot be recorded: {fault}"[:500], type=NotSigned.__name__, non_retryable=True)


def _fault_of_stream(request: RecordRequest, writer: Writer) -> str:
    """A workflow's id is its stream, and anybody may start a workflow: each stream takes its own events alone."""
    named = re.fullmatch(STREAM, request.stream_id) is not None
    for event in request.events:
        ours = named and may_append(writer, request.stream_id, event.event_type)
        if not ours or _is_anothers(event, request):
            return f"{event.event_type} is no event that a workflow records on {request.stream_id}"
    return ""


def _is_anothers(event: Any, request: RecordRequest) -> bool:
    """Return whether an event is an order to pay another attempt than its stream is of."""
    if not isinstance(event, TrancheReleasedForPayment):
        return False
    order = event.order
    return tranche_workflow_id(order.partnership_id, order.tranche, order.attempt) != request.stream_id


def bears_a_name(event: AnyEvent) -> bool:
    """Return whether an event says that a person decided something."""
    if isinstance(event, HoldPlaced | PartnershipDeclined):
        return event.actor != ACCORD
    return isinstance(event, StaffEvent)


def _unknown_people(directory: Directory, command: StaffRequest) -> tuple[str, ...]:
    match command:
        case DeclareInterest(interest=interest):
            named = {interest.person}
        case Propose(proposal=proposal):
            named = {interest.person for interest in proposal.interests}
        case _:
            named = set()
    return tuple(sorted(name for name in named if directory.person(name) is None))


def _funding(directory: Directory, command: StaffRequest) -> dict[str, Any]:
    if not isinstance(command, Propose | Amend):
        return {}
    wanted = command.proposal.funder_ids
    known = tuple(funder for name in wanted if (funder := directory.funder(name)) is not None)
    unknown = tuple(name for name in wanted if directory.funder(name) is None)
    return {"funding": Funding(funders=known), "unknown_funders": unknown}
