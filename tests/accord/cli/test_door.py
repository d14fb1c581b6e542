"""`accord door` by shell: the inbox, one submission, taken over as it is or by the act itself."""

from __future__ import annotations

import asyncpg
import pytest

from accord.client.desk import Desk
from domain.partnership import events as e
from domain.submissions.kinds import DoorForm
from ledger import Ledger
from records.submissions.seals import seal_submissions
from tests.accord.shell import BAD_INPUT, REFUSED, Shell, assert_fails
from tests.builders import proposal
from tests.domain.partnership.specification import CONTACTS
from tests.doors import handed_in, link_to
from tests.lives import Life

pytestmark = pytest.mark.usefixtures("worker")


async def number_of(pool: asyncpg.Pool, sha256: str) -> int:
    number: int = await pool.fetchval("SELECT number FROM grantee.submissions WHERE sha256 = $1", bytes.fromhex(sha256))
    return number


async def test_what_was_handed_in_is_listed_read_and_taken_over_by_shell(
    shell: Shell, reference: str, desk: Desk, office_pool: asyncpg.Pool
) -> None:
    """Given two answers, when one is taken over as it is and one by `comment`, then both acts name theirs."""
    await Life(desk, reference).awaiting_approval(proposal(reference, contacts=CONTACTS))
    asked = await link_to(office_pool, reference, DoorForm.QUESTION, about="")
    first = await handed_in(office_pool, asked, answers={"answer": "Two teachers"})
    second = await handed_in(office_pool, asked, answers={"answer": "Three teachers"})
    await seal_submissions(Ledger(office_pool), office_pool)
    numbers = [await number_of(office_pool, one.sha256) for one in (first, second)]
    one, two = map(str, numbers)
    listed, shown = await shell.together(
        ("door", "list", "--json"), ("door", "show", one, "--as", "vera.lind", "--json")
    )
    assert set(numbers) <= {line["number"] for line in listed.json}
    assert shown.json["content"]["answers"] == {"answer": "Two teachers"}
    elsewhere = await shell("comment", "P-2026-9999", "--text", "x", "--submission", one, "--as", "pia.berg")
    assert_fails(elsewhere, BAD_INPUT, "--submission", reference)
    await shell.done("door", "take-over", one, "--as", "pia.berg", "--json")
    await shell.done("comment", reference, "--text", "Three now", "--submission", two, "--as", "pia.berg")
    assert_fails(await shell("door", "take-over", two, "--as", "vera.lind"), REFUSED, "taken over by")
    history = [one.event for one in await desk.history(reference)]
    events = [event for event in history if isinstance(event, e.CommentMade)]
    assert [event.submission.number for event in events if event.submission is not None] == numbers
