"""A bank's CSV is read as its mapping says, or refused whole with its line, its column, the fault and what to do."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.payment.continuity import ClosedStatement, breaks
from domain.payment.mapping import Columns, StatementMapping
from payments.answers.account_statements import AccountStatement
from payments.answers.csv.rows import read_rows
from payments.answers.csv.statements import read_csv
from payments.answers.messages import UnreadableMessage
from tests.payments.orders import ISOC

COLUMNS = Columns(booked_on="Date", amount="Amount", balance="Balance", reference="Ref", text="Text", value_on="Value")
PLAIN = StatementMapping(columns=COLUMNS, currency="USD")
HEADINGS = "Date,Value,Amount,Balance,Ref,Text"
ROWS = (
    "2026-11-02,2026-11-02,1000.00,1500.00,B-1,A gift",
    "2026-11-03,,-600.00,900.00,B-2,\"A payee, invented\"",
    "2026-11-03,2026-11-04,-0.50,899.50,B-3,Charges",
)  # fmt: skip
MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)
SAID = (
    ClosedStatement(MONDAY, None, MONDAY, "USD", Decimal("500.00"), Decimal("1500.00")),
    ClosedStatement(TUESDAY, None, TUESDAY, "USD", Decimal("1500.00"), Decimal("899.50")),
)


def sheet(*rows: str, headings: str = HEADINGS) -> bytes:
    return "\r\n".join([headings, *rows, ""]).encode()


WHOLE = sheet(*ROWS)


def read(content: bytes, mapping: StatementMapping = PLAIN) -> tuple[AccountStatement, ...]:
    return read_csv(content, "day.csv", mapping, ISOC)


def mapped(**changes: Any) -> StatementMapping:
    columns = {
        name: changes.pop(name) for name in tuple(changes) if name in Columns.model_fields and name != "currency"
    }
    plain = PLAIN.model_dump()
    return StatementMapping.model_validate({**plain, **changes, "columns": {**plain["columns"], **columns}})


def test_each_day_is_a_statement_with_what_stood_there_before_and_after() -> None:
    said = read(WHOLE)
    assert tuple(one.balances for one in said) == SAID
    assert [(one.account, one.entries, one.mapping) for one in said] == [
        (ISOC.iban, 1, PLAIN.sha256), (ISOC.iban, 2, PLAIN.sha256)
    ]  # fmt: skip
    assert breaks(one.balances for one in said) == ()


def test_exports_that_overlap_tell_each_day_once() -> None:
    both = [*read(WHOLE), *read(sheet(*ROWS[1:]))]
    assert {one.balances for one in both} == set(SAID)


GERMAN = mapped(
    delimiter=";", decimal=",", thousands=".", dates="DD.MM.YYYY", encoding="cp1252", first_lines=2, last_rows=1,
    booked_on="Buchung", amount=None, debit="Soll", credit="Haben", balance="Saldo", reference=None, text="Für",
    value_on=None,
)  # fmt: skip
GERMAN_SHEET = (
    "Konto;0815\nZeitraum;November\nBuchung;Für;Soll;Haben;Saldo\n"
    "03.11.2026;Gebühr;0,50;;899,50\n03.11.2026;\"Empfänger; erfunden\";-600,00;;900,00\n"
    "02.11.2026;Spende;;1.000,00;1.500,00\n\n;Summe;600,50;1.000,00;\n"
).encode("cp1252")  # fmt: skip
WAYS = mapped(amount="Sum", direction="D/C", debit_words=("D",), credit_words=("C", "CR"))


@pytest.mark.parametrize(
    ("content", "mapping"),
    [
        pytest.param(WHOLE, PLAIN, id="as it is"),
        pytest.param(b"\xef\xbb\xbf" + WHOLE, PLAIN, id="a mark of the order of bytes"),
        pytest.param(sheet(*ROWS[::-1]), PLAIN, id="the newest first"),
        pytest.param(sheet("", *ROWS, ",,,,,", ""), PLAIN, id="empty lines"),
        pytest.param(GERMAN_SHEET, GERMAN, id="commas, points, two columns, a preamble and a total"),
        pytest.param(
            sheet(*(row.replace(",-", ",D,") if ",-" in row else row.replace(",1000", ",CR,1000") for row in ROWS),
                  headings=HEADINGS.replace("Amount", "D/C,Sum")), WAYS, id="a word for the direction",
        ),
    ],
)  # fmt: skip
def test_what_banks_write(content: bytes, mapping: StatementMapping) -> None:
    assert tuple(one.balances for one in read(content, mapping)) == SAID


@pytest.mark.parametrize(
    ("sign", "written"),
    [(" ", "\u00a0"), (" ", "\u202f"), ("'", "\u2019")],
    ids=["a blank that does not break", "a narrow one", "an apostrophe of print"],
)
def test_a_sign_between_thousands_may_be_another_that_looks_alike(sign: Any, written: str) -> None:
    """Given a sum that shows as the mapping says, then it is read: people could not write the other sign into it."""
    spaced = (
        sheet(*ROWS).replace(b"1000.00", f"1{written}000.00".encode()).replace(b"1500.00", f"1{written}500.00".encode())
    )
    assert tuple(each.balances for each in read(spaced, mapped(thousands=sign))) == SAID


@pytest.mark.parametrize(
    ("debit", "balance"),
    [
        ("-$600.00", "$900.00"), ("($600.00)", "900.00"), ("(600.00)", "900.00 $"), ("600.00-", "900.00"),
        ("$-600.00", "US$900.00"), ("USD -600.00", "USD 900.00"), ("- 600.00", "+900.00"),
    ],
)  # fmt: skip
def test_a_debit_is_one_however_its_bank_marks_it(debit: str, balance: str) -> None:
    """Given brackets, a minus behind, or the sign of the currency, of which no mapping can speak, then it is read."""
    content = WHOLE.replace(b"-600.00", debit.encode()).replace(b",900.00", f",{balance}".encode())
    assert tuple(each.balances for each in read(content)) == SAID


@pytest.mark.parametrize(
    "written",
    [
        "(-600.00)",
        "-600.00-",
        "600.00 CR",
        "EUR 600.00",
        "$$600.00",
        "6$00.00",
        "(600.00",
        "$",
        pytest.param(f"1{' ' * 90_000}x", id="a long one"),
    ],
)
def test_what_may_be_either_is_no_sum(written: str) -> None:
    with pytest.raises(UnreadableMessage, match=r"column Amount: .* is no sum"):
        read(WHOLE.replace(b"-600.00", written.encode()))


def test_a_currency_without_cents_has_none() -> None:
    yen = mapped(currency="JPY")
    [said] = read(sheet("2026-11-02,,1000,1500.00,,"), yen)
    assert (said.balances.currency, said.balances.closing) == ("JPY", Decimal(1500))
    with pytest.raises(UnreadableMessage, match=r"1000\.50 is no sum"):
        read(sheet("2026-11-02,,1000.50,1500,,"), yen)


def test_minus_nothing_is_nothing() -> None:
    """Given a bank that writes -0.00, then the booking before it is the same as beside 0.00: exports overlap."""
    zeros = [read_rows(sheet(f"2026-11-03,,-5.00,{zero},,"), mapped())[0] for zero in ("0.00", "-0.00")]
    assert [str(row.balance) for row in zeros] == ["0.00", "0.00"]


FIRST, SECOND, THIRD = ROWS
TRAPS: dict[str, tuple[bytes, StatementMapping, str]] = {
    "another delimiter": (
        WHOLE.replace(b",", b";"), PLAIN, "line 1 is one column with the delimiter ',': Date;Value;Amount.*; export it"
    ),
    "a sign between thousands": (
        sheet(FIRST.replace("1000.00", '"1,000.00"')), PLAIN,
        "line 2, column Amount: 1,000.00 is no sum with '.' and no sign between thousands; export sums in that form",
    ),
    "a decimal comma": (sheet(FIRST.replace("1500.00", '"1500,00"')), PLAIN, "column Balance: 1500,00 is no sum"),
    "thousands in odd places": (
        sheet(FIRST.replace("1000.00", '"10,00.00"')), mapped(thousands=","), "column Amount: 10,00.00 is no sum"
    ),
    "a formula": (
        sheet(FIRST, SECOND.replace("900.00", "=C3+D2")), PLAIN, "line 3, column Balance: =C3\\+D2 is a formula; export"
    ),
    "a formula with a sign": (sheet(FIRST.replace("1000.00", "+A1")), PLAIN, r"column Amount: \+A1 is a formula"),
    "UTF-16": (WHOLE.decode().encode("utf-16"), PLAIN, "it is in UTF-16 by its first bytes, and its mapping"),
    "a mark of another encoding": (
        b"\xef\xbb\xbf" + WHOLE, mapped(encoding="cp1252"), "it is in UTF-8 by its first bytes, and its mapping"
    ),
    "another encoding": (
        sheet(FIRST, SECOND).replace(b"A payee", "Empfänger".encode("cp1252")), PLAIN,
        "line 3: the byte 0xe4 is not of UTF-8, as its mapping says; export it in UTF-8",
    ),
    "a missing column": (
        WHOLE.replace(b"Balance", b"Saldo"), PLAIN, "line 1 lacks the column Balance, and has Date, Value"
    ),
    "a column twice": (WHOLE.replace(b"Text", b"Amount"), PLAIN, "line 1 has 2 columns Amount, and has Date"),
    "days before months": (
        sheet(FIRST.replace("2026-11-02", "13/11/2026")), mapped(dates="MM/DD/YYYY"),
        "line 2, column Date: 13/11/2026 is no date of the form MM/DD/YYYY; export dates in that form, or two",
    ),
    "days and months changed": (
        sheet("11/02/2026,,1,1,,", "12/01/2026,,1,2,,", "11/03/2026,,1,3,,"), mapped(dates="DD/MM/YYYY"),
        r"line 3, column Date: 2026-01-12 stands on the wrong side of 2026-02-11 in line 2; days and months may have",
    ),
    "a year of two digits": (
        sheet(FIRST.replace("2026-11-02,2026", "26-11-02,2026")), PLAIN, "26-11-02 is no date of the form YYYY-MM-DD"
    ),
    "a value date of another form": (sheet(FIRST.replace(",2026-11-02,", ",2.11.,")), PLAIN, "column Value: 2.11."),
    "a row of totals": (
        sheet(*ROWS, ",,399.50,,,Total"), PLAIN, "line 5, column Date: it has no date; if it is a total, two of finance"
    ),
    "a cell too many": (sheet(FIRST, SECOND + ",more"), PLAIN, "line 3 has 7 cells, and 6 headings stand above it"),
    "an open quote": (sheet(FIRST, SECOND)[:-4], PLAIN, "line [34]: it is no CSV"),
    "an empty sum": (sheet(FIRST.replace("1000.00", "")), PLAIN, "line 2, column Amount: an empty cell is no sum"),
    "a row left out": (
        sheet(FIRST, THIRD), PLAIN,
        r"line 3, column Balance: 899\.50 is not the 1,500\.00 of line 2 and -0\.50, which is -600\.00 apart; rows are",
    ),
    "a cent changed": (sheet(FIRST, SECOND, THIRD.replace("899.50", "899.51")), PLAIN, r"which is 0\.01 apart"),
    "two currencies": (
        sheet(*(f"{row},{currency}" for row, currency in zip(ROWS, ("USD", "EUR", "USD"), strict=True)),
              headings=f"{HEADINGS},Ccy"),
        StatementMapping(columns=COLUMNS.model_copy(update={"currency": "Ccy"})), "its rows are in EUR and USD",
    ),
    "no currency": (
        sheet(f"{FIRST},dollars", headings=f"{HEADINGS},Ccy"),
        StatementMapping(columns=COLUMNS.model_copy(update={"currency": "Ccy"})), "column Ccy: dollars is not a",
    ),
    "a word without meaning": (
        sheet("2026-11-02,,X,1.00,1.00,,", headings=HEADINGS.replace("Amount", "D/C,Sum")), WAYS,
        r"column D/C: X is none of its mapping's words \(D, C, CR\)",
    ),
    "a word and a sign": (
        sheet("2026-11-02,,D,-1.00,1.00,,", headings=HEADINGS.replace("Amount", "D/C,Sum")), WAYS, "has a sign, and the"
    ),
    "both a debit and a credit": (
        GERMAN_SHEET.replace(b";0,50;;", b";0,50;1,00;"), GERMAN, "column Soll and Haben: both columns hold a sum"
    ),
    "neither a debit nor a credit": (GERMAN_SHEET.replace(b";0,50;;", b";;;"), GERMAN, "neither column holds a sum"),
    "a credit below zero": (
        GERMAN_SHEET.replace(b";;1.000,00;", b";;-1.000,00;"), GERMAN, "column Haben: -1000.00 is below zero among"
    ),
    "no rows": (sheet(), PLAIN, "it has no row under its headings; export the days"),
    "nothing": (b"", PLAIN, "it is empty; export it again"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "mapping", "reason"), TRAPS.values(), ids=TRAPS)
def test_a_trap_is_refused_in_one_clear_line(content: bytes, mapping: StatementMapping, reason: str) -> None:
    with pytest.raises(UnreadableMessage, match=reason) as refused:
        read(content, mapping)
    assert str(refused.value).startswith("day.csv ")
    assert "\n" not in str(refused.value)


@given(st.lists(st.integers(-(10**9), 10**9), min_size=2, max_size=10), st.data())
def test_whichever_row_is_left_out_inside_is_noticed(moves: list[int], data: Any) -> None:
    """Law: rows whose balances run are read, and without an inner one that moved money they are refused."""
    cents, rows = 0, list[str]()
    for day, moved in enumerate(moves, start=1):
        cents += moved
        rows.append(f"2026-11-{day:02},,{Decimal(moved).scaleb(-2):f},{Decimal(cents).scaleb(-2):f},,")
    said = [one.balances for one in read(sheet(*rows))]
    assert (said[0].opening, said[-1].closing, breaks(said)) == (0, Decimal(cents).scaleb(-2), ())
    inner = [place for place in range(1, len(moves) - 1) if moves[place]]
    if inner:
        place = data.draw(st.sampled_from(inner))
        with pytest.raises(UnreadableMessage):
            read(sheet(*rows[:place], *rows[place + 1 :]))
