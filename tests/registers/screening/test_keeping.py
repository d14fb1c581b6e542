"""The messages of the process that keeps the lists: what it lacks, what fails, and when it ends."""

from __future__ import annotations

from io import BytesIO

import pytest

from registers.screening.keeping import Keeping, serve
from registers.screening.lists import Key, Lists, key_of
from registers.screening.messages import (
    LENGTH_BYTES,
    Begin,
    Message,
    More,
    RowsComplete,
    ScreeningReply,
    ScreeningWork,
    length_of,
    packed,
    receive,
    unpacked,
)
from tests.builders import version
from tests.registers.files import SAMPLE, rows_in

KEY: Key = key_of((version("ofac-sdn"),))


def count(lists: Lists) -> int:
    return len(lists.rows)


def stumble(_: Lists) -> int:
    raise ValueError("it stumbled")


def asked(work: object) -> ScreeningWork:
    return ScreeningWork(KEY, work, (), {})  # type: ignore[arg-type]


def answers(*messages: Message) -> list[ScreeningReply]:
    """The answers of a process to messages, one after the other, until the pipe is closed."""
    source, written = BytesIO(b"".join(map(packed, messages))), BytesIO()
    serve(source, written)
    written.seek(0)
    return list(iter(lambda: receive(written), None))


def test_it_says_what_it_lacks_and_answers_once_that_has_come() -> None:
    rows = rows_in("ofac-sdn", SAMPLE / "sdn.csv")[:2]
    first, *begun, last = answers(
        asked(count), Begin(KEY), More(KEY, rows[:1]), More(KEY, rows[1:]), RowsComplete(KEY), asked(count)
    )
    assert first == ScreeningReply(lacks=True)
    assert begun == [ScreeningReply()] * 4
    assert last == ScreeningReply(2)


def test_work_that_fails_is_told_and_the_next_is_answered() -> None:
    keeping = Keeping()
    for message in (Begin(KEY), RowsComplete(KEY)):
        keeping.answer(message)
    assert keeping.answer(asked(stumble)) == ScreeningReply(fault="ValueError: it stumbled")
    assert keeping.answer(asked(count)) == ScreeningReply(0)


def test_rows_that_nobody_began_are_a_fault_and_no_lists() -> None:
    assert Keeping().answer(More(KEY, [])).fault.startswith("KeyError")
    assert Keeping().answer(RowsComplete(KEY)).fault.startswith("KeyError")


@pytest.mark.parametrize("cut", [0, 1, LENGTH_BYTES - 1])
def test_a_pipe_that_is_closed_ends_it(cut: int) -> None:
    assert receive(BytesIO(packed(Begin(KEY))[:cut])) is None


def test_a_message_comes_out_as_it_went_in() -> None:
    content = packed(Begin(KEY))
    assert length_of(content[:LENGTH_BYTES]) == len(content) - LENGTH_BYTES
    assert unpacked(content[LENGTH_BYTES:]) == Begin(KEY)
    assert receive(BytesIO(content)) == Begin(KEY)
