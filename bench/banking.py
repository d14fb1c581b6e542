"""The bank's side of a benchmark: released payments are handed over and answered, by the counter's functions."""

from __future__ import annotations

from datetime import UTC, datetime

from accord.client.desk import Desk
from accord.counter.entry.settling import outcome_command, outcome_of, record_on_attempt
from accord.counter.transactions import Counter, at_the_counter, tell_workflows
from accord.organisation.signed_acts import signed_act
from domain.identity import ACCORD, derive, message_id, payment_id
from domain.partnership import commands as c
from domain.payment.bank_answers import BankAnswer, BankStatus, Contradiction
from domain.payment.counter import CounterAct
from domain.payment.payment_file import PaymentFileHandedOver, PaymentFileMade
from domain.payment.tranche.answers import events_of_answer
from domain.payment.tranche.events import PaymentHandedOver, TrancheReleasedForPayment
from domain.payment.tranche.state import Tranche
from domain.payment.tranche.status import TrancheStatus
from domain.recorded.writers import Writer
from domain.streams import StreamId

_PAYER = "paul.nkosi"


async def hand_over_and_answer(desk: Desk, reference: str) -> None:
    """Record the hand-over of the first tranche, and that the bank accepted and settled it."""
    acts = await _signed_file(desk, reference)
    async with at_the_counter(desk, Writer.EXPORTER) as counter:
        for act in acts:
            await counter.act(StreamId.payment_file(_message(reference)), act)
        await _hand_over(counter, reference)
    await tell_workflows(counter)
    for status in (BankStatus.ACCEPTED, BankStatus.SETTLED):
        async with at_the_counter(desk, Writer.IMPORTER) as counter:
            await _answer(counter, reference, status)
        await tell_workflows(counter)


def _message(reference: str) -> str:
    return message_id((payment_id(reference, 1, 1),))


async def _signed_file(desk: Desk, reference: str) -> tuple[CounterAct, ...]:
    """Return the signed acts by which the file with this payment was made and handed over."""
    stream, sha256 = StreamId.payment_file(_message(reference)), "0" * 64
    attempt = next(one.event for one in await desk.reader.read(StreamId.attempt(reference, 1, 1)))
    assert isinstance(attempt, TrancheReleasedForPayment)
    made = await signed_act(
        desk, PaymentFileMade, stream, _PAYER, sha256=sha256, payments=(payment_id(reference, 1, 1),),
        total=attempt.order.money, execution_on=datetime.now(UTC).date(),
    )  # fmt: skip
    return made, await signed_act(desk, PaymentFileHandedOver, stream, _PAYER, sha256=sha256)


async def _hand_over(counter: Counter, reference: str) -> None:
    now, stream = datetime.now(UTC), StreamId.attempt(reference, 1, 1)
    left = c.RecordHandOver(
        command_id=derive("handed over", stream), at=now, tranche=1, attempt=1, message_id=_message(reference)
    )
    await counter.decide(await counter.partnership(reference), left)
    event = PaymentHandedOver(at=now, message_id=_message(reference), file_sha256="0" * 64)
    await counter.append(stream, derive("payment handed over", stream), ACCORD, event)


async def _answer(counter: Counter, reference: str, status: BankStatus) -> None:
    attempt = await _attempt(counter, reference)
    answer = BankAnswer(
        answer_id=derive("bench", reference, status), status=status, code=status.value, money=attempt.order.money,
        said_at=datetime.now(UTC), bank_reference="bench", partnership_id=reference, tranche=1, attempt=1,
    )  # fmt: skip
    said = events_of_answer(attempt, answer)
    if isinstance(said, Contradiction):
        raise RuntimeError(f"{reference}: {said.reason}")
    await record_on_attempt(counter, attempt, answer, said)
    if outcome := outcome_of(said):
        counter.brought_home.add(StreamId.partnership(reference))
        await counter.decide(await counter.partnership(reference), outcome_command(answer, outcome))


async def _attempt(counter: Counter, reference: str) -> Tranche:
    attempt = await counter.read_attempt(reference, 1, 1)
    if attempt is None or attempt.status is TrancheStatus.RELEASED:
        raise RuntimeError(f"{reference} was not instructed")
    return attempt
