"""Steps of payments that are asked back of the bank, and of rests: what it answers, and what people do meanwhile."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from domain.partnership import commands as c
from domain.partnership.payment.recalling import open_recall
from domain.partnership.state import LEFT_STATES, Partnership, TrancheProgress
from domain.payment.recalls import RecallAnswer
from tests.simulation.bank.records import Payment, State
from tests.simulation.draw import Draw
from tests.simulation.grounds.world import World
from tests.simulation.steps.banking import CENT, one_held, short
from tests.simulation.steps.money import FEE, heard, out_with_it, returnable, way_back
from tests.simulation.steps.shared import PAYERS, decided, open_ones, some_partnership

FOLLOWS: Final = ("paul.nkosi", "femi.ade", "dora.kim", "pia.berg")
PAPER: Final = {"reason": "as their letter says", "document_sha256": "ab" * 32}


async def recall_payment(world: World, draw: Draw) -> str:
    """Somebody asks for a payment back that had left: also one that the bank booked, in part or whole."""
    if not any(map(_recallable, await open_ones(world))):
        await one_held(world, draw)
    known = await some_partnership(world, draw, lambda one: bool(_recallable(one)))
    tranche = draw.one(_recallable(known))
    content = {"tranche": tranche.number, "attempt": tranche.attempt, "reason": "it went to the wrong account"}
    said = await decided(world, known.partnership_id, c.RecallPayment, draw.one(FOLLOWS), **content)
    return "; ".join([said, *(await _impatient(world, draw, known, tranche) if draw.number(1, 3) == 1 else [])])


def _recallable(known: Partnership) -> list[TrancheProgress]:
    return [one for one in known.tranches if one.state in LEFT_STATES and open_recall(known, one.number) is None]


async def answer_recall(world: World, draw: Draw) -> str:
    """The bank answers a recall, and does as it says, now, later or in part. Somebody cannot wait for the money."""
    if not any(one.recalls for one in await open_ones(world)):
        await recall_payment(world, draw)
    known = await some_partnership(world, draw, lambda one: bool(one.recalls))
    recall = draw.one(known.recalls)
    granted = not recall.granted and draw.number(1, 3) > 1
    answer = RecallAnswer.GRANTED if granted else RecallAnswer.REFUSED
    content = {"tranche": recall.tranche, "attempt": recall.attempt, "answer": answer, **PAPER}
    said = [await decided(world, known.partnership_id, c.AnswerRecall, draw.one(FOLLOWS[:3]), **content)]
    tranche = known.tranche(recall.tranche)
    if tranche is not None and draw.number(1, 2) == 1:
        said += await _impatient(world, draw, known, tranche)
    payment = _at_the_bank(world, known, recall.tranche)
    if granted and payment is not None and draw.number(1, 3) > 1:
        said.append(await _comes_back(world, draw, payment))
    return "; ".join(said)


def _at_the_bank(world: World, known: Partnership, tranche: int) -> Payment | None:
    """Return the newest payment of a tranche that may come back, or None."""
    named = (known.partnership_id, tranche)
    mine = [one for one in world.bank.payments.values() if (one.partnership_id, one.tranche) == named]
    return next((one for one in reversed(mine) if returnable(one)), None)


async def _comes_back(world: World, draw: Draw, payment: Payment) -> str:
    """The bank returns what was recalled: whole, in part, or less a fee. What it did not book yet it rejects."""
    if payment.state is State.TAKEN:
        return await heard(world, draw, world.bank.reject(payment))
    left = min(payment.may_come_back, payment.amount)
    amount = draw.one([left, left, (left / 2).quantize(CENT)])
    fee = FEE if draw.number(1, 3) == 1 and amount > FEE and not payment.by_mistake else Decimal(0)
    came = world.bank.give_back(payment, amount, fee=fee, exchange=way_back(draw, payment))
    return await heard(world, draw, came)


async def _impatient(world: World, draw: Draw, known: Partnership, tranche: TrancheProgress) -> list[str]:
    """Two agree to the rest, if there is one, and a payer releases, before anything of what was recalled is back."""
    said = await agreed(world, draw, known, tranche) if tranche.has_remainder else []
    released = await decided(world, known.partnership_id, c.Release, draw.one(PAYERS), tranche=tranche.number)
    return [*said, released, *(await out_with_it(world, draw) if "refused" not in released else [])]


async def agree_rest(world: World, draw: Draw) -> str:
    """Two people agree to pay the rest of a payment, and it leaves. Sometimes one tries alone."""

    def fits(known: Partnership) -> bool:
        return any(one.has_remainder for one in known.tranches)

    if not any(map(fits, await open_ones(world))):
        await heard(world, draw, await short(world, draw))
    known = await some_partnership(world, draw, fits)
    tranche = draw.one([one for one in known.tranches if one.has_remainder])
    said = await agreed(world, draw, known, tranche)
    content = {"tranche": tranche.number}
    said.append(await decided(world, known.partnership_id, c.Release, draw.one(PAYERS), **content))
    return "; ".join([*said, *await out_with_it(world, draw)])


async def agreed(world: World, draw: Draw, known: Partnership, tranche: TrancheProgress) -> list[str]:
    """Let people agree to a rest: two, one alone, or one twice."""
    rest = {"amount": str(tranche.remainder), "currency": tranche.money.currency}
    content = {"tranche": tranche.number, "remainder": rest, "reason": "the bank sent back its part"}
    people = draw.one([("femi.ade", "dora.kim"), ("fay.okoro", "dirk.holm"), ("femi.ade",), ("dora.kim", "dora.kim")])
    return [await decided(world, known.partnership_id, c.AgreeRest, one, **content) for one in people]
