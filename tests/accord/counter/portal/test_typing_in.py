"""On the manual rail a payment is typed and signed by two, each time as it may leave then, and a booking settles it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from accord.audit.bank.bank_tables import table_faults
from accord.client.desk import Desk
from accord.counter.portal.typing_in import countersign, record_typed
from accord.counter.written_again import never_sent, write_again
from accord.presentation.faults import Refused
from domain.directory.people import HouseRulesSet
from domain.money.rails import PaymentRail, RailRule
from domain.payment.payment_file import FileStatus
from domain.payment.tranche.status import TrancheStatus
from payments.out.files import StoredFile
from tests import paying
from tests.accord.counter.files import (
    OTHER,
    PAYER,
    booked,
    business_days_later,
    exceptions_of,
    handed_over,
    imports,
    signed,
    told_now,
)
from tests.accord.counter.test_booked_beside import rejects
from tests.governing import decree
from tests.payments.answers.account_statements import message, statement
from tests.payments.orders import ISOC, remittance
from tests.scribe import Scribe

FINANCE, DIRECTOR, SECOND_DIRECTOR = "femi.ade", "dora.kim", "dana.okafor"
NUMBER: Final = "PT-2026-118204"
WORD = ("portal.pdf", b"It was deleted before its release.")
SLOW = pytest.mark.slow


async def typed_rail(desk: Desk) -> None:
    """Dollars leave by the bank's portal from now on."""
    rules = (await desk.directory()).rules
    assert rules is not None
    rail = RailRule(rail=PaymentRail.MANUAL, currency="USD")
    await decree(desk, HouseRulesSet(rules=rules.model_copy(update={"rails": (rail,)})))


@pytest.fixture
async def released(furnished: Desk) -> Scribe:
    """A partnership whose one payment of USD 1,000 was released, to be typed."""
    await typed_rail(furnished)
    return await paying.released(furnished)


@pytest.fixture
async def sheet(released: Scribe, tmp_path: Path) -> StoredFile:
    """Its sheet, which was handed over to be typed."""
    return await handed_over(released.desk, tmp_path / "out")


async def stands(scribe: Scribe) -> TrancheStatus:
    return (await paying.attempt_of(scribe)).status


async def our_reference(scribe: Scribe) -> str:
    return (await paying.attempt_of(scribe)).end_to_end_id


async def test_two_sign_what_is_typed_and_a_booking_alone_settles_it(
    released: Scribe, sheet: StoredFile, tmp_path: Path
) -> None:
    desk = released.desk
    [path] = (tmp_path / "out").iterdir()
    assert (path.name, path.read_bytes()) == (f"{sheet.message_id}.sheet.txt", sheet.content)
    assert await record_typed(desk, sheet.message_id, NUMBER, PAYER) == (NUMBER, (), ())
    with pytest.raises(Refused, match=r"paul\.nkosi typed it; another person"):
        await countersign(desk, sheet.message_id, NUMBER, PAYER)
    await countersign(desk, sheet.message_id, "pt 2026 118204", FINANCE)
    file = await signed(desk, sheet.message_id)
    assert (file.sent_by, await stands(released)) == ((PAYER, FINANCE), TrancheStatus.HANDED_OVER)
    # The portal took no reference of ours: the booking bears the portal's number alone, and an identifier of its own.
    await imports(desk, told_now(booked("PORTAL-77", reference="PT2026118204")))
    assert (await stands(released), await exceptions_of(desk)) == (TrancheStatus.SETTLED, [])
    async with desk.pool.acquire() as connection:
        assert await table_faults(desk.reader, connection) == []


@pytest.mark.slow
async def test_a_statement_of_account_settles_it_by_our_reference_in_the_words_of_the_booking(
    released: Scribe, sheet: StoredFile
) -> None:
    desk, ours = released.desk, await our_reference(released)
    await record_typed(desk, sheet.message_id, NUMBER, PAYER)
    await countersign(desk, sheet.message_id, NUMBER, FINANCE)
    words = f"payment {ours[:12].lower()} {ours[12:]}"
    entry = booked("", "1000.00", reference="B-1", details=remittance(words))
    await imports(desk, stated(entry))
    assert await stands(released) is TrancheStatus.SETTLED


@pytest.mark.slow
async def test_what_is_booked_before_the_second_signature_is_for_people(released: Scribe, sheet: StoredFile) -> None:
    desk, ours = released.desk, await our_reference(released)
    await record_typed(desk, sheet.message_id, NUMBER, PAYER)
    entry = booked(ours, reference="B-1")
    await imports(desk, stated(entry))
    assert await stands(released) is TrancheStatus.HANDED_OVER
    with pytest.raises(Refused, match="the bank booked P-2026-0042 tranche 1"):
        async with business_days_later(desk, 3):
            await never_sent(desk, sheet.message_id, WORD, DIRECTOR)
    await countersign(desk, sheet.message_id, NUMBER, FINANCE)
    await imports(desk, stated(entry))
    assert await stands(released) is TrancheStatus.SETTLED


def stated(*entries: str) -> bytes:
    """A statement of today, which opens with 5,000."""
    day = statement("5000.00", "4000.00", *entries, on=datetime.now(UTC).date())
    return message(day).replace(b"2026-11-03T22:00:00Z", f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}".encode())


@SLOW
async def test_a_hold_after_the_typing_stops_the_second_signature(released: Scribe, sheet: StoredFile) -> None:
    desk = released.desk
    await paying.hold(released)
    typing = await record_typed(desk, sheet.message_id, NUMBER, PAYER)
    assert len(typing.in_doubt) == 1
    with pytest.raises(Refused, match=r"do not release it in the portal: .* it stands on hold"):
        await countersign(desk, sheet.message_id, NUMBER, FINANCE)
    assert (await signed(desk, sheet.message_id)).countersigned is None


@SLOW
async def test_what_was_typed_twice_is_told_and_each_number_is_the_payments(
    released: Scribe, sheet: StoredFile
) -> None:
    desk, message_id = released.desk, sheet.message_id
    await record_typed(desk, message_id, NUMBER, PAYER)
    with pytest.raises(Refused, match="recorded that number already"):
        await record_typed(desk, message_id, NUMBER.lower(), FINANCE)
    with pytest.raises(Refused, match=r"paul\.nkosi typed .* as PT-2026-118204; it is not written again"):
        await write_again(desk, message_id, PAYER, Path("nowhere"))
    assert (await record_typed(desk, message_id, "PT-2026-118299", PAYER)).before == (NUMBER,)
    with pytest.raises(Refused, match="recorded another number"):
        await countersign(desk, message_id, NUMBER, FINANCE)
    await countersign(desk, message_id, "PT-2026-118299", FINANCE)
    with pytest.raises(Refused, match="it is typed once"):
        await record_typed(desk, message_id, "PT-2026-118300", PAYER)
    await imports(desk, told_now(booked("", reference=NUMBER)))
    await imports(desk, told_now(booked("", reference="PT-2026-118299"), message="BANK-3"))
    assert await stands(released) is TrancheStatus.SETTLED
    assert [one.kind for one in await exceptions_of(desk)] == ["SECOND_BOOKING"]


@SLOW
async def test_another_payments_number_is_refused(released: Scribe, sheet: StoredFile, tmp_path: Path) -> None:
    desk = released.desk
    await paying.released(desk, OTHER, "700.00")
    other = await handed_over(desk, tmp_path / "out")
    await record_typed(desk, sheet.message_id, NUMBER, PAYER)
    with pytest.raises(Refused, match=f"is the number of sheet {sheet.message_id}"):
        await record_typed(desk, other.message_id, NUMBER, PAYER)
    await imports(desk, told_now(booked("NOBODYS", reference="PT-9-OTHER")))
    with pytest.raises(Refused, match="nobody recorded that"):
        await countersign(desk, other.message_id, NUMBER, FINANCE)


@SLOW
async def test_another_sum_under_its_number_settles_nothing(released: Scribe, sheet: StoredFile) -> None:
    desk = released.desk
    await record_typed(desk, sheet.message_id, NUMBER, PAYER)
    await countersign(desk, sheet.message_id, NUMBER, FINANCE)
    await imports(desk, told_now(booked("", "100.00", reference=NUMBER)))
    assert await stands(released) is TrancheStatus.HANDED_OVER
    assert [one.kind for one in await exceptions_of(desk)] == ["OTHER_CONTENT"]


@SLOW
async def test_the_same_number_on_another_account_is_another_booking(released: Scribe, sheet: StoredFile) -> None:
    desk = released.desk
    await record_typed(desk, sheet.message_id, NUMBER, PAYER)
    await countersign(desk, sheet.message_id, NUMBER, FINANCE)
    await imports(desk, told_now(booked("", reference=NUMBER), iban="NL20MOCK0000002222"))
    assert ISOC.iban != "NL20MOCK0000002222"
    assert await stands(released) is TrancheStatus.HANDED_OVER


@SLOW
async def test_what_the_portal_refused_waits_again_once_two_others_said_so(
    released: Scribe, sheet: StoredFile, tmp_path: Path
) -> None:
    desk, message_id = released.desk, sheet.message_id
    await record_typed(desk, message_id, NUMBER, PAYER)
    await countersign(desk, message_id, NUMBER, FINANCE)
    async with business_days_later(desk, 3):
        for actor in (PAYER, FINANCE):
            with pytest.raises(Refused, match="two others say that it never arrived"):
                await never_sent(desk, message_id, WORD, actor)
        assert (await never_sent(desk, message_id, WORD, DIRECTOR)).status is FileStatus.HANDED_OVER


@SLOW
async def test_each_attempt_keeps_its_rail_and_a_late_booking_of_the_file_settles_no_sheet(
    furnished: Desk, tmp_path: Path
) -> None:
    """Given a payment in a file, when dollars are typed from now on and the bank rejects it, the next one is typed."""
    scribe = await paying.released(furnished)
    await handed_over(furnished, tmp_path / "file")
    await typed_rail(furnished)
    await rejects(scribe, 1, "BANK-1")
    await paying.release(scribe, attempt=2)
    assert (await handed_over(furnished, tmp_path / "sheet")).is_sheet
    attempts = [await paying.attempt_of(scribe, 1, number) for number in (1, 2)]
    assert [attempt.is_typed for attempt in attempts] == [False, True]
    await imports(furnished, told_now(booked(paying.identifier(scribe)), message="BANK-2"))
    assert [one.kind for one in await exceptions_of(furnished)] == ["CONTRADICTION"]
    assert (await paying.attempt_of(scribe, 1, 2)).status is TrancheStatus.HANDED_OVER
    assert (await scribe.reread()).hold is not None


@SLOW
async def test_a_line_of_the_table_alone_makes_no_booking_count(released: Scribe, sheet: StoredFile) -> None:
    desk, message_id = released.desk, sheet.message_id
    await record_typed(desk, message_id, NUMBER, PAYER)
    await countersign(desk, message_id, NUMBER, FINANCE)
    await desk.pool.execute(
        "INSERT INTO payments.typed_numbers SELECT account, 'STOLEN1', message_id, payment_id "
        "FROM payments.typed_numbers"
    )
    await imports(desk, told_now(booked("", reference="STOLEN-1")))
    assert await stands(released) is TrancheStatus.HANDED_OVER
    async with desk.pool.acquire() as connection:
        assert await table_faults(desk.reader, connection) == [
            f"payment file {message_id}: nobody signed that it was typed as STOLEN1"
        ]
