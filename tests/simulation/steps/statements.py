"""Steps of the bank's statements of account: some are sent, some late, some twice, and the bank charges for itself."""

from __future__ import annotations

from decimal import Decimal

from deploy.embedded.trial_bank.account_book import DayStatement
from tests.simulation.bank.book import A_DAY, FOUNDATIONS, OURS
from tests.simulation.draw import Draw
from tests.simulation.grounds.world import World
from tests.simulation.steps.money import heard
from tests.simulation.steps.shared import Idle


async def bank_states(world: World, draw: Draw) -> str:
    """A day may pass. The bank closes its days and sends statements: most at once, some later, some of before twice."""
    if draw.number(1, 2) == 1:
        await world.pass_to(world.clock.at + A_DAY)
    before = list(world.bank.stated())
    new = world.bank.close_days()
    late = [one for one in world.bank.left_out if one not in new]
    sent = [one for one in new if draw.number(1, 4) > 1]
    sent += [one for one in late if draw.number(1, 3) == 1]
    sent += [draw.one(before)] if before and draw.number(1, 5) == 1 else []
    said = [await heard(world, draw, world.bank.state(one)) for one in sent]
    if not (new or said):
        raise Idle
    kept = ", ".join(map(_named, world.bank.left_out))
    return "; ".join(["the bank closes its days", *said, *([f"not sent: {kept}"] if kept else [])])


async def bank_charges(world: World, draw: Draw) -> str:
    """The bank charges for the account itself."""
    account = draw.one([OURS, OURS, FOUNDATIONS])
    charged = world.bank.charge(account, Decimal("7.50"))
    return f"the bank charges {charged.currency} {charged.amount} on {account}"


def _named(made: DayStatement) -> str:
    return f"{made.number} of {made.account.number}"
