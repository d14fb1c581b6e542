"""A suggested mapping reads the file that it was made from, and says what people must look at."""

from __future__ import annotations

import tomllib

import pytest

from domain.payment.mapping import StatementMapping
from payments.answers.csv.statements import read_csv
from payments.answers.csv.suggesting import suggest_mapping
from payments.answers.elements import MessageFault
from tests.payments.answers.csv.test_statements import GERMAN_SHEET, SAID, WHOLE
from tests.payments.orders import ISOC


@pytest.mark.parametrize(
    ("content", "more"),
    [pytest.param(WHOLE, {}, id="plain"), pytest.param(GERMAN_SHEET, {"last_rows": 1}, id="German")],
)
def test_it_reads_what_it_was_made_from(content: bytes, more: dict[str, int]) -> None:
    suggestion = suggest_mapping(content)
    mapping = StatementMapping.model_validate({**tomllib.loads(suggestion.text), **more})
    assert tuple(one.balances for one in read_csv(content, "day.csv", mapping, ISOC)) == SAID
    assert suggestion.questions == ("no column says the currency: write the account's own",)


def test_months_before_days_are_seen_by_a_day_beyond_the_twelfth_and_asked_about() -> None:
    suggestion = suggest_mapping(b"Posting date,Balance,Currency\n11/13/2026,5,USD\n11/02/2026,5,USD\n")
    assert tomllib.loads(suggestion.text)["dates"] == "MM/DD/YYYY"
    assert suggestion.questions == (
        "no column of sums was recognised: give `amount`, or both `debit` and `credit`",
        "dates are read as MM/DD/YYYY: compare a day beyond the 12th with the bank's page",
    )


def test_what_has_no_headings_is_said() -> None:
    with pytest.raises(MessageFault, match="no line of it has the heading of a booking date and of a balance"):
        suggest_mapping(b"1;2;3\n4;5;6\n")


def test_a_blank_that_does_not_break_is_a_blank_between_thousands() -> None:
    content = "Datum;Saldo;Betrag\n02.11.2026;1\u00a0500,00;1\u202f000,00\n".encode()
    assert tomllib.loads(suggest_mapping(content).text)["thousands"] == " "
