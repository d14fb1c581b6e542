"""Record the answers of a bank's file to recalls, each once, or raise an exception that a person resolves."""

from __future__ import annotations

from typing import Any, NamedTuple

from accord.counter.entry.asking import ForAPerson, for_a_person, partnership_named
from accord.counter.transactions import Counter
from accord.presentation.words.payments import recall_answer_in_words
from domain.errors import FormShut
from domain.identity import derive
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.payment.recalling import answer_fault, decide_heard, due_after
from domain.partnership.state import Partnership
from domain.payment.bank_answers import Contradiction, ExceptionKind
from domain.streams import StreamId
from ledger import clock
from payments.answers.bank_files import BankFile
from payments.answers.entries import keep_entry, place_was_used
from payments.answers.matching.matched import MatchedEntry
from payments.answers.recalls.matching import MatchedRecall
from payments.answers.recalls.resolutions import RecallNotice
from records.forms import require_open


class HeardRecall(NamedTuple):
    """An answer to a recall that was recorded."""

    partnership_id: str
    answer: c.RecordRecallAnswer

    @property
    def as_json(self) -> dict[str, Any]:
        """The answer for machines to read."""
        return {
            "partnership": self.partnership_id,
            **self.answer.model_dump(mode="json", exclude={"command_id", "kind"}),
        }

    @property
    def words(self) -> str:
        """The answer in one line."""
        answer = self.answer
        payment_words = f"{self.partnership_id}, payment {answer.tranche}"
        return recall_answer_in_words(answer.answer, payment_words, answer.code, answer.reason, answer.money)


def notice_in_words(notice: RecallNotice) -> str:
    """Return an answer to a recall as a file says it, before it is matched and recorded."""
    payment_words = (
        notice.end_to_end_id or notice.unique_transaction_reference or notice.case or "a payment that is not named"
    )
    return recall_answer_in_words(notice.answer, payment_words, notice.code, notice.reason, None)


async def take_recall_answer(
    counter: Counter, file: BankFile, recall: MatchedRecall
) -> HeardRecall | ForAPerson | None:
    """Process one answer: return what was recorded or the exception that was raised, or None if it was known before."""
    if await _is_told(counter, recall):
        return None
    partnership = await partnership_named(counter, recall.partnership_id)
    fault = await _place_fault(counter, file, recall) or recall.fault
    if fault is None and partnership is not None:
        command = await _command(counter, file, recall)
        fault = await _fault(counter, partnership, command)
        if fault is None:
            await counter.decide(partnership, command)
            await keep_entry(counter.connection, recall.entry, file.sha256, None)
            return HeardRecall(recall.partnership_id, command)
    fault = fault or Contradiction(ExceptionKind.UNKNOWN_PAYMENT, f"no partnership {recall.partnership_id}")
    entry = MatchedEntry(recall.entry, None, fault, recall.partnership_id, recall.content)
    return await for_a_person(counter, file, entry, fault, partnership)


async def _is_told(counter: Counter, recall: MatchedRecall) -> bool:
    """True if the ledger has the answer, or an exception on it. The table of entries proves nothing."""
    answer_id = recall.entry.entry_id
    if await counter.version(StreamId.exception(derive("exception", answer_id))):
        return True
    heard = await counter.events_of(recall.partnership_id) if recall.partnership_id else ()
    return any(isinstance(event, e.RecallHeard) and event.answer_id == answer_id for event in heard)


async def _place_fault(counter: Counter, file: BankFile, recall: MatchedRecall) -> Contradiction | None:
    entry = recall.entry
    if not await place_was_used(counter.connection, entry, file.sha256):
        return None
    reason = f"message {entry.message_id}, answer {entry.place} said something else of this payment before"
    return Contradiction(ExceptionKind.IDENTITY_USED_AGAIN, reason)


async def _command(counter: Counter, file: BankFile, recall: MatchedRecall) -> c.RecordRecallAnswer:
    assert recall.instruction is not None  # noqa: S101 - without one there is no partnership
    notice, now = recall.notice, clock.now()
    rules = (await counter.desk.directory()).rules
    return c.RecordRecallAnswer(
        command_id=derive("recall heard", recall.entry.entry_id), at=now, tranche=recall.instruction.tranche,
        attempt=recall.instruction.attempt, number=recall.number, answer=recall.answer, code=notice.code,
        reason=notice.reason, money=recall.money, answer_id=recall.entry.entry_id,
        bank_reference=notice.message_id, said_at=notice.said_at, file_sha256=file.sha256,
        due=due_after(now.date(), rules),
    )  # fmt: skip


async def _fault(counter: Counter, partnership: Partnership, command: c.RecordRecallAnswer) -> Contradiction | None:
    """Return the reason why people must look at an answer, or None."""
    if fault := answer_fault(partnership, command):
        return Contradiction(ExceptionKind.CONTRADICTION, str(fault))
    try:
        await require_open(counter.desk.pool, decide_heard(partnership, command))
    except FormShut as shut:
        return Contradiction(ExceptionKind.UNREADABLE, str(shut))
    return None
