"""A rejected attempt is booked after all while the next is at the bank: it counts, and nothing leaves a third time."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.client.desk import Desk
from accord.client.waiting.open_exceptions import named_exception
from accord.counter.exceptions import resolve
from accord.counter.resolutions import PaymentReference
from domain.partnership.state import TrancheState
from domain.partnership.waiting.obligations import obligations
from domain.partnership.waiting.owing import ObligationKind
from domain.payment.bank_answers import Resolution
from tests import paying
from tests.accord.counter.files import booked, handed_over, imports, told_now
from tests.accord.counter.test_bank_import import report
from tests.payments.orders import transaction_status
from tests.scribe import Scribe


async def rejects(scribe: Scribe, attempt: int, message: str) -> None:
    """The bank rejects an attempt, by a fault of the payment itself."""
    original = (await paying.attempt_of(scribe, 1, attempt)).message_id
    body = transaction_status(paying.identifier(scribe, 1, attempt), "RJCT", "AM09", original)
    await imports(scribe.desk, report(body, message), actor="femi.ade")
    await paying.caught_up(scribe)


async def booked_beside(furnished: Desk, tmp_path: Path) -> Scribe:
    """The first attempt was rejected, the second is at the bank, and two people counted a booking for the first."""
    scribe = await paying.released(furnished)
    await handed_over(furnished, tmp_path / "first")
    await rejects(scribe, 1, "BANK-1")
    await paying.release(scribe, attempt=2)
    await handed_over(furnished, tmp_path / "second")
    found = await imports(furnished, told_now(booked(paying.identifier(scribe)), message="BANK-2"))
    late = await named_exception(furnished, found.for_a_person[0].exception)
    await resolve(furnished, late, Resolution.BELONGS_TO, PaymentReference(), "by the statement", "dora.kim")
    await paying.lift(scribe)
    assert (scribe.state.spent, scribe.state.paid_or_in_flight) == (1000, 2000)
    return scribe


@pytest.mark.slow
async def test_once_both_are_booked_one_of_them_is_asked_back(furnished: Desk, tmp_path: Path) -> None:
    scribe = await booked_beside(furnished, tmp_path)
    both = told_now(booked(paying.identifier(scribe, 1, 2)), message="BANK-3")
    await imports(furnished, both)
    await paying.caught_up(scribe)
    [owed] = [one for one in obligations(scribe.state) if one.kind is ObligationKind.OVERPAYMENT]
    assert (scribe.state.spent, "ask USD 1,000.00 back" in owed.what) == (2000, True)


@pytest.mark.slow
async def test_nothing_leaves_a_third_time_once_the_second_was_rejected(furnished: Desk, tmp_path: Path) -> None:
    scribe = await booked_beside(furnished, tmp_path)
    await rejects(scribe, 2, "BANK-3")
    (tranche,) = scribe.state.tranches
    assert (tranche.state, tranche.is_releasable, scribe.state.spent) == (TrancheState.SETTLED, False, 1000)


@pytest.mark.slow
async def test_what_is_told_after_the_next_attempt_was_paid_is_spent_beside_it(furnished: Desk, tmp_path: Path) -> None:
    scribe = await paying.released(furnished)
    await handed_over(furnished, tmp_path / "first")
    await rejects(scribe, 1, "BANK-1")
    await paying.release(scribe, attempt=2)
    await handed_over(furnished, tmp_path / "second")
    await imports(furnished, told_now(booked(paying.identifier(scribe, 1, 2)), message="BANK-2"))
    found = await imports(furnished, told_now(booked(paying.identifier(scribe)), message="BANK-3"))
    late = await named_exception(furnished, found.for_a_person[0].exception)
    await resolve(furnished, late, Resolution.BELONGS_TO, PaymentReference(), "by the statement", "dora.kim")
    await paying.caught_up(scribe)
    assert scribe.state.settled == {(1, 1): 1000, (1, 2): 1000}
