"""The promises of the grantee's door, by bare rows: what came by it moves nothing, and what was received is there."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from tests.simulation.grounds.states import states
from tests.simulation.judge.facts import UNREADABLE, Row, rows_of
from tests.simulation.judge.violations import Promise
from tests.simulation.people.grantee import THEIR_ADDRESS, THEIR_IBAN, THEIR_TELEPHONE

if TYPE_CHECKING:  # the world asks the judge, who is told of the world
    from tests.simulation.grounds.world import World

_LAID_DOWN: Final = "SELECT number, sha256, at FROM grantee.submissions ORDER BY number"
_FIELDS: Final = """
SELECT form, field, array_agg(revision ORDER BY revision) AS revisions FROM grantee.fields GROUP BY form, field
"""
_THEIRS: Final = "SELECT reference FROM payments.accounts WHERE details ->> 'iban' = $1"


async def ask_door(world: World) -> None:
    """Ask the promises of the door. Raises Violation."""
    rows = {row["sha256"].hex(): row for row in await world.pool.fetch(_LAID_DOWN)}
    await _received_is_there(world, rows)
    await _saved_is_there(world)
    await _nothing_is_the_thiefs(world)
    for partnership_id in world.partnerships:
        stream = f"partnership/{partnership_id}"
        if stream not in world.forged:
            await _judged_is_sealed(world, partnership_id, rows)


async def _received_is_there(world: World, rows: dict[str, Any]) -> None:
    """What a grantee was told is received lies there, at the time that they were told, numbered without a gap."""
    numbers = [row["number"] for row in rows.values()]
    if numbers != list(range(1, len(numbers) + 1)):
        world.broken(Promise.RECEIVED, f"numbers have a gap: {numbers}")
    for told in world.mailbox.received:
        row = rows.get(told.sha256)
        if row is None or row["at"] != told.at:
            there = "nothing" if row is None else f"{row['at']:%m-%d %H:%M}"
            world.broken(Promise.RECEIVED, f"{told.place} was received at {told.at:%m-%d %H:%M}, and there is {there}")


async def _saved_is_there(world: World) -> None:
    kept = {(row["form"], row["field"]): row["revisions"] for row in await world.pool.fetch(_FIELDS)}
    for (place, name), texts in world.mailbox.saved.items():
        there = kept.get((place.form, name), [])
        if sorted(texts) != there:
            world.broken(Promise.RECEIVED, f"{place}: of {name} {sorted(texts)} were saved, and there is {there}")


async def _nothing_is_the_thiefs(world: World) -> None:
    """No contact is the thief's, nobody confirmed their account, and the bank has no payment to it."""
    for known in await states(world):
        contacts = known.proposal.contacts if known.proposal is not None else ()
        theirs = [one for one in contacts if one.email == THEIR_ADDRESS or one.phone == THEIR_TELEPHONE]
        if theirs or any(one.number == THEIR_TELEPHONE for one in known.telephones):
            world.broken(Promise.DOOR, f"a contact of {known.partnership_id} is the thief's")
    for row in await world.pool.fetch(_THEIRS, THEIR_IBAN):
        stream = f"account/{row['reference']}"
        confirmed = [one for one in await rows_of(world, stream) if one.kind == "AccountConfirmed"]
        if confirmed and stream not in world.forged:
            world.broken(Promise.DOOR, f"the thief's account was confirmed by {confirmed[0].told['actor']}")
    for payment in world.bank.payments.values():
        if payment.creditor == THEIR_IBAN:
            world.broken(Promise.DOOR, f"{payment.partnership_id} tranche {payment.tranche} was paid to the thief")


async def _judged_is_sealed(world: World, partnership_id: str, rows: dict[str, Any]) -> None:
    """What was taken over or returned was handed in for this partnership, and sealed before, once."""
    seen: set[str] = set()
    for row in await rows_of(world, f"partnership/{partnership_id}"):
        with suppress(*UNREADABLE):
            named = row.told["submission"]
            if row.is_forged or named is None:
                continue
            if fault := await _fault_of(world, row, named, rows, seen):
                world.broken(Promise.SEALED, f"{row.kind} in {partnership_id}: {fault}")


async def _fault_of(world: World, row: Row, named: dict[str, Any], rows: dict[str, Any], seen: set[str]) -> str:
    sha256 = str(named["sha256"])
    if sha256 in seen:
        return "it was judged before"
    seen.add(sha256)
    laid_down = rows.get(sha256)
    if laid_down is None:  # recorded again after a restore, of what the door's tables forgot: its signature names it
        return "" if world.restored else "nothing was handed in under its digest"
    if (laid_down["number"], laid_down["at"]) != (named["number"], datetime.fromisoformat(named["at"])):
        return "its number or time is another"
    seals = [one for one in await rows_of(world, "submissions") if one.kind == "SubmissionsSealed"]
    digests = [one["sha256"] for one in rows.values()]
    covers = [one for one in seals if one.told["first"] <= named["number"] <= one.told["last"]]
    if not any(one.recorded_at <= row.recorded_at and is_borne_out(one.told, digests) for one in covers):
        return "no seal before it covers it"
    return ""


def is_borne_out(seal: dict[str, Any], digests: Sequence[bytes]) -> bool:
    """True if a seal's root is that of the digests from its first to its last, computed here anew (RFC 6962, 2.1)."""
    leaves = [hashlib.sha256(b"\x00" + digest).digest() for digest in digests[seal["first"] - 1 : seal["last"]]]
    return len(leaves) == seal["last"] - seal["first"] + 1 and _root(leaves).hex() == seal["root"]


def _root(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + _root(leaves[:half]) + _root(leaves[half:])).digest()
