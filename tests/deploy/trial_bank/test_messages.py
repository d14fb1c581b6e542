"""What the bank of a trial writes is what banks write: the product's own readers take it, and the official schemas."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from deploy.embedded.trial_bank.account_book import BankCharge, StatementForm, TrialAccount
from deploy.embedded.trial_bank.bank import BankTerms, TrialBank
from domain.payment.bank_answers import BankStatus
from domain.payment.continuity import breaks
from payments.answers.messages import AccountStatement, BankNotice, Unclear, read_balances, read_message
from tests.builders import money
from tests.payments.orders import ISOC, account, order
from tests.payments.out.test_nacha import PAYER
from tests.payments.out.test_nacha import transfer as by_ach
from tests.payments.out.test_nacha import written as written_for_ach
from tests.payments.out.test_pain001 import transfer, written

OURS, IN_EUROS, BY_ACH = ISOC.identifier, "0001110002", PAYER.identifier
DAY = date(2026, 11, 3)


@pytest.fixture
def bank() -> TrialBank:
    opened = TrialBank(DAY)
    opened.open(TrialAccount(OURS, "USD", Decimal(5000)))
    opened.open(TrialAccount(BY_ACH, "USD", Decimal(5000), StatementForm.BAI2, PAYER.originator or ""))
    return opened


def told(bank: TrialBank) -> BankNotice:
    """What the newest message says, which is one thing."""
    [notice] = read_message(bank.collect()[-1].content)
    assert isinstance(notice, BankNotice)
    return notice


def taken(bank: TrialBank, currency: str = "USD") -> str:
    [only] = bank.take(written(transfer(order(money=money("600.00", currency)))).content)
    return only.end_to_end_id


def test_a_payment_is_booked_as_it_was_instructed(bank: TrialBank) -> None:
    name = taken(bank)
    bank.book(name)
    notice = told(bank)
    assert (notice.status, notice.end_to_end_id, notice.amount) == (BankStatus.SETTLED, name, Decimal(600))
    assert (notice.account, notice.booked_on, notice.figures) == (OURS, DAY, None)
    assert bank.balance(OURS) == Decimal(4400)


def test_an_exchange_has_its_rate_and_its_charges(bank: TrialBank) -> None:
    name = taken(bank, "EUR")
    charges = BankCharge(Decimal("12.50")), BankCharge(Decimal(5), "CRED", "EUR", included=False)
    bank.book(name, BankTerms(rate=Decimal("1.0834"), charges=charges, contract="FX-1"))
    notice = told(bank)
    assert (notice.amount, notice.currency) == (Decimal("662.54"), "USD")
    assert notice.figures is not None
    assert notice.figures.rate is not None
    assert f"{notice.figures.instructed_sum}" == "EUR 600.00"
    assert (notice.figures.rate.rate, notice.figures.rate.contract) == (Decimal("1.0834"), "FX-1")
    assert (f"{notice.figures.booked_sum}", notice.figures.charged) == ("USD 662.54", Decimal("12.50"))
    assert f"{notice.figures.received}" == "EUR 595.00"


def test_without_a_rate_nothing_is_exchanged(bank: TrialBank) -> None:
    name = taken(bank, "EUR")
    with pytest.raises(ValueError, match="no rate of EUR in USD"):
        bank.book(name)
    bank.rates["USD", "EUR"] = Decimal("1.10")
    assert bank.book(name).amount == Decimal("660.00")


def test_a_part_of_a_payment_is_booked(bank: TrialBank) -> None:
    bank.book(taken(bank), BankTerms(amount=Decimal(250)))
    assert told(bank).amount == Decimal(250)


def test_a_payment_comes_back_less_a_fee(bank: TrialBank) -> None:
    name = taken(bank)
    bank.book(name)
    bank.give_back(name, fee=Decimal(15))
    notice = told(bank)
    assert (notice.status, notice.amount, notice.reason) == (BankStatus.RETURNED, Decimal(585), "AC04")
    assert notice.figures is not None
    assert str(notice.figures.instructed_sum) == "USD 600.00"
    assert bank.balance(OURS) == Decimal(4985)


def test_a_gift_comes_in_and_is_taken_back(bank: TrialBank) -> None:
    gift = bank.receive(OURS, Decimal(75), "gift of somebody", ("A Donor, invented", "NL14MOCK0000000002"))
    notice = told(bank)
    assert (notice.status, notice.debtor, notice.remittance) == (
        BankStatus.RECEIVED, "A Donor, invented", "gift of somebody",
    )  # fmt: skip
    bank.take_back(gift)
    [unclear] = read_message(bank.collect()[-1].content)
    assert not isinstance(unclear, BankNotice)
    assert unclear.takes_back
    assert bank.balance(OURS) == Decimal(5000)


def test_a_second_copy_and_a_refusal_are_told(bank: TrialBank) -> None:
    file = written(transfer(order()))
    [only] = bank.take(file.content)
    assert bank.take(file.content) == ()
    assert (told(bank).status, len(bank.orders)) == (BankStatus.REJECTED, 1)
    bank.accept(only.end_to_end_id)
    assert told(bank).status is BankStatus.ACCEPTED
    bank.reject(only.end_to_end_id, "AC01")
    assert told(bank).reason == "AC01"


def statements_of(bank: TrialBank, account: str) -> list[AccountStatement]:
    """The statements of an account among what was collected, as the product reads them."""
    files = [message.content for message in bank.collect() if message.name.endswith(("camt.053.xml", "bai"))]
    return [said for content in files for said in read_balances(content) if said.account == account]


@pytest.mark.parametrize("account", [OURS, BY_ACH])
def test_each_day_has_a_statement_and_one_that_is_left_out_is_missed(bank: TrialBank, account: str) -> None:
    """Given three days of which one is left out, then its chain breaks until it was sent."""
    taken(bank)
    bank.charge(account, Decimal(7))
    bank.pass_day()
    bank.receive(account, Decimal(75), "gift of somebody/else, so")
    bank.pass_day(left_out=(account,))
    bank.pass_day()
    came = statements_of(bank, account)
    assert [said.balances.closed_on.day for said in came] == [3, 5]
    assert len(breaks([said.balances for said in came])) == 1
    bank.state_again(account, date(2026, 11, 4))
    came += statements_of(bank, account)
    assert breaks([said.balances for said in came]) == ()
    assert came[1].balances.closing == bank.balance(account)


def test_the_entries_of_a_statement_are_those_that_were_told(bank: TrialBank) -> None:
    """Given bookings of every kind, then a statement says of each what its notification said, and of the fee alone."""
    bank.rates["USD", "EUR"] = Decimal("1.10")
    name = taken(bank, "EUR")
    bank.book(name, BankTerms(charges=(BankCharge(Decimal(2)),)))
    bank.give_back(name, fee=Decimal(15))
    bank.receive(OURS, Decimal(75), "gift")
    told_before = [notice for message in bank.collect() for notice in read_message(message.content)]
    bank.charge(OURS, Decimal(7))
    bank.pass_day()
    [stated] = [message for message in bank.collect() if message.name.endswith("camt.053.xml")]
    *same, fee = read_message(stated.content)
    assert isinstance(fee, BankNotice)
    assert (fee.is_charge, fee.amount) == (True, Decimal(7))
    assert [figures_of(notice) for notice in same] == [figures_of(notice) for notice in told_before]


def figures_of(notice: BankNotice | Unclear) -> tuple[object, ...]:
    """What counts of a notice, whichever message told it."""
    assert isinstance(notice, BankNotice)
    return (notice.status, notice.amount, notice.servicer_reference, notice.end_to_end_id, notice.figures)


def test_a_nacha_file_is_taken_and_booked(bank: TrialBank) -> None:
    paid = by_ach(money=money("1234.56"))
    [only] = bank.take(written_for_ach(paid).content)
    assert (only.end_to_end_id, only.remittance) == (paid.instruction.end_to_end_id, paid.instruction.remittance)
    assert (only.account, only.amount, only.payee_account) == (BY_ACH, Decimal("1234.56"), paid.creditor.number)
    bank.book(only.end_to_end_id)
    assert told(bank).end_to_end_id == paid.instruction.end_to_end_id
    bank.return_by_ach(only.end_to_end_id)
    notice = told(bank)
    assert (notice.end_to_end_id, notice.code, notice.amount) == (only.short_name, "R03", Decimal("1234.56"))


def test_what_is_no_order_of_an_account_here_is_refused(bank: TrialBank) -> None:
    with pytest.raises(ValueError, match=r"a payment file is a pain\.001 or a NACHA file"):
        bank.take(b"<nothing/>")
    with pytest.raises(ValueError, match="is not open here"):
        bank.take(written(transfer(order()), debtor=account()).content)
    with pytest.raises(ValueError, match="the company of this NACHA file has no account here"):
        TrialBank(DAY).take(written_for_ach().content)


def test_what_it_writes_is_valid_by_the_official_schemas(bank: TrialBank, shared_data: Path) -> None:
    bank.rates["USD", "EUR"] = Decimal("1.10")
    name = taken(bank, "EUR")
    bank.book(name, BankTerms(charges=(BankCharge(Decimal(2)),), contract="FX-1"))
    bank.take_back(bank.receive(OURS, Decimal(75), "gift", ("A Donor, invented", "NL14MOCK0000000002")))
    bank.give_back(name, fee=Decimal(15))
    bank.charge(OURS, Decimal(7))
    bank.pass_day()
    messages = [message for message in bank.collect() if not message.name.endswith("bai")]
    assert len(messages) == 5
    for message in messages:
        kind = message.name.split("-")[1].removesuffix(".xml")
        schema = etree.XMLSchema(etree.parse(shared_data / "schemas" / "iso20022" / f"{kind}.001.08.xsd"))
        schema.assertValid(etree.fromstring(message.content))
