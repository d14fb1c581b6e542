"""Steps between a release and its hand-over: something happens that stands against the payment, and the files go on."""

from __future__ import annotations

from datetime import timedelta

from domain.partnership import commands as c
from domain.partnership.state import Partnership
from domain.payment.payment_file import FileStatus
from tests.simulation.draw import Draw
from tests.simulation.grounds import lists
from tests.simulation.grounds.lists import PAYEES, Payee
from tests.simulation.grounds.world import World
from tests.simulation.steps.money import hand_over
from tests.simulation.steps.people import doubt_a_key, in_our_hands, payable, releasable
from tests.simulation.steps.shared import PAYERS, Idle, decided, stand_still
from tests.simulation.steps.truths import answered_by_relief, told_of

HAPPENINGS = {"hold": 3, "interest": 3, "list": 4, "key": 4, "diversion": 1, "truth": 3, "nothing": 3}


async def send_after_all(world: World, draw: Draw) -> str:
    """A payment was released, something happens, and somebody hands it over all the same, before or after a file."""
    known = await payable(world, draw)
    said = []
    if not in_our_hands(known):
        tranche = draw.one(releasable(known))
        said.append(await decided(world, known.partnership_id, c.Release, draw.one(PAYERS), tranche=tranche))
    made_before = draw.number(1, 2) == 1
    if made_before:
        await world.office.export("paul.nkosi")
    said.append(await _happens(world, draw, known, draw.weighted(HAPPENINGS)))
    if not made_before:
        await world.office.export("paul.nkosi")
    for file in await world.office.files(FileStatus.MADE):
        said.append(await hand_over(world, draw, file.message_id))
    if draw.number(1, 4) > 1:
        said += await answered_by_relief(world, "noor.haddad")  # so that what was told once ends no script
    if world.lists and draw.number(1, 2) == 1:
        said.append(f"registers as they were: {await lists.restore(world)}")
    return "; ".join(said)


async def _happens(world: World, draw: Draw, known: Partnership, what: str) -> str:
    partnership_id = known.partnership_id
    match what:
        case "hold":
            return await decided(world, partnership_id, c.PlaceHold, "vera.lind", reason="wait for the auditors")
        case "interest":
            approved = sorted({one.actor for one in known.approvals} | {known.signatory} - {""})
            person = draw.one(approved or ["ana.silva"])
            interest = {"person": person, "what": "a seat on its board"}
            return await decided(world, partnership_id, c.DeclareInterest, person, interest=interest)
        case "list":
            return await listed(world, draw, known)
        case "key":
            approved = sorted({one.actor for one in known.approvals} - world.departed)
            if not approved:
                raise Idle
            if draw.number(1, 2) == 1:
                await stand_still(world, partnership_id)  # nobody lets fall what was decided; the check sees it alone
            return await doubt_a_key(world, draw.one(approved), timedelta(days=40))
        case "truth":
            return await told_of(world, draw, _payee(known))
        case "diversion":
            return await decided(world, partnership_id, c.ReportDiversion, "otto.audit", what="a boat was bought")
        case _:
            return "nothing happens"


async def listed(world: World, draw: Draw, known: Partnership) -> str:
    """A register says something new of a partnership's payee. Raises Idle where it has none."""
    payee = _payee(known)
    variant = draw.weighted({"reclassified": 2, "revoked": 1, "listed": 1})
    world.host.lose_after = draw.one([0, 0, 1])
    return f"{payee.name} is {variant}: {await lists.change(world, variant, payee)}"


def _payee(known: Partnership) -> Payee:
    """Return a partnership's payee. Raises Idle where it has none."""
    out = known.proposal.funds_out if known.proposal is not None else None
    payee = next((one for one in PAYEES if out is not None and one.name == out.payee.name), None)
    if payee is None:
        raise Idle
    return payee
