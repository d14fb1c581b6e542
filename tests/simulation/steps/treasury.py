"""Steps of the organisation's money: funds that proposals name, and what people ask, confirm and move, also wrongly."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from accord.organisation.funds import ask, confirm
from domain.funds.fund import PendingChange
from domain.partnership.state import Partnership
from records.funds import Funds
from tests.simulation.draw import Draw
from tests.simulation.grounds.treasury import BUDGET, FUNDER, OWN, PROGRAMME, REASON
from tests.simulation.grounds.world import World
from tests.simulation.steps.shared import Idle, open_ones, tried

WHO_ASKS: Final = {"fay.okoro": 3, "femi.ade": 2, "dora.kim": 4, "pia.berg": 1}
WHO_CONFIRMS: Final = {"dirk.holm": 4, "dora.kim": 4, "femi.ade": 1}

_FUNDS: Final = "SELECT DISTINCT substr(stream_id, 6) AS fund FROM ledger.events WHERE stream_id ~ $1 ORDER BY 1"


async def fund_ids(world: World, which: str = "") -> list[str]:
    """Return the ids of the funds that begin so."""
    return [row["fund"] for row in await world.pool.fetch(_FUNDS, f"^fund/{which}")]


# Which funds a proposal names.


async def paid_by(world: World, draw: Draw, amounts: tuple[str, ...], funder: str) -> dict[str, Any]:
    """Return a leg's words on the funds that pay it: none, one, two in order or in parts, or that of a gift."""
    if funder != FUNDER and draw.number(1, 6) > 1:
        return {}  # this one has no funds; who names one all the same is refused
    gifts, first = await fund_ids(world, "FD-P-"), draw.one([OWN, BUDGET])
    second = BUDGET if first == OWN else OWN
    match draw.weighted({"none": 2, "one": 5, "order": 2, "parts": 2, "gift": 3}):
        case "one":
            return _named({"fund": first})
        case "order":
            return _named({"fund": first}, {"fund": second})
        case "parts":
            left = sum(map(Decimal, amounts)) - 300
            return _named({"fund": first, "amount": "300.00"}, {"fund": second, "amount": f"{left:.2f}"})
        case "gift" if gifts:
            return _named({"fund": draw.one(gifts)})
        case _:
            return {}


def _named(*parts: dict[str, str]) -> dict[str, Any]:
    return {"funds": list(parts), "programme": PROGRAMME}


def given_for(draw: Draw, funder: str = FUNDER) -> dict[str, Any]:
    """Return a gift's words on its use: nothing, a purpose, which makes it a fund of its own, or a fund."""
    ways: list[dict[str, Any]] = [{}, {"restricted_to": "Training"}, {"into": OWN}]
    return draw.one(ways if funder == FUNDER else ways[:2])


# Changes of a fund's money.


async def move_money(world: World, draw: Draw) -> str:
    """Somebody asks for a change of a fund's money. Most often another person confirms it at once."""
    fund_id = draw.one(await fund_ids(world))
    change, actor = await _wanted(world, draw, fund_id), draw.weighted(WHO_ASKS)
    said = await tried(f"{actor} asks of {fund_id} {_told(change)}", _ask(world, fund_id, change, actor))
    if "refused" in said or draw.number(1, 3) == 1:
        return said
    return f"{said}; {await _confirm(world, draw, fund_id, (await _waiting(world, fund_id))[-1])}"


async def confirm_money(world: World, draw: Draw) -> str:
    """Somebody confirms a change that waits. It may not fit any more, or be their own."""
    return await _confirm(world, draw, *await _some_waiting(world, draw))


async def money_moves_meanwhile(world: World, draw: Draw) -> str:
    """Somebody confirms a change between what a decision does in the funds and the record of it."""
    fund_id, asked = await _some_waiting(world, draw)

    async def strike(result: Any) -> None:
        del result
        world.say(f"and meanwhile {await _confirm(world, draw, fund_id, asked)}")

    world.ambush = ("book", strike)
    return f"somebody will confirm {_told(asked.event.change.model_dump())} of {fund_id} while the next money is kept"


async def _wanted(world: World, draw: Draw, fund_id: str) -> dict[str, Any]:
    """Return a change. Of every kind some are too much, or cannot be."""
    kept_nowhere = [one.partnership_id for one in await open_ones(world) if _is_adoptable(one)]
    kinds = {"transfer": 4, "overdraft": 2, "opening_balance": 1}
    kinds |= {"budget": 6} if fund_id == BUDGET else {}
    kinds |= {"adoption": 2} if kept_nowhere else {}
    kind = draw.weighted(kinds)
    match kind:
        case "transfer":
            to = draw.one([BUDGET, OWN] if draw.number(1, 4) == 1 else [BUDGET if fund_id == OWN else OWN])
            return {"kind": kind, "to": to, "amount": draw.one(["300.00", "700.00", "50000.00"])}
        case "adoption":
            return {"kind": kind, "partnerships": [draw.one(kept_nowhere)]}
        case "overdraft":
            return {"kind": kind, "amount": draw.one(["0", "150.00", "400.00"])}
        case _:
            return {"kind": kind, "amount": draw.one(["800.00", "1500.00", "2600.00"])}


def _is_adoptable(known: Partnership) -> bool:
    out = known.proposal.funds_out if known.proposal is not None else None
    return out is not None and not known.shares and (known.is_approved or known.is_lasting)


async def _ask(world: World, fund_id: str, change: dict[str, Any], actor: str) -> str:
    await ask(world.office.desk, fund_id, change, REASON, actor)
    return "asked"


async def _confirm(world: World, draw: Draw, fund_id: str, asked: PendingChange) -> str:
    actor = draw.weighted({**WHO_CONFIRMS, asked.event.actor: 3})

    async def confirmed() -> str:
        await confirm(world.office.desk, fund_id, str(asked.change_id), actor)
        return "in force"

    return await tried(f"{actor} confirms {_told(asked.event.change.model_dump())} of {fund_id}", confirmed())


def _told(change: dict[str, Any]) -> str:
    return " ".join(str(value) for value in change.values())


async def _waiting(world: World, fund_id: str) -> list[PendingChange]:
    return list((await Funds(world.office.desk.reader).read(fund_id)).asked.values())


async def _some_waiting(world: World, draw: Draw) -> tuple[str, PendingChange]:
    """Return a change that waits for a second signature. Raises Idle."""
    found = [(one, asked) for one in await fund_ids(world) for asked in await _waiting(world, one)]
    if not found:
        raise Idle
    return draw.one(found)
