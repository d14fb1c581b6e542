"""After its hand-over a file is written once more, or proved never to have arrived: by whom, when, with what word."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

import accord.counter.written_again
from accord.client.desk import Desk
from accord.counter.hand_over import hand_over
from accord.counter.payment_files import export
from accord.counter.written_again import RewriteOutcome, never_sent, write_again
from accord.presentation.faults import BadInput, Refused
from domain.calendars import CALENDAR
from domain.partnership.state import TrancheState
from domain.payment.payment_file import FileStatus
from domain.payment.tranche.events import PaymentNeverSent
from domain.payment.tranche.status import TrancheStatus
from ledger import clock
from payments.out.files import StoredFile
from tests import paying
from tests.accord.counter.files import (
    OTHER,
    PAYER,
    booked,
    exceptions_of,
    files,
    handed_over,
    imports,
    made_file,
    recorded_of,
    signed,
    told_now,
)
from tests.accord.shell import files_in
from tests.payments.orders import group_status, status_report, transaction_status
from tests.scribe import Scribe

WORD = ("letter.pdf", b"We never received your file.")
FINANCE, DIRECTOR = "femi.ade", "dora.kim"


@pytest.fixture
async def waiting(furnished: Desk) -> Scribe:
    """A partnership of one tranche that was released and waits for a file."""
    return await paying.released(furnished)


@pytest.fixture
async def left(waiting: Scribe, tmp_path: Path) -> StoredFile:
    """Its file, which was handed over."""
    return await handed_over(waiting.desk, tmp_path / "first")


@contextmanager
def in_days(days: float) -> Iterator[None]:
    """Let so many days pass."""
    with clock.reading(lambda: datetime.now(UTC) + timedelta(days=days)):
        yield


@contextmanager
def business_days_later(days: int, less: timedelta = timedelta(0)) -> Iterator[None]:
    """The beginning of the day that is so many business days after today, or a moment before."""
    today = datetime.combine(datetime.now(UTC).date(), time(), UTC)
    with clock.reading(lambda: CALENDAR.after(today, days) - less):
        yield


# Written once more


async def test_what_would_pass_now_is_written_again_by_one_and_the_very_same_bytes(
    waiting: Scribe, left: StoredFile, tmp_path: Path
) -> None:
    written = await write_again(waiting.desk, left.message_id, FINANCE, tmp_path / "again")
    assert written == RewriteOutcome(tmp_path / "again" / f"{left.message_id}.pain.001.xml", ())
    assert [path.read_bytes() for path in files_in(tmp_path / "again")] == [left.content]
    events = await recorded_of(waiting.desk, left.message_id)
    assert events == ["PaymentFileMade", "PaymentFileHandedOver", "PaymentFileWrittenAgain"]
    assert (await signed(waiting.desk, left.message_id)).status is FileStatus.HANDED_OVER


@pytest.mark.slow
async def test_what_would_not_pass_now_is_named_and_written_again_by_two(
    waiting: Scribe, left: StoredFile, tmp_path: Path
) -> None:
    await paying.hold(waiting)
    doubt = f"{paying.REFERENCE} tranche 1, attempt 1: it stands on hold (by vera.lind: a complaint came in)"
    for _ in range(2):
        assert await write_again(waiting.desk, left.message_id, PAYER, tmp_path / "again") == RewriteOutcome(
            None, (doubt,)
        )
    assert files_in(tmp_path / "again") == []
    written = await write_again(waiting.desk, left.message_id, FINANCE, tmp_path / "again")
    assert (written.path is not None, written.in_doubt) == (True, (doubt,))


@pytest.mark.slow
async def test_two_who_were_shown_different_doubts_do_not_agree(
    waiting: Scribe, left: StoredFile, tmp_path: Path
) -> None:
    await paying.hold(waiting)
    await write_again(waiting.desk, left.message_id, PAYER, tmp_path / "again")
    await paying.hold(waiting, "another complaint came in")
    written = await write_again(waiting.desk, left.message_id, FINANCE, tmp_path / "again")
    assert (written.path, files_in(tmp_path / "again")) == (None, [])


@pytest.mark.slow
async def test_a_hold_between_the_check_and_the_signature_is_asked_about_again(
    waiting: Scribe, left: StoredFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = accord.counter.written_again.signed_act  # type: ignore[attr-defined]

    async def signed_act(*words: Any, **content: Any) -> Any:
        monkeypatch.setattr(accord.counter.written_again, "signed_act", really)
        await paying.hold(waiting)
        return await really(*words, **content)

    monkeypatch.setattr(accord.counter.written_again, "signed_act", signed_act)
    with pytest.raises(Refused, match="changed at this very moment; try again"):
        await write_again(waiting.desk, left.message_id, PAYER, tmp_path / "again")
    assert files_in(tmp_path / "again") == []
    assert (await write_again(waiting.desk, left.message_id, PAYER, tmp_path / "again")).path is None


@pytest.mark.slow
async def test_what_the_bank_has_answered_on_is_written_again_by_nobody(
    waiting: Scribe, left: StoredFile, tmp_path: Path
) -> None:
    """The bank has that file. By a second copy, a rejected attempt would be paid beside the one that followed it."""
    await imports(waiting.desk, spoken(waiting, left)["rejected"], actor=FINANCE)
    await paying.caught_up(waiting)
    await paying.release(waiting, attempt=2)
    second = await handed_over(waiting.desk, tmp_path / "out")
    assert second.message_id != left.message_id
    for actor in (PAYER, FINANCE):
        with pytest.raises(Refused, match=r"the bank has answered on .* tranche 1, attempt 1, so it has the file"):
            await write_again(waiting.desk, left.message_id, actor, tmp_path / "again")
    assert files_in(tmp_path / "again") == []


@pytest.mark.sampled(1)
@pytest.mark.parametrize("actor", ["pia.berg", "vera.lind", "dora.kim"])
async def test_only_finance_writes_again(waiting: Scribe, left: StoredFile, tmp_path: Path, actor: str) -> None:
    with pytest.raises(Refused, match=f"{actor} may not write again: it needs FINANCE_APPROVER or PAYER"):
        await write_again(waiting.desk, left.message_id, actor, tmp_path / "again")
    assert not (tmp_path / "again").exists()


@pytest.mark.slow
async def test_what_was_not_handed_over_is_not_written(waiting: Scribe, tmp_path: Path) -> None:
    file = await made_file(waiting.desk)
    with pytest.raises(Refused, match=f"nobody handed {file.message_id} over: it is MADE"):
        await write_again(waiting.desk, file.message_id, PAYER, tmp_path / "again")
    await paying.cancel(waiting)
    await export(waiting.desk, PAYER)
    with pytest.raises(Refused, match=f"nobody handed {file.message_id} over: it is VOID"):
        await write_again(waiting.desk, file.message_id, PAYER, tmp_path / "again")
    with pytest.raises(BadInput, match="there is no payment file"):
        await write_again(waiting.desk, "ACCMNONE", PAYER, tmp_path / "again")
    assert files_in(tmp_path / "again") == []


@pytest.mark.slow
@pytest.mark.parametrize("message_id", ["ACCMFORGEDFORGEDFORGEDFORGEDFO", "../../escaped", "/var/escaped", ""])
async def test_a_row_that_somebody_else_put_into_the_table_is_not_written_whatever_it_calls_itself(
    waiting: Scribe, left: StoredFile, tmp_path: Path, message_id: str
) -> None:
    desk = waiting.desk
    await desk.pool.execute(
        "INSERT INTO payments.files (message_id, content, sha256, payment_count) VALUES ($1, $2, $3, 1)",
        message_id, left.content, left.sha256,
    )  # fmt: skip
    await desk.pool.execute("UPDATE payments.files SET status = 'HANDED_OVER' WHERE message_id = $1", message_id)
    one = await paying.instruction(waiting)
    await desk.pool.execute("INSERT INTO payments.file_payments VALUES ($1, $2)", message_id, one.payment_id)
    with pytest.raises(Refused, match="it is not signed by anybody"):
        await write_again(desk, message_id, PAYER, tmp_path / "deep" / "again")
    with pytest.raises(Refused):
        await hand_over(desk, message_id, PAYER, tmp_path / "deep" / "again")
    assert [files_in(folder) for folder in (tmp_path / "deep" / "again", tmp_path / "deep")] == [
        [], [tmp_path / "deep" / "again"]
    ]  # fmt: skip
    assert files_in(tmp_path) == [tmp_path / "deep", tmp_path / "first"]


async def row_says_never_sent(desk: Desk, message_id: str) -> None:
    await desk.pool.execute("UPDATE payments.files SET status = 'NEVER_SENT' WHERE message_id = $1", message_id)


@pytest.mark.slow
async def test_a_row_that_says_it_never_arrived_keeps_nobody_from_writing_it_again(
    waiting: Scribe, left: StoredFile, tmp_path: Path
) -> None:
    """Nobody signed that, so its payments do not wait again either: they would be stuck."""
    await row_says_never_sent(waiting.desk, left.message_id)
    written = await write_again(waiting.desk, left.message_id, FINANCE, tmp_path / "again")
    assert written.path is not None
    assert written.path.read_bytes() == left.content


@pytest.mark.slow
async def test_a_row_that_says_it_never_arrived_keeps_nobody_from_saying_so(waiting: Scribe, left: StoredFile) -> None:
    await row_says_never_sent(waiting.desk, left.message_id)
    await by_two(waiting.desk, left)
    assert (await signed(waiting.desk, left.message_id)).status is FileStatus.NEVER_SENT
    assert (await paying.attempt_of(waiting)).status is TrancheStatus.INSTRUCTED


@pytest.mark.slow
async def test_bytes_that_were_changed_after_the_hand_over_are_not_written(
    waiting: Scribe, left: StoredFile, tmp_path: Path
) -> None:
    await waiting.desk.pool.execute("ALTER TABLE payments.files DISABLE TRIGGER ALL")
    other = left.content.replace(b"NL86MOCK0000002101", b"NL14MOCK0000000002")
    assert other != left.content
    await waiting.desk.pool.execute("UPDATE payments.files SET content = $1", other)
    with pytest.raises(Refused, match="is not the file that its payments make; it is not written"):
        await write_again(waiting.desk, left.message_id, PAYER, tmp_path / "again")
    assert files_in(tmp_path / "again") == []


@pytest.mark.slow
async def test_another_payment_that_was_slipped_into_the_file_is_not_written(
    waiting: Scribe, left: StoredFile, tmp_path: Path
) -> None:
    other = await paying.released(waiting.desk, OTHER)
    slipped = (await paying.instruction(other)).payment_id
    await waiting.desk.pool.execute("INSERT INTO payments.file_payments VALUES ($1, $2)", left.message_id, slipped)
    with pytest.raises(Refused, match="is not the file that its payments make"):
        await write_again(waiting.desk, left.message_id, PAYER, tmp_path / "again")
    assert files_in(tmp_path / "again") == []


@pytest.mark.slow
async def test_a_folder_that_is_a_file_is_told_before_anything_is_signed(
    waiting: Scribe, left: StoredFile, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(BadInput, match="is a file; name a folder"):
        await write_again(waiting.desk, left.message_id, PAYER, tmp_path / "taken")
    assert "PaymentFileWrittenAgain" not in await recorded_of(waiting.desk, left.message_id)


# Never sent


@pytest.mark.slow
async def test_two_who_did_not_hand_it_over_say_with_the_banks_word_that_it_never_arrived(
    waiting: Scribe, left: StoredFile
) -> None:
    desk = waiting.desk
    with in_days(7):
        first = await never_sent(desk, left.message_id, WORD, FINANCE)
        assert first.status is FileStatus.HANDED_OVER
        assert (await paying.attempt_of(waiting)).status is TrancheStatus.HANDED_OVER
        second = await never_sent(desk, left.message_id, WORD, DIRECTOR)
    assert second.status is FileStatus.NEVER_SENT
    assert [one.status for one in await files(desk)] == [FileStatus.NEVER_SENT]
    assert (await paying.attempt_of(waiting)).status is TrancheStatus.INSTRUCTED
    assert [one.state for one in (await waiting.reread()).tranches] == [TrancheState.RELEASED]
    assert await desk.pool.fetchval("SELECT content FROM payments.bank_files") == WORD[1]
    assert await exceptions_of(desk) == []


@pytest.mark.slow
async def test_its_payments_leave_again_under_another_message_id_with_the_same_identifiers(
    waiting: Scribe, left: StoredFile, tmp_path: Path
) -> None:
    await by_two(waiting.desk, left)
    again = await handed_over(waiting.desk, tmp_path / "second")
    one = await paying.instruction(waiting)
    assert again.message_id != left.message_id
    for identifier in (one.end_to_end_id, one.unique_transaction_reference):
        assert identifier.encode() in left.content
        assert identifier.encode() in again.content
    assert again.content == left.content.replace(left.message_id.encode(), again.message_id.encode())
    assert (await signed(waiting.desk, again.message_id)).status is FileStatus.HANDED_OVER
    assert [type(event) for event in await paying.attempt_events(waiting)].count(PaymentNeverSent) == 1


async def by_two(desk: Desk, file: StoredFile) -> None:
    with in_days(7):
        for actor in (FINANCE, DIRECTOR):
            await never_sent(desk, file.message_id, WORD, actor)


@pytest.mark.slow
async def test_it_can_happen_to_the_second_file_as_well(waiting: Scribe, left: StoredFile, tmp_path: Path) -> None:
    await by_two(waiting.desk, left)
    second = await handed_over(waiting.desk, tmp_path / "second")
    await by_two(waiting.desk, second)
    third = await handed_over(waiting.desk, tmp_path / "third")
    assert len({left.message_id, second.message_id, third.message_id}) == 3


@pytest.mark.slow
async def test_what_never_arrived_is_not_written_again_and_not_said_again(
    waiting: Scribe, left: StoredFile, tmp_path: Path
) -> None:
    await by_two(waiting.desk, left)
    with pytest.raises(Refused, match="it is NEVER_SENT"):
        await write_again(waiting.desk, left.message_id, PAYER, tmp_path / "again")
    with in_days(7), pytest.raises(Refused, match="it is NEVER_SENT"):
        await never_sent(waiting.desk, left.message_id, WORD, FINANCE)
    assert files_in(tmp_path / "again") == []


@pytest.mark.slow
async def test_one_person_alone_does_not_say_so_however_often(waiting: Scribe, left: StoredFile) -> None:
    with in_days(7):
        for _ in range(3):
            assert (await never_sent(waiting.desk, left.message_id, WORD, FINANCE)).status is FileStatus.HANDED_OVER


@pytest.mark.slow
async def test_two_who_saw_different_words_do_not_agree(waiting: Scribe, left: StoredFile) -> None:
    other = ("another.pdf", b"We think that we never received it.")
    with in_days(7):
        await never_sent(waiting.desk, left.message_id, WORD, FINANCE)
        assert (await never_sent(waiting.desk, left.message_id, other, DIRECTOR)).status is FileStatus.HANDED_OVER


@pytest.mark.slow
async def test_whoever_handed_it_over_does_not_say_so(waiting: Scribe, left: StoredFile) -> None:
    with in_days(7), pytest.raises(Refused, match=f"{PAYER} handed {left.message_id} over; two others say"):
        await never_sent(waiting.desk, left.message_id, WORD, PAYER)


@pytest.mark.slow
@pytest.mark.parametrize("actor", ["pia.berg", "vera.lind", "ana.silva", "otto.audit"])
async def test_only_finance_or_a_director_says_so(waiting: Scribe, left: StoredFile, actor: str) -> None:
    with in_days(7), pytest.raises(Refused, match=f"{actor} may not never sent|{actor} may not"):
        await never_sent(waiting.desk, left.message_id, WORD, actor)


@pytest.mark.slow
async def test_not_before_two_business_days_after_its_execution_day(waiting: Scribe, left: StoredFile) -> None:
    with business_days_later(2, less=timedelta(seconds=1)), pytest.raises(Refused, match="says anybody that it never"):
        await never_sent(waiting.desk, left.message_id, WORD, FINANCE)
    with business_days_later(2):
        assert (await never_sent(waiting.desk, left.message_id, WORD, FINANCE)).agreed


def spoken(scribe: Scribe, file: StoredFile) -> dict[str, Any]:
    """The bank's possible words."""
    known, now = paying.identifier(scribe), datetime.now(UTC)
    report = "2026-11-03T09:00:00+01:00", f"{now:%Y-%m-%dT%H:%M:%SZ}"
    return {
        "accepted": status_report(transaction_status(known, "ACSP", original=file.message_id)).replace(*report),
        "accepted as a file": status_report(group_status(file.message_id, "ACTC")).replace(*report),
        "rejected": status_report(transaction_status(known, "RJCT", "BE04", file.message_id)).replace(*report),
        "booked": told_now(booked(known)),
        "booked with another sum": told_now(booked(known, "999.00")),
    }


@pytest.mark.slow
@pytest.mark.parametrize("word", ["accepted", "accepted as a file", "rejected", "booked", "booked with another sum"])
async def test_not_after_the_bank_has_spoken_of_it(waiting: Scribe, left: StoredFile, word: str) -> None:
    await imports(waiting.desk, spoken(waiting, left)[word])
    with in_days(7), pytest.raises(Refused, match=f"the bank has spoken of {paying.REFERENCE} tranche 1"):
        await never_sent(waiting.desk, left.message_id, WORD, FINANCE)
    assert (await signed(waiting.desk, left.message_id)).status is FileStatus.HANDED_OVER


@pytest.mark.slow
async def test_not_when_the_bank_speaks_between_the_two(waiting: Scribe, left: StoredFile) -> None:
    with in_days(7):
        await never_sent(waiting.desk, left.message_id, WORD, FINANCE)
    await imports(waiting.desk, spoken(waiting, left)["accepted"])
    with in_days(7), pytest.raises(Refused, match="so it has the file"):
        await never_sent(waiting.desk, left.message_id, WORD, DIRECTOR)
    assert (await paying.attempt_of(waiting)).status is TrancheStatus.ACCEPTED


@pytest.mark.slow
@pytest.mark.parametrize("row_says", ["HANDED_OVER", "NEVER_SENT"])
async def test_a_rejection_of_the_file_that_never_arrived_ends_nothing_that_left_in_another(
    waiting: Scribe, left: StoredFile, tmp_path: Path, row_says: str
) -> None:
    """The bank finds the first file after all and refuses it. The second is paid, whatever a row says of it."""
    await by_two(waiting.desk, left)
    second = await handed_over(waiting.desk, tmp_path / "second")
    if row_says == "NEVER_SENT":
        await row_says_never_sent(waiting.desk, second.message_id)
    await imports(waiting.desk, spoken(waiting, left)["rejected"])
    assert (await paying.attempt_of(waiting)).status is TrancheStatus.HANDED_OVER


@pytest.mark.slow
async def test_what_was_not_handed_over_was_never_sent_anyway(waiting: Scribe) -> None:
    file = await made_file(waiting.desk)
    with in_days(7), pytest.raises(Refused, match="it is MADE"):
        await never_sent(waiting.desk, file.message_id, WORD, FINANCE)
    with pytest.raises(BadInput, match="there is no payment file"):
        await never_sent(waiting.desk, "ACCMNONE", WORD, FINANCE)
