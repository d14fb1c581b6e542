"""The ledger's bare rows on a fund: read here anew, and not by the product's own folding."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.simulation.judge.facts import PROPOSALS, UNREADABLE

if TYPE_CHECKING:  # the world asks the judge, who is told of the world
    from tests.simulation.grounds.world import World

ZERO = Decimal(0)
RESERVED, COMMITTED, SPENT = range(3)

MOVES: dict[str, tuple[tuple[str, int, int], ...]] = {
    "FundsReserved": (("amount", RESERVED, 1),),
    "FundsCommitted": (("amount", RESERVED, -1), ("amount", COMMITTED, 1)),
    "FundsSpent": (("amount", COMMITTED, -1), ("amount", SPENT, 1)),
    "PaymentCameBack": (("amount", SPENT, -1), ("amount", COMMITTED, 1)),
    "FundsFreed": (("reserved", RESERVED, -1), ("committed", COMMITTED, -1)),
}
"""By event: which sum of it goes where."""


class Change(NamedTuple):
    """A change of a fund's money that somebody asked for."""

    actor: str
    told: dict[str, Any]


@dataclass
class Purse:
    """The rows of a fund's stream."""

    fund_id: str
    is_open: bool = False
    """True once somebody opened it whose key is not doubted: until then nothing that it sent counts, here or there."""
    opening: Decimal = ZERO
    budget: Decimal = ZERO
    overdraft: Decimal = ZERO
    moved: list[tuple[str, Decimal]] = field(default_factory=list)
    """What left by transfers that two people signed, and to which fund."""
    gifts: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    """What counts as received of each gift, by its partnership."""
    went_back: Decimal = ZERO
    """What was taken back of gifts."""
    claims: defaultdict[str, list[Decimal]] = field(default_factory=lambda: defaultdict(lambda: [ZERO] * 3))
    """What each partnership has: reserved, committed, spent."""
    unforeseen: Decimal = ZERO
    """What the bank paid beside all that was committed: kept and spent in one."""
    asked: dict[str, Change] = field(default_factory=dict)
    in_force: set[str] = field(default_factory=set)


async def purses(world: World, *, doubted_too: bool = False) -> dict[str, Purse]:
    """Return the rows on every fund, by its id.

    `doubted_too`: also acts signed with keys that are known now to have been in other hands.
    """
    directory = await world.office.desk.directory()
    rows = await world.pool.fetch(
        "SELECT stream_id, event_type, payload::text AS content, command_id, recorded_at FROM ledger.readable "
        "WHERE stream_id LIKE 'fund/%' ORDER BY stream_id, version"
    )
    found: dict[str, Purse] = {}
    kept: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        fund_id, command_id = row["stream_id"].removeprefix("fund/"), str(row["command_id"])
        purse = found.setdefault(fund_id, Purse(fund_id))
        with suppress(*UNREADABLE):  # an intruder's: it says nothing
            told = json.loads(row["content"])
            key = (told.get("signature") or {}).get("key_id", "")
            if key and not doubted_too and directory.is_compromised(key, row["recorded_at"]):
                continue
            _see_unforeseen(purse, row["event_type"], told, kept, (fund_id, command_id))
            _see(purse, row["event_type"], told)
    return found


async def funds_of_gifts(world: World) -> dict[str, str]:
    """Return the fund that each partnership's own gift goes to, by the newest proposal that somebody signed."""
    rows = await world.pool.fetch(
        "SELECT stream_id, payload::text AS content FROM ledger.readable "
        "WHERE event_type = ANY ($1) ORDER BY stream_id, version",
        sorted(PROPOSALS),
    )
    found: dict[str, str] = {}
    for row in rows:
        partnership_id = row["stream_id"].removeprefix("partnership/")
        with suppress(*UNREADABLE):  # an intruder's
            told = json.loads(row["content"])
            gift = told["proposal"].get("funds_in") or {}
            if told["signature"]["key_id"]:
                found[partnership_id] = f"FD-{partnership_id}" if gift.get("restricted_to") else gift.get("into", "")
    return found


def _see_unforeseen(
    purse: Purse, kind: str, told: dict[str, Any], kept: dict[tuple[str, str], Decimal], key: tuple[str, str]
) -> None:
    """Sums kept and spent under one command were not committed before: `kept` holds those kept under each."""
    if kind == "FundsReserved":
        kept[key] = Decimal(told["amount"])
    elif kind == "FundsSpent":
        purse.unforeseen += kept.get(key, ZERO)


def granted(purse: Purse, all_of_them: Mapping[str, Purse], gifts: Decimal) -> Decimal:
    """Return the sums that two people signed for and the gifts that came in. Another fund's sum was signed there."""
    came = (sum_ for one in all_of_them.values() for to, sum_ in _sent(one) if to == purse.fund_id)
    left = (sum_ for _, sum_ in _sent(purse))
    return purse.opening + purse.budget + sum(came, ZERO) - sum(left, ZERO) + gifts


def _sent(purse: Purse) -> list[tuple[str, Decimal]]:
    return purse.moved if purse.is_open else []


def _see(purse: Purse, kind: str, told: dict[str, Any]) -> None:
    match kind:
        case "FundOpened" | "GiftFundOpened":
            purse.is_open = True
        case "FundChangeAsked" if _is_signed(purse, told):
            purse.asked[told["signature"]["statement"]["command_id"]] = Change(told["actor"], told["change"])
        case "FundChangeConfirmed" if _is_signed(purse, told):
            _see_confirmed(purse, told)
        case "GiftReceived":
            purse.gifts[told["partnership"]] += Decimal(told["amount"])
        case "GiftReversed":
            purse.gifts[told["partnership"]] -= Decimal(told["amount"])
            purse.went_back += Decimal(told["amount"])
        case _:
            for name, place, sign in MOVES.get(kind, ()):
                purse.claims[told["partnership"]][place] += sign * Decimal(told.get(name, "0"))


def _is_signed(purse: Purse, told: dict[str, Any]) -> bool:
    """True if an act was signed for this fund, by the person it names."""
    statement = (told.get("signature") or {}).get("statement") or {}
    return (statement.get("subject"), statement.get("actor")) == (f"fund/{purse.fund_id}", told["actor"])


def _see_confirmed(purse: Purse, told: dict[str, Any]) -> None:
    """A change is in force once another person confirmed it, and counts once."""
    change_id = told["change_id"]
    asked = purse.asked.get(change_id)
    if asked is None or asked.actor == told["actor"] or change_id in purse.in_force:
        return
    purse.in_force.add(change_id)
    match asked.told:
        case {"kind": "opening_balance", "amount": amount}:
            purse.opening += Decimal(amount)
        case {"kind": "budget", "amount": amount}:
            purse.budget = Decimal(amount)
        case {"kind": "overdraft", "amount": amount}:
            purse.overdraft = Decimal(amount)
        case {"kind": "transfer", "to": to, "amount": amount}:
            purse.moved.append((to, Decimal(amount)))
        case _:
            pass
