"""A BAI2 file is the statement that a camt.053 is, or refused whole with its line, its fault and what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mockbank import bai2 as mock_bank

from domain.payment.bank_answers import BankStatus
from domain.payment.continuity import ClosedStatement, breaks
from payments.answers.account_statements import AccountStatement, in_words
from payments.answers.messages import BankNotice, UnreadableMessage, read_balances, read_message, read_sights
from tests.payments.answers.bai2.files import CAME, DAY, NUMBER, PAID, account, day_of, file, group

WHOLE = day_of("100000", "50000", PAID, CAME)


def read(content: bytes) -> AccountStatement:
    [said] = read_balances(content, "day.bai")
    return said


def test_it_says_what_stood_there_before_and_after_as_a_camt_053_does() -> None:
    said = read(WHOLE)
    assert said == AccountStatement(
        "1", NUMBER, "", ClosedStatement(DAY, None, DAY, "USD", Decimal("1000.00"), Decimal("500.00")), 2
    )
    assert in_words(said) == "account …3456: USD 500.00 at the end of 2026-11-03 (booked entries: 2)"


def test_records_that_stand_in_one_line_are_named() -> None:
    with pytest.raises(
        UnreadableMessage, match="line 1: several records stand in one line; ask the bank for a line of"
    ):
        read_message(WHOLE.replace(b"\n", b"  "), "day.bai")


def test_its_entries_are_read_with_what_the_bank_says_of_them_in_words() -> None:
    paid, came = [notice for notice in read_message(WHOLE) if isinstance(notice, BankNotice)]
    assert (paid.status, paid.amount, paid.currency, paid.booked_on) == (BankStatus.SETTLED, 600, "USD", DAY)
    assert (paid.references, paid.remittance) == (("B-1",), "E1 WIRE TO/FROM A PAYEE, INVENTED B-1")
    assert (came.status, came.remittance, came.unheard) == (
        BankStatus.RECEIVED, "E2 GIFT OF SOMEBODY, INVENTED B-2", ""
    )  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "is_charge", "is_heard"),
    [
        ("16,455,100,Z,B-1,E1,OUT/", False, True),
        ("16,557,100,Z,B-1,E1,BACK/", False, False),
        ("16,567,100,Z,B-1,E1,FEE OF A RETURN/", True, True),
        ("16,698,100,Z,B-1,E1,FEE/", True, True),
    ],
)
def test_a_type_code_says_what_is_a_charge_and_what_came_back(entry: str, is_charge: bool, is_heard: bool) -> None:
    [notice] = read_message(day_of("100", "0", entry))
    assert isinstance(notice, BankNotice)
    assert (notice.is_charge, not notice.unheard) == (is_charge, is_heard)


def test_words_that_are_longer_than_what_is_read_settle_nothing() -> None:
    [notice] = read_message(day_of("100", "0", f"16,455,100,Z,B-1,E1,{'WORDS ' * 100}/"))
    assert isinstance(notice, BankNotice)
    assert notice.unheard == "its text is longer than is read, and may name another payment"


def test_a_report_within_the_day_tells_no_payment_anything() -> None:
    content = file(group(account("100000", "40000", PAID), modifier="3"))
    assert (read_message(content), len(read_sights(content))) == ([], 1)


@pytest.mark.parametrize(
    ("content", "opening", "closing"),
    [
        pytest.param(day_of("+0", "-0"), "0", "0", id="a day on which nothing moved"),
        pytest.param(day_of("10000", "-50000", PAID), "100", "-500", id="an overdraft"),
        pytest.param(WHOLE.replace(b"\n", b"\r\n"), "1000", "500", id="lines of Windows"),
        pytest.param(WHOLE.replace(b"/\n", b"/   \n").rstrip(b"/ \n"), "1000", "500", id="lines of one length"),
        pytest.param(b"\xef\xbb\xbf" + WHOLE, "1000", "500", id="a mark of the order of bytes"),
        pytest.param(
            file(group(account("5000", "4000", "16,495,1000,Z/", currency="JPY"))), "5000", "4000", id="yen"
        ),
        pytest.param(
            file(group(account("5000", "4000", "16,495,1000,S,1,2,3/", currency=""), currency="KWD")), "5", "4",
            id="thousandths, and the currency of the group",
        ),
        pytest.param(day_of("0", "0", "16,890,,,,,A WORD OF THE BANK"), "0", "0", id="words that move no money"),
        pytest.param(day_of("0", "0", "16,495,,D,2,1,5,2,5,B-1/"), "0", "0", id="an amount left empty"),
        pytest.param(
            file(group(account("1000", "0", "16,495,1000/"), status="3")), "10", "0", id="a correction"
        ),
    ],
)  # fmt: skip
def test_what_banks_write(content: bytes, opening: str, closing: str) -> None:
    said = read(content).balances
    assert (said.opening, said.closing) == (Decimal(opening), Decimal(closing))


def test_a_summary_goes_on_in_the_next_line_wherever_the_bank_broke_it() -> None:
    head = b"03,00123456,USD,010,100000,,,100,10000,1,,400,60000,1,,045,49000,,,015/\n88,50000,,/"
    content = WHOLE.replace(b"03,00123456,USD,010,100000,,,015,50000,,Z/", head)
    for before, after in ((b",220000,", b",339000,"), (b",6/", b",7/"), (b",8/", b",9/"), (b",10/", b",11/")):
        content = content.replace(before, after)
    assert (read(content).balances, read(content).available) == (read(WHOLE).balances, Decimal("490.00"))


def test_several_accounts_and_days_come_in_one_file() -> None:
    other = account("7", "7", number="12-34 5678", currency="EUR")
    said = read_balances(file(group(account("100000", "40000", PAID), other), group(account("40000", "40000"))))
    assert [(one.place, one.account, one.balances.currency) for one in said] == [
        ("1", NUMBER, "USD"), ("2", "12345678", "EUR"), ("3", NUMBER, "USD"),
    ]  # fmt: skip


def test_without_a_number_the_balances_say_that_a_day_is_missing() -> None:
    days = [
        read(content).balances
        for content in (
            day_of("100000", "40000", PAID),
            day_of("40000", "50000", CAME, days=1),
            day_of("50000", "50000", days=2),
        )
    ]
    assert breaks(days) == ()
    [fault] = breaks([days[0], days[2]])
    assert "closed with USD 400.00 and of 2026-11-05 opened with 500.00: one between them is missing" in str(fault)


MISSING = WHOLE.replace(b"010,100000", b"011,100000")
REFUSED = {
    "a cent is missing": (
        day_of("100000", "40001", PAID),
        r"line 3: the account opens with USD 1,000\.00, its entries \(1\) come to -600\.00 and it closes with 400\.01, "
        r"which is 0\.01 apart; ask the bank to report every entry \(16\); fetch the file from the bank again",
    ),
    "the total of an account": (
        WHOLE.replace(b"49,220000", b"49,220001"),
        r"line 8: the end of an account \(49\) has the total 220001, and its amounts come to 220000; fetch the file",
    ),
    "the total of a group": (WHOLE.replace(b"98,220000", b"98,"), r"line 9: the end of a group \(98\) has the total 0"),
    "the total of the file": (WHOLE.replace(b"99,220000", b"99,-220000"), r"line 10: the end of the file \(99\) has"),
    "records of an account": (WHOLE.replace(b",6/", b",5/"), r"line 8: .* counts 5 records, and there are 6"),
    "accounts of a group": (WHOLE.replace(b",1,8/", b",2,8/"), r"line 9: .* counts 2 accounts, and there are 1"),
    "records of a group": (WHOLE.replace(b",1,8/", b",1/"), r"line 9: .* counts no records, and there are 8"),
    "groups of the file": (WHOLE.replace(b",1,10/", b",x,10/"), r"line 10: the count x is not written as one"),
    "a line that is missing": (WHOLE.replace(b"88,INVENTED\n", b""), r"line 7: .* counts 6 records, and there are 5"),
    "cut off": (WHOLE[: WHOLE.index(b"98,")], r"line 8: the file ends with the end of an account .*it was cut off"),
    "cut off within an account": (WHOLE.replace(b"49,220000,6/\n", b""), r"line 3: an account \(03\) has no end"),
    "an entry outside an account": (
        WHOLE.replace(b"\n98,", b"\n16,495,1/\n98,"), r"line 9: an entry \(16\) stands where an account \(03\) belongs"
    ),
    "no opening balance": (MISSING, r"line 3: the account lacks its opening ledger balance \(010\); ask the bank"),
    "no account": (file(group()), "line 1: it holds no account"),
    "no number": (day_of("0", "0", number=""), "line 3: the account has no number"),
    "an unknown currency": (file(group(account("0", "0", currency="USX"))), "line 3: the account is in USX, which is"),
    "no day": (WHOLE.replace(b"1,261103,2359", b"1,261131,2359"), r"line 2: the day 261131 is not written as one"),
    "an amount with a point": (day_of("0", "0", "16,495,1.00/"), r"line 4: the amount 1\.00 is not written as one"),
    "an amount below zero": (day_of("0", "0", "16,495,-1/"), "line 4: an entry of -1 has a sign, where its type code"),
    "a type of no direction": (day_of("0", "0", "16,700,1/"), "line 4: an entry of type 700 is neither a credit nor"),
    "a type of letters": (day_of("0", "0", "16,ABC,1/"), "line 4: ABC stands where a type code of three digits"),
    "funds without meaning": (day_of("0", "0", "16,495,,Q/"), "line 4: the funds type Q has no meaning"),
    "distributions without end": (day_of("0", "0", "16,495,,D,9999,1/"), "line 4: the funds type D has no meaning"),
    "two opening balances": (WHOLE.replace(b"015,", b"010,"), r"its opening ledger balance \(010\) 2 times, and not"),
    "a deletion": (file(group(account("0", "0"), status="2")), "line 2: a group of status 2, which deletes what came"),
    "a test": (file(group(account("0", "0"), status="4")), "line 2: a group of status 4, which is a test; import"),
    "a status without meaning": (file(group(account("0", "0"), status="7")), "status 7, which has no meaning in BAI2"),
    "a later version": (file(group(account("0", "0")), version="3"), "line 1: the file is of version 3, and what is"),
    "a record of another format": (WHOLE.replace(b"\n16,", b"\n62,"), "line 4: 62,495,.* is no record of BAI2"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_hold_is_refused_whole(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableMessage, match=reason) as refused:
        read_message(content, "day.bai")
    assert str(refused.value).startswith("day.bai line ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("modifier", ["1", "3"])
def test_a_report_that_is_not_final_is_for_sight_alone(modifier: str) -> None:
    content = file(group(account("0", "0", PAID), modifier=modifier))
    assert read_balances(content) == ()
    [sight] = read_sights(content)
    assert (sight.account, sight.on, sight.at, sight.balance) == (NUMBER, DAY, "23:59", None)
    [entry] = sight.entries
    assert (entry.amount, entry.reference, entry.text) == (
        Decimal("-600.00"), "E1", "WIRE TO/FROM A PAYEE, INVENTED"
    )  # fmt: skip


@pytest.mark.parametrize(("code", "stands_there"), [(b"030", "5.00"), (b"072", "7.00")], ids=["ledger", "available"])
def test_a_sight_says_what_stands_there_now(code: bytes, stands_there: str) -> None:
    content = file(group(account("500", "700"), modifier="3"))
    [sight] = read_sights(content.replace(b"010,500", code + b",500").replace(b"015,700", b"060,700"))
    assert sight.balance == Decimal(stands_there)


def test_an_account_that_tells_what_stands_there_now_and_no_more_is_for_sight_beside_statements() -> None:
    """Given one file of several accounts, as some banks send, then what is no statement refuses no other."""
    content = file(group(account("100000", "40000", PAID), account("700", "900", number="7")))
    content = content.replace(b"010,700", b"072,700").replace(b"015,900", b"060,900")
    assert ([said.place for said in read_balances(content)], [sight.place for sight in read_sights(content)]) == (
        ["1"], ["2"]
    )  # fmt: skip


def test_where_a_bank_gives_available_balances_alone_they_are_read() -> None:
    said = read(WHOLE.replace(b"010,100000", b"040,100000").replace(b"015,50000", b"045,50000"))
    assert (said.balances, said.available) == (read(WHOLE).balances, Decimal("500.00"))


@given(st.lists(st.integers(-(10**9), 10**9), max_size=8), st.data())
def test_whichever_line_is_missing_is_noticed(moves: list[int], data: Any) -> None:
    """Law: entries that a bank sends add up, and the file is refused without any of its lines."""
    entries = [f"16,{495 if moved < 0 else 195},{abs(moved)},,B-{place}/" for place, moved in enumerate(moves)]
    content = day_of("0", str(sum(moves)), *entries)
    assert read(content).balances.closing == Decimal(sum(moves)).scaleb(-2)
    lines = content.splitlines(keepends=True)
    missing = data.draw(st.integers(0, len(lines) - 1))
    with pytest.raises(UnreadableMessage):
        read_balances(b"".join(line for place, line in enumerate(lines) if place != missing))


def test_an_independent_bank_writes_what_is_read_here() -> None:
    """Given the BAI2 of PyPI `mock-bank`, then its balances are those that the bank was asked to write."""
    ours: dict[str, Any] = {"id": "ISOC", "currency": "USD", "format": "nacha", "account_number": NUMBER}
    paid = {"amount": 60_000, "end_to_end_id": "E1", "msg_id": "M-1", "creditor_name": "A payee, A/S, invented"}
    came = {"amount": 500, "end_to_end_id": "E2", "incoming": True, "debtor_name": "A donor"}
    at = datetime(2026, 11, 4, 6, tzinfo=UTC)
    said = read(mock_bank.write_statement(ours, DAY, 12, 100_000, 40_500, [paid, came], created_at=at).encode())
    assert (said.balances.opening, said.balances.closing, said.entries) == (Decimal("1000.00"), Decimal("405.00"), 2)
