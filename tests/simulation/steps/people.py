"""Steps of the staff: they propose, decide, hold, recuse themselves, leave, and lose their keys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from domain.directory.people import KeyRevoked, StaffLeft
from domain.grants import fund_of_gift
from domain.parties import Party, PartyKind
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.partnership.state import RELEASABLE, Partnership, TrancheState
from domain.policy.conditions import Gate
from tests.builders import funds_in, funds_out, money, proposal
from tests.simulation.draw import Draw
from tests.simulation.grounds import lists
from tests.simulation.grounds.lists import PAYEES
from tests.simulation.grounds.organisation import PAYS_BY_ACH, make_key
from tests.simulation.grounds.world import World
from tests.simulation.people.acts import acts
from tests.simulation.people.grantee import contact_of
from tests.simulation.steps.budgets import planned
from tests.simulation.steps.shared import (
    Idle,
    account_of,
    asked,
    cancelled,
    carry_out,
    decided,
    some_partnership,
    tried,
)
from tests.simulation.steps.treasury import given_for, paid_by

MOST_PARTNERSHIPS: Final = 12
ROUNDS_TO_LEAD: Final = 8


async def propose(world: World, draw: Draw) -> str:
    """A new partnership: one or two payments out, or a gift in."""
    if len(world.partnerships) >= MOST_PARTNERSHIPS:
        raise Idle
    reference = f"P-2026-{len(world.partnerships) + 1:04}"
    world.partnerships.append(reference)
    payee = draw.one(PAYEES)
    party = Party(name=payee.name, kind=PartyKind.NONPROFIT, country="US", ein=payee.ein)
    amounts = draw.one([("1000.00",), ("600.00", "400.00")])
    funder = draw.one(["ISOC", "ISOC", "ISOC", "SAMPLE-PF", PAYS_BY_ACH])
    leg: dict[str, Any] = {"payee": party, "final_report": draw.number(1, 3) == 1, "funder": funder}
    leg |= _in_euros(amounts) if draw.number(1, 7) == 1 else await paid_by(world, draw, amounts, funder)
    leg |= planned(draw, amounts) if "tranches" not in leg else {}
    legs: dict[str, Any] = {"funds_out": funds_out(*amounts, **leg), "reports": _plan(draw, amounts)}
    match draw.number(1, 8):
        case 1 | 2:
            legs = {"funds_in": funds_in("5000.00", **given_for(draw))}
        case 3 | 4 if "tranches" not in leg:
            donor = draw.one([one for one in PAYEES if one is not payee])
            given = Party(name=donor.name, kind=PartyKind.NONPROFIT, country="US", ein=donor.ein)
            gift = funds_in("2000.00", donor=given, funder=funder, **given_for(draw, funder))
            leg |= {"funds": [{"fund": fund_of_gift(reference)}]} if "restricted_to" in gift else {}
            waits = funds_out(*amounts, **leg, waits_for_gift=draw.number(1, 2) == 1)
            legs |= {"funds_out": waits, "funds_in": gift}
    wanted = proposal(reference, partner=party, contacts=[contact_of(party.name)], **legs)
    return await asked(world, f"propose {reference}", world.office.propose(wanted, "pia.berg"))


def _in_euros(amounts: tuple[str, ...]) -> dict[str, Any]:
    """Return the payments of a leg in euros. No fund of dollars pays them."""
    return {"tranches": [{"number": n, "money": money(one, "EUR")} for n, one in enumerate(amounts, start=1)]}


def _plan(draw: Draw, amounts: tuple[str, ...]) -> list[dict[str, Any]]:
    """Of two payments, the second may wait for a report on the first."""
    if len(amounts) == 1 or draw.number(1, 3) > 1:
        return []
    return [{"number": 1, "kind": "PROGRESS", "days_after": 90, "after_tranche": 1, "holds": [2]}]


async def lead(world: World, draw: Draw) -> str:
    """A new partnership is led to where it may pay, by the diligent."""
    said = await propose(world, draw)
    reference = world.partnerships[-1]
    for _ in range(ROUNDS_TO_LEAD):
        known = await world.office.desk.partnership(reference)
        if known is None or known.ended or is_ready(known):
            break
        wanted = acts(known, await world.office.desk.directory(), await account_of(world, known))
        if not wanted:
            break
        said = await carry_out(world, reference, wanted[0], draw.one(wanted[0].actors))
    return f"{reference} is led on, until {said}"


async def go_on(world: World, draw: Draw) -> str:
    """Somebody does what comes next in a partnership."""
    known = await some_partnership(world, draw)
    wanted = acts(known, await world.office.desk.directory(), await account_of(world, known))
    if not wanted:
        raise Idle
    act = wanted[0] if draw.number(1, 5) > 1 else draw.one(wanted)
    return await carry_out(world, known.partnership_id, act, draw.one(act.actors))


async def release(world: World, draw: Draw) -> str:
    """A payer releases a tranche that may be."""
    known = await some_partnership(world, draw, lambda one: bool(releasable(one)))
    actor = draw.one(["pam.osei", "paul.nkosi", "petra.wolf"])
    return await decided(world, known.partnership_id, c.Release, actor, tranche=draw.one(releasable(known)))


def releasable(known: Partnership) -> list[int]:
    """Return the tranches of a partnership that may be released."""
    return [one.number for one in known.unpaid if one.state in RELEASABLE] if known.stage is Stage.ACTIVE else []


def in_our_hands(known: Partnership) -> list[int]:
    """Return the tranches of a partnership that were released and did not leave."""
    return [one.number for one in known.tranches if one.state is TrancheState.RELEASED]


def is_ready(known: Partnership) -> bool:
    """True if nothing in the partnership itself stands against a payment."""
    papers = known.open_conditions(Gate.AGREEMENT, Gate.PAYMENT)
    return known.stage is Stage.ACTIVE and not (known.hold or known.missing_approvals or papers)


async def payable(world: World, draw: Draw) -> Partnership:
    """Return a partnership that may pay now. A new one is led there if need be. Raises Idle."""

    def fits(known: Partnership) -> bool:
        return is_ready(known) and bool(releasable(known) or in_our_hands(known))

    try:
        return await some_partnership(world, draw, fits)
    except Idle:
        await lead(world, draw)
    return await some_partnership(world, draw, fits)


async def cancel(world: World, draw: Draw) -> str:
    """Somebody takes a payment back."""
    known = await some_partnership(world, draw, lambda one: any(tranche.attempt for tranche in one.tranches))
    tranche = draw.one([one.number for one in known.tranches if one.attempt])
    actor = draw.one(["vera.lind", "femi.ade", "petra.wolf", "dora.kim"])
    return await cancelled(world, known.partnership_id, tranche, actor)


async def hold(world: World, draw: Draw) -> str:
    """Somebody stops a partnership."""
    known = await some_partnership(world, draw)
    actor = draw.one(["vera.lind", "vito.rana", "femi.ade", "pam.osei", "dora.kim"])
    leg = draw.one([None, None, *known.proposed.directions])
    return await decided(world, known.partnership_id, c.PlaceHold, actor, reason="something is wrong with it", leg=leg)


async def end_a_leg(world: World, draw: Draw) -> str:
    """Somebody ends one leg of two."""
    known = await some_partnership(world, draw, lambda one: len(one.proposed.directions) > 1)
    leg, actor = draw.one(known.proposed.directions), draw.one(["dora.kim", "dirk.holm"])
    return await decided(world, known.partnership_id, c.EndLeg, actor, leg=leg, reason="nothing more comes of it")


async def lift(world: World, draw: Draw) -> str:
    """Somebody lifts a hold."""
    known = await some_partnership(world, draw, lambda one: one.hold is not None)
    actor = draw.one(["fay.okoro", "dirk.holm", "dora.kim"])
    numbers = (draw.one(known.holds).number,)
    return await decided(world, known.partnership_id, c.LiftHold, actor, reason="it was looked into", holds=numbers)


async def declare_interest(world: World, draw: Draw) -> str:
    """Somebody declares an interest, most often after they decided."""
    known = await some_partnership(world, draw)
    involved = {one.actor for one in known.approvals} | {known.signatory, known.verifier} - {""}
    person = draw.one(sorted(involved - {""}) or ["ana.silva"])
    interest = {"person": person, "what": "a friend of the treasurer"}
    return await decided(world, known.partnership_id, c.DeclareInterest, person, interest=interest)


async def comment(world: World, draw: Draw) -> str:
    """Somebody says something, which changes nothing."""
    known = await some_partnership(world, draw)
    actor = draw.one(["otto.audit", "vera.lind", "femi.ade", "pam.osei"])
    return await decided(world, known.partnership_id, c.Comment, actor, text="their auditor writes in March")


async def assign(world: World, draw: Draw) -> str:
    """Somebody says who looks after it: one who decides and pays in it, one with an interest, or nobody."""
    known = await some_partnership(world, draw)
    person = draw.one(["ana.silva", "femi.ade", "paul.nkosi", None])
    return await decided(world, known.partnership_id, c.Assign, draw.one(["pia.berg", "vera.lind"]), to=person)


async def report_diversion(world: World, draw: Draw) -> str:
    """Somebody reports that money went elsewhere."""
    known = await some_partnership(world, draw, lambda one: one.has_paid)
    return await decided(world, known.partnership_id, c.ReportDiversion, "otto.audit", what="a car was bought")


async def end(world: World, draw: Draw) -> str:
    """Somebody ends a partnership before its time."""
    known = await some_partnership(world, draw)
    kind, actor = draw.one([(c.Terminate, "dirk.holm"), (c.Decline, "dora.kim"), (c.Withdraw, "pia.berg")])
    return await decided(world, known.partnership_id, kind, actor, reason="it is no longer wanted")


async def leave(world: World, draw: Draw) -> str:
    """Somebody leaves, or their key is taken out of force, in good order."""
    leaving = sorted({"pam.osei", "fay.okoro", "vito.rana", "rosa.lund"} - world.departed)
    if not leaving:
        raise Idle
    person = draw.one(leaving)
    world.departed.add(person)
    key = world.keyring.public(person).key_id
    fact: Any = draw.one([StaffLeft(staff_id=person), KeyRevoked(staff_id=person, key_id=key)])
    decreed = world.office.decree(fact, by="dora.kim", confirmed_by="otto.audit")
    return await tried(f"{fact.event_type} {person}", decreed)


async def lose_a_key(world: World, draw: Draw) -> str:
    """Somebody's key is revoked for cause, from an earlier time on. They get another one."""
    person = draw.one(["ana.silva", "femi.ade", "vera.lind", "pam.osei", "dirk.holm"])
    if person in world.departed:
        raise Idle
    return await doubt_a_key(world, person, draw.one([timedelta(hours=2), timedelta(days=3), timedelta(days=40)]))


async def doubt_a_key(world: World, person: str, before: timedelta) -> str:
    """Others may have used a person's key for so long: it is revoked for cause, and they get another one."""
    key, since = world.keyring.public(person), world.clock.at - before
    by, confirmed_by = ("dirk.holm", "olga.fisk") if person == "dora.kim" else ("dora.kim", "otto.audit")
    revoked = KeyRevoked(staff_id=person, key_id=key.key_id, compromised_since=since)
    said = await tried(
        f"the key of {person} is doubted since {since:%m-%d %H:%M}",
        world.office.decree(revoked, by=by, confirmed_by=confirmed_by),
    )
    if "refused" in said:
        return said
    world.doubted[key.key_id] = since
    enrolled = make_key(world.keyring, person, len(world.doubted))
    return f"{said}; {await tried('a new one', world.office.decree(enrolled, by=by, confirmed_by=confirmed_by))}"


# Registers.


async def change_a_list(world: World, draw: Draw) -> str:
    """A register says something new of a payee, or no longer does."""
    if world.lists and draw.number(1, 2) == 1:
        return f"registers as they were: {await lists.restore(world)}"
    variant, payee = draw.one(sorted(lists.VARIANTS)), draw.one(PAYEES)
    return f"{payee.name} is {variant}: {await lists.change(world, variant, payee)}"


async def rescreen(world: World, draw: Draw) -> str:
    """The schedule of the re-screening runs."""
    del draw
    await world.client.start_workflow("Rescreening", id=f"rescreening-{len(world.trace)}")
    return "re-screening"
