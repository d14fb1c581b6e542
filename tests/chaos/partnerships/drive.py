"""Lead partnerships through their lives while everything dies around them, with stubborn staff."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date
from typing import Any, TypeVar

import asyncpg
from temporalio.service import RPCError

from accord.client.desk import Desk
from accord.client.sight import Sight
from accord.presentation.faults import Refused, Unreachable
from domain.identity import ACCORD
from domain.parties import AccountReference
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.partnership.state import RELEASABLE, Partnership, TrancheState
from domain.proposal import Proposal
from ledger import LedgerUnavailable
from workflows.messages import Receipt

Result = TypeVar("Result")

OUTAGES = (
    Unreachable,
    LedgerUnavailable,
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    RPCError,
)
PAUSE = 0.1


async def persist(work: Callable[[], Awaitable[Result]]) -> Result:
    """Do something until no outage is in the way."""
    while True:
        try:
            return await work()
        except OUTAGES:
            await asyncio.sleep(PAUSE)


def _tranche(known: Partnership, number: int) -> TrancheState:
    return known.tranches[number - 1].state


def _gone(known: Partnership, number: int) -> bool:
    """True if a tranche was released, whatever became of it since."""
    return known.ended or _tranche(known, number) not in RELEASABLE


class Staff:
    """Leads one partnership, and remembers what was acknowledged."""

    def __init__(self, desk: Desk, proposal: Proposal, account: AccountReference) -> None:
        self.acknowledged: list[Receipt] = []
        self.last_answer = "none"
        """What the last decision met that was not acknowledged, for whoever must find out why nothing goes on."""
        self.proposal = proposal
        self._desk = desk
        self._account = account

    async def lead(self) -> None:
        """From proposal to the end."""
        self.acknowledged.append(await persist(lambda: self._desk.propose(self.proposal, "pia.berg")))
        await self._until(lambda known: known.stage is not Stage.DUE_DILIGENCE and known.assessment is not None)
        if (await self._state()).ended:
            return
        await self._do(
            lambda k: len(k.approvals) >= 1, c.Approve, "ana.silva", no_interest=True, reason="fits the programme"
        )
        await self._do(lambda k: len(k.approvals) == 2, c.Approve, "femi.ade", no_interest=True, reason="within budget")
        signed = {"signed_on": date(2026, 11, 2), "account": self._account}
        await self._do(lambda k: k.stage is Stage.ACTIVE or k.ended, c.SignAgreement, "dora.kim", **signed)
        for tranche in (await self._state()).tranches:
            await self._pay(tranche.number)
        while not (await self._state()).ended:  # the bank may refuse a second copy after the first was booked
            await self._lift_what_a_rule_held()
            await asyncio.sleep(PAUSE)

    async def _pay(self, number: int) -> None:
        """Release up to its settlement: a cancelled or withheld payment is released anew.

        What settled, ended its partnership and came back, all between two looks, is released no more.
        """
        while not (known := await self._state()).ended and _tranche(known, number) is not TrancheState.SETTLED:
            if _tranche(known, number) in RELEASABLE:
                await self._do(lambda known: _gone(known, number), c.Release, "paul.nkosi", tranche=number)
            await self._lift_what_a_rule_held()
            await asyncio.sleep(PAUSE)

    async def _lift_what_a_rule_held(self) -> None:
        """A person's hold is that person's to explain. A rule's is looked at and lifted."""
        seen = await self._sight()
        by_rules = tuple(one.number for one in seen.partnership.holds if one.actor == ACCORD)
        if not by_rules:
            return
        with suppress(Refused, *OUTAGES):
            lifted = await self._desk.decide(seen, c.LiftHold, "dora.kim", reason="looked at", holds=by_rules)
            self.acknowledged.append(lifted)

    async def _do(
        self, done: Callable[[Partnership], bool], kind: type[c.StaffCommand], actor: str, **content: Any
    ) -> None:
        """Ask again and again. A refusal because it was done already is as good."""
        while not done((seen := await self._sight()).partnership):
            await self._lift_what_a_rule_held()
            try:
                self.acknowledged.append(await self._desk.decide(seen, kind, actor, **content))
            except (Refused, *OUTAGES) as answer:
                self.last_answer = f"{kind.__name__}: {answer!r}"
                await asyncio.sleep(PAUSE)

    async def _sight(self) -> Sight:
        return await persist(lambda: self._desk.known_sight(self.proposal.reference))

    async def _state(self) -> Partnership:
        return (await self._sight()).partnership

    async def _until(self, reached: Callable[[Partnership], bool]) -> None:
        while not reached(await self._state()):
            await asyncio.sleep(PAUSE)
