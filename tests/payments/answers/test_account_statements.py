"""A statement of account is taken whole, or refused whole with the place and the sum that is apart."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.payment.continuity import ClosedStatement
from payments.answers.account_statements import AccountStatement, in_words
from payments.answers.messages import UnreadableMessage, read_balances, read_message
from payments.answers.seen_bookings import moved_by
from tests.payments.answers.account_statements import CAME, PAID, balance, message, statement
from tests.payments.orders import ISOC, detail, entry, entry_of, notification

DAY = date(2026, 11, 3)


def page(number: str, last: str) -> str:
    return f"<StmtPgntn><PgNb>{number}</PgNb><LastPgInd>{last}</LastPgInd></StmtPgntn>"


def read(content: bytes) -> AccountStatement:
    [said] = read_balances(content, "day.xml")
    return said


def test_it_says_what_stood_there_before_and_after() -> None:
    said = read(message(statement("1000.00", "500.00", PAID, CAME)))
    assert said.balances == ClosedStatement(DAY, 12, DAY, "USD", Decimal(1000), Decimal(500))
    assert (said.account, said.entries, said.place) == (ISOC.iban, 2, "1")
    assert ISOC.iban is not None
    assert in_words(said) == (
        f"account …{ISOC.iban[-4:]}, number 12: USD 500.00 at the end of 2026-11-03 (booked entries: 2)"
    )


def test_it_tells_its_entries_in_the_words_of_a_notification_and_bears_its_place() -> None:
    """Given a statement and a notification of the same entries, then both say the same, but for who says it."""
    stated = read_message(message(statement("1.00", "1.00"), statement("1000.00", "500.00", PAID, CAME, number=13)))
    told = read_message(notification(PAID, CAME).encode())
    same = ("status", "end_to_end_id", "amount", "currency", "account", "detail", "digest")
    assert [[getattr(one, name) for name in same] for one in stated] == [
        [getattr(one, name) for name in same] for one in told
    ]
    assert [one.statement_place for one in stated] == ["2", "2"]
    assert [one.statement_place for one in told] == ["", ""]


def charged(entry_of_it: str) -> str:
    charges = '<Chrgs><TtlChrgsAndTaxAmt Ccy="USD">12.50</TtlChrgsAndTaxAmt></Chrgs>'
    return entry_of_it.replace("<NtryDtls>", f"{charges}<NtryDtls>")


BATCH = "<PmtInfId>ACCOUT1</PmtInfId><NbOfTxs>2</NbOfTxs>"
CHARGE = "<BkTxCd><Domn><Cd>ACMT</Cd><Fmly><Cd>MDOP</Cd><SubFmlyCd>FEES</SubFmlyCd></Fmly></Domn></BkTxCd>"


@pytest.mark.parametrize(
    ("written", "moved", "said"),
    [
        pytest.param(PAID, ["-600.00"], {}, id="a payment"),
        pytest.param(CAME, ["100.00"], {}, id="money that came in"),
        pytest.param(
            charged(entry_of(detail("E1", "600.00"), amount="612.50")), ["-600.00", "-12.50"], {},
            id="a payment, and the bank's charges beside it",
        ),
        pytest.param(
            entry_of(detail("E1", "100.00"), detail("E2", "50.00"), amount="150.00"), ["-100.00", "-50.00"], {},
            id="several payments",
        ),
        pytest.param(
            entry_of(amount="1200.00", batch=BATCH), ["-1200.00"], {"batch": "ACCOUT1"}, id="a batch alone"
        ),
        pytest.param(
            entry_of(amount="9.00").replace("</Ntry>", f"{CHARGE}</Ntry>"), ["-9.00"], {"is_charge": True},
            id="a charge of the bank's",
        ),
        pytest.param(entry("E3", "5.00", status="<Cd>PDNG</Cd>"), [], {}, id="what is not booked"),
        pytest.param(
            entry("E1", "7.00", booked="<Dt>2026-02-31</Dt>"), ["-7.00"], {"booked_on": None}, id="a day that is none"
        ),
        pytest.param(entry("E1", "0.00"), [], {}, id="what moves nothing"),
    ],
)  # fmt: skip
def test_each_entry_is_told_whole(written: str, moved: list[str], said: dict[str, Any]) -> None:
    """Given an entry, then its payments and what is beside them come to its sum."""
    closing = sum((Decimal(one) for one in moved), Decimal(1000))
    told = read_message(message(statement("1000.00", f"{closing}", written)))
    parts = [part for one in told for part in (moved_by(one), getattr(one, "beside", Decimal(0))) if part]
    assert sorted(parts) == sorted(map(Decimal, moved))
    assert {name: getattr(told[0], name) for name in said} == said


def test_a_notification_holds_no_statement() -> None:
    assert read_balances(notification(PAID).encode()) == ()


@pytest.mark.parametrize(
    ("content", "opening", "closing"),
    [
        pytest.param(statement("0.00", "0.00"), "0", "0", id="a day on which nothing moved"),
        pytest.param(statement("100.00", "-500.00", PAID), "100", "-500", id="an overdraft"),
        pytest.param(statement("1000.00", "400.00", PAID, opens="PRCD"), "1000", "400", id="opened by the day before"),
        pytest.param(
            statement("1000.00", "400.00", PAID, entry("E3", "5.00", status="<Cd>PDNG</Cd>")), "1000", "400",
            id="what is not booked yet does not count",
        ),
        pytest.param(
            statement("1000.00", "400.00", PAID, entry("E3", "5.00", status="INFO")), "1000", "400",
            id="a status as text, as older versions have it",
        ),
        pytest.param(
            statement("1000.00", "1600.00", entry("E1", "600.00", direction="CRDT", reversal="true")), "1000", "1600",
            id="a reversal comes in as it says",
        ),
        pytest.param(
            statement("1000.00", "400.00", PAID, more=page("1", "true")), "1000", "400", id="its only page",
        ),
    ],
)  # fmt: skip
def test_what_banks_write(content: str, opening: str, closing: str) -> None:
    said = read(message(content)).balances
    assert (said.opening, said.closing) == (Decimal(opening), Decimal(closing))


def test_several_accounts_come_in_one_message() -> None:
    other = statement("1.00", "1.00", number=None, account="<Othr><Id>12-34 5678</Id></Othr>")
    said = read_balances(message(statement("1000.00", "400.00", PAID), other))
    assert [(one.place, one.account, one.balances.number) for one in said] == [
        ("1", ISOC.iban, 12),
        ("2", "12345678", None),
    ]


def test_a_copy_of_a_statement_in_one_message_is_that_statement() -> None:
    """Given the same statement twice, and then those that only look alike, then the first alone is once."""
    copy = statement("1000.00", "400.00", PAID, more="<CpyDplctInd>DUPL</CpyDplctInd>")
    twice = message(statement("1000.00", "400.00", PAID), copy)
    assert ([each.place for each in read_balances(twice)], len(read_message(twice))) == (["1"], 1)
    euros = statement("1000.00", "400.00", entry("E1", "600.00", currency="EUR"), currency="EUR")
    unnumbered = [statement("5.00", "5.00", number=None).replace("S-None", name) for name in ("A", "B")]
    assert [each.place for each in read_balances(message(euros, ONE, *unnumbered))] == [*"1234"]


def test_parts_of_one_number_that_go_on_from_each_other_are_no_versions() -> None:
    parts = [statement("1000.00", "400.00", PAID), statement("400.00", "500.00", CAME)]
    assert [each.balances.closing for each in read_balances(message(*parts))] == [400, 500]


ONE = statement("1.00", "1.00")
REFUSED = {
    "two versions of one": (
        statement("1000.00", "400.00", PAID) + statement("1000.00", "1100.00", CAME),
        r"number 12 of 2026-11-03 of account …1101 stands in it 2 times, and not the same; ask the bank which is right",
    ),
    "a cent is missing": (
        statement("1000.00", "400.01", PAID),
        r"statement S-12: it opens with USD 1,000\.00, its booked entries \(1\) come to -600\.00 and it closes with "
        r"400\.01, which is 0\.01 apart; fetch it",
    ),
    "an entry is in another currency": (
        statement("1000.00", "400.00", entry("E1", "600.00", currency="EUR")), "is in EUR, and the account in USD"
    ),
    "a balance is in another currency": (ONE.replace('Ccy="USD"', 'Ccy="EUR"', 1), "in several currencies"),
    "a currency that there is not": (
        statement("1.00", "1.00", currency="XYZ"), "statement S-12: it is in XYZ, which is not a currency; ask the bank"
    ),
    "a part of a cent": (
        statement("1000.00", "899.995", entry("E1", "100.005")), "the sum 899.995 has more decimal places than USD"
    ),
    "a part of a yen in an entry": (
        statement("9", "9", entry("E1", "0.5", currency="JPY"), entry("E2", "0.5", direction="CRDT", currency="JPY"),
                  currency="JPY"), "the sum -0.5 has more decimal places than JPY, which has 0"
    ),
    "no opening balance": (ONE.replace("OPBD", "ITBD"), r"lacks its opening balance \(OPBD or PRCD\)"),
    "no closing balance": (ONE.replace("CLBD", "CLAV"), r"lacks its closing balance \(CLBD\)"),
    "two closing balances": (
        statement("1.00", "1.00", more=balance("CLBD", "1.00", DAY)), "says its closing balance 2 times"
    ),
    "a page of several": (statement("1.00", "1.00", more=page("2", "true")), "it is page 2 of several, and pages are"),
    "its tenth page": (statement("1.00", "1.00", more=page("10", "true")), "it is page 10 of several, .*; ask the"),
    "the first page alone": (statement("1.00", "1.00", more=page("1", "false")), "it is page 1 of several"),
    "no account": (statement("1.00", "1.00", account=""), "it names no account"),
    "a number of letters": (ONE.replace(">12</Elctrnc", ">XII</Elctrnc"), "its number XII is not written as one"),
    "no direction": (ONE.replace("CRDT", "", 1), "neither a debit nor a credit: no direction"),
    "a sum of words": (ONE.replace(">1.00<", ">one<", 1), "the amount one is not written as one"),
    "no day": (ONE.replace("<Dt><Dt>2026-11-03</Dt></Dt>", ""), "balance is of no day"),
    "nothing in it": ("", "it holds no statement"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_hold_is_refused_whole(content: str, reason: str) -> None:
    with pytest.raises(UnreadableMessage, match=reason) as refused:
        read_message(message(content), "day.xml")
    assert str(refused.value).startswith("day.xml ")
    assert "\n" not in str(refused.value)
