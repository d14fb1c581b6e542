"""The record of a balance that counts, and the payments that take from it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.directory.tiers import HouseRules
from domain.payment.balance import Noted, bank_zone, day_fault, end_of, takes_from
from domain.payment.bank_answers import BankAnswer, BankStatus
from domain.payment.tranche.events import (
    PaymentHandedOver,
    PaymentNeverSent,
    PaymentRejected,
    PaymentReturned,
    PaymentSettled,
)
from tests.builders import HOUSE_RULES, money, number

DAY = date(2026, 11, 26)
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
NEXT = NOON + timedelta(days=1)


def rules(offset: str) -> HouseRules:
    return HOUSE_RULES.model_copy(update={"bank_offset": offset})


@pytest.mark.parametrize(
    ("offset", "over_at"),
    [
        ("", datetime(2026, 11, 27, 0, 0, tzinfo=UTC)),
        ("-05:00", datetime(2026, 11, 27, 5, 0, tzinfo=UTC)),
        ("+05:30", datetime(2026, 11, 26, 18, 30, tzinfo=UTC)),
    ],
)
def test_a_day_is_over_where_the_bank_is(offset: str, over_at: datetime) -> None:
    zone = bank_zone(rules(offset))
    assert end_of(DAY, zone) == over_at
    assert day_fault(DAY, over_at, zone) is None
    early = day_fault(DAY, over_at - timedelta(microseconds=1), zone)
    assert str(early) == (
        f"on: 2026-11-26 is not over at the bank ({offset or '+00:00'}); give the balance at the end of 2026-11-25 or "
        "of an earlier day"
    )


def test_no_day_ahead_is_over_not_even_the_last_that_there_is() -> None:
    for day in (DAY, DAY + timedelta(days=1), date(2099, 12, 31), date.max):
        assert day_fault(day, NOON, bank_zone(None))


@pytest.mark.parametrize("offset", ["5", "+5:00", "-15:00", "+05:60", "UTC"])
def test_what_is_no_offset_is_refused(offset: str) -> None:
    with pytest.raises(ValueError, match="bank_offset"):
        HouseRules.model_validate({**HOUSE_RULES.model_dump(), "bank_offset": offset})


def answer(status: BankStatus, on: date | None = None, said_at: datetime = NOON) -> BankAnswer:
    about: dict[str, Any] = {"partnership_id": "P-2026-0042", "tranche": 1, "attempt": 1, "money": money("10.00")}
    code = "BOOK" if on else "ACSC"
    told = {"answer_id": number("answer"), "status": status, "code": code, "said_at": said_at, "booked_on": on}
    return BankAnswer.model_validate({**about, **told, "bank_reference": "X"})


def left(at: datetime = NOON) -> tuple[datetime, Any]:
    return at, PaymentHandedOver(at=at, message_id="ACCM" + "A" * 26, file_sha256="0" * 64)


def settled(on: date | None, said_at: datetime = NOON) -> tuple[datetime, Any]:
    return NEXT, PaymentSettled(at=said_at, answer=answer(BankStatus.SETTLED, on, said_at))


REJECTED = NEXT, PaymentRejected(at=NEXT, answer=answer(BankStatus.REJECTED))
NEVER_SENT = NEXT, PaymentNeverSent(at=NEXT, message_id="ACCM" + "A" * 26)


def returned(on: date) -> tuple[datetime, Any]:
    return NEXT, PaymentReturned(at=NEXT, answer=answer(BankStatus.RETURNED, on))


TOMORROW = DAY + timedelta(days=1)
TAKES: dict[str, tuple[tuple[tuple[datetime, Any], ...], bool]] = {
    "nothing left": ((), False),
    "left on the day, unanswered": ((left(),), True),
    "left the day after": ((left(NEXT),), True),
    "booked on the day": ((left(), settled(DAY)), False),
    "booked the day before": ((left(NOON - timedelta(days=1)), settled(DAY - timedelta(days=1))), False),
    "booked the day after": ((left(), settled(TOMORROW)), True),
    "settled on the day, by the bank's report": ((left(), settled(None)), False),
    "settled the day after, by the bank's report": ((left(), settled(None, NEXT)), True),
    "left on the day, and rejected": ((left(), REJECTED), False),
    "left the day after, and rejected": ((left(NEXT), REJECTED), True),
    "never sent": ((left(NEXT), NEVER_SENT), False),
    "never sent, and left again": ((left(), NEVER_SENT, left(NEXT)), True),
    "booked the day after, and came back": ((left(), settled(TOMORROW), returned(TOMORROW)), True),
    "booked and come back by the day": ((left(), settled(DAY), returned(DAY)), False),
}


@pytest.mark.parametrize(("told", "takes"), TAKES.values(), ids=TAKES)
def test_what_left_takes_from_a_balance_unless_it_was_booked_by_its_day(
    told: tuple[tuple[datetime, Any], ...], takes: bool
) -> None:
    events = [Noted(event, at) for at, event in told]
    assert takes_from(events, DAY, bank_zone(None)) is takes
