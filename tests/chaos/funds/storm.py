"""Let many people approve at once what one fund cannot pay, kill servers meanwhile, and say what the fund kept."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Final

from accord.client.desk import Desk
from accord.demo.sample import furnish, load_sample_registers
from accord.presentation.faults import Refused
from deploy.connections import connect_temporal
from deploy.database import open_pool
from deploy.embedded.stack import Stack
from domain.directory.people import HouseRulesSet
from domain.directory.tiers import Role, Tier
from domain.funds.fund import Balance
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from ledger import clock
from records.keys.keyring import Keyring
from registers.loading.archive import Archive
from tests.builders import funds_out, proposal
from tests.chaos.monkey import Bounds, Monkey
from tests.chaos.partnerships.drive import OUTAGES, PAUSE, persist
from tests.chaos.partnerships.episode import healed
from tests.chaos.partnerships.victims import victims_of
from tests.governing import decree
from tests.treasury import budget, fund
from tests.waiting import until

FUND: Final = "FD-2026-STORM"
EACH: Final = Decimal(1000)
LOAD: Final[Bounds] = (0.1, 0.5)
CALM: Final = 300.0
"""Seconds to wait for an answer before the storm: nothing is killed then, and a slow machine is no outage."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The results of a storm."""

    approved: int
    """Partnerships with a complete quorum, by the ledger."""
    refused: int
    """Approvals that were refused for lack of money, as their givers were told."""
    balance: Balance
    kept: dict[str, Decimal]
    """What the fund keeps, by partnership."""
    standing: dict[str, Decimal]
    """The sums of the partnerships with a complete quorum."""
    faults: Counter[str]


async def storm(folder: Path, seed: int, partnerships: int, kills: int) -> Outcome:
    """Bring partnerships to their last approval, let the storm go over all of those at once, and read the ledger.

    The fund holds enough for half of them. `kills`: of worker, Temporal and PostgreSQL; as many are frozen.
    """
    stack = Stack(folder / "stack", workers=2)
    await stack.start()
    keeper = asyncio.create_task(stack.supervise())
    pool = await open_pool(stack.postgres.url, 20)
    try:
        temporal = await connect_temporal(stack.state.temporal_address, secrets=stack.postgres.secrets)
        desk = Desk(pool, Keyring(folder / "keys"), client=temporal, patience=5.0)
        await load_sample_registers(pool, Archive(folder / "archive"))
        await furnish(desk)
        await _let_two_approve(desk)
        await budget(desk, FUND, str(EACH * (partnerships // 2)))
        names = [f"P-2026-{8000 + place}" for place in range(partnerships)]
        for name in names:
            await _approved_by_finance(replace(desk, patience=CALM), name)
        monkey, chance = Monkey(victims_of(stack, seed), seed, 2 * kills, LOAD), random.Random(seed)  # noqa: S311
        refused: list[str] = []
        async with asyncio.TaskGroup() as group:
            group.create_task(monkey.rage())
            for name in names:
                group.create_task(_approve(desk, name, chance.uniform(0, kills * LOAD[1]), refused))
        await until(lambda: healed(stack, desk))
        return await _left(desk, names, refused, monkey.done)
    finally:
        keeper.cancel()
        pool.terminate()
        await asyncio.to_thread(stack.stop)


async def _let_two_approve(desk: Desk) -> None:
    """One payee's sums in a year count together, and would soon ask for a director."""
    rules = (await desk.directory()).rules
    assert rules is not None
    quorum = (Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER)
    await decree(desk, HouseRulesSet(rules=rules.model_copy(update={"tiers": (Tier(currency="USD", quorum=quorum),)})))


async def _approved_by_finance(desk: Desk, name: str) -> None:
    out = funds_out(str(EACH), funds=[{"fund": FUND}], programme="Libraries", purpose=f"Courses of {name}")
    await desk.propose(proposal(name, funds_out=out), "pia.berg")
    await until(lambda: _is_in(desk, name, Stage.APPROVAL))
    seen = await desk.known_sight(name)
    await desk.decide(seen, c.Approve, "femi.ade", no_interest=True, reason="within budget")


async def _is_in(desk: Desk, name: str, stage: Stage) -> bool:
    known = await desk.partnership(name)
    return known is not None and known.stage is stage


async def _approve(desk: Desk, name: str, after: float, refused: list[str]) -> None:
    """Approve after a while, and again while nobody answers, until it is on record or was refused."""
    await asyncio.sleep(after)
    while True:
        with suppress(*OUTAGES):
            seen = await desk.known_sight(name)
            if seen.partnership.is_approved:
                return
            try:
                await desk.decide(seen, c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
            except Refused as fault:
                if "are to be kept" in str(fault):
                    refused.append(name)
                    return
        await asyncio.sleep(PAUSE)


async def _left(desk: Desk, names: list[str], refused: list[str], faults: Counter[str]) -> Outcome:
    known: list[Partnership] = []
    for name in names:
        found = await persist(lambda name=name: desk.partnership(name))  # type: ignore[misc]
        assert found is not None
        known.append(found)
    kept = await fund(desk, FUND)
    standing = {one.partnership_id: EACH for one in known if one.is_approved}
    claims = {name: claim.unspent for name, claim in kept.claims.items() if claim.whole}
    return Outcome(len(standing), len(refused), kept.balance(clock.now()), claims, standing, faults)
