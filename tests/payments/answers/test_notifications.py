"""A booking is the bank's booking, in full and on a possible day. An entry that does not add up goes to a person."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain.payment.bank_answers import BankStatus
from payments.answers.messages import BankNotice, Unclear
from tests.payments.answers.test_messages import heard, one_statement, one_unclear, statements
from tests.payments.orders import ISOC, RETURNED, detail, entry, entry_of, notification, remittance

SETTLED = BankStatus.SETTLED
TX_AMOUNT = "AmtDtls/TxAmt/Amt"


def one_reason(said: str) -> str:
    return one_unclear(notification(said)).reason


# What an entry means


def test_a_booked_debit_settles() -> None:
    said = one_statement(notification(entry("E1", uetr="U1")))
    assert (said.status, said.code, said.end_to_end_id) == (SETTLED, "BOOK", "E1")
    assert (said.amount, said.currency, said.account) == (Decimal("1000.00"), "USD", ISOC.iban)
    assert said.unique_transaction_reference == "U1"


@pytest.mark.parametrize(
    "returned", [entry("E1", direction="CRDT", details=RETURNED), entry("E1", direction="CRDT", reversal="true")]
)
def test_a_credit_that_returns_or_reverses_returns(returned: str) -> None:
    said = one_statement(notification(returned))
    assert (said.status, said.end_to_end_id) == (BankStatus.RETURNED, "E1")


def test_a_return_carries_the_banks_reason() -> None:
    assert one_statement(notification(entry("E1", direction="CRDT", details=RETURNED))).reason == "AC04"


def test_a_plain_credit_is_a_receipt() -> None:
    gift = entry(direction="CRDT", amount="5000.00", details=remittance("Gift for P-2026-0042"))
    said = one_statement(notification(gift))
    assert (said.status, said.amount, said.remittance) == (BankStatus.RECEIVED, 5000, "Gift for P-2026-0042")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (entry("E1", status="<Cd>PDNG</Cd>"), "the entry is PDNG, not booked"),
        (entry("E1", status="<Cd>INFO</Cd>"), "the entry is INFO, not booked"),
        (entry("E1", status="<Prtry>BOOK?</Prtry>"), "the entry is BOOK?, not booked"),
        (entry("E1", status=""), "the entry is without status, not booked"),
        (entry("E1", details=RETURNED), "a debit that takes back money which came in before"),
        (entry("E1", reversal="1"), "a debit that takes back money which came in before"),
        (entry("E1", reversal="perhaps"), "a reversal or none: perhaps"),
        (entry("E1", direction=""), "neither a debit nor a credit: no direction"),
        ("<Ntry><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts></Ntry>", "the entry has no amount"),
        (entry("E1").replace("<Sts>", "<CdtDbtInd>CRDT</CdtDbtInd><Sts>"), "CdtDbtInd is said 2 times"),
        (entry("E1").replace("1000.00<", "1000<x/>0<"), "Amt holds x where a text belongs"),
        (entry("E" * 141), f"Refs/EndToEndId {'E' * 39}… is no identifier"),
    ],
)
def test_an_entry_of_no_clear_meaning_goes_to_a_person(said: str, reason: str) -> None:
    assert one_reason(said) == reason


def test_a_notification_without_entries_is_not_passed_over_in_silence() -> None:
    assert one_reason("") == "a notification without entries"


def test_the_older_plain_status_is_read_too() -> None:
    older = notification(entry("E1", status="BOOK"), version="camt.054.001.02")
    assert one_statement(older).status is SETTLED


def test_every_detail_of_every_entry_has_a_place_of_its_own() -> None:
    two = entry_of(detail("E1", "400.00"), detail("E2", "600.00"))
    assert [(said.entry, said.end_to_end_id) for said in statements(notification(two, entry("E3")))] == [
        ("N1/1/1", "E1"),
        ("N1/1/2", "E2"),
        ("N1/2/1", "E3"),
    ]


def test_accounts_of_one_name_in_one_message_have_places_of_their_own() -> None:
    part = notification(entry("E2")).partition("<Ntfctn>")[2].partition("</Ntfctn>")[0]
    twice = notification(entry("E1")).replace("</Ntfctn>", f"</Ntfctn><Ntfctn>{part}</Ntfctn>")
    assert [said.entry for said in statements(twice)] == ["N1#1/1/1", "N1#2/1/1"]


# Amounts


@pytest.mark.parametrize(
    "written",
    ["1_000.00", "٣٠٠.00", "１０００", "-5", "+5", "1e3", "NaN", "Infinity", "many", "", "5.", ".5", "1,000", "0x10",
     "1.000001", "1" * 19, "1" * 17 + ".12"],
)  # fmt: skip
def test_an_amount_that_is_not_written_as_one_is_the_fault_of_its_entry_alone(written: str) -> None:
    first, second = heard(notification(entry("E1", amount=written), entry("E2")))
    assert isinstance(first, Unclear)
    assert first.reason.endswith("is not written as one")
    assert isinstance(second, BankNotice)


@pytest.mark.parametrize("written", ["0", "0.00", "000.00000"])
def test_an_amount_of_nothing_goes_to_a_person(written: str) -> None:
    assert one_reason(entry("E1", amount=written)) == f"the amount is USD {written}, which is nothing"


@pytest.mark.parametrize("currency", ["", "usd", "US", "USDT", "ＵＳＤ"])
def test_an_amount_in_no_currency_goes_to_a_person(currency: str) -> None:
    assert one_reason(entry("E1", currency=currency)).endswith("which is not a currency")


@pytest.mark.parametrize("element", ["Amt", TX_AMOUNT])
def test_each_payment_of_an_entry_has_its_own_amount(element: str) -> None:
    two = entry_of(detail("E1", "10000", element=element), detail("E2", "15000.00", element=element), amount="25000.00")
    assert [said.amount for said in statements(notification(two, version="camt.054.001.02"))] == [10000, 15000]


@pytest.mark.parametrize(
    ("details", "reason"),
    [
        (("10000", "14999.99"), "the entry is over USD 25000.00, its 2 payments come to USD 24999.99"),
        (("25000", "25000"), "the entry is over USD 25000.00, its 2 payments come to USD 50000"),
        (("10000", ""), "the entry is over USD 25000.00 and has 2 payments, 1 of them without an amount"),
        (("", ""), "the entry is over USD 25000.00 and has 2 payments, 2 of them without an amount"),
        (("24999", "0"), "the amount is USD 0, which is nothing"),
    ],
)
def test_payments_that_do_not_add_up_to_their_entry_go_to_a_person_as_one(
    details: tuple[str, ...], reason: str
) -> None:
    parts = [detail(f"E{number}", amount, element=TX_AMOUNT) for number, amount in enumerate(details)]
    assert one_reason(entry_of(*parts, amount="25000.00")) == reason


def test_payments_in_another_currency_than_their_entry_go_to_a_person() -> None:
    two = entry_of(detail("E1", "400", "EUR"), detail("E2", "600"))
    assert one_reason(two) == "the entry is over USD 1000.00, its 2 payments are in EUR, USD"


def test_the_amount_of_a_single_payment_is_that_of_its_entry() -> None:
    assert one_statement(notification(entry_of(detail("E1", "1000", element=TX_AMOUNT)))).amount == 1000
    less = entry_of(detail("E1", "990.00", element=TX_AMOUNT))
    assert one_reason(less) == "the entry is over USD 1000.00, its one payment over USD 990.00"
    foreign = entry_of(detail("E1", "1000.00", "EUR"))
    assert one_reason(foreign) == "the entry is over USD 1000.00, its one payment over EUR 1000.00"


def test_two_amounts_of_one_payment_that_differ_go_to_a_person() -> None:
    other = "<AmtDtls><TxAmt><Amt Ccy='USD'>999.00</Amt></TxAmt></AmtDtls>"
    assert one_reason(entry_of(detail("E1", "1000.00", more=other))) == (
        "a payment is over USD 1000.00 and over USD 999.00"
    )


def test_what_was_instructed_stands_for_what_was_booked_only_where_it_adds_up() -> None:
    instructed = "AmtDtls/InstdAmt/Amt"
    both = entry_of(detail("E1", "400", element=instructed), detail("E2", "600"))
    assert [said.amount for said in statements(notification(both))] == [400, 600]
    foreign = entry_of(detail("E1", "400", "EUR", element=instructed), detail("E2", "600"))
    assert one_reason(foreign).endswith("1 of them without an amount")
    other = entry_of(detail("E1", "1010.00", element=instructed))
    assert one_reason(other) == "the entry is over USD 1000.00, its one payment over USD 1010.00"


@pytest.mark.parametrize(
    ("batch", "details", "reason"),
    [
        (
            "<NbOfTxs>12</NbOfTxs><TtlAmt Ccy='USD'>1000.00</TtlAmt>",
            (),
            "a batch of 12 payments, USD 1000.00 together, that names none of them",
        ),
        (
            "<PmtInfId>X</PmtInfId>",
            (),
            "a batch of an unknown number of payments, USD 1000.00 together, that names none of them",
        ),
        ("<NbOfTxs>3</NbOfTxs>", (detail("E1"),), "a batch of 3 payments that shows 1"),
    ],
)
def test_a_batch_that_does_not_show_its_payments_goes_to_a_person(
    batch: str, details: tuple[str, ...], reason: str
) -> None:
    assert one_reason(entry_of(*details, batch=batch)) == reason


def test_an_entry_whose_payments_go_both_ways_goes_to_a_person() -> None:
    fee = detail("E2", "10.00", more="<CdtDbtInd>CRDT</CdtDbtInd>")
    mixed = entry_of(detail("E1", "990.00"), fee)
    assert one_reason(mixed) == "the entry goes one way and a payment in it the other"


# Days


@pytest.mark.parametrize(
    "booked",
    ["<Dt>2026-11-03</Dt>", "<Dt>2026-11-03+01:00</Dt>", "<DtTm>2026-11-03T23:59:59.5-05:00</DtTm>",
     "<DtTm>2026-11-03T00:00:00</DtTm>"],
)  # fmt: skip
def test_days_are_those_that_the_bank_writes(booked: str) -> None:
    said = one_statement(notification(entry("E1", booked=booked, value="<Dt>2026-11-05</Dt>")))
    assert (said.booked_on, said.value_on) == (date(2026, 11, 3), date(2026, 11, 5))


def test_a_day_that_is_not_said_is_none() -> None:
    said = one_statement(notification(entry("E1")))
    assert (said.booked_on, said.value_on) == (None, None)


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("<Dt>0001-01-01</Dt>", "the year 1 lies in another age"),
        ("<Dt>9999-12-31</Dt>", "the year 9999 lies in another age"),
        ("<DtTm>9999-12-31T23:59:59-14:00</DtTm>", "the year 9999 lies in another age"),
        ("<Dt>20261103</Dt>", "the day 20261103 is not written as one"),
        ("<Dt>2026-W45-2</Dt>", "the day 2026-W45-2 is not written as one"),
        ("<Dt>٢٠٢٦-11-03</Dt>", "the day ٢٠٢٦-11-03 is not written as one"),
        ("<Dt>2026-02-30</Dt>", "there is no 2026-02-30"),
        ("<Dt> </Dt>", "the day that is empty is not written as one"),
    ],
)
def test_a_day_that_cannot_be_is_the_fault_of_its_entry_alone(day: str, reason: str) -> None:
    for said in (entry("E1", booked=day), entry("E1", value=day)):
        first, second = heard(notification(said, entry("E2")))
        assert isinstance(first, Unclear)
        assert first.reason == reason
        assert isinstance(second, BankNotice)
