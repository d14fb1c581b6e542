"""Steps of a bank as banks are: a file that it got twice, words of its own, charges, and what comes back."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from deploy.embedded.trial_bank.account_book import BankCharge
from deploy.embedded.trial_bank.bank import BankTerms
from domain.grants import fund_of_gift
from domain.partnership import commands as c
from domain.partnership.state import Partnership
from tests.simulation.bank.book import USUAL_RATE
from tests.simulation.bank.records import Payment, Said, State
from tests.simulation.bank.words import ALREADY_THERE, CONTENT, IN_WORDS, Refusal
from tests.simulation.draw import Draw
from tests.simulation.grounds.lists import PAYEES
from tests.simulation.grounds.organisation import FUNDER_IBAN
from tests.simulation.grounds.treasury import FUNDER
from tests.simulation.grounds.world import World
from tests.simulation.people.resolving import resolve_one
from tests.simulation.steps.money import heard, import_one, out_with_it, pay, send
from tests.simulation.steps.people import is_ready, releasable
from tests.simulation.steps.shared import PAYERS, Idle, decided, some_partnership, some_payment, told

CENT: Final = Decimal("0.01")


async def upload_twice(world: World, draw: Draw) -> str:
    """Somebody uploads a file twice. The bank refuses the second copy in words of its own, and a payer reads that."""
    if not any(one.state is State.TAKEN for one in world.bank.payments.values()):
        await pay(world, draw)
    payment = some_payment(world, draw, lambda one: one.state in {State.TAKEN, State.SETTLED})
    words = draw.one(ALREADY_THERE)
    refused = world.bank.upload_again(payment.message_id, words)
    said = [f"{payment.message_id} is uploaded twice; the bank refuses the second copy ({words})"]
    if draw.number(1, 3) > 1:
        said += [await import_one(world, one, "femi.ade") for one in refused]  # whoever imports does not hand over
        said += await paid_anew(world, draw, payment)
    return "; ".join(said)


async def paid_anew(world: World, draw: Draw, payment: Payment) -> list[str]:
    """Whoever believes that a payment failed pays it once more: people resolve what is asked, and a payer releases."""
    said = []
    for exception in await world.office.exceptions():
        if exception.partnership == payment.partnership_id and draw.number(1, 3) > 1:
            said.append(await resolve_one(world, exception, ("fay.okoro", "dirk.holm")))
    lifted = await decided(world, payment.partnership_id, c.LiftHold, "dora.kim", reason="it was looked into")
    tranche = {"tranche": payment.tranche}
    released = await decided(world, payment.partnership_id, c.Release, draw.one(PAYERS), **tranche)
    return [*said, lifted, released, *await out_with_it(world, draw)]


async def refuse_in_words(world: World, draw: Draw) -> str:
    """The bank refuses a payment, or the whole file that it came in, for a fault or for reasons of its own."""
    words = draw.one([*CONTENT, *IN_WORDS])
    payment = some_payment(world, draw, lambda one: one.state is State.TAKEN and _may_be_refused(world, one, words))
    said = world.bank.reject(payment, refusal=words)
    done = f"{told(said)} ({words}); {await import_one(world, said, 'femi.ade')}"
    return "; ".join([done, *(await paid_anew(world, draw, payment) if draw.number(1, 2) == 1 else [])])


def _may_be_refused(world: World, payment: Payment, words: Refusal) -> bool:
    return words.level == "payment" or world.bank.is_whole(payment)


WITHIN, BEYOND = Decimal("12.50"), Decimal("45.00")
"""Charges that the organisation's rules let through, and such that people look at."""
RATES: Final = (Decimal("1.1155"), USUAL_RATE, Decimal("1.16"))
"""How many dollars the bank takes for a euro: the reference rate, near to it, and too far from it."""


async def book_with_charges(world: World, draw: Draw) -> str:
    """The bank books a payment with its charges, and one in euros at a rate: within what is let through, or beyond."""
    payment = await one_held(world, draw)
    charges = (BankCharge(draw.one([WITHIN, BEYOND]), "DEBT"),) if draw.number(1, 3) > 1 else ()
    rate = draw.one(RATES) if payment.currency != "USD" else None
    said = world.bank.settle(payment, terms=BankTerms(rate=rate, charges=charges, contract="FX-7" if rate else ""))
    return f"{await heard(world, draw, said)}, booked as {said.booked or 'instructed'}"


async def book_short(world: World, draw: Draw) -> str:
    """The bank books a part of a payment, and no more of it."""
    return await heard(world, draw, await short(world, draw))


async def short(world: World, draw: Draw) -> Said:
    """Let the bank book a part of a payment, and return what it says of it."""
    payment = await one_held(world, draw)
    part = (payment.amount * draw.one([Decimal("0.25"), Decimal("0.9")])).quantize(CENT)
    return world.bank.settle(payment, terms=BankTerms(amount=part))


async def pay_back(world: World, draw: Draw) -> str:
    """A payee pays something back, and says of what in its own words: the bank books a credit, as it does of a gift."""
    first = [] if any(map(_may_pay_back, world.bank.payments.values())) else [await settle_one(world, draw)]
    payment = some_payment(world, draw, _may_pay_back)
    left = left_of(payment)
    amount = draw.one([left, (left / 2).quantize(CENT)])
    words = draw.one([f"unspent {payment.partnership_id}", f"gift {payment.partnership_id}", "refund, with thanks"])
    payer = next((one.name, one.iban) for one in PAYEES if payment.creditor in one.accounts)
    said = world.bank.receive(payment.debtor, amount, "USD", words, payer=payer, back=payment.end_to_end_id)
    return "; ".join([*first, f"a payee pays back: {await heard(world, draw, said)}"])


def _may_pay_back(payment: Payment) -> bool:
    return left_of(payment) > 0 and payment.currency == "USD"


def left_of(payment: Payment) -> Decimal:
    """Return the payee's remaining sum of a payment."""
    return payment.net - payment.paid_back


async def settle_one(world: World, draw: Draw) -> str:
    """Bring a payment to where it is booked, and the bank's word of it imported. Raises Idle."""
    return await import_one(world, world.bank.settle(await one_held(world, draw)), "femi.ade")


async def one_held(world: World, draw: Draw) -> Payment:
    """Return a payment of which the bank said nothing yet. If there is none, one is brought there. Raises Idle."""
    if not any(map(_is_held, world.bank.payments.values())):
        await pay(world, draw)
    return some_payment(world, draw, _is_held)


def _is_held(payment: Payment) -> bool:
    return payment.state is State.TAKEN and not payment.words


async def take_gift_back(world: World, draw: Draw) -> str:
    """A giver's bank takes a gift back that was booked."""
    given = [one for one in world.bank.received if one.gift and not one.taken_back]
    if not given:
        raise Idle
    said = world.bank.take_back(draw.one(given), "USD")
    return f"a gift is taken back: {await heard(world, draw, said)}"


async def spend_a_gift_that_went(world: World, draw: Draw) -> str:
    """A gift comes in, a payment of it is released, its giver's bank takes it back, and the payment goes on."""
    known = await some_partnership(world, draw, _pays_its_gift)
    gift = known.proposed.funds_in
    if gift is None or gift.funder != FUNDER:
        raise Idle
    said = []
    if known.received < gift.money.amount:
        came = world.bank.receive(FUNDER_IBAN, gift.money.amount, gift.money.currency, f"gift {known.partnership_id}")
        said.append(await import_one(world, came, "femi.ade"))
    for tranche in releasable(known):
        said.append(await decided(world, known.partnership_id, c.Release, draw.one(PAYERS), tranche=tranche))
    for one in world.bank.received:
        if one.gift == known.partnership_id and not one.taken_back:
            said.append(await import_one(world, world.bank.take_back(one, gift.money.currency), "femi.ade"))
    return "; ".join([*said, await send(world, draw)])


def _pays_its_gift(known: Partnership) -> bool:
    """True if a partnership's own gift pays it, or must come in first."""
    proposal = known.proposal
    if proposal is None or proposal.funds_in is None or proposal.funds_out is None or not is_ready(known):
        return False
    own = fund_of_gift(known.partnership_id)
    return proposal.funds_out.waits_for_gift or any(one.fund == own for one in proposal.funds_out.parts)
