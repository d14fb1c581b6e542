"""An organisation with very many partnerships, recorded over some weeks: signed, and some of it late."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter as time_of_process
from typing import Any, Final, cast
from uuid import uuid4

from accord.client.desk import Desk
from accord.client.foresight import findings_on
from accord.demo.sample import SAMPLE
from accord.presentation.input_files import read_file
from activities.evidence import verify
from domain.directory.tiers import HouseRules, quorum_for
from domain.identity import ACCORD
from domain.partnership import events as e
from domain.partnership.events import Event
from domain.partnership.evolution import evolve
from domain.partnership.procedure import ACTS
from domain.partnership.state import Partnership
from domain.policy.findings import Assessment
from domain.proposal import Funding, Proposal
from domain.recorded.proofs import content_of
from domain.screening.evidence import Verification
from domain.screening.screened import who_is_screened
from domain.signatures.signing import LogEpoch, Statement, content_digest
from domain.streams import StreamId
from ledger import AppendRequest
from records.codec import to_ledger

DAYS: Final = 30
AT_ONCE: Final = 500
"""Appends of one transaction."""

BEGINNINGS: Final = (
    "River",
    "Hill",
    "Lake",
    "Mill",
    "Harbour",
    "Meadow",
    "North",
    "Stone",
    "Oak",
    "Fern",
    "Clay",
    "Salt",
)
ENDINGS: Final = ("bend", "side", "gate", "bridge", "ford", "field", "haven", "wick", "dale", "port", "moor", "cross")
WORKS: Final = ("libraries", "schools", "villages", "clinics", "radio stations", "exchange points")
COUNTRIES: Final = ("US", "CA", "KE", "NG", "IN", "BR", "FJ", "NP")


@dataclass(frozen=True, slots=True)
class Case:
    """The common part of the organisation's partnerships: the sample's proposal, and the findings on it."""

    proposal: Proposal
    funding: Funding
    verification: Verification
    assessment: Assessment
    log: LogEpoch | None
    rules: HouseRules | None


async def found_on_the_sample(desk: Desk) -> Case:
    """Return the sample's proposal with its evidence and findings, by the registers in force."""
    proposal, directory = read_file(SAMPLE / "proposal.toml", Proposal), await desk.directory()
    async with desk.pool.acquire() as connection:
        found = await verify(connection, desk.reader, proposal)
    funders = tuple(one for one in map(directory.funder, proposal.funder_ids) if one is not None)
    return Case(
        proposal, Funding(funders=funders), found, await findings_on(desk, proposal), directory.log, directory.rules
    )


def screened(proposal: Proposal, found: Verification) -> Verification:
    """Return what the registers said of the sample, as if the parties of this proposal had been screened."""
    names = dict.fromkeys(name for party in who_is_screened(proposal, found) for name in party.names)
    return found.model_copy(update={"screening": found.screening.model_copy(update={"parties": tuple(names)})})


async def set_clock(desk: Desk, moment: datetime) -> None:
    """Let this database date what is recorded from now on, as its owner may."""
    made = "CREATE OR REPLACE FUNCTION ledger.now() RETURNS timestamptz LANGUAGE sql VOLATILE AS"
    await desk.pool.execute(f"{made} $$ SELECT '{moment.isoformat()}'::timestamptz $$")


class Writer:
    """Writes partnerships day by day."""

    def __init__(self, desk: Desk, case: Case, count: int) -> None:
        """Begin tomorrow: what is recorded is never dated before what is there."""
        self._desk, self._case, self._count = desk, case, count
        self._draw = random.Random(7)
        self._states: dict[str, Partnership] = {}
        self.first = datetime.now(UTC).date() + timedelta(days=1)

    async def write(self, progress: Any) -> None:
        """Write all days. `progress` is called with the number of partnerships begun."""
        for day in range(DAYS):
            await set_clock(self._desk, self._noon(day))
            await self._append(list(self._requests(day)))
            progress(len(self._states))

    async def appended(self, a_second: int, seconds: int) -> AsyncIterator[tuple[float, int]]:
        """Append so many events a second, and tell when each was on record, and at which position."""
        began, places = time_of_process(), list(self._states)
        for number in range(a_second * seconds):
            reference = places[number * 7919 % len(places)]
            events = self._later(reference, self._noon(DAYS))
            if not events:
                continue
            await asyncio.sleep(max(0.0, began + number / a_second - time_of_process()))
            answer = await self._desk.ledger.append(self._request(reference, events))
            if answer.first_position is None:
                raise RuntimeError(f"not recorded: {answer}")
            yield time_of_process(), answer.first_position

    def day(self, place: int) -> date:
        """Return a day by its place."""
        return self.first + timedelta(days=place)

    def _noon(self, day: int) -> datetime:
        return datetime.combine(self.day(day), time(12), UTC)

    def _requests(self, day: int) -> Iterator[AppendRequest]:
        """Return the records of a day: proposals in the first two thirds, and later decisions on some."""
        begun = list(self._states)
        share = self._count * 3 // (DAYS * 2) + 1
        for number in range(len(begun), min(self._count, len(begun) + share)):
            yield self._request(f"P-2026-{number:06}", self._proposed(number, self._noon(day)))
        for reference in self._draw.sample(begun, min(len(begun), share)):
            happened = self._noon(day - (1 if self._draw.random() < 0.001 else 0))
            if events := self._later(reference, happened):
                yield self._request(reference, events)

    def _proposed(self, number: int, at: datetime) -> tuple[Event, ...]:
        case, draw, reference = self._case, self._draw, f"P-2026-{number:06}"
        name = f"{draw.choice(BEGINNINGS)}{draw.choice(ENDINGS)} {draw.choice(WORKS)} {number}"
        own = {"name": name, "country": draw.choice(COUNTRIES), "ein": f"{number + 200_000_000}"}
        party = case.proposal.partner.model_copy(update=own)
        out = case.proposal.funds_out
        money = out.model_copy(update={"payee": party}) if out is not None else None
        made = {"reference": reference, "title": f"Digital skills for {name}", "partner": party, "funds_out": money}
        proposal = case.proposal.model_copy(update=made)
        told = e.PartnershipProposed(at=at, actor="pia.berg", proposal=proposal, funding=case.funding)
        quorum = quorum_for(proposal.sums, case.rules, elevated_risk=False)
        return (
            self._signed(told, reference),
            e.DueDiligenceCompleted(at=at, verification=screened(proposal, case.verification)),
            e.EligibilityAssessed(at=at, assessment=case.assessment, quorum=quorum),
        )

    def _later(self, reference: str, at: datetime) -> tuple[Event, ...]:
        state = self._states[reference]
        if state.ended:
            return ()
        if state.hold is not None:
            told: Any = e.HoldLifted(at=at, actor="dora.kim", reason="answered")
        elif self._draw.random() < 0.5:
            told = e.HoldPlaced(at=at, actor="vera.lind", reason="a question to the payee")
        else:
            told = e.PartnershipWithdrawn(at=at, actor="pia.berg", reason="another donor was found")
        return (self._signed(told, reference),)

    def _signed(self, event: Any, reference: str) -> Any:
        said = Statement(
            subject=reference, act=ACTS[type(event)], actor=event.actor, at=event.at, command_id=uuid4(),
            content_sha256=content_digest(content_of(event)),
        ).within(self._case.log)  # fmt: skip
        return event.model_copy(update={"signature": self._desk.keyring.sign(said)})

    def _request(self, reference: str, events: tuple[Event, ...]) -> AppendRequest:
        state = self._states.get(reference) or Partnership(partnership_id=reference)
        told = cast(Any, events[0])
        command = told.signature.statement.command_id
        made = AppendRequest(
            StreamId.partnership(reference), command, state.version, to_ledger(events, ACCORD, command)
        )
        for event in events:
            state = evolve(state, event)
        self._states[reference] = state
        return made

    async def _append(self, requests: list[AppendRequest]) -> None:
        for place in range(0, len(requests), AT_ONCE):
            answers = await self._desk.ledger.append_many(requests[place : place + AT_ONCE])
            if not all(one.recorded for one in answers):
                raise RuntimeError(f"not recorded: {next(one for one in answers if not one.recorded)}")
            await asyncio.sleep(0)
