"""What a bank shows within a day is for people to look at: no notice, no statement, no balance comes of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from payments.answers.messages import UnreadableMessage, read_balances, read_message, read_sights
from payments.answers.sights import IntradayReport, sight_in_words
from tests.payments.answers.account_statements import CAME, PAID, balance, report, report_message
from tests.payments.orders import ISOC, entry

DAY = date(2026, 11, 3)


def seen(content: bytes) -> IntradayReport:
    [sight] = read_sights(content, "now.xml")
    return sight


def test_it_shows_the_entries_and_what_stands_there_now() -> None:
    content = report_message(report(balance("ITBD", "500.00", DAY), PAID, CAME))
    sight = seen(content)
    assert (sight.account, sight.on, sight.at, sight.balance) == (ISOC.iban, DAY, "14:30", Decimal("500.00"))
    assert [(one.amount, one.reference, one.state) for one in sight.entries] == [
        (Decimal("-600.00"), "E1", "booked, no statement yet"),
        (Decimal("100.00"), "E2", "booked, no statement yet"),
    ]
    assert ISOC.iban is not None
    assert sight_in_words(sight) == (
        f"account …{ISOC.iban[-4:]} on 2026-11-03 14:30, USD 500.00 at that time (entries: 2), "
        "for sight only: no balance and no booking counts it"
    )


def test_it_tells_no_payment_anything_and_is_no_statement() -> None:
    content = report_message(report(balance("CLBD", "500.00", DAY), balance("OPBD", "500.00", DAY)))
    assert (read_message(content), read_balances(content)) == ([], ())


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("<Cd>PDNG</Cd>", "pending"), ("INFO", "for information"), ("<Cd>FUTR</Cd>", "expected"),
        ("<Prtry>HELD</Prtry>", "HELD"), ("", "without status"),
    ],
)  # fmt: skip
def test_each_entry_has_its_state(status: str, state: str) -> None:
    [shown] = seen(report_message(report(entry("E3", "5.00", status=status)))).entries
    assert shown.state == state


def test_of_several_balances_the_last_one_counts_and_none_is_no_fault() -> None:
    both = report(balance("ITBD", "5.00", DAY), balance("ITAV", "9.00", DAY), balance("ITBD", "-6.00", DAY))
    assert seen(report_message(both)).balance == Decimal("-6.00")
    assert seen(report_message(report())).balance is None


def test_a_balance_that_is_not_written_as_an_amount_is_left_out_and_the_entries_are_seen() -> None:
    """Given a bank that writes a remainder of its arithmetic, as some do, then only what can be read is shown."""
    content = report(balance("ITBD", "101.960000000017", DAY), balance("CLBD", "101.96", DAY), PAID)
    assert (seen(report_message(content)).balance, len(seen(report_message(content)).entries)) == (Decimal("101.96"), 1)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param("", "it holds no report", id="nothing in it"),
        pytest.param(report(account=""), "report R-1: it names no account", id="no account"),
        pytest.param(report(PAID.replace("600.00", "many")), "the amount many is not written as one", id="no sum"),
    ],
)
def test_what_cannot_be_read_is_refused(content: str, reason: str) -> None:
    with pytest.raises(UnreadableMessage, match=reason):
        read_message(report_message(content), "now.xml")
