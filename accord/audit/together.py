"""Find the sums that count together with a payment's, in the other partnerships' own streams (R33, rules 3.11).

Counted is no more than the decision must have counted: from an event that opens a case anew, a partnership counts for
nothing here until an approval or an assessment completes its quorum again. So no honest payment is stopped.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any, Final, NamedTuple, cast

from accord.audit.heads import Heads
from accord.audit.present import left_of_quorum
from accord.audit.walk.steps import apply, disregard
from accord.audit.walk.walk import Walk
from domain.directory.directory import Directory
from domain.errors import ThresholdUnknown
from domain.fault import Fault
from domain.partnership import events as e
from domain.partnership.agreement.agreements import same_agreement
from domain.partnership.approval.sums_of_before import PastRecord, sum_of_before, support_of_before
from domain.partnership.approval.together import counts_together, is_same_payee, supports
from domain.proposal import Direction, FundsOut, Proposal
from domain.screening.approved_sums import ApprovedSum
from domain.streams import StreamId
from domain.values import Moment
from ledger import Ledger, StoredEvent
from payments.accounts import references_of_same
from records.authorship import Reader
from records.codec import from_ledger
from records.directory import is_doubted
from records.directory_stream import Directories
from records.imports import PastSums
from records.payees import others_for

_COMPLETES: Final = (e.ApprovalGiven, e.EligibilityAssessed, e.AgreementSigned)
_OPENS: Final = (
    e.PartnershipProposed,
    e.ProposalRevised,
    e.ProposalAmended,
    e.DueDiligenceCompleted,
    e.InformationRequested,
    e.ReturnedForCure,
    e.InterestDeclared,
    e.DecisionsFell,
    e.PartnershipDeclined,
    e.PartnershipWithdrawn,
    e.PartnershipTerminated,
    e.LegEnded,
)


class Approved(NamedTuple):
    """A partnership's approved proposal and the time of its newest approval. No proposal if its quorum is open."""

    position: int
    proposal: Proposal | None
    at: Moment | None
    account: str = ""
    """The reference of the account that was agreed on, empty without an agreement."""


CountPast = Callable[[PastRecord, FundsOut, Moment, Collection[str]], ApprovedSum | None]
"""Counts a record of before as a sum, or not."""


class Beside(NamedTuple):
    """Another partnership as far as it was read."""

    version: int
    directory: int
    """The version of the directory by which its signatures were judged."""
    approved: tuple[Approved, ...]
    """The approvals, each from its position on."""
    walk: Walk
    """Its present state."""


class SumsBeside:
    """The other partnerships for the payee or purpose of a payment: the sums approved in them, and what is owed."""

    def __init__(self, ledger: Ledger, reader: Reader) -> None:
        self._ledger = ledger
        self._reader = reader
        self._known: dict[StreamId, Beside] = {}
        self._past = PastSums(reader)

    async def before(
        self, walk: Walk, event: StoredEvent | None, stored_event: StoredEvent | None, project: frozenset[str]
    ) -> tuple[ApprovedSum, ...]:
        """Return the sums that were approved for the same payee or purpose before a partnership's newest approval.

        Whoever had agreed on the same account before its newest agreement counts as the same payee. `project`: the
        other partnerships that carry out one project with it, as validly signed answers of verifiers say.
        """
        if walk.proposal is None or walk.assessed is None or event is None or walk.is_older:
            return ()
        async with self._ledger.connection() as connection:
            accounts = await references_of_same(connection, walk.account.reference) if walk.account else []
            ids = await others_for(connection, walk.proposal, accounts, project)
            versions = await self._ledger.versions(ids, connection)
        sums = []
        for stream in ids:
            history = (await self._read(stream, versions[stream])).approved
            shared = stream.subject in project
            approved_sum = _sum(stream, _newest(history, event), walk.proposal, event, one_project=shared)
            sums.append(
                approved_sum
                or _sum(stream, _newest(history, stored_event, accounts), walk.proposal, stored_event, shared=True)
            )
        sums += await self._of_before(sum_of_before, walk.proposal, event, ids)
        return tuple(approved_sum for approved_sum in sums if approved_sum is not None)

    async def _of_before(
        self, count: CountPast, proposal: Proposal, approval: StoredEvent, ids: Collection[StreamId]
    ) -> list[ApprovedSum | None]:
        """Return the sums of partnerships of before that were brought in before an approval, as `count` counts them."""
        if proposal.funds_out is None:
            return []
        at = cast(Any, from_ledger(approval).event).at
        also_here = {proposal.reference, *(stream.subject for stream in ids)}
        records = await self._past.records(before=approval.position)
        past = (PastRecord(record.record, record.recorded_at) for record in records)
        return [count(record, proposal.funds_out, at, also_here) for record in past]

    async def support(self, walk: Walk, stored_event: StoredEvent | None) -> tuple[ApprovedSum, ...]:
        """Return the funder's approvals for the payee within four years before a partnership's newest approval."""
        out = walk.proposal.funds_out if walk.proposal else None
        if walk.proposal is None or out is None or stored_event is None:
            return ()
        at, sums = cast(Any, from_ledger(stored_event).event).at, []
        async with self._ledger.connection() as connection:
            accounts = await references_of_same(connection, walk.account.reference) if walk.account else []
            ids = await others_for(connection, walk.proposal, accounts)
            versions = await self._ledger.versions(ids, connection)
        for stream in ids:
            approval = _newest((await self._read(stream, versions[stream])).approved, stored_event)
            other_out = approval.proposal.funds_out if approval is not None and approval.proposal else None
            if approval is not None and other_out is not None and approval.at is not None:
                shared = approval.account in accounts
                sums.append(supports(stream.subject, other_out, out, other_out.total, approval.at, at, shared=shared))
        sums += await self._of_before(support_of_before, walk.proposal, stored_event, ids)
        return tuple(approved_sum for approved_sum in sums if approved_sum is not None)

    async def owed(self, walk: Walk, on: date, heads: Heads) -> Fault | None:
        """Return the payee's debt under another partnership, for which nothing is paid to it, or None.

        The version of each stream read is added to `heads`: what is recorded there before a hand-over is seen.
        """
        for stream, other_walk in (await self.others(walk, heads)).items():
            if other_walk.paid and (reason := other_walk.responsibility.against_grantee(other_walk.reporting, on)):
                return Fault(f"nothing is paid to this grantee: {reason} ({stream.subject})")
            day, first = walk.responsibility.diversions.since, other_walk.responsibility.diversions.since
            if day is not None and first is not None and first < day and not walk.assured_in_full:
                return Fault(f"the grantee diverted money before ({stream.subject}), and no director answered for it")
        return None

    async def others(self, walk: Walk, heads: Heads) -> dict[StreamId, Walk]:
        """Return the present state of the others that pay the same payee, or its account. `heads` as in `owed`."""
        out = walk.proposal.funds_out if walk.proposal else None
        if walk.proposal is None or out is None:
            return {}
        async with self._ledger.connection() as connection:
            accounts = await references_of_same(connection, walk.account.reference) if walk.account else []
            ids = await others_for(connection, walk.proposal, accounts)
            versions = await self._ledger.versions(ids, connection)
        heads.add(versions)
        walks = {stream: (await self._read(stream, versions[stream])).walk for stream in ids}
        return {stream: walk for stream, walk in walks.items() if _pays_the_same(walk, out, accounts)}

    async def agreement_fault(self, walk: Walk, heads: Heads) -> Fault | None:
        """Return the objection of the agreement under which a payment stands, or None. `heads` as in `owed`."""
        lead = walk.proposal.under if walk.proposal else None
        if lead is None:
            return None
        stream = StreamId.partnership(lead)
        async with self._ledger.connection() as connection:
            versions = await self._ledger.versions([stream], connection)
        heads.add(versions)
        lead_walk = (await self._read(stream, versions[stream])).walk if stream in versions else Walk()
        if lead_walk.broken_off:
            return Fault(f"the agreement of {lead}, under which it stands, has ended")
        if not lead_walk.was_signed:
            return Fault(f"the agreement of {lead}, under which it stands, is not signed")
        holds = lead_walk.held.agreement
        return Fault(f"everything under the agreement of {lead} is on hold: {holds}") if holds else None

    async def walk_of(self, stream: StreamId) -> tuple[int, Walk]:
        """Return another partnership's version and its present state."""
        async with self._ledger.connection() as connection:
            version = (await self._ledger.versions([stream], connection)).get(stream, 0)
        return version, (await self._read(stream, version)).walk if version else Walk()

    async def _read(self, stream: StreamId, version: int) -> Beside:
        registrar, beside = self._reader.registrar, self._known.get(stream)
        today = await registrar.directory()
        judged_by = registrar.read  # before the stream is read: a label that is too old only reads it again
        if beside is None or beside.version < version or beside.directory != judged_by:
            events = await self._reader.read_as_far_as_possible(stream)
            approvals, walk = _approvals(events, await registrar.directories(), today)
            beside = self._known[stream] = Beside(version, judged_by, tuple(approvals), walk)
        return beside


def _pays_the_same(walk: Walk, out: FundsOut, accounts: Collection[str]) -> bool:
    other_out = walk.proposal.funds_out if walk.proposal else None
    shared = walk.account is not None and walk.account.reference in accounts
    return other_out is not None and (shared or is_same_payee(other_out, out))


def _approvals(events: Sequence[StoredEvent], times: Directories, today: Directory) -> tuple[list[Approved], Walk]:
    """Return the approvals after each event that completes a quorum or opens the case again, and the last state."""
    walk, approvals, at = Walk(), list[Approved](), None
    for stored_event in events:
        recorded_event = from_ledger(stored_event)
        event: Any = recorded_event.event
        if not isinstance(event, e.PartnershipEvent):
            continue
        walk.now, walk.version = stored_event.recorded_at, stored_event.version
        if is_doubted(today, getattr(event, "signature", None), recorded_event):
            disregard(walk, event)
        else:
            apply(walk, event, times.at(stored_event.position))
        at = event.at if isinstance(event, e.ApprovalGiven) else at
        if isinstance(event, _COMPLETES):
            account = walk.account.reference if walk.account else ""
            approvals.append(Approved(stored_event.position, _going_on(walk) if _is_whole(walk) else None, at, account))
        elif isinstance(event, _OPENS):
            approvals.append(Approved(stored_event.position, None, at))
    return approvals, walk


def _going_on(walk: Walk) -> Proposal | None:
    """Return the proposal, unless its money out has ended alone."""
    return None if Direction.FUNDS_OUT in walk.ended_legs else walk.proposal


def _is_whole(walk: Walk) -> bool:
    try:
        return walk.assessed is not None and not left_of_quorum(walk, ())
    except ThresholdUnknown:
        return False


def _newest(
    history: Sequence[Approved], before: StoredEvent | None, accounts: Collection[str] | None = None
) -> Approved | None:
    """Return the last approval before an event, or None. `accounts`: only if one of them was agreed on by then."""
    place = (
        bisect_left(history, before.position, key=lambda past_approval: past_approval.position)
        if before is not None
        else 0
    )
    approval = history[place - 1] if place else None
    return approval if approval is None or accounts is None or approval.account in accounts else None


def _sum(
    stream: StreamId,
    approval: Approved | None,
    proposal: Proposal,
    stored_event: StoredEvent | None,
    *,
    shared: bool = False,
    one_project: bool = False,
) -> ApprovedSum | None:
    other_out = approval.proposal.funds_out if approval is not None and approval.proposal else None
    if (
        approval is None
        or other_out is None
        or approval.at is None
        or proposal.funds_out is None
        or stored_event is None
    ):
        return None
    at = cast(Any, from_ledger(stored_event).event).at
    is_one_agreement = same_agreement(approval.proposal, proposal) if approval.proposal is not None else False
    return counts_together(
        stream.subject, other_out, proposal.funds_out, other_out.total, approval.at, at,
        shared=shared, one_agreement=is_one_agreement, one_project=one_project,
    )  # fmt: skip
