"""People's word on an exception once they have asked the bank, whose book tells the truth."""

from __future__ import annotations

from decimal import Decimal
from itertools import count

from accord.counter.resolutions import PaymentReference
from accord.presentation.faults import BadInput, Refused
from deploy.embedded.trial_bank.account_book import BankBooking
from domain.identity import end_to_end_id, payment_id
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import COUNTING, ExceptionKind, Resolution
from domain.values import Money
from payments.answers.exceptions import RaisedException
from tests.simulation.bank.records import Payment, Said, State, Word
from tests.simulation.grounds.organisation import FUNDER_IBAN
from tests.simulation.grounds.world import World

COUNTED = (TrancheState.SETTLED, TrancheState.RETURNED)
"""What a payment is once its booking counts: also if it came back since."""


WAITS = ("could come back", "until then", "say first what that is")
"""In what words an answer is refused that is right, and too early: until a booking counts, a day, another exception."""


AS_BEFORE = "resolve it as told-before"
"""In what words it is refused to count a booking that counts already."""


async def resolve_one(world: World, exception: RaisedException, people: tuple[str, ...]) -> str:
    """Resolve an exception as the bank's book tells it or, if that is refused, as told before or the bank's error."""
    said = _told(world, exception)
    if said is not None and said.word is Word.REVERSED and not await _is_written_off(world, said):
        return f"{exception.kind.value} of {exception.file_name} waits until a refund of it is on record"
    wanted = await _what_it_was(world, exception, said)
    done = await _by(world, exception, wanted, people)
    waits = any(words in done for words in WAITS)
    if "refused" in done and wanted in COUNTING and not waits:
        instead = Resolution.TOLD_BEFORE if AS_BEFORE in done else Resolution.BANK_ERROR
        done = f"{done}; {await _by(world, exception, instead, people)}"
    return f"{exception.kind.value} of {exception.file_name} is {done}"


def _told(world: World, exception: RaisedException) -> Said | None:
    """Return what the bank said: of a statement, what it told by itself of the same booking."""
    said = next((one for one in world.bank.said if one.name == exception.file_name), None)
    if said is None or said.stated is None:
        return said
    named = {one for one in said.stated.bookings if _names(exception, one)}
    own = (one for one in world.bank.said if one.booking in named and one.stated is None)
    return min(own, key=lambda one: one.wrong, default=None)


def _names(exception: RaisedException, booking: BankBooking) -> bool:
    if booking.end_to_end_id and booking.end_to_end_id in exception.content:
        return booking.is_credit == ("RETURNED" in exception.content)
    return f"reference {booking.reference}," in f"{exception.content},"


async def _by(world: World, exception: RaisedException, wanted: Resolution, people: tuple[str, ...]) -> str:
    told = []
    for person in people:
        try:
            named = _named(world, exception, wanted, person)
            done = await world.office.resolve(exception, wanted, *named, _back(world, exception, wanted))
        except (Refused, BadInput) as fault:
            return f"{wanted.value}: refused to {person}, {fault}"
        told.append(person)
        if not done.waits_for_second:
            return f"{wanted.value}, by {' and '.join(told)}"
    return f"{wanted.value}, by {' and '.join(told)}; another must agree"


def _back(world: World, exception: RaisedException, wanted: Resolution) -> Money | None:
    """Return the sum that came back of an exchanged payment, as its own currency has it, or None of any other."""
    said = _told(world, exception)
    if said is None or wanted is not Resolution.BELONGS_TO or said.word is not Word.RETURNED or not said.booked:
        return None
    return None if said.booked.startswith(said.currency) else Money(amount=said.amount, currency=said.currency)


def _named(
    world: World, exception: RaisedException, wanted: Resolution, person: str
) -> tuple[PaymentReference, str, str]:
    """Return the payment that somebody names, with the booked sum where a booking differs, and the person."""
    said = _told(world, exception)
    if said is None or wanted is not Resolution.BOOKED_WITH_DIFFERENCE:
        return PaymentReference(), person, ""
    payment = world.bank.payments[said.end_to_end_id]
    whose, tranche = payment.partnership_id, payment.tranche
    attempts = (one for one in count(1) if end_to_end_id(payment_id(whose, tranche, one)) == said.end_to_end_id)
    return PaymentReference(whose, tranche, next(attempts)), person, said.booked


async def _what_it_was(world: World, exception: RaisedException, said: Said | None) -> Resolution:
    if said is None or (said.wrong and said.word is Word.KNOWN):
        return Resolution.OURS
    if said.word is Word.REVERSED:
        return Resolution.TOLD_BEFORE
    if said.word is Word.RECEIVED:
        return _receipt(exception, said)
    payment = world.bank.payments.get(said.end_to_end_id)
    if payment is None:
        return Resolution.BANK_ERROR
    match said.word:
        case Word.SETTLED if payment.state is State.TAKEN or payment.state is State.REJECTED:
            return Resolution.BANK_ERROR
        case Word.SETTLED if said.number in world.bank.told_again and await _state(world, said) in COUNTED:
            return Resolution.TOLD_BEFORE  # by the bank's reference it is the booking that counts already
        case Word.SETTLED if exception.kind is ExceptionKind.SECOND_BOOKING or _is_one_too_many(said, payment):
            return Resolution.BANK_ERROR
        case Word.SETTLED:
            counted = await _state(world, said) in COUNTED
            counts = Resolution.BOOKED_WITH_DIFFERENCE if said.booked else Resolution.BELONGS_TO
            return Resolution.TOLD_BEFORE if counted else counts
        case Word.REJECTED if payment.state is State.REJECTED:
            return Resolution.NOTHING_BOOKED
        case Word.RETURNED if payment.returned > Decimal(0) and said.number not in world.bank.corrections:
            return Resolution.BELONGS_TO
        case _:
            return Resolution.BANK_ERROR


async def _is_written_off(world: World, said: Said) -> bool:
    """True if two people recorded that the money went back to its donor, so that it is no mistake of the bank."""
    came = next(one for one in world.bank.received if one.taken_back == said.number)
    known = await world.office.desk.partnership(came.gift)
    refunds = known.refunds if known is not None else ()
    return any(one.bank_reference == came.reference and one.confirmed_by for one in refunds)


def _is_one_too_many(said: Said, payment: Payment) -> bool:
    """True if the bank booked a payment more than once, and this is not the booking that stands."""
    return said.error and payment.booked > payment.amount


async def _state(world: World, said: Said) -> TrancheState | None:
    payment = world.bank.payments[said.end_to_end_id]
    known = await world.office.desk.partnership(payment.partnership_id)
    tranche = known.tranche(payment.tranche) if known is not None else None
    return tranche.state if tranche is not None else None


def _receipt(exception: RaisedException, said: Said) -> Resolution:
    """Money on somebody else's account is none of ours, a payee's a refund, an equal entry perhaps told before."""
    if said.back:
        return Resolution.OURS
    account = said.identity[0] if said.identity else ""
    if account != FUNDER_IBAN or not exception.partnership:
        return Resolution.RETURNED_TO_SENDER
    return Resolution.TOLD_BEFORE if exception.kind is ExceptionKind.PERHAPS_TOLD_BEFORE else Resolution.BELONGS_TO
