"""Amounts, entries and sums: what is not even cannot be made."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.books.entries import JournalEntry, Origin, PairedSums, Posting, PostingPlace, added, difference, uneven_sums
from domain.directory.chart import Account
from domain.money.amounts import SignedAmount, sums_by_currency

ORIGIN = Origin(7, "partnership/P-2026-0042", "AgreementSigned")


def posting(account: Account, value: str, currency: str = "USD", funder: str = "ISOC") -> Posting:
    return Posting(PostingPlace(account, funder, currency), SignedAmount(currency, Decimal(value)))


def entry(*postings: Posting) -> JournalEntry:
    return JournalEntry(ORIGIN, date(2026, 11, 2), "P-2026-0042", "the agreement was signed", "", postings)


def test_an_entry_that_adds_up_is_made() -> None:
    made = entry(posting(Account.GRANTS_EXPENSE, "9.50"), posting(Account.GRANTS_PAYABLE, "-9.50"))
    assert uneven_sums(made.postings) == {}


@pytest.mark.parametrize(
    "postings",
    [
        (),
        (posting(Account.BANK, "1.00"),),
        (posting(Account.BANK, "1.00"), posting(Account.GRANTS_EXPENSE, "-0.99")),
        (posting(Account.BANK, "1.00"), posting(Account.GRANTS_EXPENSE, "-1.00", "EUR")),
        (posting(Account.BANK, "1.00"), posting(Account.GRANTS_EXPENSE, "-1.00", funder="ISOCF")),
        (posting(Account.BANK, "0.00"), posting(Account.GRANTS_EXPENSE, "0.00")),
    ],
    ids=["none", "one", "a cent", "another currency", "another funder", "nothing"],
)
def test_one_that_does_not_is_none(postings: tuple[Posting, ...]) -> None:
    with pytest.raises(ValueError, match="event 7"):
        entry(*postings)


@pytest.mark.parametrize(("value", "currency"), [("0.001", "USD"), ("0.5", "JPY"), ("1.0001", "KWD")])
def test_no_amount_is_finer_than_its_currency(value: str, currency: str) -> None:
    with pytest.raises(ValueError, match="decimal places"):
        SignedAmount(currency, Decimal(value))


def test_an_amount_is_signed_and_written_in_full() -> None:
    assert (-SignedAmount("USD", Decimal("1234.5"))).written == "-1234.50"
    assert str(SignedAmount("JPY", Decimal("1E+3"))) == "1000 JPY"
    amounts = [SignedAmount(currency, Decimal(value)) for currency, value in (("USD", 1), ("EUR", 2), ("USD", -3))]
    assert sums_by_currency(amounts) == {"USD": Decimal(-2), "EUR": Decimal(2)}


pairs = st.tuples(
    st.sampled_from(Account), st.sampled_from(Account), st.integers(-(10**6), 10**6), st.sampled_from(["", "FD-A"])
)


@given(st.lists(pairs, max_size=20), st.lists(pairs, max_size=20))
def test_a_sheet_adds_up_whatever_is_put_and_so_does_every_difference(
    before: list[tuple[Account, Account, int, str]], after: list[tuple[Account, Account, int, str]]
) -> None:
    sheets = []
    for puts in (before, after):
        sheet = PairedSums("ISOC", "USD")
        for debit, credit, cents, fund in puts:
            sheet.put(debit, credit, Decimal(cents) / 100, fund)
        sheets.append(sheet.sums)
    postings = difference(*sheets)
    assert uneven_sums(postings) == {}
    led = added(sheets[0], {one.place: one.amount.value for one in postings})
    assert {place: value for place, value in led.items() if value} == {
        place: value for place, value in sheets[1].items() if value
    }
