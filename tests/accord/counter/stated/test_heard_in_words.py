"""A payment hears a booking that BAI2 or a bank's CSV tells in words, if it is certain, and once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from accord.audit.bank.bank_evidence import BankEvidence
from accord.client.desk import Desk
from accord.counter.portal.typing_in import countersign, record_typed
from domain.payment.bookings import account_key
from domain.payment.stated.entries import EntryKind
from domain.payment.tranche.events import PaymentSettled
from domain.payment.tranche.status import TrancheStatus
from tests import paying
from tests.accord.counter.files import PAYER, booked, exceptions_of, handed_over, imports, told_now
from tests.accord.counter.portal.test_typing_in import typed_rail
from tests.accord.counter.stated.in_words import (
    FINANCE,
    MAPPING,
    WITH_REFERENCE,
    bai2,
    brought_in,
    camt_053,
    csv,
    out,
    stands,
    yesterday,
)
from tests.accord.counter.stated.test_heard_once import ONCE, heard, left, lines
from tests.payments.orders import ISOC, RETURNED
from tests.scribe import Scribe

__all__ = ["left"]

KIND = EntryKind
SLOW: Final = pytest.mark.slow
NOTHING: Final = (TrancheStatus.HANDED_OVER, [], False)


def told(scribe: Scribe, form: str) -> bytes:
    """The one booking of yesterday in a form of the bank's."""
    name, day = paying.identifier(scribe), f"<Dt>{yesterday()}</Dt>"
    match form:
        case "BAI2":
            return bai2(out("SEPA CREDIT", customer=name, bank="9931"))
        case "BAI2 again":
            return bai2(out("SEPA CREDIT", customer=name, bank="9931"), status="3")
        case "CSV":
            return csv(("-1000.00", "4000.00", f"SEPA {name[:9]} {name[9:]} Riverbend"))
        case "CSV again":
            return csv(("-1000.00", "4000.00", f"SEPA {name[:9]} {name[9:]} Riverbend"), before=1)
        case "053":
            return camt_053(booked(name, booked=day, reference="R-053"))
        case _:
            return told_now(booked(name, booked=day, reference="R-054"))


async def comes(scribe: Scribe, *forms: str) -> None:
    for form in forms:
        content = told(scribe, form)
        await (brought_in(scribe.desk, content) if form.startswith("CSV") else imports(scribe.desk, content))


async def is_proved(scribe: Scribe) -> bool:
    """Whether the audit finds the settlement in the file that it names."""
    [settled] = [one for one in await paying.attempt_events(scribe) if isinstance(one, PaymentSettled)]
    async with scribe.desk.pool.acquire() as connection:
        return await BankEvidence(scribe.desk.reader).confirms(connection, settled.answer)


@pytest.mark.parametrize(
    "forms",
    [
        ("BAI2", "CSV", "054", "BAI2 again", "CSV again", "CSV"),
        pytest.param(("CSV again", "BAI2", "CSV", "054", "BAI2"), marks=SLOW),
        pytest.param(("054", "CSV", "BAI2", "CSV again", "BAI2 again"), marks=SLOW),
        pytest.param(("CSV", "053", "BAI2", "054"), marks=SLOW),
        pytest.param(("BAI2", "053", "CSV"), marks=SLOW),
    ],
    ids=" ".join,
)
async def test_it_settles_once_in_whatever_forms_and_order_the_bank_tells_it(
    left: Scribe, forms: tuple[str, ...]
) -> None:
    await stands(left.desk)
    await comes(left, *forms)
    assert await heard(left) == ONCE
    assert await exceptions_of(left.desk, everything=True) == []
    assert [line.kind for line in await lines(left.desk)] == [KIND.PAYMENT]
    assert await is_proved(left)


@pytest.mark.slow
@pytest.mark.parametrize(
    "case",
    [
        "another sum",
        pytest.param("another payment's name", marks=SLOW),
        pytest.param("a reversal by its type code", marks=SLOW),
        pytest.param("within the day", marks=SLOW),
    ],
)
async def test_what_is_not_certain_stays_open_and_holds_nothing(left: Scribe, case: str) -> None:
    name, other = paying.identifier(left), "ACC" + "A" * 26
    content = {
        "another sum": bai2(out(name, units=99_999), closing="400001"),
        "another payment's name": bai2(out(other)),
        "a reversal by its type code": bai2(out(name, code="557")),
        "within the day": bai2(out(name), modifier="3"),
    }[case]
    await imports(left.desk, content)
    assert await heard(left) == NOTHING
    assert await exceptions_of(left.desk, everything=True) == []
    assert [line.kind for line in await lines(left.desk)] == ([] if case == "within the day" else [KIND.OPEN])


@SLOW
async def test_booked_twice_in_one_statement_the_second_is_open(left: Scribe) -> None:
    entry = out("SEPA CREDIT", customer=paying.identifier(left))
    for _ in range(2):
        await imports(left.desk, bai2(entry, entry, closing="300000"))
    assert await heard(left) == ONCE
    assert [line.kind for line in await lines(left.desk)] == [KIND.OPEN, KIND.PAYMENT]


@SLOW
async def test_what_came_back_and_is_told_again_settles_nothing_anew(left: Scribe) -> None:
    """Given a payment that came back by a notification, then a later export with its booking changes nothing."""
    await stands(left.desk)
    await comes(left, "CSV")
    back = booked(paying.identifier(left), direction="CRDT", details=RETURNED, reference="R-BACK")
    await imports(left.desk, told_now(back, message="BANK-2"))
    await comes(left, "CSV again", "BAI2", "CSV")
    assert await heard(left) == (TrancheStatus.RETURNED, ["PaymentSettled", "PaymentReturned"], True)
    assert await exceptions_of(left.desk, everything=True) == []


@pytest.mark.slow
async def test_a_credit_that_names_a_payment_is_for_a_person(left: Scribe) -> None:
    name = paying.identifier(left)
    await imports(
        left.desk, bai2(out("OUT", customer=name), out("RETURN", code="257", customer=name), closing="500000")
    )
    assert await heard(left) == ONCE
    assert {(line.kind, line.amount > 0) for line in await lines(left.desk)} == {
        (KIND.PAYMENT, False), (KIND.OPEN, True)
    }  # fmt: skip


@pytest.mark.slow
async def test_a_mapping_that_changed_between_changes_no_booking_and_its_proof_stays(left: Scribe) -> None:
    desk = left.desk
    await stands(desk)
    await comes(left, "CSV")
    await stands(desk, WITH_REFERENCE)
    await comes(left, "CSV", "CSV again")
    assert (await heard(left), await is_proved(left)) == (ONCE, True)
    assert [line.kind for line in await lines(desk)] == [KIND.PAYMENT]
    assert MAPPING.sha256 != WITH_REFERENCE.sha256


@SLOW
async def test_a_row_of_a_day_that_is_not_over_settles_nothing(left: Scribe) -> None:
    desk, today = left.desk, datetime.now(UTC).date()
    await stands(desk)
    empty = csv(("0.00", "5000.00", ""))
    row = f"\n{today},-1000.00,4000.00,{paying.identifier(left)},-"
    await brought_in(desk, empty + row.encode())
    assert await heard(left) == NOTHING


@SLOW
async def test_one_debit_for_a_whole_file_settles_each_payment_in_it_once(furnished: Desk, tmp_path: Path) -> None:
    scribe = await paying.released(furnished, paying.REFERENCE, "400.00", "600.00")
    name = (await handed_over(furnished, tmp_path / "out")).message_id
    for content in (bai2(out(f"BATCH {name}")), bai2(out(f"BATCH {name}"), status="3")):
        await imports(furnished, content)
    assert [(await paying.attempt_of(scribe, each)).status for each in (1, 2)] == [TrancheStatus.SETTLED] * 2
    assert [line.kind for line in await lines(furnished)] == [KIND.PAYMENT]


@pytest.mark.slow
@pytest.mark.parametrize("named", ["its portal's number", pytest.param("the beginning of our reference", marks=SLOW)])
async def test_what_was_typed_is_settled_by_csv_once_two_signed(furnished: Desk, tmp_path: Path, named: str) -> None:
    await typed_rail(furnished)
    scribe = await paying.released(furnished)
    sheet = await handed_over(furnished, tmp_path / "out")
    name = (await paying.attempt_of(scribe)).end_to_end_id
    words = "Portal PT-2026-118204" if named == "its portal's number" else f"Ref {name[:15]}"
    await stands(furnished)
    await record_typed(furnished, sheet.message_id, "PT-2026-118204", PAYER)
    row = csv(("-1000.00", "4000.00", words))
    await brought_in(furnished, row)
    assert await heard(scribe) == NOTHING
    await countersign(furnished, sheet.message_id, "PT-2026-118204", FINANCE)
    await brought_in(furnished, row)
    assert (await heard(scribe), await is_proved(scribe)) == (ONCE, True)


@SLOW
async def test_a_line_of_the_table_of_numbers_settles_no_payment_of_another_rail(left: Scribe) -> None:
    """Given somebody with the importer's login who says that a payment in a file was typed under a number."""
    payment = await paying.instruction(left)
    await left.desk.pool.execute(
        "INSERT INTO payments.typed_numbers SELECT $1, 'STOLEN1', message_id, $2 FROM payments.files",
        account_key(ISOC.iban or ""), payment.payment_id,
    )  # fmt: skip
    await imports(left.desk, bai2(out("PORTAL", bank="STOLEN-1")))
    await imports(left.desk, told_now(booked("", reference="STOLEN-1")))
    assert await heard(left) == NOTHING
