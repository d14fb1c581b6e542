"""What a bank answers to a recall is read as it is, and what contradicts itself is for a person (camt.029)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.payment.recalls import RecallAnswer
from payments.answers.messages import (
    RecallNotice,
    Unclear,
    UnreadableMessage,
    read_message,
    read_recall_answers,
)
from tests.payments.answers.recalls.messages import coming, payment, resolution

KNOWN = "ACCCZGBSHSHQFMU3CPVBX72BEBEFO"
CASE = f"{KNOWN}-R1"


def answer(content: str) -> RecallNotice:
    (notice,) = read_recall_answers(content.encode())
    assert read_message(content.encode()) == []
    return notice


def unclear(content: str) -> str:
    assert read_recall_answers(content.encode()) == ()
    (entry,) = read_message(content.encode())
    assert isinstance(entry, Unclear)
    return entry.reason


@pytest.mark.parametrize(("confirmation", "status", "expected"), [
    ("CNCL", "", RecallAnswer.GRANTED), ("", "ACCR", RecallAnswer.GRANTED), ("CNCL", "ACCR", RecallAnswer.GRANTED),
    ("RJCR", "RJCR", RecallAnswer.REFUSED), ("", "RJCR", RecallAnswer.REFUSED),
    ("PDCR", "PDCR", RecallAnswer.PENDING), ("CWFW", "", RecallAnswer.PENDING),
    ("PECR", "ACCR", RecallAnswer.IN_PART), ("PECR", "", RecallAnswer.IN_PART),
])  # fmt: skip
def test_each_outcome_has_its_meaning(confirmation: str, status: str, expected: RecallAnswer) -> None:
    notice = answer(resolution(payment(KNOWN, status), confirmation=confirmation, case=CASE))
    assert (notice.answer, notice.end_to_end_id, notice.case) == (expected, KNOWN, CASE)
    assert notice.code == (confirmation or status)


def test_the_reasons_of_a_refusal_are_kept() -> None:
    notice = answer(resolution(payment(KNOWN, "RJCR", "CUST", "AM04"), confirmation="RJCR"))
    assert (notice.reason, notice.original_message_id) == ("CUST AM04", "OURS-1")


def test_what_was_returned_already_waits_for_its_return() -> None:
    assert answer(resolution(payment(KNOWN, "RJCR", "ARDT"))).answer is RecallAnswer.GRANTED


def test_the_case_alone_names_the_payment() -> None:
    notice = answer(resolution(confirmation="CNCL", case=CASE))
    assert (notice.end_to_end_id, notice.case) == ("", CASE)


def test_newer_versions_name_the_uetr_of_a_payment_in_another_element() -> None:
    """Given camt.029.001.14, which has `UETR` where versions before it have `OrgnlUETR`, then it names the payment."""
    content = resolution(payment("", "ACCR", uetr="U1")).replace("OrgnlUETR", "UETR")
    assert answer(content).unique_transaction_reference == "U1"


def test_the_sum_that_is_to_come_back_is_read_of_the_payment_or_of_the_whole() -> None:
    whole = answer(resolution(payment(KNOWN, "ACCR"), related=coming("985.00")))
    own = answer(resolution(payment(KNOWN, "ACCR", more=coming("985.00"))))
    assert whole.coming == own.coming == Decimal("985.00")


@pytest.mark.parametrize(("content", "words"), [
    (resolution(payment(KNOWN, "RJCR"), confirmation="CNCL"), "CNCL of the whole and RJCR of the payment"),
    (resolution(payment(KNOWN, "RJCR"), confirmation="PECR"), "PECR of the whole and RJCR"),
    (resolution(payment(KNOWN, "XXXX")), "status XXXX has no meaning here"),
    (resolution(payment(KNOWN), confirmation="IPAY"), "status IPAY has no meaning here"),
    (resolution(payment(KNOWN)), "it says no outcome of a recall"),
    (resolution(payment(KNOWN, "ACCR</TxCxlSts><TxCxlSts>RJCR")), "TxCxlSts is said 2 times"),
])  # fmt: skip
def test_what_contradicts_itself_or_has_no_meaning_is_for_a_person(content: str, words: str) -> None:
    assert words in unclear(content)


def test_each_payment_of_a_message_is_an_answer_of_its_own() -> None:
    content = resolution(payment(KNOWN, "ACCR"), payment("ACC" + "B" * 26, "RJCR"))
    assert [notice.answer for notice in read_recall_answers(content.encode())] == [
        RecallAnswer.GRANTED, RecallAnswer.REFUSED,
    ]  # fmt: skip


def test_a_message_without_an_identifier_is_refused_whole() -> None:
    content = resolution(payment(KNOWN, "ACCR")).replace("<Id>RESOLVED-1</Id>", "")
    with pytest.raises(UnreadableMessage, match="the assignment lacks Id or CreDtTm"):
        read_recall_answers(content.encode())


def test_a_time_that_cannot_be_read_is_for_a_person() -> None:
    assert "tomorrow" in unclear(resolution(payment(KNOWN, "ACCR"), made="tomorrow"))


def test_our_own_request_is_no_answer() -> None:
    space = "urn:iso:std:iso:20022:tech:xsd:camt.055.001.08"
    with pytest.raises(UnreadableMessage, match=r"camt\.055, a recall of ours"):
        read_message(f'<Document xmlns="{space}"><CstmrPmtCxlReq/></Document>'.encode())
