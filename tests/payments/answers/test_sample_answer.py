"""The sample answer books a whole file of ours as a bank would, and says of itself that no bank did."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from lxml import etree

from payments.answers.messages import BankNotice, UnreadableMessage, booking_key, read_message
from payments.answers.sample_answer import INVENTED, settled_answer
from payments.out.pain001 import WrittenFile
from tests.builders import money
from tests.payments.orders import ISOC, account, notification, order
from tests.payments.out.test_pain001 import EXAMPLES, transfer, written

NOW = datetime(2026, 11, 4, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
SCHEMA = "camt.054.001.08.xsd"


def answered(file: WrittenFile, now: datetime = NOW) -> list[BankNotice]:
    said = read_message(settled_answer(file.content, now))
    assert all(isinstance(part, BankNotice) for part in said), said
    return [part for part in said if isinstance(part, BankNotice)]


@pytest.mark.parametrize("file", EXAMPLES)
def test_the_answer_is_valid_by_the_official_schema(file: WrittenFile, shared_data: Path) -> None:
    schema = etree.XMLSchema(etree.parse(shared_data / "schemas" / "iso20022" / SCHEMA))
    schema.assertValid(etree.fromstring(settled_answer(file.content, NOW)))


def test_every_payment_of_the_file_is_booked_with_what_was_instructed() -> None:
    transfers = [transfer(order(1)), transfer(order(2, money=money("250.50")))]
    told = {said.end_to_end_id: said for said in answered(written(*transfers))}
    assert len(told) == 2
    for instruction, _ in transfers:
        said = told[instruction.end_to_end_id]
        assert (said.status.value, said.code, said.account) == ("SETTLED", "BOOK", ISOC.iban)
        assert (said.amount, said.currency) == (instruction.money.amount, instruction.money.currency)
        assert said.unique_transaction_reference == instruction.unique_transaction_reference
        assert said.remittance == instruction.remittance


def test_it_is_dated_by_the_moment_in_utc() -> None:
    (said,) = answered(written())
    assert said.said_at == datetime(2026, 11, 5, 4, 30, tzinfo=UTC)
    assert (said.booked_on, said.value_on) == (date(2026, 11, 5), date(2026, 11, 5))


def test_it_tells_of_the_same_bookings_whenever_it_is_made() -> None:
    file = written(*[transfer(order(n)) for n in range(1, 6)])
    first, later = answered(file), answered(file, NOW + timedelta(days=1))
    assert [booking_key(said) for said in first] == [booking_key(said) for said in later]
    assert len({booking_key(said) for said in first}) == 5
    assert first[0].message_id != later[0].message_id
    assert settled_answer(file.content, NOW) == settled_answer(file.content, NOW)


def test_an_account_without_iban_is_named_by_its_number() -> None:
    debtor = account()
    (said,) = answered(written(debtor=debtor))
    assert said.account == debtor.identifier


def test_it_says_of_itself_that_it_is_invented() -> None:
    assert settled_answer(written().content, NOW).decode().count(INVENTED) == 3


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no XML", "the payment file is not whole XML"),
        (notification().encode(), "the payment file is no pain.001 with payments in it"),
        (written().content.replace(b"EndToEndId>", b"Other>"), "PmtId/EndToEndId is missing"),
        (written().content.replace(b"IBAN>", b"Other>"), "DbtrAcct/Id/Othr/Id is missing"),
    ],
)
def test_what_is_no_payment_file_is_not_answered(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableMessage, match=reason):
        settled_answer(content, NOW)
