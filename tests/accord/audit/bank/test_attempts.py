"""The end of an attempt is believed by evidence alone, and never more leaves than was approved."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accord.organisation.signed_acts import signed_act
from domain.directory.people import KeyRevoked
from domain.directory.tiers import Role
from domain.identity import derive
from domain.partnership import events as e
from domain.partnership.proposal.amendment import changes_between
from domain.payment.bank_answers import BOOKED, BankAnswer, BankStatus, ExceptionKind, Resolution, exception_of
from domain.payment.bank_file import BankFileImported, ExceptionRaised, ExceptionResolved, ResolutionAgreed
from domain.payment.payment_file import (
    FileStatus,
    NeverSentAgreed,
    PaymentFileHandedOver,
    PaymentFileMade,
    PaymentFileNeverSent,
    PaymentFileWrittenAgain,
)
from domain.payment.tranche.events import (
    PaymentHandedOver,
    PaymentNeverSent,
    PaymentRejected,
    PaymentReturned,
    PaymentSettled,
    PaymentTakenBack,
    PaymentWithheld,
    TrancheEvent,
)
from domain.payment.tranche.status import TrancheOutcome
from domain.streams import StreamId
from payments.answers.bank_files import bank_file, keep_bank_file
from payments.answers.entries import keep_entry
from payments.answers.matching.judging import judge_all
from payments.answers.messages import read_message
from payments.answers.sample_answer import settled_answer
from payments.out.files import keep_file, make_file, mark
from tests.accord.audit.story import Step, Story, both, made, proposed, releases, says, tell
from tests.accord.counter.files import business_days_later
from tests.builders import funding
from tests.governing import decree, hire

WORD = "ef" * 32
CONTENT_FAULT = b"<StsRsnInf><Rsn><Cd>BE04</Cd></Rsn></StsRsnInf>"


async def in_a_file(
    story: Story, attempt: int = 1, tranche: int = 1, sum_: str = "1000.00", execution_on: date | None = None,
    told: bool = True,
) -> str:  # fmt: skip
    """Make a file of the payment, and hand it over, as the counter does."""
    instruction, _ = await story.instructed(attempt=attempt, tranche=tranche, money={"amount": sum_, "currency": "USD"})
    async with story.desk.pool.acquire() as connection:
        file = await make_file(connection, [instruction])
        await keep_file(connection, file, [instruction])
        await mark(connection, file.message_id, FileStatus.HANDED_OVER)
    stream, content = StreamId.payment_file(file.message_id), {"sha256": file.sha256}
    due = execution_on or instruction.execution_on
    made = {"payments": (instruction.payment_id,), "total": instruction.money, "execution_on": due}
    await story.act(stream, PaymentFileMade, "paul.nkosi", **made, **content)
    await story.act(stream, PaymentFileHandedOver, "femi.ade", **content)
    if not told:
        return file.message_id
    now = datetime.now(UTC)
    handed = PaymentHandedOver(at=now, message_id=file.message_id, file_sha256=file.sha256)
    await story.attempted(handed, attempt=attempt, tranche=tranche)
    await story.write(e.TrancheHandedOver(at=now, tranche=tranche, attempt=attempt, message_id=file.message_id))
    return file.message_id


def rejection(end_to_end_id: str) -> bytes:
    """A status report that rejects a payment, dated now."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    header = f"<GrpHdr><MsgId>BANK-{end_to_end_id[:20]}</MsgId><CreDtTm>{now}</CreDtTm></GrpHdr>"
    group = "<OrgnlGrpInfAndSts><OrgnlMsgId>OURS</OrgnlMsgId></OrgnlGrpInfAndSts>"
    status = f"<OrgnlEndToEndId>{end_to_end_id}</OrgnlEndToEndId><TxSts>RJCT</TxSts>{CONTENT_FAULT.decode()}"
    payment = f"<OrgnlPmtInfAndSts><TxInfAndSts>{status}</TxInfAndSts></OrgnlPmtInfAndSts>"
    space = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
    return f'<Document xmlns="{space}"><CstmrPmtStsRpt>{header}{group}{payment}</CstmrPmtStsRpt></Document>'.encode()


async def kept(story: Story, content: bytes, importer: str | None = "femi.ade") -> BankAnswer:
    """Keep a file of the bank's, let a person import it, and return what it says."""
    file = bank_file("bank.xml", content)
    async with story.desk.pool.acquire() as connection:
        await keep_bank_file(connection, file)
        said = await judge_all(connection, read_message(content), file.sha256, datetime.now(UTC))
    if importer is not None:
        stream = StreamId.bank_file(file.sha256)
        await story.act(stream, BankFileImported, importer, sha256=file.sha256, name=file.name)
    (answer,) = [one.answer for one in said]
    assert answer is not None
    return answer


async def rejected(story: Story, attempt: int = 1, **more: Any) -> BankAnswer:
    """The bank rejects an attempt, in a file that a person imports."""
    answer = await kept(story, rejection((await story.row(attempt=attempt)).end_to_end_id), **more)
    await story.attempted(PaymentRejected(at=answer.said_at, answer=answer), attempt=attempt)
    return answer


async def settled(story: Story, message_id: str, tranche: int = 1) -> None:
    content = await story.desk.pool.fetchval("SELECT content FROM payments.files WHERE message_id = $1", message_id)
    answer = await kept(story, settled_answer(content, datetime.now(UTC)))
    await story.attempted(PaymentSettled(at=answer.said_at, answer=answer), tranche=tranche)


def claim(status: BankStatus, **more: Any) -> BankAnswer:
    """A word that nobody's bank ever said."""
    content = {
        "answer_id": derive("forged", status), "status": status, "code": BOOKED, "said_at": datetime.now(UTC),
        "money": {"amount": "1000.00", "currency": "USD"}, "bank_reference": "FORGED", "partnership_id": "P-2026-0042",
        "tranche": 1, "attempt": 1, **more,
    }  # fmt: skip
    return BankAnswer.model_validate(content)


def ended_in_the_partnership(outcome: TrancheOutcome, reason: str = "claimed") -> Step:
    async def step(story: Story) -> None:
        await story.write(e.TrancheEnded(at=datetime.now(UTC), tranche=1, attempt=1, outcome=outcome, reason=reason))

    return step


SECOND = releases(attempt=2)


# What may follow


async def test_after_a_rejection_in_a_kept_file_that_a_person_imported_the_next_attempt_may_leave(story: Story) -> None:
    await tell(story)
    await in_a_file(story)
    await rejected(story)
    await SECOND(story)
    await story.let_through(attempt=2)


CLOSED = ended_in_the_partnership(TrancheOutcome.REJECTED, "AC04 account closed")


@pytest.mark.slow
async def test_nothing_leaves_to_an_account_that_the_bank_calls_closed(story: Story) -> None:
    await tell(story)
    await in_a_file(story)
    await rejected(story)
    await CLOSED(story)
    await SECOND(story)
    await story.stopped("the bank says of the account that it is closed (AC04)", attempt=2)


@pytest.mark.slow
@pytest.mark.parametrize("end", [PaymentWithheld, PaymentTakenBack])
async def test_after_an_attempt_that_never_left_was_ended_by_its_own_stream_the_next_may_leave(
    story: Story, end: Any
) -> None:
    await tell(story)
    await story.instructed()
    await story.attempted(end(at=datetime.now(UTC), reason="no"))
    await SECOND(story)
    await story.let_through(attempt=2)


async def test_after_a_person_cancelled_an_attempt_that_never_left_the_next_may_leave(story: Story) -> None:
    await tell(story)
    await story.instructed()
    await says(e.PaymentCancelled, "femi.ade", tranche=1, attempt=1, reason="withdrawn")(story)
    await SECOND(story)
    await story.let_through(attempt=2)


@pytest.mark.slow
async def test_after_a_release_whose_key_was_in_other_hands_was_cancelled_the_next_may_leave(story: Story) -> None:
    await tell(story)
    await story.instructed()
    key_id = story.keyring.public("paul.nkosi").key_id
    since = datetime.now(UTC) - timedelta(hours=1)
    await decree(story.desk, KeyRevoked(staff_id="paul.nkosi", key_id=key_id, compromised_since=since))
    await story.stopped("a key of paul.nkosi that others may have used")
    await says(e.PaymentCancelled, "femi.ade", tranche=1, attempt=1, reason="her key was stolen")(story)
    await both(hired_payer, releases("pat.pays", attempt=2))(story)
    await story.let_through(attempt=2)


async def hired_payer(story: Story) -> None:
    await hire(story.desk, "pat.pays", Role.PAYER)


# What may not

UNENDED = "attempt 1 of the tranche has not ended"


async def test_an_attempt_is_not_followed_by_another_while_it_is_at_the_bank(story: Story) -> None:
    await tell(story)
    await in_a_file(story)
    await SECOND(story)
    await story.stopped(UNENDED, attempt=2)


async def test_an_attempt_that_waits_is_not_followed_by_another(story: Story) -> None:
    await tell(story)
    await story.instructed()
    await SECOND(story)
    await story.stopped(UNENDED, attempt=2)


async def test_an_attempt_is_not_skipped(story: Story) -> None:
    await tell(story, released=SECOND)
    await story.stopped("attempt 1 of the tranche was never released", attempt=2)


@pytest.mark.slow
async def test_an_older_attempt_is_not_paid_once_a_newer_one_was_released(story: Story) -> None:
    await tell(story)
    await SECOND(story)
    await story.stopped("attempt 2 of the tranche was released after it")


FORGED: dict[str, TrancheEvent] = {
    "a rejection in no file": PaymentRejected(at=datetime.now(UTC), answer=claim(BankStatus.REJECTED)),
    "a rejection in a file that nobody keeps": PaymentRejected(
        at=datetime.now(UTC), answer=claim(BankStatus.REJECTED, file_sha256="ab" * 32)
    ),
    "a return in no file": PaymentReturned(at=datetime.now(UTC), answer=claim(BankStatus.RETURNED)),
    "a withholding": PaymentWithheld(at=datetime.now(UTC), reason="claimed"),
    "a cancellation": PaymentTakenBack(at=datetime.now(UTC), reason="claimed"),
    "word that it never arrived": PaymentNeverSent(at=datetime.now(UTC), message_id="ACCM" + "A" * 26),
}


@pytest.mark.sampled(2)
@pytest.mark.parametrize("what", FORGED)
async def test_what_a_worker_alone_says_of_what_left_ends_nothing(story: Story, what: str) -> None:
    await tell(story)
    await in_a_file(story)
    await story.attempted(FORGED[what])
    await SECOND(story)
    await story.stopped(UNENDED, attempt=2)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("outcome", TrancheOutcome)
async def test_what_the_partnerships_own_stream_claims_of_an_ending_is_not_believed(
    story: Story, outcome: TrancheOutcome
) -> None:
    await tell(story)
    await in_a_file(story)
    await ended_in_the_partnership(outcome)(story)
    await SECOND(story)
    await story.stopped(UNENDED, attempt=2)


async def test_a_person_cancels_nothing_that_left(story: Story) -> None:
    await tell(story)
    await in_a_file(story)
    await says(e.PaymentCancelled, "femi.ade", tranche=1, attempt=1, reason="withdrawn")(story)
    await SECOND(story)
    await story.stopped(UNENDED, attempt=2)


async def test_that_it_left_is_known_from_what_was_signed_of_the_file_though_no_stream_of_the_payment_says_so(
    story: Story,
) -> None:
    """A worker that was tampered with writes neither hand-over, and withholds: the file itself knows better."""
    await tell(story)
    message_id = await in_a_file(story, told=False)
    await story.stopped(f"it left already, in file {message_id}")
    await story.attempted(PaymentWithheld(at=datetime.now(UTC), reason="claimed"))
    await SECOND(story)
    await story.stopped(UNENDED, attempt=2)


async def test_a_row_alone_says_of_no_payment_that_it_left(story: Story) -> None:
    """Whoever has the exporter's login writes such a row, and a tranche would be blocked for good."""
    await tell(story)
    instruction, _ = await story.instructed()
    async with story.desk.pool.acquire() as connection:
        file = await make_file(connection, [instruction])
        await keep_file(connection, file, [instruction])
        await mark(connection, file.message_id, FileStatus.HANDED_OVER)
    await story.let_through()


async def test_a_rejection_that_nobody_imported_ends_nothing(story: Story) -> None:
    await tell(story)
    await in_a_file(story)
    await rejected(story, importer=None)
    await SECOND(story)
    await story.stopped(UNENDED, attempt=2)


@pytest.mark.slow
async def test_a_rejection_whose_importers_key_was_in_other_hands_ends_nothing(story: Story) -> None:
    await hire(story.desk, "ira.import", Role.FINANCE_APPROVER)
    await tell(story)
    await in_a_file(story)
    await rejected(story, importer="ira.import")
    await SECOND(story)
    await story.let_through(attempt=2)
    key_id = story.keyring.public("ira.import").key_id
    since = datetime.now(UTC) - timedelta(hours=1)
    await decree(story.desk, KeyRevoked(staff_id="ira.import", key_id=key_id, compromised_since=since))
    await story.stopped(UNENDED, attempt=2)


@pytest.mark.slow
async def test_a_rejection_whose_import_was_altered_after_it_was_signed_ends_nothing(story: Story) -> None:
    await tell(story)
    await in_a_file(story)
    answer = await rejected(story, importer=None)
    assert answer.file_sha256 is not None
    stream = StreamId.bank_file(answer.file_sha256)
    act = await signed_act(story.desk, BankFileImported, stream, "femi.ade", sha256=answer.file_sha256, name="x.xml")
    await story.append(stream, act.model_copy(update={"name": "bank.xml"}))
    await SECOND(story)
    await story.stopped(UNENDED, attempt=2)


NOTHING = Resolution.NOTHING_BOOKED
RESOLVERS: dict[str, tuple[tuple[str, ...], Resolution, bool]] = {
    "two without another part": (("dora.kim", "fay.coin"), NOTHING, True),
    "one alone": (("dora.kim",), NOTHING, False),
    "one twice": (("dora.kim", "dora.kim"), NOTHING, False),
    "who handed it over, first": (("femi.ade", "dora.kim"), NOTHING, False),
    "who handed it over, second": (("dora.kim", "femi.ade"), NOTHING, False),
    "who released and made the file": (("dora.kim", "paul.nkosi"), NOTHING, False),
    "who imported it": (("dora.kim", "ira.import"), NOTHING, False),
    "two who keep no letter": (("dora.kim", "fay.coin"), Resolution.BELONGS_TO, False),
    "two who say that it was the bank's mistake": (("dora.kim", "fay.coin"), Resolution.BANK_ERROR, False),
}


async def in_doubt(story: Story, why: bytes = b"") -> BankAnswer:
    """The bank rejects the first attempt so that people must look, and the attempt's stream says that it ended."""
    said = rejection((await story.row()).end_to_end_id).replace(CONTENT_FAULT, why)
    answer = await kept(story, said, "ira.import")
    raised = ExceptionRaised(
        at=datetime.now(UTC), exception=ExceptionKind.REJECTION_IN_DOUBT, reason="both", content="", answer=answer,
        file_sha256=answer.file_sha256,
    )  # fmt: skip
    await story.append(StreamId.exception(exception_of(answer)), raised)
    await story.attempted(PaymentRejected(at=answer.said_at, answer=answer))
    return answer


async def resolved(story: Story, answer: BankAnswer, people: tuple[str, ...], resolution: Resolution) -> None:
    """People sign what the rejection was, with the bank's letter where nothing was booked."""
    letter = bank_file("letter.pdf", b"We booked nothing.")
    async with story.desk.pool.acquire() as connection:
        await keep_bank_file(connection, letter, is_complete=True)
    word = {"word_sha256": letter.sha256} if resolution is NOTHING else {}
    kinds = [ResolutionAgreed] * (len(people) - 1) + [ExceptionResolved]
    stream = StreamId.exception(exception_of(answer))
    for person, kind in zip(people, kinds, strict=True):
        content = {"resolution": resolution, "note": f"{person} asked the bank", **word}
        await story.act(stream, kind, person, **content)  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("who", RESOLVERS)
async def test_what_was_put_before_people_counts_by_two_who_have_no_other_part_in_it(story: Story, who: str) -> None:
    people, resolution, counts = RESOLVERS[who]
    await hire(story.desk, "fay.coin", Role.FINANCE_APPROVER)
    await hire(story.desk, "ira.import", Role.FINANCE_APPROVER)
    await tell(story)
    await in_a_file(story)
    answer = await in_doubt(story)
    await SECOND(story)
    await story.stopped(UNENDED, attempt=2)
    await resolved(story, answer, people, resolution)
    verdict = await story.asked_for(attempt=2)
    assert (verdict.reason is None) is counts, verdict.reason


@pytest.mark.slow
async def test_what_two_signed_too_early_does_not_count_and_may_be_signed_once_more(story: Story) -> None:
    """By the ledger's clock: whoever signs may claim any time."""
    await hire(story.desk, "fay.coin", Role.FINANCE_APPROVER)
    await hire(story.desk, "ira.import", Role.FINANCE_APPROVER)
    await tell(story)
    await in_a_file(story, execution_on=datetime.now(UTC).date())
    answer = await in_doubt(story)
    await SECOND(story)
    await resolved(story, answer, ("dora.kim", "fay.coin"), NOTHING)
    await story.stopped(UNENDED, attempt=2)
    async with business_days_later(story.desk, 2):
        await resolved(story, answer, ("dora.kim", "fay.coin"), NOTHING)
        await story.let_through(attempt=2)


@pytest.mark.slow
async def test_what_two_signed_does_not_count_once_an_imported_file_books_it(story: Story) -> None:
    """Whoever took the file in wrote neither an exception nor an event: the stored file itself is read."""
    await hire(story.desk, "fay.coin", Role.FINANCE_APPROVER)
    await hire(story.desk, "ira.import", Role.FINANCE_APPROVER)
    await tell(story)
    message_id = await in_a_file(story)
    answer = await in_doubt(story)
    await SECOND(story)
    await resolved(story, answer, ("dora.kim", "fay.coin"), NOTHING)
    await story.let_through(attempt=2)
    content = await story.desk.pool.fetchval("SELECT content FROM payments.files WHERE message_id = $1", message_id)
    booking = settled_answer(content, datetime.now(UTC))
    await kept(story, booking)
    async with story.desk.pool.acquire() as connection:
        sha256 = bank_file("bank.xml", booking).sha256
        (said,) = await judge_all(connection, read_message(booking), sha256, datetime.now(UTC))
        await keep_entry(connection, said.entry, sha256, None)
    await story.stopped(UNENDED, attempt=2)


DOUBTFUL: dict[str, bytes] = {
    "no reason": b"",
    "free words": b"<StsRsnInf><Rsn><Cd>NARR</Cd></Rsn><AddtlInf>see the portal</AddtlInf></StsRsnInf>",
    "a code and a duplicate": b"<StsRsnInf><Rsn><Cd>BE04</Cd></Rsn><AddtlInf>ya procesado</AddtlInf></StsRsnInf>",
}


@pytest.mark.parametrize("why", DOUBTFUL)
async def test_a_rejection_that_names_no_fault_of_the_payment_ends_nothing_though_a_stream_says_so(
    story: Story, why: str
) -> None:
    """An older release ended the attempt by it, or somebody has a worker's login."""
    await tell(story)
    await in_a_file(story)
    said = rejection((await story.row()).end_to_end_id).replace(CONTENT_FAULT, DOUBTFUL[why])
    answer = (await kept(story, said)).model_copy(update={"doubt": ""})
    await story.attempted(PaymentRejected(at=answer.said_at, answer=answer))
    await SECOND(story)
    await story.stopped(UNENDED, attempt=2)


@pytest.mark.slow
async def test_a_rejection_after_the_file_was_written_again_ends_nothing_alone(story: Story) -> None:
    await tell(story)
    message_id = await in_a_file(story)
    await rejected(story)
    await SECOND(story)
    await story.let_through(attempt=2)
    sha256 = await story.desk.pool.fetchval("SELECT sha256 FROM payments.files WHERE message_id = $1", message_id)
    await story.act(StreamId.payment_file(message_id), PaymentFileWrittenAgain, "femi.ade", sha256=sha256)
    await story.stopped(UNENDED, attempt=2)


async def returned(story: Story, amount: str, attempt: int = 1, said: int = 1) -> BankAnswer:
    """A part came back, and two people resolved that it did. The partnership says of which attempt."""
    part = claim(BankStatus.RETURNED, answer_id=derive("part", amount), money={"amount": amount, "currency": "USD"})
    raised = ExceptionRaised(
        at=datetime.now(UTC), exception=ExceptionKind.PARTIAL_RETURN, reason="a part", content="", answer=part
    )
    stream = StreamId.exception(exception_of(part))
    what = {"resolution": Resolution.BELONGS_TO, "note": "asked the bank", "attempt": attempt}
    await story.append(stream, raised)
    await story.act(stream, ResolutionAgreed, "dora.kim", **what)
    await story.act(stream, ExceptionResolved, "fay.coin", **what)
    counted = part.model_copy(update={"attempt": said})
    resolved = e.ContradictionResolved(
        at=datetime.now(UTC), exception_id=exception_of(part), resolution=Resolution.BELONGS_TO, answer=counted
    )
    await story.write(resolved)
    return part


@pytest.mark.slow
async def test_parts_that_two_people_resolved_end_an_attempt_once_they_are_the_whole(story: Story) -> None:
    await hire(story.desk, "fay.coin", Role.FINANCE_APPROVER)
    await tell(story)
    await in_a_file(story)
    await SECOND(story)
    await returned(story, "400.00")
    await story.stopped(UNENDED, attempt=2)
    await returned(story, "600.00")
    await story.let_through(attempt=2)


@pytest.mark.slow
async def test_a_part_that_people_signed_of_another_attempt_ends_nothing(story: Story) -> None:
    """A thief of a worker's login turns two people's signed word on another payment towards this one."""
    await hire(story.desk, "fay.coin", Role.FINANCE_APPROVER)
    await tell(story)
    await in_a_file(story)
    await SECOND(story)
    await returned(story, "1000.00", attempt=3, said=1)
    await story.stopped(UNENDED, attempt=2)


@pytest.mark.slow
async def test_a_part_that_the_attempts_stream_holds_twice_counts_once(story: Story) -> None:
    """A thief of a worker's login writes two people's signed word down a second time, and half counts as the whole."""
    await hire(story.desk, "fay.coin", Role.FINANCE_APPROVER)
    await tell(story)
    await in_a_file(story)
    await SECOND(story)
    part = await returned(story, "500.00")
    for _ in range(2):
        await story.attempted(PaymentReturned(at=part.said_at, answer=part))
    await story.stopped(UNENDED, attempt=2)


@pytest.mark.slow
async def test_what_was_booked_twice_is_over_by_the_word_of_people_alone(story: Story) -> None:
    await hire(story.desk, "fay.coin", Role.FINANCE_APPROVER)
    await tell(story)
    await in_a_file(story)
    await rejected(story)
    await SECOND(story)
    await story.let_through(attempt=2)
    twice = claim(BankStatus.SETTLED)
    booked = e.BankContradicted(
        at=datetime.now(UTC), exception_id=exception_of(twice), exception=ExceptionKind.SECOND_BOOKING,
        reason="booked a second time", answer=twice,
    )  # fmt: skip
    await story.write(booked)
    raised = ExceptionRaised(
        at=datetime.now(UTC), exception=ExceptionKind.SECOND_BOOKING, reason="booked a second time", content="",
        answer=twice,
    )  # fmt: skip
    stream, what = (
        StreamId.exception(exception_of(twice)),
        {"resolution": Resolution.BANK_ERROR, "note": "asked the bank"},
    )
    await story.append(stream, raised)
    await story.act(stream, ResolutionAgreed, "dora.kim", **what)
    await story.act(stream, ExceptionResolved, "fay.coin", **what)
    await story.stopped(UNENDED, attempt=2)


@pytest.mark.slow
async def test_a_rejection_of_another_payment_ends_nothing_here(story: Story) -> None:
    """A worker shows a true rejection of another attempt as if it were of this one."""
    await tell(story, proposed=proposed("1000.00", "1000.00"), released=both(releases(), releases(tranche=2)))
    await in_a_file(story)
    await in_a_file(story, tranche=2)
    other = await kept(story, rejection((await story.row(tranche=2)).end_to_end_id))
    await story.attempted(PaymentRejected(at=other.said_at, answer=other))
    await SECOND(story)
    await story.stopped(UNENDED, attempt=2)


@pytest.mark.slow
async def test_after_a_booking_a_rejection_by_another_name_frees_nothing(story: Story) -> None:
    await tell(story)
    message_id = await in_a_file(story)
    await settled(story, message_id)
    await SECOND(story)
    await story.stopped(UNENDED, attempt=2)


# Files that never arrived


async def never_sent(story: Story, message_id: str, *people: str, word: str = WORD) -> None:
    stream = StreamId.payment_file(message_id)
    sha256 = await story.desk.pool.fetchval("SELECT sha256 FROM payments.files WHERE message_id = $1", message_id)
    kinds = [NeverSentAgreed] * (len(people) - 1) + [PaymentFileNeverSent]
    for person, kind in zip(people, kinds, strict=True):
        await story.act(stream, kind, person, sha256=sha256, word_sha256=word)  # type: ignore[arg-type]
    now = datetime.now(UTC)
    await story.attempted(PaymentNeverSent(at=now, message_id=message_id))
    await story.write(e.TrancheNeverSent(at=now, tranche=1, attempt=1, message_id=message_id))


async def test_what_two_said_never_arrived_may_leave_again_with_the_same_identifiers(story: Story) -> None:
    await tell(story)
    message_id = await in_a_file(story)
    await story.stopped(f"it left already, in file {message_id}")
    await never_sent(story, message_id, "dora.kim", "paul.nkosi")
    await story.let_through()


@pytest.mark.sampled(2)
@pytest.mark.parametrize("people", [("dora.kim",), ("dora.kim", "dora.kim"), ("femi.ade", "dora.kim"),
                                    ("dora.kim", "femi.ade")])  # fmt: skip
async def test_one_alone_or_who_handed_it_over_cannot_say_that_it_never_arrived(
    story: Story, people: tuple[str, ...]
) -> None:
    await tell(story)
    message_id = await in_a_file(story)
    await never_sent(story, message_id, *people)
    await story.stopped(f"it left already, in file {message_id}")


@pytest.mark.slow
async def test_who_said_so_with_a_key_in_other_hands_did_not_say_it(story: Story) -> None:
    await hire(story.desk, "fay.coin", Role.FINANCE_APPROVER)
    await tell(story)
    message_id = await in_a_file(story)
    await never_sent(story, message_id, "fay.coin", "dora.kim")
    await story.let_through()
    key_id = story.keyring.public("fay.coin").key_id
    since = datetime.now(UTC) - timedelta(hours=1)
    await decree(story.desk, KeyRevoked(staff_id="fay.coin", key_id=key_id, compromised_since=since))
    await story.stopped(f"it left already, in file {message_id}")


@pytest.mark.slow
async def test_a_first_signature_that_was_altered_is_none(story: Story) -> None:
    await tell(story)
    message_id = await in_a_file(story)
    stream, sha256 = StreamId.payment_file(message_id), "cd" * 32
    act = await signed_act(story.desk, NeverSentAgreed, stream, "dora.kim", sha256=sha256, word_sha256="00" * 32)
    await story.append(stream, act.model_copy(update={"word_sha256": WORD, "sha256": sha256}))
    await story.act(stream, PaymentFileNeverSent, "paul.nkosi", sha256=sha256, word_sha256=WORD)
    await story.attempted(PaymentNeverSent(at=datetime.now(UTC), message_id=message_id))
    await story.stopped(f"it left already, in file {message_id}")


async def test_a_file_is_written_again_though_it_left_in_it_and_in_no_other(story: Story) -> None:
    await tell(story)
    message_id = await in_a_file(story)
    assert (await story.judged(in_file=message_id)).reason is None
    assert "it left already" in str((await story.judged(in_file="ACCM" + "B" * 26)).reason)


# Sums


async def test_two_tranches_leave_within_what_was_approved(story: Story) -> None:
    two = {"proposed": proposed("1000.00", "500.00"), "released": both(releases(), releases(tranche=2, sum_="500.00"))}
    await tell(story, **two)
    await settled(story, await in_a_file(story))
    await story.let_through(tranche=2, money={"amount": "500.00", "currency": "USD"})


async def test_what_left_and_this_never_exceed_what_is_approved_in_all(story: Story) -> None:
    """The proposer lowers a tranche that has left: what left counts as it left."""
    two = {"proposed": proposed("1000.00", "500.00")}
    await tell(story, **two)
    await in_a_file(story)
    before, after = story.state.proposed, made("100.00", "500.00")
    content = {"proposal": after, "funding": funding(), "reason": "less", "changes": changes_between(before, after)}
    await says(e.ProposalAmended, "pia.berg", **content)(story)
    await releases(tranche=2, sum_="500.00")(story)
    half = {"amount": "500.00", "currency": "USD"}
    await story.stopped("1000.00 has left already, and with this more than was approved in all", tranche=2, money=half)
