"""A statement's entry whose sum is not the instructed one is explained by its payment: short, exchanged, come back."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from accord.client.desk import Desk
from accord.counter.exceptions import resolve
from accord.counter.resolutions import PaymentReference
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import Resolution
from domain.payment.tranche.events import PaymentShort
from tests import paying
from tests.accord.counter.differences.test_rates_and_charges import EUROS
from tests.accord.counter.files import booked, exceptions_of, handed_over, imports, told_now
from tests.accord.counter.stated.test_heard_once import KIND, REFERENCE, left, lines, stated
from tests.accord.to_the_bank.test_base_currency import published
from tests.governing import lets_through
from tests.payments.answers.account_statements import message, statement
from tests.payments.answers.booking.test_booked_sums import amounts, charges
from tests.payments.orders import detail, entry_of
from tests.scribe import Scribe

__all__ = ["left"]


def exchanged(scribe: Scribe, reference: str = "FX-ENTRY-1") -> str:
    """The booking of 600 dollars at the bank's rate, on an account in euros."""
    today = f"<Dt>{datetime.now(UTC).date()}</Dt>"
    part = detail(paying.identifier(scribe), more=EUROS)
    return entry_of(part, amount="482.40", currency="EUR", reference=reference, booked=today, value=today)


def stated_in_euros(*entries: str, closing: str) -> bytes:
    """A statement of today of the account in euros, which opens with 5,000."""
    today = datetime.now(UTC)
    day = statement("5000.00", closing, *entries, on=today.date(), currency="EUR")
    return message(day).replace(b"2026-11-03T22:00:00Z", f"{today:%Y-%m-%dT%H:%M:%SZ}".encode())


@pytest.mark.parametrize("first", ["054", pytest.param("053", marks=pytest.mark.slow)])
async def test_a_part_that_was_booked_explains_its_entry(left: Scribe, first: str) -> None:
    """Given a booking of 250 of 1,000, told by a notification without the bank's reference and by a statement."""
    name = paying.identifier(left)
    contents = [
        told_now(booked(name, "250.00")),
        stated(booked(name, "250.00", reference=REFERENCE), closing="4750.00"),
    ]
    for content in contents if first == "054" else contents[::-1]:
        await imports(left.desk, content)
    told = [event for event in await paying.attempt_events(left) if isinstance(event, PaymentShort)]
    assert [event.answer.money.amount for event in told] == [Decimal(250)]
    assert await exceptions_of(left.desk, everything=True) == []
    assert [(line.kind, line.amount) for line in await lines(left.desk)] == [(KIND.PAYMENT, Decimal(-250))]


@pytest.mark.slow
async def test_what_the_bank_exchanged_explains_its_entry(furnished: Desk, tmp_path: Path) -> None:
    """Given 600 dollars of an account in euros, then the entry over EUR 482.40 is that payment."""
    await lets_through(furnished)
    await published(furnished, tmp_path, "1.25")
    scribe = await paying.agreed_grant(furnished)
    await paying.release(scribe)
    await handed_over(furnished, tmp_path / "out")
    await imports(furnished, stated_in_euros(exchanged(scribe), closing="4517.60"))
    assert (await scribe.reread()).tranches[0].state is TrancheState.SETTLED
    assert [(line.kind, line.amount) for line in await lines(furnished)] == [(KIND.PAYMENT, Decimal("-482.40"))]


@pytest.mark.slow
async def test_charges_that_two_people_let_through_stand_beside_their_payment(left: Scribe) -> None:
    """Given charges beyond the tolerance, once two people said so, the entry is the payment with a charge."""
    await lets_through(left.desk)
    part = detail(paying.identifier(left), more=amounts("USD 1000.00") + charges(("USD 40.00", "DEBT")))
    today = f"<Dt>{datetime.now(UTC).date()}</Dt>"
    entry = entry_of(part, amount="1040.00", reference=REFERENCE, booked=today, value=today)
    await imports(left.desk, told_now(entry))
    [exception] = await exceptions_of(left.desk)
    for actor in ("femi.ade", "dora.kim"):
        kind = Resolution.BOOKED_WITH_DIFFERENCE
        await resolve(left.desk, exception, kind, PaymentReference(), "the bank was asked by telephone", actor)
    await imports(left.desk, stated(entry, closing="3960.00"))
    assert (await left.reread()).tranches[0].state is TrancheState.SETTLED
    assert sorted((line.kind, line.amount) for line in await lines(left.desk)) == [
        (KIND.CHARGE, Decimal(-40)), (KIND.PAYMENT, Decimal(-1000)),
    ]  # fmt: skip
