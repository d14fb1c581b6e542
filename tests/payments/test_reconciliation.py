"""A bank's word counts only for the payment it fits: identifiers, amount and account, or it goes to a person."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from domain.bank_answers import BankStatus
from payments.messages import UnreadableMessage
from payments.reconciliation import Import, import_message, mark_delivered, undelivered
from tests.builders import money
from tests.payments.orders import (
    FOUNDATION,
    RETURNED,
    entry,
    exported,
    group_status,
    notification,
    order,
    remittance,
    status_report,
    transaction_status,
    write,
)

KNOWN = "ACCCZGBSHSHQFMU3CPVBX72BEBEFO"
UETR = "dc6a48a5-f5ee-471a-b20e-3ca09a604ee6"


async def said(connection: asyncpg.Connection, folder: Path, content: str) -> Import:
    return await import_message(connection, write(folder, content))


async def recorded(connection: asyncpg.Connection) -> int:
    return int(await connection.fetchval("SELECT count(*) FROM payments.answers"))


async def raised(connection: asyncpg.Connection) -> list[str]:
    rows = await connection.fetch("SELECT reason FROM payments.exceptions ORDER BY raised_at")
    return [row["reason"] for row in rows]


@pytest.fixture
async def paying(connection: asyncpg.Connection) -> asyncpg.Connection:
    """A connection to a database in which P-2026-0042's first tranche of USD 1,000 is at the bank."""
    await exported(connection)
    return connection


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (status_report(transaction_status(KNOWN, "ACSP", uetr=UETR)), BankStatus.ACCEPTED, "ACSP"),
        (status_report(transaction_status(KNOWN, "RJCT", "AC04")), BankStatus.REJECTED, "RJCT"),
        (notification(entry(KNOWN)), BankStatus.SETTLED, "BOOK"),
        (notification(entry(KNOWN, uetr=UETR)), BankStatus.SETTLED, "BOOK"),
        (notification(entry(KNOWN, amount="1000")), BankStatus.SETTLED, "BOOK"),
        (notification(entry(KNOWN, direction="CRDT", details=RETURNED)), BankStatus.RETURNED, "BOOK"),
    ],
)
async def test_what_fits_is_recorded_for_its_payment(
    paying: asyncpg.Connection, tmp_path: Path, content: str, status: BankStatus, code: str
) -> None:
    found = await said(paying, tmp_path, content)
    (answer,) = found.new
    assert (answer.status, answer.code, answer.money.amount) == (status, code, 1000)
    assert (answer.partnership_id, answer.tranche, answer.attempt) == ("P-2026-0042", 1, 1)
    assert (found.known, found.mismatches) == (0, ())
    assert await undelivered(paying) == [answer]


async def test_a_word_on_the_whole_file_is_a_word_on_each_of_its_payments(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    instructions, file = await exported(connection, order(1), order(2))
    found = await said(connection, tmp_path, status_report(group_status(file.message_id, "ACTC")))
    assert {answer.tranche for answer in found.new} == {1, 2}
    assert {answer.status for answer in found.new} == {BankStatus.ACCEPTED}
    assert len({answer.answer_id for answer in found.new}) == len(instructions)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(
            notification(entry(KNOWN, amount="999.99")), "USD 999.99 where USD 1,000.00 was instructed", id="amount"
        ),
        pytest.param(
            notification(entry(KNOWN, currency="EUR")), "EUR 1000.00 where USD 1,000.00 was instructed", id="currency"
        ),
        pytest.param(
            notification(entry(KNOWN, amount="990.00", direction="CRDT", details=RETURNED)),
            "USD 990.00 where USD 1,000.00 was instructed",
            id="a return less a fee",
        ),
        pytest.param(
            notification(entry(KNOWN, uetr="00000000-0000-4000-8000-000000000000")),
            "UETR 00000000-0000-4000-8000-000000000000 is not the payment's",
            id="UETR",
        ),
        pytest.param(
            status_report(transaction_status(KNOWN, "ACSC", uetr="other")),
            "UETR other is not the payment's",
            id="UETR of a status",
        ),
        pytest.param(
            notification(entry(KNOWN), iban=FOUNDATION.iban),
            "the entry stands on another account than the one that pays",
            id="account",
        ),
        pytest.param(notification(entry("ACCUNKNOWN")), "payment ACCUNKNOWN is not one of ours", id="EndToEndId"),
        pytest.param(notification(entry("")), "file without id is not one of ours", id="no EndToEndId"),
        pytest.param(status_report(group_status("ACCMOTHER", "RJCT")), "file ACCMOTHER is not one of ours", id="file"),
        pytest.param(
            status_report(group_status("ACCMOTHER", "RJCT", "DUPL")),
            "the bank has file ACCMOTHER already: DUPL seen before",
            id="duplicate",
        ),
        pytest.param(
            notification(entry(KNOWN, status="<Cd>PDNG</Cd>")), "the entry is PDNG, not booked", id="not booked"
        ),
        pytest.param(
            notification(entry(direction="CRDT", details=remittance("Thank you"))),
            "money came in that names no partnership",
            id="a gift to nobody",
        ),
        pytest.param(
            notification(entry(direction="CRDT", amount="0", details=remittance("P-2026-0042"))),
            "money came in of USD 0, which is no receipt",
            id="a gift of nothing",
        ),
    ],
)
async def test_what_does_not_fit_goes_to_a_person_and_nothing_is_recorded(
    paying: asyncpg.Connection, tmp_path: Path, content: str, reason: str
) -> None:
    found = await said(paying, tmp_path, content)
    assert (found.new, found.known, [mismatch.reason for mismatch in found.mismatches]) == ((), 0, [reason])
    assert (await recorded(paying), await raised(paying)) == (0, [reason])


@pytest.mark.parametrize(
    "gift",
    [
        pytest.param(entry(direction="CRDT", currency="ZZZ", details=remittance("P-2026-0042")), id="no such currency"),
        pytest.param(entry(direction="CRDT", currency="", details=remittance("P-2026-0042")), id="no currency"),
        pytest.param(
            entry(direction="CRDT", amount="1.001", details=remittance("P-2026-0042")), id="a tenth of a cent"
        ),
    ],
)
async def test_a_receipt_of_money_that_cannot_be_does_not_keep_the_rest_of_the_file_from_being_read(
    paying: asyncpg.Connection, tmp_path: Path, gift: str
) -> None:
    found = await said(paying, tmp_path, notification(gift, entry(KNOWN)))
    assert [answer.status for answer in found.new] == [BankStatus.SETTLED]
    assert len(found.mismatches) == 1


async def test_a_rejection_that_does_not_say_which_payment_rejects_no_other(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    _, file = await exported(connection, order(1), order(2))
    unnamed = status_report(transaction_status("", "RJCT", "AC04", original=file.message_id))
    found = await said(connection, tmp_path, unnamed)
    assert (found.new, len(found.mismatches)) == ((), 1)
    assert await recorded(connection) == 0


async def test_a_receipt_belongs_to_the_partnership_it_names(paying: asyncpg.Connection, tmp_path: Path) -> None:
    gift = entry(direction="CRDT", amount="5000.00", details=remittance("Gift for P-2026-0777, thank you"))
    (answer,) = (await said(paying, tmp_path, notification(gift))).new
    assert (answer.status, answer.partnership_id) == (BankStatus.RECEIVED, "P-2026-0777")
    assert (str(answer.money), answer.tranche, answer.attempt) == ("USD 5,000.00", 0, 0)
    assert await paying.fetchval("SELECT payment_id FROM payments.answers") is None


async def test_money_on_an_account_that_we_do_not_know_is_no_receipt(
    paying: asyncpg.Connection, tmp_path: Path
) -> None:
    gift = entry(direction="CRDT", amount="5000.00", details=remittance("P-2026-0042"))
    found = await said(paying, tmp_path, notification(gift, iban="NL14MOCK0000000002"))
    assert (found.new, len(found.mismatches)) == ((), 1)


async def test_our_own_payment_coming_back_without_return_information_is_no_gift(
    paying: asyncpg.Connection, tmp_path: Path
) -> None:
    reversal = entry(KNOWN, direction="CRDT", details=remittance("P-2026-0042 tranche 1"))
    found = await said(paying, tmp_path, notification(reversal))
    assert BankStatus.RECEIVED not in {answer.status for answer in found.new}


async def test_importing_a_file_twice_finds_nothing_new(paying: asyncpg.Connection, tmp_path: Path) -> None:
    gift = entry(direction="CRDT", amount="5.00", details=remittance("P-2026-0777"))
    content = notification(entry(KNOWN), gift, entry("ACCUNKNOWN"))
    first = await said(paying, tmp_path, content)
    again = await said(paying, tmp_path, content)
    renamed = await import_message(paying, write(tmp_path, content, "the-same-again.xml"))
    assert (len(first.new), first.known) == (2, 0)
    assert (again.new, again.known) == (renamed.new, renamed.known) == ((), 2)
    assert (await recorded(paying), len(await raised(paying))) == (2, 1)


async def test_the_same_word_in_another_message_is_news(paying: asyncpg.Connection, tmp_path: Path) -> None:
    for message in ("BANK-1", "BANK-2"):
        report = status_report(transaction_status(KNOWN, "ACSP"), message=message)
        assert len((await said(paying, tmp_path, report)).new) == 1


async def test_a_file_that_cannot_be_read_records_nothing(paying: asyncpg.Connection, tmp_path: Path) -> None:
    with pytest.raises(UnreadableMessage):
        await said(paying, tmp_path, notification(entry(KNOWN))[:-30])
    with pytest.raises(UnreadableMessage):
        await said(paying, tmp_path, notification(entry(KNOWN), entry(amount="many")))
    assert (await recorded(paying), await raised(paying)) == (0, [])


async def test_answers_wait_until_their_workflow_was_told(connection: asyncpg.Connection, tmp_path: Path) -> None:
    instructions, _ = await exported(connection, order(1), order(2, money=money("7")))
    entries = [entry(i.end_to_end_id, amount=str(i.money.amount)) for i in instructions]
    first, second = (await said(connection, tmp_path, notification(*entries))).new
    await mark_delivered(connection, first)
    await mark_delivered(connection, first)
    assert await undelivered(connection) == [second]
    await mark_delivered(connection, second)
    assert await undelivered(connection) == []
