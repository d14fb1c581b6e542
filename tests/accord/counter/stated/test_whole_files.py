"""A payment file that the bank books as one sum: each payment in it hears that, if the sum is that of all of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from accord.client.desk import Desk
from accord.counter.bank_import import finish_interrupted_imports
from accord.counter.entry import whole_files
from accord.counter.entry.settling import settle
from domain.payment.stated.entries import EntryKind
from domain.payment.tranche.status import TrancheStatus
from ledger import LedgerUnavailable
from tests import paying
from tests.accord.counter.files import booked, exceptions_of, handed_over, imports, told_now
from tests.accord.counter.stated.test_heard_once import lines, stated
from tests.payments.orders import detail, entry_of, status_report, transaction_status
from tests.scribe import Scribe

KIND, STATUS = EntryKind, TrancheStatus
COUNT: Final = 3
REFERENCE: Final = "R-4711"


@pytest.fixture
async def left(furnished: Desk, tmp_path: Path) -> tuple[Scribe, str]:
    """A partnership of three payments of USD 400, handed over in one file, and the file's name."""
    scribe = await paying.released(furnished, paying.REFERENCE, *["400.00"] * COUNT)
    return scribe, (await handed_over(furnished, tmp_path / "out")).message_id


def as_one(name: str, amount: str = "1200.00", reference: str = "", count: int = COUNT) -> str:
    """One entry of today over a whole file."""
    batch = f"<PmtInfId>{name}</PmtInfId><NbOfTxs>{count}</NbOfTxs>"
    return booked_of(amount=amount, reference=reference, batch=batch)


def booked_of(*details: str, **more: str) -> str:
    """An entry of today."""
    day = booked("").partition("<BookgDt>")[2].partition("</BookgDt>")[0]
    return entry_of(*details, **{"booked": day, "value": day, **more})


async def statuses(scribe: Scribe) -> list[TrancheStatus]:
    return [(await paying.attempt_of(scribe, number)).status for number in range(1, COUNT + 1)]


async def settled(scribe: Scribe) -> int:
    """How many payments are settled, each by one event."""
    events = [await paying.attempt_events(scribe, number) for number in range(1, COUNT + 1)]
    told = [sum(one.event_type == "PaymentSettled" for one in each) for each in events]
    assert set(told) <= {0, 1}
    return sum(told)


def rejected(scribe: Scribe, name: str) -> str:
    """The bank's word that the first payment failed by its account."""
    report = status_report(transaction_status(paying.identifier(scribe), "RJCT", "AC01", original=name), "REP-1")
    return report.replace("2026-11-03T09:00:00+01:00", f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")


async def test_one_entry_for_three_payments_settles_all_of_them_once(left: tuple[Scribe, str]) -> None:
    """Given a statement with one debit of 1,200 for a file of three payments, told again by a notification."""
    scribe, name = left
    day = stated(as_one(name, reference=REFERENCE), closing="3800.00")
    for content in (day, told_now(as_one(name, reference=REFERENCE)), day):
        await imports(scribe.desk, content)
    assert await settled(scribe) == COUNT
    assert await exceptions_of(scribe.desk, everything=True) == []
    [line] = await lines(scribe.desk)
    assert (line.kind, line.subject) == (KIND.PAYMENT, f"{scribe.reference} tranche 1 and 2 more")


@pytest.mark.slow
@pytest.mark.parametrize("first", ["rejection", "statement"])
async def test_two_and_one_rejected_are_what_the_sum_says_in_either_order(left: tuple[Scribe, str], first: str) -> None:
    scribe, name = left
    files = [rejected(scribe, name).encode(), stated(as_one(name, "800.00"), closing="4200.00")]
    for content in files if first == "rejection" else files[::-1]:
        await imports(scribe.desk, content)
    assert await statuses(scribe) == [STATUS.REJECTED, *[STATUS.SETTLED] * (COUNT - 1)]
    assert [line.kind for line in await lines(scribe.desk)] == [KIND.PAYMENT]
    assert await exceptions_of(scribe.desk, everything=True) == []


def told_apart(scribe: Scribe, reference: str = "") -> str:
    """One entry of today that shows each payment of the file."""
    names = [paying.identifier(scribe, number) for number in range(1, COUNT + 1)]
    return booked_of(*(detail(name, "400.00") for name in names), amount="1200.00", reference=reference)


@pytest.mark.slow
@pytest.mark.parametrize("reference", [REFERENCE, ""], ids=["with a reference", "without one"])
@pytest.mark.parametrize("first", ["statement", "notification"])
@pytest.mark.parametrize("shows", ["each payment", "the file"])
async def test_the_statement_has_one_sum_and_the_notification_is_the_same_booking(
    left: tuple[Scribe, str], shows: str, first: str, reference: str
) -> None:
    """Given one sum on the statement and a notification of it, both twice, then each payment heard it once."""
    scribe, name = left
    shown = told_apart(scribe, reference) if shows == "each payment" else as_one(name, reference=reference)
    files = [stated(as_one(name, reference=reference.lower()), closing="3800.00"), told_now(shown)] * 2
    for content in files if first == "statement" else files[::-1]:
        await imports(scribe.desk, content)
    assert await settled(scribe) == COUNT
    assert await exceptions_of(scribe.desk, everything=True) == []
    assert [line.kind for line in await lines(scribe.desk)] == [KIND.PAYMENT]


@pytest.mark.slow
async def test_a_file_that_was_booked_twice_is_for_a_person_and_open(left: tuple[Scribe, str]) -> None:
    scribe, name = left
    await imports(scribe.desk, told_now(as_one(name, reference="R-A"), as_one(name, reference="R-B")))
    await imports(scribe.desk, stated(as_one(name, reference="R-A"), as_one(name, reference="R-B"), closing="2600.00"))
    assert await settled(scribe) == COUNT
    assert [(one.kind, one.reason) for one in await exceptions_of(scribe.desk)] == [
        ("SECOND_BOOKING", "each payment of this file is booked already")
    ]
    assert sorted(line.kind for line in await lines(scribe.desk)) == [KIND.OPEN, KIND.PAYMENT]


@pytest.mark.slow
async def test_another_sum_settles_nothing_and_says_what_is_apart(left: tuple[Scribe, str]) -> None:
    """Given 1,250 for a file of 1,200, then the exception and the open entry name the 50 that are too much."""
    scribe, name = left
    apart = "its 3 payments come to USD 1,200.00, and USD 1,250.00 is booked: USD 50.00 too much"
    await imports(scribe.desk, stated(as_one(name, "1250.00"), closing="3750.00"))
    [line] = await lines(scribe.desk)
    assert (line.kind, line.reason) == (KIND.OPEN, apart)
    await imports(scribe.desk, told_now(as_one(name, "1250.00")))
    assert [one.reason for one in await exceptions_of(scribe.desk)] == [apart]
    assert await statuses(scribe) == [STATUS.HANDED_OVER] * COUNT


@pytest.mark.slow
async def test_what_was_cut_off_between_two_payments_goes_on(
    left: tuple[Scribe, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    scribe, name = left
    calls = iter([True, False])

    async def once(*given: Any) -> Any:
        if next(calls):
            return await settle(*given)
        raise LedgerUnavailable("the server went away")

    monkeypatch.setattr(whole_files, "settle", once)
    with pytest.raises(LedgerUnavailable):
        await imports(scribe.desk, stated(as_one(name), closing="3800.00"))
    assert await settled(scribe) == 1
    monkeypatch.setattr(whole_files, "settle", settle)
    await finish_interrupted_imports(scribe.desk)
    assert await settled(scribe) == COUNT


@pytest.mark.slow
async def test_an_entry_that_is_not_booked_yet_is_heard_by_nobody(left: tuple[Scribe, str]) -> None:
    scribe, name = left
    await imports(scribe.desk, told_now(as_one(name).replace("<Cd>BOOK</Cd>", "<Cd>PDNG</Cd>")))
    assert await statuses(scribe) == [STATUS.HANDED_OVER] * COUNT
