"""Find the open partnerships that a change of the registers affects, and signal them. The others are left alone.

A partnership's evidence names the register versions that it was made from, so the changes since then can be found
without other stored state: a row under its EIN that was added or removed, a newly listed name that resembles one of its
parties, a matched entity that changed, or a version that will soon be too old to decide on.
A partnership that is signalled twice rechecks twice; one that was missed is signalled by the next run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Final, NamedTuple

import asyncpg
from temporalio import activity

from activities.contracts import AffectedPartnerships
from activities.signalling import signal_partnership
from domain.errors import EventUnreadable
from domain.grants import Subrecipient
from domain.parties import Party
from domain.partnership import events as e
from domain.policy.canonical import order_of
from domain.policy.rulebook import RULE_BOOK
from domain.proposal import Proposal
from domain.recorded.schema import AnyEvent
from domain.screening.evidence import RegisterVersion, ScreeningEvidence, StatusEvidence, Verification
from domain.screening.screened import unscreened, who_is_screened
from domain.streams import PARTNERSHIP_STREAMS, StreamId
from domain.truths.touching import known_truths
from domain.truths.truth import Truth
from ledger import Ledger, clock
from records.authorship import Reader
from records.codec import read_stored
from records.opening import open_ledger
from records.truths import ALIKE, read_truths
from registers import Connection
from registers.history import versions_in_force
from registers.lookup import ABOUT_STATUS
from registers.screening.changes import AskedKeys, changed_keys, newly_listed
from registers.sources.catalogue import LISTS

_RELEVANT: Final = tuple(
    kind.__name__
    for kind in (
        e.PartnershipProposed, e.ProposalRevised, e.ProposalAmended, e.DueDiligenceCompleted, e.RegistersRechecked,
        e.EligibilityAssessed, e.InformationRequested, e.ReturnedForCure, e.SubrecipientsReported,
        e.PartnershipDeclined, e.PartnershipWithdrawn, e.PartnershipTerminated, e.PartnershipClosed,
        e.PartnershipReopened,
    )
)  # fmt: skip
_AHEAD: Final = timedelta(days=7)
"""Evidence is renewed this long before it is too old, so that nobody has to wait for it when they decide."""

_AT_ONCE: Final = 10
"""Partnerships that look again at one time. All at once they would stand before every person in the worker's queue."""

_PAUSE: Final = 0.1
_PATIENCE: Final = 5.0
"""Seconds between two looks at who has looked again, and without news of anybody before the next are signalled."""


class OpenPartnership(NamedTuple):
    """The latest facts about an open partnership, according to its events."""

    proposal: Proposal | None = None
    subrecipients: tuple[Subrecipient, ...] = ()
    verification: Verification | None = None
    ended: bool = False
    under: str = ""
    """The newest edition of the rule book under which it was assessed or looked at, empty before."""

    def after(self, event: AnyEvent) -> OpenPartnership:
        """Return the facts after one more event."""
        match event:
            case e.PartnershipProposed() | e.ProposalRevised():
                return OpenPartnership(event.proposal)
            case e.ProposalAmended():
                return self._replace(proposal=event.proposal, subrecipients=())
            case e.DueDiligenceCompleted():
                return self._replace(verification=event.verification)
            case e.RegistersRechecked():
                return self._replace(verification=event.verification, under=event.assessment.rule_book)
            case e.EligibilityAssessed():
                return self._replace(under=event.assessment.rule_book)
            case e.InformationRequested() | e.ReturnedForCure():
                return self._replace(verification=None)  # it is verified anew when the answer comes
            case e.SubrecipientsReported():
                return self._replace(subrecipients=event.subrecipients)
            case e.PartnershipReopened():
                return self._replace(ended=False)
            case _:
                return self._replace(ended=True)

    @property
    def now(self) -> Proposal | None:
        """The proposal with the sub-recipients that were reported since."""
        return self.proposal.regranted(self.subrecipients) if self.proposal and self.subrecipients else self.proposal

    @property
    def evidence(self) -> tuple[ScreeningEvidence | StatusEvidence, ...]:
        """All evidence from registers."""
        return (self.verification.screening, *self.exempt_status_evidence) if self.verification else ()

    @property
    def exempt_status_evidence(self) -> tuple[StatusEvidence, ...]:
        """Evidence of registers of exempt organisations, on every body that gets money and its group."""
        return self.verification.looked_up if self.verification else ()

    @property
    def parties(self) -> tuple[Party, ...]:
        """All parties that must be screened: those of the proposal, with the sub-recipients reported since."""
        proposal_parties = self.proposal.parties if self.proposal else ()
        if self.proposal and self.verification:
            proposal_parties = who_is_screened(self.proposal, self.verification)
        subrecipient_parties = (
            behind for subrecipient in self.subrecipients for behind in subrecipient.party.with_principals
        )
        return tuple(dict.fromkeys((*proposal_parties, *subrecipient_parties)))


class Rescreening:
    """Activities of the re-screening workflow."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._ledger = open_ledger(pool)
        self._reader = Reader(self._ledger)

    @activity.defn
    async def find_touched(self) -> AffectedPartnerships:
        """Return the open partnerships that the register versions in force may affect."""
        cases = await open_partnerships(self._ledger)
        async with self._pool.acquire() as connection:
            in_force = await versions_in_force(connection, (*ABOUT_STATUS, *LISTS))
            affected_ids = await touched_of(connection, cases, in_force)
        affected_ids |= unjudged(cases, await read_truths(self._reader))
        return AffectedPartnerships(
            versions=in_force, looked_at=len(cases), partnership_ids=tuple(sorted(affected_ids))
        )

    @activity.defn
    async def tell(self, affected_partnerships: AffectedPartnerships) -> int:
        """Signal partnerships to recheck, a few at a time, each time once those before have looked again.

        An attempt goes on where the one before it was. Returns the number that it signalled itself; those whose
        workflow has ended are skipped.
        """
        signal_count, ids = 0, affected_partnerships.partnership_ids
        # An attempt that was cut off left its place here. Before, one that took too long began from the first, and
        # never came to the last (ADR 0084).
        last_heartbeat = activity.info().heartbeat_details
        for place in range(last_heartbeat[0] if last_heartbeat else 0, len(ids), _AT_ONCE):
            activity.heartbeat(place)
            signal_count += await self._tell_some(ids[place : place + _AT_ONCE], place)
        return signal_count

    async def _tell_some(self, partnership_ids: Sequence[str], place: int) -> int:
        """Signal some partnerships, and wait until they have looked again, or nothing is heard of those who have not.

        Somebody's workflow may be paused or stopped, so that it does not look before people have done something.
        """
        # Before they are signalled, so that nobody's look is missed.
        before = await self._versions(StreamId.partnership(partnership_id) for partnership_id in partnership_ids)
        ids = [
            StreamId.partnership(partnership_id)
            for partnership_id in partnership_ids
            if await signal_partnership(activity.client(), partnership_id, "registers_changed")
        ]
        waiting, quiet = set(ids), 0.0
        while waiting and quiet < _PATIENCE:
            await asyncio.sleep(_PAUSE)
            activity.heartbeat(place)
            fresh_streams = {
                stream for stream, version in (await self._versions(waiting)).items() if version > before[stream]
            }
            waiting, quiet = waiting - fresh_streams, 0.0 if fresh_streams else quiet + _PAUSE
        return len(ids)

    async def _versions(self, streams: Iterable[str]) -> dict[str, int]:
        async with self._ledger.connection() as connection:
            return await self._ledger.versions(list(streams), connection)


async def open_partnerships(ledger: Ledger) -> dict[str, OpenPartnership]:
    """Return the latest facts about each open and verified partnership, by its id. Reads the ledger only.

    Unreadable events are skipped: their partnerships decide and pay nothing until two guardians have judged them.

    Raises:
        UpgradeNeeded: A newer release recorded an event.
    """
    cases: dict[str, OpenPartnership] = {}
    async for payload in ledger.read_payloads(PARTNERSHIP_STREAMS, _RELEVANT):
        partnership_id = StreamId(payload.stream_id).subject
        with suppress(EventUnreadable):
            cases[partnership_id] = cases.get(partnership_id, OpenPartnership()).after(read_stored(payload))
    return {case_id: case for case_id, case in cases.items() if case.proposal and case.verification and not case.ended}


async def touched_of(
    connection: Connection, cases: dict[str, OpenPartnership], in_force: tuple[RegisterVersion, ...]
) -> set[str]:
    """Return the ids of the open partnerships that the register versions in force may affect."""
    asked_keys = [keys for partnership_id, case in cases.items() for keys in _asked(partnership_id, case)]
    changed_ids = await changed_keys(connection, in_force, asked_keys)
    subjects = await asyncio.to_thread(_subjects, cases)
    listed_ids = await newly_listed(connection, in_force, subjects, RULE_BOOK.near_from)
    again = not_screened_yet(cases) | seen_under_an_earlier_edition(cases)
    return changed_ids | listed_ids | ageing(cases, in_force, clock.today()) | again


def not_screened_yet(cases: dict[str, OpenPartnership]) -> set[str]:
    """Return the ids of partnerships in which somebody is to be screened whom an older screening left out."""
    return {
        partnership_id
        for partnership_id, case in cases.items()
        if case.verification and unscreened(case.parties, case.verification.screening.parties)
    }


def unjudged(cases: dict[str, OpenPartnership], truths: tuple[Truth, ...]) -> set[str]:
    """Return the ids of partnerships whose newest look knew other facts than those that people told and are so."""
    return {
        partnership_id
        for partnership_id, case in cases.items()
        if case.now is not None
        and case.verification is not None
        and set(known_truths(truths, case.now, ALIKE)) != set(case.verification.truths)
    }


def seen_under_an_earlier_edition(cases: dict[str, OpenPartnership]) -> set[str]:
    """Return the ids of partnerships that nobody looked at yet under the rule book in force.

    The look tells them what it asks of what was approved before it, and from which day on (rules 4.16).
    """
    newest = order_of(RULE_BOOK.version)
    return {partnership_id for partnership_id, case in cases.items() if case.under and order_of(case.under) < newest}


def ageing(cases: dict[str, OpenPartnership], in_force: tuple[RegisterVersion, ...], on: date) -> set[str]:
    """Return the ids of partnerships with evidence that will soon be too old, if a newer version is in force.

    If none is, they are returned once the evidence is too old, so that a person can decide before a deadline runs out.
    """
    current = {version.register_name: version.current_on for version in in_force}

    def ages(version: RegisterVersion, asked_on: date) -> bool:
        register, told_of = version.register_name, version.current_on
        limit = RULE_BOOK.oldest.get(register, timedelta.max)
        renewable = on - told_of > limit - _AHEAD and current.get(register, date.min) > told_of
        return renewable or (on - told_of > limit >= asked_on - told_of)

    return {
        partnership_id
        for partnership_id, case in cases.items()
        if any(ages(version, event.asked_at.date()) for event in case.evidence for version in event.asked)
    }


def _asked(partnership_id: str, case: OpenPartnership) -> Iterator[AskedKeys]:
    """Yield the register keys that the evidence rests on, each with the register version that was queried."""
    for status in case.exempt_status_evidence:
        versions = _versions(status)
        for register in ABOUT_STATUS:
            yield AskedKeys(partnership_id, register, status.ein, versions.get(register, 0))
    for match in case.verification.screening.matches if case.verification else ():
        version = match.source.register_version
        yield AskedKeys(partnership_id, version.register_name, match.entity, version.version)


def _versions(evidence: ScreeningEvidence | StatusEvidence) -> dict[str, int]:
    """Return the version of each register that was queried, by the register's name."""
    return {register_version.register_name: register_version.version for register_version in evidence.asked}


def _subjects(cases: dict[str, OpenPartnership]) -> list[tuple[str, Party, dict[str, int]]]:
    """Return (partnership id, party, version of each list that it was screened against) for every party."""
    return [
        (partnership_id, party, _versions(case.verification.screening))
        for partnership_id, case in cases.items()
        if case.verification
        for party in case.parties
    ]
