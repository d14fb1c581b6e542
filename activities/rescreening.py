"""Find which open partnerships a change of the registers touches, and tell them. All others cost nothing.

Each partnership's evidence names the versions it was made of. So what is new to it needs no memory of its own: a row
under its EIN that came or left since, a listed name that came since and resembles one of its parties, an entity met
before that changed, a version that will soon be too old to decide on.
Told twice, a partnership looks twice; told never, it is told by the next run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import asyncpg
from pydantic_core import from_json
from temporalio import activity
from temporalio.service import RPCError, RPCStatusCode

from activities.contracts import Touched
from domain import events as e
from domain.evidence import RegisterVersion
from domain.identity import partnership_id_of, partnership_workflow_id
from domain.parties import Party
from domain.policy.rulebook import RULE_BOOK
from domain.proposal import Proposal
from ledger import Ledger, StoredPayload, clock
from privacy import open_ledger
from registers import Connection
from registers.catalogue import LISTS
from registers.changes import Asked, changed_keys, newly_listed
from registers.history import versions_in_force
from registers.lookup import ABOUT_STATUS

_PROPOSED: Final = (e.PartnershipProposed, e.ProposalRevised, e.ProposalAmended)
_VERIFIED: Final = (e.DueDiligenceCompleted, e.RegistersRechecked)
_ENDED: Final = (e.PartnershipDeclined, e.PartnershipWithdrawn, e.PartnershipTerminated, e.PartnershipClosed)
_RELEVANT: Final = {
    kind.__name__: kind for kind in (*_PROPOSED, *_VERIFIED, *_ENDED, e.InformationRequested, e.SubrecipientsReported)
}
_AHEAD: Final = timedelta(days=7)
"""Evidence is made anew so long before it is too old, so that nobody who decides has to wait for it."""

_NOT_AS_IT_SHOULD_BE: Final = (KeyError, TypeError, ValueError, AttributeError)
"""What is raised by an event that says something else than its type should."""

_AT_A_TIME: Final = 50
"""Partnerships told between two heartbeats."""


@dataclass(slots=True)
class OpenPartnership:
    """What an open partnership's events said last, as they are stored."""

    proposal: Any = None
    subrecipients: Any = None
    verification: Any = None
    ended: bool = False

    def see(self, event_type: str, payload: dict[str, Any]) -> None:
        """Take what an event says."""
        kind = _RELEVANT[event_type]
        if kind in _PROPOSED:
            self.proposal, self.subrecipients = payload["proposal"], None
            self.verification = self.verification if kind is e.ProposalAmended else None
        elif kind in _VERIFIED:
            self.verification = payload["verification"]
        elif kind is e.InformationRequested:
            self.verification = None  # it is verified anew when the answer comes
        elif kind is e.SubrecipientsReported:
            self.subrecipients = payload["subrecipients"]
        else:
            self.ended = True


class Rescreening:
    """Activities of the re-screening workflow."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._ledger = open_ledger(pool)

    @activity.defn
    async def find_touched(self) -> Touched:
        """Return the open partnerships that the versions in force may say something new of."""
        known = await open_partnerships(self._ledger)
        async with self._pool.acquire() as connection:
            in_force = await versions_in_force(connection, (*ABOUT_STATUS, *LISTS))
            touched = await touched_of(connection, known, in_force)
        return Touched(versions=in_force, looked_at=len(known), partnership_ids=tuple(sorted(touched)))

    @activity.defn
    async def tell(self, touched: Touched) -> int:
        """Tell partnerships to look again; return how many could be told. One that ended meanwhile needs no telling."""
        told = 0
        for place, partnership_id in enumerate(touched.partnership_ids):
            if place % _AT_A_TIME == 0:
                activity.heartbeat(place)
            try:
                workflow_id = partnership_workflow_id(partnership_id)
                await activity.client().get_workflow_handle(workflow_id).signal("registers_changed")
                told += 1
            except RPCError as fault:
                if fault.status is not RPCStatusCode.NOT_FOUND:
                    raise
        return told


async def open_partnerships(ledger: Ledger) -> dict[str, OpenPartnership]:
    """Return what is said last of every partnership that is open and was verified. Reads the ledger only."""
    known: dict[str, OpenPartnership] = {}
    async for stored in ledger.read_payloads(partnership_workflow_id(""), list(_RELEVANT)):
        with suppress(*_NOT_AS_IT_SHOULD_BE):  # nothing is decided or paid there until two guardians judged it
            known.setdefault(partnership_id_of(stored.stream_id), OpenPartnership()).see(
                stored.event_type, _payload(stored)
            )
    return {one: told for one, told in known.items() if told.proposal and told.verification and not told.ended}


def _payload(stored: StoredPayload) -> dict[str, Any]:
    payload: dict[str, Any] = from_json(stored.payload)
    return payload


async def touched_of(
    connection: Connection, known: dict[str, OpenPartnership], in_force: tuple[RegisterVersion, ...]
) -> set[str]:
    """Return those of the open partnerships that versions in force may say something new of."""
    known = {partnership_id: told for partnership_id, told in known.items() if _can_be_asked_about(told)}
    asked = [one for partnership_id, told in known.items() for one in _asked(partnership_id, told)]
    changed = await changed_keys(connection, in_force, asked)
    subjects = await asyncio.to_thread(_subjects, known)
    listed = await newly_listed(connection, in_force, subjects, RULE_BOOK.near_from)
    return changed | listed | ageing(known, in_force, clock.today())


def ageing(known: dict[str, OpenPartnership], in_force: tuple[RegisterVersion, ...], on: date) -> set[str]:
    """Those whose evidence will soon be too old to decide on, though registers can be asked that are not.

    Where none can, they are told once it is too old: then a person decides, before time decides by running out.
    """
    current = {version.register_name: version.current_on for version in in_force}

    def ages(register: str, told_of: date, asked_on: date) -> bool:
        limit = RULE_BOOK.oldest.get(register, timedelta.max)
        renewable = on - told_of > limit - _AHEAD and current.get(register, date.min) > told_of
        return renewable or (on - told_of > limit >= asked_on - told_of)

    return {
        partnership_id
        for partnership_id, told in known.items()
        if any(ages(*asked) for evidence in _evidence(told) for asked in _days(evidence))
    }


def _days(evidence: Any) -> Iterator[tuple[str, date, date]]:
    """Each register that was asked, the last day that what it said was known to be true of, and when it was asked."""
    asked_on = date.fromisoformat(evidence["asked_at"][:10])
    for one in evidence["asked"]:
        current = max(one["source_date"], one.get("confirmed_on") or "")
        yield one["register_name"], date.fromisoformat(current), asked_on


def _evidence(told: OpenPartnership) -> Iterator[Any]:
    yield told.verification["screening"]
    yield from _about_status(told)


def _about_status(told: OpenPartnership) -> Iterator[Any]:
    yield from filter(None, (told.verification.get("status"), told.verification.get("central")))


def _asked(partnership_id: str, told: OpenPartnership) -> Iterator[Asked]:
    """The keys that evidence was looked up by or found under, each with the version that was asked."""
    for status in _about_status(told):
        asked = _versions(status)
        for register in ABOUT_STATUS:
            yield Asked(partnership_id, register, status["ein"], asked.get(register, 0))
    for match in told.verification["screening"]["matches"]:
        version = match["source"]["register_version"]
        yield Asked(partnership_id, version["register_name"], match["entity"], version["version"])


def _versions(evidence: Any) -> dict[str, int]:
    return {one["register_name"]: one["version"] for one in evidence["asked"]}


def _can_be_asked_about(told: OpenPartnership) -> bool:
    """Whether its evidence is of the form that a worker records: one that was forged stops nobody else's look."""
    try:
        [*_asked("", told)]
        for evidence in _evidence(told):
            _versions(evidence), [*_days(evidence)]
    except _NOT_AS_IT_SHOULD_BE:
        return False
    return True


def _subjects(known: dict[str, OpenPartnership]) -> list[tuple[str, Party, dict[str, int]]]:
    """Every party of every partnership, with the versions of the lists that it was screened against."""
    found: list[tuple[str, Party, dict[str, int]]] = []
    for partnership_id, told in known.items():
        with suppress(*_NOT_AS_IT_SHOULD_BE):
            versions = _versions(told.verification["screening"])
            found += [(partnership_id, party, versions) for party in _parties(told)]
    return found


def _parties(told: OpenPartnership) -> Iterable[Party]:
    proposal = Proposal.model_validate(told.proposal)
    reported = tuple(Party.model_validate(one["party"]) for one in told.subrecipients or ())
    return dict.fromkeys((*proposal.parties, *reported))
