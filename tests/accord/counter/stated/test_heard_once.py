"""A payment hears its booking from a statement of account or a notification, whichever comes first, and once."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

from accord.client.desk import Desk
from accord.client.waiting.stated_entries import AccountEntry, explained_accounts
from accord.counter.exceptions import resolve
from accord.counter.resolutions import PaymentReference
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import Resolution
from domain.payment.stated.entries import EntryKind
from domain.payment.tranche.status import TrancheStatus
from tests import paying
from tests.accord.counter.files import booked, exceptions_of, handed_over, imports, told_now
from tests.payments.answers.account_statements import message, statement
from tests.payments.orders import RETURNED, status_report, transaction_status
from tests.scribe import Scribe

KIND = EntryKind
REFERENCE: Final = "R-4711"


@pytest.fixture
async def left(furnished: Desk, tmp_path: Path) -> Scribe:
    """A partnership whose one payment of USD 1,000 was handed over to the bank."""
    scribe = await paying.released(furnished)
    await handed_over(furnished, tmp_path / "out")
    return scribe


def stated(*entries: str, closing: str = "0.00", name: str = "S-1", copy: str = "") -> bytes:
    """A statement of today. It opens with 5,000."""
    copied = f"<CpyDplctInd>{copy}</CpyDplctInd>" if copy else ""
    day = statement("5000.00", closing, *entries, on=datetime.now(UTC).date(), more=copied)
    return message(day, name=name).replace(b"2026-11-03T22:00:00Z", f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}".encode())


async def lines(desk: Desk) -> list[AccountEntry]:
    return [line for account in await explained_accounts(desk) for line in account.lines]


async def heard(scribe: Scribe) -> tuple[TrancheStatus, list[str], bool]:
    """What a payment heard, and whether its partnership is held."""
    stream = f"partnership/{scribe.reference}/tranche/1/attempt/1"
    events: list[str] = [one.event.event_type for one in await scribe.desk.reader.read(stream)]
    told = [one for one in events if one in {"PaymentSettled", "PaymentReturned"}]
    return (await paying.attempt_of(scribe)).status, told, (await scribe.reread()).hold is not None


ONCE = (TrancheStatus.SETTLED, ["PaymentSettled"], False)


SLOW = pytest.mark.slow
BOTH, NEITHER, NOTIFIED, STATED = (REFERENCE, REFERENCE), ("", ""), (REFERENCE, ""), ("", REFERENCE)


@pytest.mark.parametrize(
    ("first", "references"),
    [
        ("054", BOTH),
        ("053", NEITHER),
        pytest.param("053", BOTH, marks=SLOW),
        pytest.param("054", NEITHER, marks=SLOW),
        *(pytest.param(first, one, marks=SLOW) for first in ("054", "053") for one in (NOTIFIED, STATED)),
    ],
)
async def test_it_settles_once_whichever_comes_first_and_however_often(
    left: Scribe, first: str, references: tuple[str, str]
) -> None:
    """Given a notification and a statement of one booking, with the bank's reference in both, one or neither."""
    name = paying.identifier(left)
    notified = told_now(booked(name, reference=references[0]))
    day = stated(
        booked(name, reference=references[1], details="<AddtlTxInf>other words</AddtlTxInf>"), closing="4000.00"
    )
    for content in (notified, day) * 2 if first == "054" else (day, notified) * 2:
        await imports(left.desk, content)
    assert await heard(left) == ONCE
    assert await exceptions_of(left.desk, everything=True) == []
    assert [(one.kind, one.amount) for one in await lines(left.desk)] == [(KIND.PAYMENT, Decimal(-1000))]


@pytest.mark.slow
async def test_a_copy_of_a_statement_counts_once(left: Scribe) -> None:
    name = paying.identifier(left)
    for number, copy in enumerate(("", "DUPL", "COPY")):
        await imports(left.desk, stated(booked(name), closing="4000.00", name=f"S-{number}", copy=copy))
    assert await heard(left) == ONCE
    assert [one.kind for one in await lines(left.desk)] == [KIND.PAYMENT]


@pytest.mark.slow
async def test_what_came_back_is_heard_from_the_statement_too(left: Scribe) -> None:
    name = paying.identifier(left)
    back = booked(name, direction="CRDT", details=RETURNED, reference="R-BACK")
    day = stated(booked(name, reference=REFERENCE), back, closing="5000.00")
    for content in (day, told_now(booked(name, reference=REFERENCE), back)):
        await imports(left.desk, content)
    assert await heard(left) == (TrancheStatus.RETURNED, ["PaymentSettled", "PaymentReturned"], True)
    assert await exceptions_of(left.desk, everything=True) == []
    assert {one.kind for one in await lines(left.desk)} == {KIND.PAYMENT, KIND.RETURN}


@pytest.mark.slow
async def test_a_second_booking_by_the_statement_is_open_and_holds_nothing(left: Scribe) -> None:
    """Given a payment that the bank booked twice, then the second stands open with finance."""
    name = paying.identifier(left)
    await imports(left.desk, stated(booked(name), booked(name), closing="3000.00"))
    assert await heard(left) == ONCE
    assert [(one.kind, one.owner) for one in await lines(left.desk)] == [
        (KIND.OPEN, "FINANCE_APPROVER"), (KIND.PAYMENT, "")
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("more", [{"reference": "R-A"}, {}], ids=["by its reference", "by its being the second"])
async def test_a_second_booking_by_notifications_is_for_a_person_also_after_a_statement(
    left: Scribe, more: dict[str, Any]
) -> None:
    name = paying.identifier(left)
    first = {"reference": "R-B"} if more else {}
    await imports(left.desk, stated(booked(name, **first), closing="4000.00"))
    await imports(left.desk, told_now(booked(name, **first), booked(name, **more), message="BANK-7"))
    assert [one.kind for one in await exceptions_of(left.desk)] == ["SECOND_BOOKING"]


@pytest.mark.slow
async def test_another_sum_than_the_payments_is_not_heard(left: Scribe) -> None:
    await imports(left.desk, stated(booked(paying.identifier(left), "1000.01"), closing="3999.99"))
    assert await heard(left) == (TrancheStatus.HANDED_OVER, [], False)
    assert [one.kind for one in await lines(left.desk)] == [KIND.OPEN]


@pytest.mark.slow
async def test_a_notification_that_the_statement_of_its_day_does_not_have_is_a_difference(left: Scribe) -> None:
    await imports(left.desk, told_now(booked(paying.identifier(left))))
    await imports(left.desk, stated(closing="5000.00"))
    [line] = await lines(left.desk)
    assert (line.kind, line.amount, line.subject) == (KIND.NOT_STATED, Decimal(-1000), f"{left.reference} tranche 1")


# The notification of a return comes before the statement of its day

UNSAID = RETURNED.replace("AC04", "MS03")
"""A return without a reason: nothing is said against the account."""


def status(scribe: Scribe) -> str:
    """A report on the status of the payment: it settled, and nobody says when it was booked."""
    body = transaction_status(paying.identifier(scribe), "ACSC", original="")
    made = status_report(body.replace("<OrgnlMsgId></OrgnlMsgId>", ""), "ST-1")
    return made.replace("2026-11-03T09:00:00+01:00", f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")


@pytest.fixture
async def returned(left: Scribe) -> Scribe:
    """The payment settled by its status, and came back before anybody told its booking."""
    back = booked(paying.identifier(left), direction="CRDT", details=UNSAID, reference="R-BACK")
    for content in (status(left), told_now(back, message="BACK")):
        await imports(left.desk, content, actor="femi.ade")
    return left


async def test_the_booking_of_what_came_back_is_told_late_and_pays_nothing(returned: Scribe, tmp_path: Path) -> None:
    """Given the statement of that day, then both of its entries are explained, and the payment may leave again."""
    name = paying.identifier(returned)
    out = booked(name, reference="R-OUT")
    back = booked(name, direction="CRDT", details=UNSAID, reference="R-BACK")
    for content in (stated(out, back, closing="5000.00"), told_now(out, message="OUT")):
        await imports(returned.desk, content, actor="femi.ade")
    assert await exceptions_of(returned.desk, everything=True) == []
    assert {one.kind for one in await lines(returned.desk)} == {KIND.PAYMENT, KIND.RETURN}
    (tranche,) = (await returned.reread()).tranches
    assert (tranche.state, tranche.net) == (TrancheState.RETURNED, 0)
    await paying.lift(returned)
    await paying.release(returned, 1, 2)
    assert await handed_over(returned.desk, tmp_path / "again")


@pytest.mark.slow
async def test_people_who_say_whose_booking_it_is_pay_nothing_by_it(returned: Scribe) -> None:
    """Given a bank that writes our name in small letters, when one says that it is the payment, then it stays back."""
    out = booked(paying.identifier(returned).lower(), reference="R-OUT")
    await imports(returned.desk, told_now(out, message="OUT"))
    (exception,) = await exceptions_of(returned.desk)
    belongs = PaymentReference(returned.reference, 1, 1)
    await resolve(returned.desk, exception, Resolution.BELONGS_TO, belongs, "our name in small letters", "dora.kim")
    (tranche,) = (await returned.reread()).tranches
    assert (tranche.state, tranche.net) == (TrancheState.RETURNED, 0)
    attempt = await paying.attempt_of(returned)
    assert (attempt.status, attempt.booked) == (TrancheStatus.RETURNED, True)
