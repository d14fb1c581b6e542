"""The whole exchange with an independent reading of the formats: our files, and the answers of PyPI `mock-bank`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.client.waiting.open_exceptions import named_exception
from accord.counter.bank_import import Import, import_file
from accord.counter.exceptions import resolve
from accord.counter.hand_over import hand_over
from accord.counter.payment_files import export
from accord.counter.resolutions import PaymentReference
from deploy.embedded.bank import Bank
from domain.payment.bank_answers import BankAnswer, BankStatus, ExceptionKind, Resolution
from domain.payment.continuity import breaks
from domain.payment.tranche.status import TrancheStatus
from payments.accounts import AccountDetails
from payments.answers.messages import read_balances
from tests import paying
from tests.accord.counter.files import business_days_later
from tests.payments.orders import ISOC, RIVERBEND
from tests.scribe import Scribe

MINOR_UNITS = 100_000_000
PAYER = "paul.nkosi"
OTHER = "P-2026-0043"


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    """A bank with days of its own."""
    running = Bank(tmp_path / "bank")
    try:
        running.start()
        yield running
    finally:
        running.stop()


def open_ours(bank: Bank, details: AccountDetails = ISOC, **more: Any) -> None:
    bank.open_account("ISOC", str(details.iban), balance=MINOR_UNITS, **more)


def pass_a_business_day(bank: Bank) -> None:
    """Let the bank work for a day. A payment of a weekend begins on Monday."""
    weekend = {5: 2, 6: 1}
    bank.advance(1 + weekend.get(datetime.now(UTC).weekday(), 0))


async def leaves(desk: Desk, folder: Path) -> Path:
    """The one file of all that waits, handed over."""
    (made,) = (await export(desk, PAYER)).files
    path = (await hand_over(desk, made.file.message_id, PAYER, folder)).path
    assert path is not None
    return path


async def hears(desk: Desk, bank: Bank, folder: Path) -> Import:
    """Import all that the bank has sent, in order."""
    return await hears_files(desk, bank.collect(folder))


async def hears_files(desk: Desk, files: list[Path]) -> Import:
    """Import these answers of the bank, in this order."""
    found = [await import_file(desk, path.name, path.read_bytes(), PAYER) for path in files]
    return Import(
        tuple(answer for one in found for answer in one.new),
        sum(one.known for one in found),
        tuple(waits for one in found for waits in one.for_a_person),
    )


def statuses(answers: tuple[BankAnswer, ...], scribe: Scribe) -> list[BankStatus]:
    return [answer.status for answer in answers if answer.partnership_id == scribe.reference]


async def stands(scribe: Scribe) -> TrancheStatus:
    return (await paying.attempt_of(scribe)).status


async def test_payments_are_accepted_and_settle(furnished: Desk, bank: Bank, tmp_path: Path) -> None:
    open_ours(bank)
    one, other = await paying.released(furnished), await paying.released(furnished, OTHER)
    path = await leaves(furnished, tmp_path / "out")
    assert bank.submit(path.read_bytes())["status"] == "ACCP"
    pass_a_business_day(bank)
    found = await hears(furnished, bank, tmp_path / "in")
    for scribe in (one, other):
        assert statuses(found.new, scribe) == [BankStatus.ACCEPTED, BankStatus.SETTLED]
        assert await stands(scribe) is TrancheStatus.SETTLED
    assert found.for_a_person == ()
    assert [(p["amount"], p["status"]) for p in bank.payments()] == [(100_000, "accepted")] * 2


@pytest.mark.slow
async def test_a_payment_to_a_closed_account_is_rejected(furnished: Desk, bank: Bank, tmp_path: Path) -> None:
    open_ours(bank)
    bank.open_account("RIVERBEND", str(RIVERBEND.iban), closed=True)
    one = await paying.released(furnished)
    path = await leaves(furnished, tmp_path / "out")
    assert bank.submit(path.read_bytes())["status"] in {"PART", "RJCT"}
    pass_a_business_day(bank)
    found = await hears(furnished, bank, tmp_path / "in")
    (rejection,) = [answer for answer in found.new if answer.status is BankStatus.REJECTED]
    assert rejection.reason[:4] == "AC04"
    assert await stands(one) is TrancheStatus.REJECTED
    assert found.for_a_person == ()


@pytest.mark.slow
async def test_a_settled_payment_comes_back_later(furnished: Desk, bank: Bank, tmp_path: Path) -> None:
    open_ours(bank, behaviour="return-later", parameters={"days": 2, "reason": "AC04"})
    one = await paying.released(furnished)
    bank.submit((await leaves(furnished, tmp_path / "out")).read_bytes())
    pass_a_business_day(bank)
    first = await hears(furnished, bank, tmp_path / "first")
    assert statuses(first.new, one) == [BankStatus.ACCEPTED, BankStatus.SETTLED]
    bank.advance(5)
    later = await hears(furnished, bank, tmp_path / "later")
    assert [(answer.status, answer.reason) for answer in later.new] == [(BankStatus.RETURNED, "AC04")]
    assert later.for_a_person == ()
    assert await stands(one) is TrancheStatus.RETURNED
    assert (await one.reread()).hold is not None


@pytest.mark.slow
async def test_a_whole_file_that_the_bank_rejects_is_for_people_payment_by_payment(
    furnished: Desk, bank: Bank, tmp_path: Path
) -> None:
    open_ours(bank, behaviour="reject-file")
    scribes = [await paying.released(furnished), await paying.released(furnished, OTHER)]
    bank.submit((await leaves(furnished, tmp_path / "out")).read_bytes())
    found = await hears(furnished, bank, tmp_path / "in")
    assert [statuses(found.new, scribe) for scribe in scribes] == [[], []]
    assert [waits.kind for waits in found.for_a_person] == [ExceptionKind.REJECTION_IN_DOUBT] * 2


@pytest.mark.slow
async def test_what_was_rejected_is_released_anew_once_two_hold_the_banks_letter(
    furnished: Desk, bank: Bank, tmp_path: Path
) -> None:
    open_ours(bank, behaviour="reject-file")
    one = await paying.released(furnished)
    bank.submit((await leaves(furnished, tmp_path / "out")).read_bytes())
    (waits,) = (await hears(furnished, bank, tmp_path / "in")).for_a_person
    exception, letter = await named_exception(furnished, waits.exception), ("letter.pdf", b"We booked nothing.")
    async with business_days_later(furnished, 2):
        for actor in ("femi.ade", "dora.kim"):
            said = (Resolution.NOTHING_BOOKED, PaymentReference(), "by letter", actor, letter)
            await resolve(furnished, exception, *said)
        await paying.lift(one)
        await paying.release(await paying.caught_up(one), attempt=2)
        second = await leaves(furnished, tmp_path / "again")
    assert paying.identifier(one, attempt=2).encode() in second.read_bytes()
    assert paying.identifier(one).encode() not in second.read_bytes()


async def refused_as_a_duplicate(desk: Desk, bank: Bank, folder: Path) -> tuple[Scribe, list[Path]]:
    """A payment that the bank booked, its file refused when it was sent again, and the bank's answers to both."""
    open_ours(bank)
    payment = await paying.released(desk)
    content = (await leaves(desk, folder / "out")).read_bytes()
    assert bank.submit(content)["status"] == "ACCP"
    pass_a_business_day(bank)
    again = bank.submit(content)
    assert (again["status"], again["reason"]) == ("RJCT", "DUPL")
    assert len(bank.payments()) == 1
    return payment, bank.collect(folder / "in")


@pytest.mark.slow
async def test_a_copy_that_the_bank_refuses_after_the_booking_is_noted_and_the_payment_stays_settled(
    furnished: Desk, bank: Bank, tmp_path: Path
) -> None:
    payment, files = await refused_as_a_duplicate(furnished, bank, tmp_path)
    found = await hears_files(furnished, sorted(files))
    assert statuses(found.new, payment) == [BankStatus.ACCEPTED, BankStatus.SETTLED, BankStatus.REJECTED]
    assert ["duplicate" in answer.doubt for answer in found.new] == [False, False, True]
    assert found.for_a_person == ()
    assert await stands(payment) is TrancheStatus.SETTLED


@pytest.mark.slow
async def test_a_copy_that_the_bank_refuses_before_the_booking_is_told_to_a_person(
    furnished: Desk, bank: Bank, tmp_path: Path
) -> None:
    payment, files = await refused_as_a_duplicate(furnished, bank, tmp_path)
    accepted, booked, refused = sorted(files)
    found = await hears_files(furnished, [accepted, refused, booked])
    assert statuses(found.new, payment) == [BankStatus.ACCEPTED, BankStatus.SETTLED]
    assert ["duplicate" in waits.reason for waits in found.for_a_person] == [True]
    assert await stands(payment) is TrancheStatus.SETTLED


@pytest.mark.slow
async def test_money_from_a_donor_is_a_receipt_of_the_partnership_it_names(
    furnished: Desk, bank: Bank, tmp_path: Path
) -> None:
    open_ours(bank)
    gift = await paying.expecting(furnished)
    bank.receive_credit("ISOC", 500_000, f"Gift for {gift.reference}", "Northern Light Telecom Ltd")
    bank.receive_credit("ISOC", 700, "Thank you", "A reader")
    pass_a_business_day(bank)
    found = await hears(furnished, bank, tmp_path / "in")
    assert [(a.status, a.partnership_id, str(a.money)) for a in found.new] == [
        (BankStatus.RECEIVED, gift.reference, "USD 5,000.00")
    ]
    assert [waits.reason for waits in found.for_a_person] == ["money came in that names no partnership"]
    assert (await gift.reread()).received == 5000


@pytest.mark.slow
def test_a_bank_that_starts_again_states_each_day_once_and_its_statements_are_a_chain(tmp_path: Path) -> None:
    """Given money that came in by two runs of a bank in one folder, then its statements go on from one another."""
    balances = []
    for run in range(2):
        bank = Bank(tmp_path / "bank", states=True)
        try:
            bank.start()
            bank.open_account("ISOC", str(ISOC.iban), balance=100_000)
            bank.begin_today()
            bank.receive_credit("ISOC", 2_500, "With our thanks", "Unknown Well-Wisher")
            bank.advance(7)
            files = [path for path in bank.collect(tmp_path / f"in-{run}") if "camt.053" in path.name]
        finally:
            bank.stop()
        balances += [each.balances for path in files for each in read_balances(path.read_bytes(), path.name)]
    assert breaks(balances) == ()
    assert (balances[0].opening, balances[-1].closing) == (Decimal("1000.00"), Decimal("1050.00"))
