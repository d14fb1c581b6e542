"""A payment that stands in a file is not put into another: pages say which file holds it, and what is next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.presentation.words.payments import FILE_STANDINGS, answer_in_words, left_in_words
from accord.web.taking import taken_subject
from domain.payment.bank_answers import BankStatus
from domain.payment.payment_file import FileStatus
from domain.payment.tranche.status import TrancheStatus
from tests import paying
from tests.accord.console.lists.test_queue import words_in
from tests.lives import Life, until_shown
from tests.references import next_reference

Visit = Callable[[str], Any]
UNFILED, FILED, PAID = "P-2026-0871", "P-2026-0872", "P-2026-0873"


@pytest.fixture(scope="module")
async def message_id(desk: Desk, worker: None) -> str:
    """One payment is in no file, one is in a file that was made, and one was paid. Returns the made file's id."""
    global UNFILED, FILED, PAID
    # Of this office: the server remembers those of an earlier one of this file, whose tests another process took.
    UNFILED, FILED, PAID = next_reference(), next_reference(), next_reference()
    paid = await paying.released(desk, PAID, "700.00", title="River radio")
    await Life(desk, PAID).bank_says(await paying.attempt_of(paid), BankStatus.SETTLED)
    await paying.released(desk, UNFILED, "800.00", title="Harbour radio")
    await paying.released(desk, FILED, "900.00", title="Mountain radio")
    message_id = await Life(desk, FILED).file()
    await until_shown(desk)
    return message_id


def line_of(page: str, title: str) -> str:
    """The words of a partnership's line in a list."""
    return words_in(next(row for row in page.split("<tr") if title in row))


async def test_the_queue_says_which_file_holds_a_payment_and_offers_no_other(visit: Visit, message_id: str) -> None:
    """Given one payment in no file and one in a file, then each line says what is next for it."""
    page = (await (await visit("paul.nkosi")).get("/")).text
    assert "Make the payment file" in line_of(page, "Harbour radio")
    filed = line_of(page, "Mountain radio")
    assert "Hand over the payment file" in filed
    assert "the payment stands in that of USD 900.00" in filed.replace("The", "the")
    assert "Make the payment file" not in filed


async def test_the_list_of_partnerships_tells_the_same_next_step(visit: Visit, message_id: str) -> None:
    page = (await (await visit("otto.audit")).get("/partnerships?text=radio")).text
    assert "Make the payment file" in line_of(page, "Harbour radio")
    assert "Hand over the payment file" in line_of(page, "Mountain radio")


async def test_a_case_asks_whether_the_file_may_leave(visit: Visit, message_id: str) -> None:
    """Given a payment in a made file, then its case names the file, its maker and its sum, and leads to the files."""
    visitor = await visit("paul.nkosi")
    filed, unfiled = [words_in((await visitor.get(f"/{one}")).text) for one in (FILED, UNFILED)]
    assert "The payment stands in a file. May it leave?" in filed
    assert "Paul Nkosi made the file, of USD 900.00." in filed
    assert "See the payment file" in filed
    assert message_id in filed
    assert "The payment is ready for the bank" in unfiled
    assert "stands in a file" not in unfiled


async def test_the_payments_say_in_which_file_each_stands(visit: Visit, message_id: str) -> None:
    page = words_in((await (await visit("paul.nkosi")).get(f"/payments?partnership={FILED}")).text)
    assert f"In the file {message_id}" in page
    other = words_in((await (await visit("paul.nkosi")).get(f"/payments?partnership={UNFILED}")).text)
    assert "In the file" not in other


async def test_the_files_tell_their_state_and_the_banks_answer(visit: Visit, message_id: str) -> None:
    """Given a file that was made and one whose payment was paid, then the list says so in the words of the table."""
    page = (await (await visit("paul.nkosi")).get("/payments/files")).text
    made = line_of(page, message_id)
    assert (FILE_STANDINGS["MADE"][0] in made, "paid" in made) == (True, False)
    paid = line_of(page, "USD 700.00")
    assert "Paid" in paid
    assert "1 paid" in paid
    assert "took it" not in paid


async def test_who_took_a_file_to_the_bank_is_said_as_the_access_log_has_it(
    visit: Visit, desk: Desk, message_id: str, console_pool: asyncpg.Pool
) -> None:
    """Given two takes of a file, of which the second was after it was written again, then the second is said."""
    file = await desk.pool.fetchval("SELECT message_id FROM payments.files WHERE status = 'HANDED_OVER' LIMIT 1")
    for person in ("paul.nkosi", "femi.ade"):
        await console_pool.execute("SELECT console.look($1, $2)", person, taken_subject(file))
    taken = line_of((await (await visit("otto.audit")).get("/payments/files")).text, file)
    assert "Femi Ade took it on" in taken
    assert "Paul Nkosi took it" not in taken


@pytest.mark.parametrize(
    ("counts", "is_taken", "words"),
    [({"SETTLED": 2}, True, "Paid"), ({"SETTLED": 1, "HANDED_OVER": 1}, True, "Taken"),
     ({"HANDED_OVER": 2}, False, "Handed over"), ({}, True, "Taken"), ({"REJECTED": 1}, False, "Answered")],
)  # fmt: skip
def test_a_file_that_was_handed_over_is_taken_and_paid_in_turn(
    counts: dict[str, int], is_taken: bool, words: str
) -> None:
    assert left_in_words(counts, is_taken)[0] == words


def test_every_state_of_a_file_and_every_answer_has_its_words() -> None:
    assert set(FILE_STANDINGS) == {status.value for status in FileStatus}
    left = set(TrancheStatus) - {
        TrancheStatus.RELEASED, TrancheStatus.INSTRUCTED, TrancheStatus.WITHHELD, TrancheStatus.CANCELLED,
    }  # fmt: skip
    assert answer_in_words(dict.fromkeys(left, 1)) == (
        "1 paid, 1 paid in part, 1 refused, 1 came back, 1 accepted, 2 without an answer"
    )
    assert (answer_in_words({}), answer_in_words({"HANDED_OVER": 2})) == ("No answer yet", "No answer yet")
