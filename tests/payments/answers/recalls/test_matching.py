"""A bank's answer to a recall counts only for the payment it fits: names, sum, account, file and day."""

from __future__ import annotations

from datetime import UTC, datetime

import asyncpg
import pytest

from domain.payment.bank_answers import ExceptionKind
from domain.payment.recalls import RecallAnswer
from payments.answers.messages import read_recall_answers
from payments.answers.recalls.matching import MatchedRecall, match_recalls
from tests.payments.answers.recalls.messages import coming, payment, resolution
from tests.payments.orders import FOUNDATION, ISOC, filed

KNOWN = "ACCCZGBSHSHQFMU3CPVBX72BEBEFO"
UETR = "dc6a48a5-f5ee-471a-b20e-3ca09a604ee6"
CASE = f"{KNOWN}-R1"
IMPORTED = datetime(2026, 11, 3, 20, 0, tzinfo=UTC)


@pytest.fixture
async def file_id(connection: asyncpg.Connection) -> str:
    """The message id of the file with P-2026-0042's first tranche of USD 1,000."""
    _, file = await filed(connection)
    return file.message_id


async def matched(connection: asyncpg.Connection, content: str) -> MatchedRecall:
    (recall,) = await match_recalls(connection, read_recall_answers(content.encode()), IMPORTED)
    return recall


async def test_it_is_tied_by_the_payment_its_reference_or_our_case(
    connection: asyncpg.Connection, file_id: str
) -> None:
    for content in (
        resolution(payment(KNOWN, "ACCR", original=file_id, account=str(ISOC.iban)), case=CASE),
        resolution(payment("", "ACCR", original=file_id, uetr=UETR)),
        resolution(confirmation="CNCL", case=CASE),
    ):
        recall = await matched(connection, content)
        assert (recall.fault, recall.partnership_id, recall.answer) == (None, "P-2026-0042", RecallAnswer.GRANTED)
        assert recall.number == (1 if CASE in content else 0)


async def test_what_comes_back_less_fees_is_a_grant_in_part(connection: asyncpg.Connection, file_id: str) -> None:
    content = resolution(payment(KNOWN, "ACCR", original=file_id), related=coming("985.00"))
    recall = await matched(connection, content)
    assert (recall.fault, recall.answer, str(recall.money)) == (None, RecallAnswer.IN_PART, "USD 985.00")


async def test_the_same_answer_in_another_message_is_known_by_its_case(
    connection: asyncpg.Connection, file_id: str
) -> None:
    def told(case: str, message: str) -> str:
        return resolution(payment(KNOWN, "RJCR", "CUST", original=file_id), case=case, message=message)

    first, again, later = [
        (await matched(connection, told(*named))).entry.entry_id
        for named in ((CASE, "ONE"), (CASE, "TWO"), (f"{KNOWN}-R2", "THREE"))
    ]
    assert (first == again, first == later) == (True, False)


@pytest.mark.sampled(4)
@pytest.mark.parametrize(("content", "kind", "words"), [
    (resolution(payment("ACC" + "B" * 26, "ACCR")), ExceptionKind.UNKNOWN_PAYMENT, "a recall of payment ACCB"),
    (resolution(confirmation="CNCL"), ExceptionKind.UNKNOWN_PAYMENT, "that is not named"),
    (resolution(payment(KNOWN, "ACCR"), case="BANK-7"), ExceptionKind.OTHER_CONTENT, "which is none of ours"),
    (resolution(payment(KNOWN, "ACCR"), case=f"ACC{'B' * 26}-R1"), ExceptionKind.OTHER_CONTENT, "is not about payment"),
    (resolution(payment(KNOWN, "ACCR", uetr=UETR.replace("d", "e"))), ExceptionKind.OTHER_CONTENT, "UETR"),
    (resolution(payment(KNOWN, "ACCR", account=str(FOUNDATION.iban))), ExceptionKind.OTHER_CONTENT, "another account"),
    (resolution(payment(KNOWN, "ACCR", original="THEIRS")), ExceptionKind.OTHER_CONTENT, "it speaks of file THEIRS"),
    (resolution(payment(KNOWN, "ACCR"), related=coming("1000.01")), ExceptionKind.OTHER_CONTENT, "is to come back of"),
    (resolution(payment(KNOWN, "ACCR"), made="2026-09-01T09:00:00Z"), ExceptionKind.IMPOSSIBLE_DAY, "2026-09-01"),
    (resolution(payment(KNOWN, "ACCR", more='<OrgnlInstdAmt Ccy="USD">999.00</OrgnlInstdAmt>')),
     ExceptionKind.OTHER_CONTENT, "and USD 1,000.00 was instructed"),
])  # fmt: skip
async def test_what_does_not_fit_is_for_a_person(
    connection: asyncpg.Connection, file_id: str, content: str, kind: ExceptionKind, words: str
) -> None:
    recall = await matched(connection, content.replace("OURS-1", file_id))
    assert recall.fault is not None
    assert (recall.fault.kind, words in recall.fault.reason) == (kind, True), recall.fault.reason
