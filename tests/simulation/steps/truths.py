"""Steps in which somebody tells what they learnt of a payee, at any moment, and verifiers and others answer it."""

from __future__ import annotations

import hashlib
from typing import Final

from accord.organisation.recorded_truths import answer, tell
from accord.organisation.truths import Telling
from domain.screening.truths import TruthKind
from domain.truths.truth import Truth
from records.truths import read_truths
from tests.simulation.draw import Draw
from tests.simulation.grounds.lists import PAYEES, Payee
from tests.simulation.grounds.world import World
from tests.simulation.steps.shared import Idle, open_ones, tried

TELLERS: Final = ["pia.berg", "vera.lind", "ana.silva", "otto.audit"]
ANSWERERS: Final = ["vera.lind", "vito.rana", "noor.haddad", "pia.berg", "petra.wolf"]
"""Who tries to answer: verifiers, of whom one also tells, and two who may not."""

FELL: Final = hashlib.sha256(b"a letter").hexdigest()


async def tell_truth(world: World, draw: Draw) -> str:
    """Somebody learnt that a payee lost its status, and tells it: in a partnership, or by number or name in none."""
    return await told_of(world, draw, draw.one(PAYEES))


async def told_of(world: World, draw: Draw, payee: Payee) -> str:
    """Somebody tells that of a payee."""
    own = [one for one in await open_ones(world) if one.proposal is not None and _pays(one.proposal, payee)]
    about = draw.one([{"ein": payee.ein}, {"about": payee.name.upper()}, {"about": f"{payee.name}, Inc."}, {}])
    if not about and own:
        about = {"partnership_id": draw.one(own).partnership_id}
    said = Telling(TruthKind.LOST_STATUS, f"letter {len(world.trace)}", world.clock.at.date())
    said = said._replace(**(about or {"ein": payee.ein}))
    who = draw.one(TELLERS)

    async def wanted() -> str:
        truth = await tell(world.office.desk, said, who)
        world.told[str(truth.truth)] = payee.name
        return truth.name

    return await tried(f"{who} tells of {payee.name}: {next(iter(about), 'ein')}", wanted())


async def answer_truth(world: World, draw: Draw) -> str:
    """Somebody answers what was told, whether they may or not."""
    known = await _answerable(world)
    if not known:
        raise Idle
    return await answered(world, draw.one(known), draw.one(ANSWERERS), so=draw.number(1, 4) == 1)


async def answered(world: World, truth: Truth, who: str, *, so: bool) -> str:
    """Somebody says whether a truth is so."""

    async def wanted() -> str:
        paper = {} if so else {"paper": "letter.pdf", "paper_sha256": FELL}
        found = await answer(world.office.desk, truth, so, "it was asked", who, **paper)
        return "so" if found.is_so else "not so"

    return await tried(f"{who} answers {truth.name}", wanted())


async def answered_by_relief(world: World, person: str) -> list[str]:
    """A person who had no part in anything finds every told truth to be none."""
    return [await answered(world, one, person, so=False) for one in await _answerable(world)]


async def _answerable(world: World) -> list[Truth]:
    return [one for one in await read_truths(world.office.desk.reader) if not one.fell]


def _pays(proposal: object, payee: Payee) -> bool:
    out = getattr(proposal, "funds_out", None)
    return out is not None and out.payee.name == payee.name
