"""Three partnerships of the demo's private foundation, at whose bank payments and gifts do not go as planned."""

from __future__ import annotations

import asyncio
from typing import Final

from accord.client.waiting.open_exceptions import listed_exceptions
from accord.counter.exceptions import resolve
from accord.counter.resolutions import PaymentReference
from accord.demo.cases.case import Case, reference
from accord.demo.cases.partners import NORTHERN
from accord.demo.cases.proposals import Content, gift_of, out, party, proposal
from accord.demo.money.terms import SPRINGFIELD
from accord.demo.steps import DIRECTOR, FINANCE, POLL_SECONDS, Steps
from domain.partnership import commands as c
from domain.partnership.refund.refunds import RefundDirection
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import Resolution

FUNDER: Final = "SAMPLE-PF"
TAKEN_BACK: Final = 25
"""The number of the case whose gift is taken back. It ends once the statement of the day has come in."""
_GIFT: Final = "4000.00"
_PAID_IN_ERROR: Final = "the donor's bank asked for it: it was paid in error"
_HAD_NO_PART: Final = (DIRECTOR, "mira.sato")
"""Two people who neither approved a payment of these scenes nor released one."""
_BRIDGES: Final = party(SPRINGFIELD.holder, "00-1000010")


async def paid_in_another_currency(steps: Steps) -> None:
    """Pay euros from an account in dollars: the bank's rate and its charge are within what two people allowed."""
    await steps.approve_and_sign("springfield")
    await steps.pay_all()
    await steps.report()


async def back_less_a_fee(steps: Steps) -> None:
    """Have a payment come back less a fee that two people allowed: all of it is back, and it is paid again."""
    await steps.approve_and_sign("springfield")
    await steps.pay(1)
    steps.other.bank.tell("give_back", steps.partnership_id)
    await steps.until(lambda partnership: partnership.tranches[0].state is TrancheState.RETURNED)
    await steps.lift_if_held("their bank takes it now: they called and said so")
    await steps.release(1)
    await steps.until_settled(1)
    await steps.report()


async def taken_back_by_the_bank(steps: Steps) -> None:
    """Receive a restricted gift that the bank takes back, so that its fund has none of it. Finance records that.

    What is restricted stays on the account, and nobody knows what is left there while euros are on their way: so it
    comes last.
    """
    await steps.approve_and_sign(None)
    await _until_others_ended(steps)
    steps.other.bank.tell("receive", _GIFT, f"Gift for {steps.partnership_id}", NORTHERN["name"])
    await steps.until(lambda partnership: bool(partnership.received))
    booking = steps.other.bank.tell("take_back", steps.partnership_id)
    await steps.until(lambda partnership: bool(partnership.taken_back))
    await steps.do(
        c.RecordRefund, FINANCE, direction=RefundDirection.TO_DONOR, bank_reference=booking.reference,
        money={"amount": _GIFT, "currency": booking.currency}, booked_on=booking.booked_on, reason=_PAID_IN_ERROR,
    )  # fmt: skip


async def _until_others_ended(steps: Steps) -> None:
    first_number = int(steps.partnership_id.rpartition("-")[2]) - TAKEN_BACK
    for number in (case.number for case in MONEY if case.number != TAKEN_BACK):
        while (other := await steps.desk.partnership(reference(first_number, number))) is None or not other.ended:
            await asyncio.sleep(POLL_SECONDS)


async def end_what_was_taken_back(steps: Steps) -> None:
    """Confirm by the statement of the day that the donor has the gift back, say so at the counter, and end it."""
    [refund] = (await steps.state()).refunds
    await steps.do(c.ConfirmRefund, DIRECTOR, bank_reference=refund.bank_reference, reason=_PAID_IN_ERROR)
    await _say(steps, Resolution.OURS, "it is the refund to the donor that is on record")
    await steps.lift_if_held("nothing is open any more: the donor has it back")
    await steps.terminate("the donor took the gift back")
    await steps.until_ended()
    await steps.file_papers()


async def _say(steps: Steps, resolution: Resolution, note: str) -> None:
    """Have two people say what the bank's exception on the partnership is."""
    await steps.until(lambda partnership: bool(partnership.contradictions))
    [exception] = [
        each for each in await listed_exceptions(steps.desk, False) if each.partnership == steps.partnership_id
    ]
    for actor in _HAD_NO_PART:
        await resolve(steps.other.importer, exception, resolution, PaymentReference(), note, actor)
    await steps.until(lambda partnership: not partnership.contradictions)


def _in_euros(amount: str) -> Content:
    return {"tranches": [{"number": 1, "money": {"amount": amount, "currency": "EUR"}}]}


MONEY: Final = (
    Case(
        23,
        proposal("Sensors from Europe for school roofs", _BRIDGES, "Pupils of four schools at Springfield",
                 funds_out=out(_BRIDGES, "8000.00", funder=FUNDER) | _in_euros("8000.00")),
        paid_in_another_currency,
    ),
    Case(
        24,
        proposal("Evening classes on bridges and bytes", _BRIDGES, "Learners of two evening schools at Springfield",
                 funds_out=out(_BRIDGES, "6000.00", funder=FUNDER)),
        back_less_a_fee,
    ),
    Case(
        TAKEN_BACK,
        proposal("A gift that was meant for another", NORTHERN, "Families of three valleys in the north",
                 funds_in=gift_of(NORTHERN, _GIFT, funder=FUNDER, restricted_to="Courses on home networks")),
        taken_back_by_the_bank,
    ),
)  # fmt: skip
"""They are played once in a folder: the bank's day is closed after them, and has one statement."""
