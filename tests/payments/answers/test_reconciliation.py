"""A bank's word counts only for the payment it fits: identifiers, amount, account and days, or it goes to a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from domain.identity import end_to_end_id, payment_id
from domain.payment.bank_answers import BankStatus, ExceptionKind
from payments.answers.matching.judging import answers_in, judge_all
from payments.answers.matching.matched import MatchedEntry
from payments.answers.messages import read_message
from tests.payments.orders import (
    FOUNDATION,
    ISOC,
    RETURNED,
    detail,
    entry,
    entry_of,
    filed,
    group_status,
    notification,
    order,
    remittance,
    status_report,
    transaction_status,
)

KNOWN = "ACCCZGBSHSHQFMU3CPVBX72BEBEFO"
UETR = "dc6a48a5-f5ee-471a-b20e-3ca09a604ee6"
IMPORTED = datetime(2026, 11, 3, 20, 0, tzinfo=UTC)
"""A day after the release."""
FILE, ANOTHER = "ab" * 32, "cd" * 32
"""Digests of two files of the bank's."""

KIND = ExceptionKind
OTHER = KIND.OTHER_CONTENT


async def judged(connection: asyncpg.Connection, content: str, file: str = FILE) -> list[MatchedEntry]:
    return await judge_all(connection, read_message(content.encode()), file, IMPORTED)


async def one(connection: asyncpg.Connection, content: str, file: str = FILE) -> MatchedEntry:
    (verdict,) = await judged(connection, content, file)
    return verdict


@pytest.fixture
async def paying(connection: asyncpg.Connection) -> asyncpg.Connection:
    """A connection to a database in which P-2026-0042's first tranche of USD 1,000 is in a file."""
    await filed(connection)
    return connection


# What fits


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (status_report(transaction_status(KNOWN, "ACSP", uetr=UETR)), BankStatus.ACCEPTED, "ACSP"),
        (status_report(transaction_status("", "ACSP", uetr=UETR)), BankStatus.ACCEPTED, "ACSP"),
        (status_report(transaction_status(KNOWN, "RJCT", "AC04")), BankStatus.REJECTED, "RJCT"),
        (notification(entry(KNOWN)), BankStatus.SETTLED, "BOOK"),
        (notification(entry(KNOWN, uetr=UETR)), BankStatus.SETTLED, "BOOK"),
        (notification(entry(uetr=UETR)), BankStatus.SETTLED, "BOOK"),
        (notification(entry(KNOWN, uetr=UETR.upper())), BankStatus.SETTLED, "BOOK"),
        (notification(entry(uetr=UETR.upper())), BankStatus.SETTLED, "BOOK"),
        (notification(entry(KNOWN), iban="nl23-MOCK-0000-0011 01"), BankStatus.SETTLED, "BOOK"),
        (notification(entry(KNOWN, amount="1000")), BankStatus.SETTLED, "BOOK"),
        (notification(entry(KNOWN, direction="CRDT", details=RETURNED)), BankStatus.RETURNED, "BOOK"),
        (notification(entry(KNOWN, direction="CRDT", reversal="true")), BankStatus.RETURNED, "BOOK"),
    ],
)
async def test_what_fits_is_an_answer_on_its_payment(
    paying: asyncpg.Connection, content: str, status: BankStatus, code: str
) -> None:
    verdict = await one(paying, content)
    answer = verdict.answer
    assert answer is not None
    assert verdict.fault is None
    assert (answer.status, answer.code, answer.money.amount, answer.file_sha256) == (status, code, 1000, FILE)
    assert (answer.partnership_id, answer.tranche, answer.attempt) == ("P-2026-0042", 1, 1)
    assert (answer.answer_id, verdict.partnership_id) == (verdict.entry.entry_id, "P-2026-0042")


async def test_our_own_payment_coming_back_without_return_information_is_a_return_and_no_gift(
    paying: asyncpg.Connection,
) -> None:
    verdict = await one(paying, notification(entry(KNOWN, direction="CRDT", details=remittance("P-2026-0042"))))
    assert verdict.answer is not None
    assert verdict.answer.status is BankStatus.RETURNED


async def test_a_receipt_belongs_to_the_partnership_it_names(paying: asyncpg.Connection) -> None:
    gift = entry(direction="CRDT", amount="5000.00", details=remittance("Gift for P-2026-0777, thank you"))
    verdict = await one(paying, notification(gift))
    assert verdict.answer is not None
    assert (verdict.answer.status, verdict.answer.partnership_id) == (BankStatus.RECEIVED, "P-2026-0777")
    assert (str(verdict.answer.money), verdict.answer.tranche, verdict.answer.attempt) == ("USD 5,000.00", 0, 0)
    assert (verdict.fault, verdict.account) == (None, str(ISOC.iban))


async def test_a_word_on_the_whole_file_is_a_word_on_each_of_its_payments(connection: asyncpg.Connection) -> None:
    instructions, file = await filed(connection, order(1), order(2))
    found = await judged(connection, status_report(group_status(file.message_id, "ACTC")))
    answers = [verdict.answer for verdict in found if verdict.answer]
    assert {answer.tranche for answer in answers} == {1, 2}
    assert {answer.status for answer in answers} == {BankStatus.ACCEPTED}
    assert len({answer.answer_id for answer in answers}) == len(instructions)
    assert [verdict.fault for verdict in found] == [None, None]


# What does not fit


@pytest.mark.parametrize(
    ("content", "kind", "reason"),
    [
        pytest.param(
            notification(entry(KNOWN, currency="EUR")), OTHER, "EUR 1000.00 where USD 1,000.00 was instructed",
            id="currency",
        ),
        pytest.param(
            notification(entry(KNOWN, uetr="00000000-0000-4000-8000-000000000000")), OTHER,
            "UETR 00000000-0000-4000-8000-000000000000 is not the payment's", id="UETR",
        ),
        pytest.param(
            status_report(transaction_status(KNOWN, "ACSC", uetr="other")), OTHER, "UETR other is not the payment's",
            id="UETR of a status",
        ),
        pytest.param(
            notification(entry(KNOWN), iban=FOUNDATION.iban), OTHER,
            "the entry stands on another account than the one that pays", id="account",
        ),
        pytest.param(
            notification(entry("ACCUNKNOWN")), KIND.UNKNOWN_PAYMENT, "payment ACCUNKNOWN is not ours", id="EndToEndId"
        ),
        pytest.param(
            notification(entry("")), KIND.UNKNOWN_PAYMENT, "it names no payment and no file of ours", id="no id"
        ),
        pytest.param(
            status_report(group_status("ACCMOTHER", "RJCT")), KIND.UNKNOWN_PAYMENT,
            "file ACCMOTHER is not one of ours", id="file",
        ),
        pytest.param(
            notification(entry(KNOWN, status="<Cd>PDNG</Cd>")), KIND.UNREADABLE, "the entry is PDNG, not booked",
            id="not booked",
        ),
        pytest.param(
            notification(entry(direction="CRDT", details=remittance("Thank you"))), KIND.UNEXPECTED_RECEIPT,
            "money came in that names no partnership", id="a gift to nobody",
        ),
    ],
)  # fmt: skip
async def test_what_does_not_fit_has_a_fault_that_says_what_it_is(
    paying: asyncpg.Connection, content: str, kind: ExceptionKind, reason: str
) -> None:
    verdict = await one(paying, content)
    assert verdict.fault is not None
    assert (verdict.fault.kind, verdict.fault.reason) == (kind, reason)


async def test_another_sum_is_an_answer_that_the_ledger_is_left_to_judge(paying: asyncpg.Connection) -> None:
    verdict = await one(paying, notification(entry(KNOWN, "990.00", direction="CRDT", details=RETURNED)))
    assert verdict.fault is None
    assert verdict.answer is not None
    assert verdict.answer.money.amount == 990


@pytest.mark.parametrize(
    "words", [entry(KNOWN, "12.345"), entry(KNOWN, "12.345", direction="CRDT", details=RETURNED)], ids=["out", "back"]
)
async def test_a_sum_that_cannot_be_is_never_replaced_by_the_one_instructed(
    paying: asyncpg.Connection, words: str
) -> None:
    verdict = await one(paying, notification(words))
    assert verdict.answer is None
    assert verdict.fault is not None


@pytest.mark.parametrize(
    "text",
    [
        "RETURN OF P-2026-0042 tranche 1 ACCOUNT CLOSED",
        "for P-2026-0001 and P-2026-0002",
        "invoice GRP-2026-0042",
        "P-2026-00421234",
    ],
)
async def test_money_whose_words_do_not_give_it_to_one_partnership_is_for_a_person(
    paying: asyncpg.Connection, text: str
) -> None:
    verdict = await one(paying, notification(entry("NOTPROVIDED", direction="CRDT", details=remittance(text))))
    assert verdict.fault is not None
    assert verdict.fault.kind is KIND.UNEXPECTED_RECEIPT


@pytest.mark.parametrize(("amount", "currency"), [("0", "USD"), ("1.001", "USD"), ("5000.00", "ZZZ")])
async def test_a_gift_of_money_that_cannot_be_stops_no_other_entry(
    paying: asyncpg.Connection, amount: str, currency: str
) -> None:
    gift = entry(direction="CRDT", amount=amount, currency=currency, details=remittance("P-2026-0042"))
    bad, good = await judged(paying, notification(gift, entry(KNOWN)))
    assert bad.fault is not None
    assert (bad.fault.kind, bad.answer) == (KIND.UNREADABLE, None)
    assert (good.fault, good.answer is not None) == (None, True)


async def test_a_rejection_that_does_not_say_which_payment_rejects_no_single_one(
    connection: asyncpg.Connection,
) -> None:
    _, file = await filed(connection, order(1), order(2))
    found = await judged(connection, status_report(transaction_status("", "RJCT", "AC04", original=file.message_id)))
    assert len(found) == 1
    assert found[0].fault is not None
    assert found[0].answer is None


# Days


@pytest.mark.parametrize(
    ("booked", "value", "fits"),
    [
        ("2026-11-01", "2026-11-01", True),
        ("2026-10-31", "2026-11-02", False),
        ("2026-11-02", "2026-10-31", False),
        ("2026-11-04", "2026-11-13", True),
        ("2026-11-05", "2026-11-04", False),
        ("2026-11-04", "2026-11-14", False),
        ("0001-01-01", "2026-11-02", False),
        ("2026-11-02", "9999-12-31", False),
    ],
)
async def test_a_payment_is_booked_from_the_day_before_its_release_to_the_day_after_the_import(
    paying: asyncpg.Connection, booked: str, value: str, fits: bool
) -> None:
    words = entry(KNOWN, booked=f"<Dt>{booked}</Dt>", value=f"<Dt>{value}</Dt>")
    verdict = await one(paying, notification(words))
    told = verdict.fault and verdict.fault.kind
    assert told in ({None} if fits else {KIND.IMPOSSIBLE_DAY, KIND.UNREADABLE})
    if not fits:
        assert verdict.fault is not None


@pytest.mark.parametrize(("days", "fits"), [(1, True), (2, False)])
async def test_a_message_is_dated_by_the_day_after_the_import_at_the_latest(
    paying: asyncpg.Connection, days: int, fits: bool
) -> None:
    made = f"{IMPORTED + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"
    verdict = await one(paying, notification(entry(KNOWN), made=made))
    assert (verdict.fault is None) is fits


# Identities


async def test_a_booking_is_its_account_the_banks_reference_and_the_detail(paying: asyncpg.Connection) -> None:
    parts = [detail(KNOWN, "500.00", transaction=f"T{n}") for n in (1, 2)]
    batch = notification(entry_of(*parts, reference="REF-1"))
    first, second = await judged(paying, batch)
    again, _ = await judged(paying, batch.replace("BANK-2", "BANK-3"), ANOTHER)
    other = await one(paying, notification(entry(KNOWN, reference="REF-2")))
    assert len({verdict.entry.entry_id for verdict in (first, second, other)}) == 3
    assert (again.entry.entry_id, again.entry.digest) == (first.entry.entry_id, first.entry.digest)
    assert all(verdict.entry.referenced for verdict in (first, second, other))


async def test_a_reference_that_a_bank_uses_for_a_debit_and_its_return_names_two_bookings(
    paying: asyncpg.Connection,
) -> None:
    debit = await one(paying, notification(entry(KNOWN, reference="REF-1")))
    credit = await one(paying, notification(entry(KNOWN, reference="REF-1", direction="CRDT", details=RETURNED)))
    assert debit.entry.entry_id != credit.entry.entry_id


@pytest.mark.parametrize("reference", ["", "NONREF", "NOTPROVIDED", "0000"])
async def test_without_a_reference_each_entry_of_each_file_is_one_of_its_own_that_may_be_like_another(
    paying: asyncpg.Connection, reference: str
) -> None:
    gift = entry(direction="CRDT", details=remittance("P-2026-0777"), reference=reference)
    first, second = await judged(paying, notification(gift, gift), FILE)
    again, _ = await judged(paying, notification(gift, gift), FILE)
    elsewhere = await one(paying, notification(gift), ANOTHER)
    assert len({verdict.entry.entry_id for verdict in (first, second, elsewhere)}) == 3
    assert again.entry.entry_id == first.entry.entry_id
    assert len({verdict.entry.likeness for verdict in (first, second, elsewhere)}) == 1
    assert not any(verdict.entry.referenced for verdict in (first, second, elsewhere))


async def test_a_status_is_the_payment_and_all_that_is_said_wherever_it_is_told(paying: asyncpg.Connection) -> None:
    said = status_report(transaction_status(KNOWN, "RJCT", "AC04"), "BANK-1")
    first, again = await one(paying, said), await one(paying, said.replace("BANK-1", "BANK-9"), ANOTHER)
    other = await one(paying, status_report(transaction_status(KNOWN, "RJCT", "AC01"), "BANK-1"))
    assert first.entry.entry_id == again.entry.entry_id
    assert other.entry.entry_id != first.entry.entry_id
    assert other.entry.digest != first.entry.digest


async def test_what_a_file_says_is_the_same_whenever_it_is_read_again(paying: asyncpg.Connection) -> None:
    content = notification(entry(KNOWN, reference="REF-1"), entry("ACCUNKNOWN"))
    said = read_message(content.encode())
    first = await answers_in(paying, said, FILE, IMPORTED)
    later = await answers_in(paying, said, FILE, IMPORTED + timedelta(days=900))
    assert first == later
    assert first == [verdict.answer for verdict in await judged(paying, content)]


# Rows that cannot be read


async def test_an_instruction_that_cannot_be_read_is_a_fault_of_its_entry_alone(
    connection: asyncpg.Connection,
) -> None:
    await filed(connection, order(1), order(2))
    await connection.execute("ALTER TABLE payments.instructions DISABLE TRIGGER ALL")
    await connection.execute("UPDATE payments.instructions SET frozen = '{}' WHERE end_to_end_id = $1", KNOWN)
    second = end_to_end_id(payment_id("P-2026-0042", 2, 1))
    broken, whole = await judged(connection, notification(entry(KNOWN), entry(second)))
    assert broken.fault is not None
    assert broken.fault.kind is KIND.UNREADABLE
    assert broken.fault.reason.startswith("what it speaks of cannot be read")
    assert (whole.fault, whole.answer is not None) == (None, True)


async def test_an_account_that_was_changed_is_a_fault_and_no_crash(paying: asyncpg.Connection) -> None:
    await paying.execute("ALTER TABLE payments.accounts DISABLE TRIGGER ALL")
    await paying.execute('UPDATE payments.accounts SET details = details || \'{"town": "Elsewhere"}\'')
    verdict = await one(paying, notification(entry(KNOWN)))
    assert verdict.fault is not None
    assert verdict.fault.kind is OTHER
