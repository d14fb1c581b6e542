"""Steps of payments and of the bank: files are made, leave, are lost, written again. The bank speaks and is heard."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from accord.presentation.faults import BadInput, Refused
from domain.partnership import commands as c
from domain.partnership.state import Partnership
from domain.payment.payment_file import FileStatus
from tests.simulation.bank.book import SILENTLY, WayBack
from tests.simulation.bank.records import Payment, Said, State, Word
from tests.simulation.draw import Draw
from tests.simulation.grounds import lists
from tests.simulation.grounds.lists import PAYEES, Payee
from tests.simulation.grounds.organisation import FUNDER_IBAN
from tests.simulation.grounds.world import World
from tests.simulation.judge.oracle import ask_at_hand_over
from tests.simulation.people.resolving import resolve_one
from tests.simulation.steps.people import in_our_hands, payable, releasable
from tests.simulation.steps.shared import PAYERS, Idle, cancelled, decided, open_ones, some_payment, told, tried
from tests.simulation.steps.truths import told_of

Meanwhile = Callable[[], Awaitable[None]]


async def make_files(world: World, draw: Draw) -> str:
    """A payer makes files of what waits."""
    actor = draw.one(PAYERS)
    made = await world.office.export(actor)
    reasons = "; ".join(f"{one.partnership_id} {one.tranche}: {one.reason}" for one in made.waiting)
    void = "".join(f"; void: {one.reason}" for one in made.voided)
    return f"{actor} makes {len(made.files)} files; waiting: {reasons or 'nothing'}{void}"


async def send(world: World, draw: Draw) -> str:
    """Files are made and handed over, while others go on with their work."""
    said = [await make_files(world, draw)]
    for file in await world.office.files(FileStatus.MADE):
        if draw.number(1, 6) > 1:
            said.append(await hand_over(world, draw, file.message_id))
    return "; ".join(said)


async def hand_over(world: World, draw: Draw, message_id: str, courier: bool = True) -> str:
    """Somebody lets a file leave. It goes from the folder to the bank, or is lost on the way."""
    actor = draw.one([*PAYERS, "femi.ade"])
    said: list[str] = []
    meanwhile = await _meanwhile(world, draw, message_id, said) if draw.number(1, 3) == 1 else None
    try:
        done = await world.office.hand_over(message_id, actor, meanwhile)
    except (Refused, BadInput) as fault:
        taken = await deliver(world)  # what another handed over meanwhile leaves, whatever this one was told
        return f"{actor} hands {message_id} over: refused, {fault}{''.join(said)}; the bank takes {taken}"
    lost = courier and done.path is not None and draw.number(1, 8) == 1
    came = "the courier loses it" if lost else f"the bank takes {await deliver(world)}"
    if lost:
        world.lost |= world.office.in_the_outbox()
        world.office.take_from_outbox()
    return f"{actor} hands {message_id} over: {done.void or came}{''.join(said)}"


async def deliver(world: World, in_doubt: bool = False) -> str:
    """The courier takes what stands in the folder to the bank. Raises Violation.

    `in_doubt`: two people saw why it would not pass now, and had it written all the same.
    """
    world.bank.names |= {name[4:12]: name for name in world.office.in_the_outbox()}
    taken = [await hand_in(world, content, in_doubt) for content in world.office.take_from_outbox()]
    return ", ".join(taken) or "nothing"


async def hand_in(world: World, content: bytes, in_doubt: bool = False) -> str:
    """Hand a file to the bank, and ask at once whether its payments might leave. Raises Violation."""
    new = world.bank.take(content)
    await ask_at_hand_over(world, new, in_doubt)
    return ", ".join(f"{one.partnership_id} tranche {one.tranche}" for one in new) or "what the bank has"


async def _meanwhile(world: World, draw: Draw, message_id: str, said: list[str]) -> Meanwhile:
    """Another's act between the check of a hand-over and its mark, most often on a payment in the file."""
    choice = draw.one(["hold", "cancel", "interest", "list", "truth", "hand over"])
    known = [one for one in await open_ones(world) if in_our_hands(one)]
    inside = await world.office.partnerships_in(message_id)
    touched = [one for one in known if one.partnership_id in inside]
    found = draw.one(touched or known) if known else None
    variant, payee = draw.one(sorted(lists.VARIANTS)), draw.one(PAYEES)
    files = await world.office.files(FileStatus.MADE)

    async def happen() -> None:
        match choice:
            case "list":
                done = await lists.change(world, variant, payee)
            case "truth":
                done = await told_of(world, draw, _payee_of(found) or payee)
            case "hand over" if files:
                done = await tried("petra.wolf too", world.office.hand_over(files[-1].message_id, "petra.wolf"))
            case "hold" if found:
                why = "wait a moment"
                done = await decided(world, found.partnership_id, c.PlaceHold, "vera.lind", reason=why)
            case "cancel" if found:
                done = await cancelled(world, found.partnership_id, in_our_hands(found)[0], "femi.ade")
            case "interest" if found and found.signatory:
                interest = {"person": found.signatory, "what": "the treasurer is a cousin"}
                who = found.signatory
                done = await decided(world, found.partnership_id, c.DeclareInterest, who, interest=interest)
            case _:
                return
        said.append(f", and meanwhile {choice}: {done[:120]}")

    return happen


def _payee_of(found: Partnership | None) -> Payee | None:
    out = found.proposal.funds_out if found is not None and found.proposal is not None else None
    return next((one for one in PAYEES if out is not None and one.name == out.payee.name), None)


async def write_again(world: World, draw: Draw) -> str:
    """A file that was handed over is written again, by one, or where it would not pass now, by two."""
    files = await world.office.files(FileStatus.HANDED_OVER, FileStatus.VOID, FileStatus.NEVER_SENT)
    if not files:
        raise Idle
    message_id = draw.one(files).message_id
    said = []
    for actor in draw.one([("paul.nkosi", "petra.wolf"), ("paul.nkosi",)]):
        said.append(await tried(f"{actor} writes {message_id} again", world.office.write_again(message_id, actor)))
        taken = await deliver(world, in_doubt=len(said) > 1)
        if taken != "nothing":
            world.lost.discard(message_id)
            return f"{'; '.join(said)}; the bank takes {taken}"
    return "; ".join(said)


async def say_never_sent(world: World, draw: Draw) -> str:
    """Two people say of a file that it never arrived: one that was lost, or, by mistake, one that the bank has."""
    files = [one.message_id for one in await world.office.files(FileStatus.HANDED_OVER)]
    lost = [one for one in files if one in world.lost]
    if not files:
        raise Idle
    message_id = draw.one(lost) if lost and draw.number(1, 5) > 1 else draw.one(files)
    word = (f"never-{message_id}.txt", f"We never got {message_id}.".encode())
    said = [
        await tried(f"{actor} says that {message_id} never arrived", world.office.never_sent(message_id, word, actor))
        for actor in ("fay.okoro", "dirk.holm")
    ]
    return "; ".join(said)


async def pay(world: World, draw: Draw) -> str:
    """Bring a payment to the bank in good order. Raises Idle where nothing can be paid."""
    known = await payable(world, draw)
    said = []
    if not in_our_hands(known):
        tranche = draw.one(releasable(known))
        said.append(await decided(world, known.partnership_id, c.Release, "petra.wolf", tranche=tranche))
    return "; ".join([*said, *await out_with_it(world, draw)])


async def out_with_it(world: World, draw: Draw) -> list[str]:
    """Make files of all that waits and may be paid, and hand them over."""
    await world.office.export("paul.nkosi")
    files = await world.office.files(FileStatus.MADE)
    return [await hand_over(world, draw, file.message_id, courier=False) for file in files]


# The bank.


async def bank_answers(world: World, draw: Draw) -> str:
    """The bank says what becomes of a payment."""
    payment = some_payment(world, draw, lambda one: one.state is State.TAKEN)
    match draw.weighted({"accept": 2, "settle": 4, "reject": 2}):
        case "accept":
            said = world.bank.accept(payment)
        case "settle":
            said = world.bank.settle(payment, reference=draw.number(1, 5) > 1)
        case _:
            said = world.bank.reject(payment)
    return told(said)


FEE: Final = Decimal("15.00")


def returnable(payment: Payment) -> bool:
    """True if a payment may come back."""
    return payment.may_come_back > 0 or payment.state is State.TAKEN


RATES_BACK: Final = (None, Decimal("1.1155"), Decimal("1.02"))
"""How many dollars the bank gives for a euro that comes back: as it was booked, near to that, and too few."""


def way_back(draw: Draw, payment: Payment) -> WayBack:
    """Return the exchange of a payment that comes back, which the bank tells or does not."""
    return SILENTLY if payment.currency == "USD" else WayBack(draw.one(RATES_BACK), draw.number(1, 2) == 1)


async def bank_gives_back(world: World, draw: Draw) -> str:
    """A payment comes back, whole or in part. A payment on its way is booked first."""
    payment = some_payment(world, draw, returnable)
    said = [await _said_first(world, payment, State.SETTLED)] if payment.state is State.TAKEN else []
    left = min(payment.may_come_back, payment.amount)  # one booking gives one booking back
    part = draw.weighted({1: 1, 2: 2})
    amount = (left / part).quantize(Decimal("0.01"))
    fee = FEE if draw.number(1, 4) == 1 and amount > FEE and not payment.by_mistake else Decimal(0)
    came = world.bank.give_back(payment, amount, fee=fee, exchange=way_back(draw, payment))
    return "; ".join([*said, await heard(world, draw, came)])


IMPOSSIBLE: Final = (date(1, 1, 1), date(9999, 12, 31))
FAR: Final = timedelta(days=40)
"""Days as far from today cannot be either, and can be read."""

ERRORS: Final = {
    "contradict": State.SETTLED,
    "twice": State.SETTLED,
    "repeat": State.SETTLED,
    "same id": State.TAKEN,
    "day": State.TAKEN,
    "sum": State.TAKEN,
}
"""How the bank may err, and of a payment in which state."""


async def bank_errs(world: World, draw: Draw) -> str:
    """The bank contradicts itself, tells a booking twice, books twice, or dates what it says as cannot be."""
    how = draw.weighted(dict.fromkeys(ERRORS, 1) | {"twice": 2, "day": 2, "same id": 2})
    if ERRORS[how] is State.TAKEN and not any(one.state is State.TAKEN for one in world.bank.payments.values()):
        await pay(world, draw)
    payment = some_payment(world, draw, lambda one: one.state in {State.TAKEN, ERRORS[how]} and not one.is_short)
    known = payment.state is State.SETTLED if how == "twice" else bool(payment.words)
    first = [] if known or how in {"day", "sum"} else [await _said_first(world, payment, ERRORS[how])]
    before = [
        one for one in world.bank.said if one.end_to_end_id == payment.end_to_end_id and one.word is not Word.KNOWN
    ]
    today = world.clock.at.date()
    match how:
        case "contradict":
            for earlier in [one for one in before if one.number not in world.imported]:
                first.append(await import_one(world, earlier))  # unread, nobody could know that it contradicts itself
            said = world.bank.reject(payment)
        case "repeat":
            said = world.bank.repeat(draw.one(before))
        case "same id":
            said = world.bank.reject(payment, message_id=before[-1].message_id)
        case "twice":
            said = world.bank.settle(payment)
        case "sum":
            said = world.bank.settle(payment, times=10)
        case _:
            said = world.bank.settle(payment, on=draw.one([*IMPOSSIBLE, today + FAR, today - FAR]))
    return "; ".join([*first, f"the bank errs: {await heard(world, draw, said)}"])


async def _said_first(world: World, payment: Payment, state: State) -> str:
    """Bring a payment to where the bank may err about it, and import what it says of that."""
    said = world.bank.settle(payment) if state is State.SETTLED else world.bank.accept(payment)
    return f"{told(said)}; {await import_one(world, said)}"


async def heard(world: World, draw: Draw, said: Said) -> str:
    """The bank's word is imported at once, or lies about for a while."""
    return told(said) if draw.number(1, 2) == 1 else f"{told(said)}; {await import_one(world, said)}"


async def money_comes_in(world: World, draw: Draw) -> str:
    """A credit on some account: a donor's, or somebody else's."""
    gifts = [one for one in await open_ones(world) if one.proposal is not None and one.proposal.funds_in is not None]
    purpose = draw.one([f"gift {one.partnership_id}" for one in gifts] or ["thank you"])
    iban = draw.weighted({FUNDER_IBAN: 4, PAYEES[0].iban: 1})
    amount = draw.one([Decimal("2500.00"), Decimal("5000.00")])
    stranger = iban != FUNDER_IBAN or purpose == "thank you"
    return await heard(world, draw, world.bank.receive(iban, amount, "USD", purpose, stranger))


async def take_in(world: World, draw: Draw) -> str:
    """Somebody imports files of the bank's: new ones, in any order, or an old one again."""
    files = world.unimported if world.unimported and draw.number(1, 6) > 1 else world.bank.said
    if not files:
        raise Idle
    return await import_one(world, draw.one(files), draw.one(["petra.wolf", "femi.ade"]))


async def import_one(world: World, said: Said, actor: str = "petra.wolf") -> str:
    """Import a file of the bank's."""
    done = await tried(f"import {said.name} ({said.word.value})", world.office.take_in(said, actor))
    if ": refused" not in done:
        world.imported.add(said.number)
    return done


async def resolve(world: World, draw: Draw) -> str:
    """People ask the bank what an exception was, and say so: one, or where money moves by it, two."""
    waiting = await world.office.exceptions()
    if not waiting:
        raise Idle
    return await resolve_one(world, draw.one(waiting), draw.one([("fay.okoro", "dora.kim"), ("dora.kim", "dirk.holm")]))
