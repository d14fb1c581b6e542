"""`accord door` by shell: the inbox, one submission, taken over as it is or by the act itself."""

from __future__ import annotations

import asyncpg
import pytest

from accord.client.desk import Desk
from domain.partnership import events as e
from ledger import Ledger
from records.submissions.seals import seal_submissions
from tests.accord.shell import BAD_INPUT, REFUSED, Shell, assert_fails
from tests.builders import proposal
from tests.domain.partnership.specification import CONTACTS
from tests.doors import handed_in, link_to
from tests.lives import Life

pytestmark = pytest.mark.usefixtures("worker")
JOINT = {"funder": "ISOC", "activity": "A joint campaign"}


async def number_of(pool: asyncpg.Pool, sha256: str) -> int:
    number: int = await pool.fetchval("SELECT number FROM grantee.submissions WHERE sha256 = $1", bytes.fromhex(sha256))
    return number


async def test_what_was_handed_in_is_listed_read_and_taken_over_by_shell(
    shell: Shell, reference: str, desk: Desk, office_pool: asyncpg.Pool
) -> None:
    """Given two reports by link, when one is taken over as it is and one by `report`, then both acts name theirs."""
    await Life(desk, reference).signed(proposal(reference, non_monetary=JOINT, contacts=CONTACTS))
    secret = await link_to(office_pool, reference, about="")
    first, second = await handed_in(office_pool, secret), await handed_in(office_pool, secret)
    await seal_submissions(Ledger(office_pool), office_pool)
    one, two = await number_of(office_pool, first.sha256), await number_of(office_pool, second.sha256)
    listed, shown = await shell.together(
        ("door", "list", "--json"), ("door", "show", one, "--as", "vera.lind", "--json")
    )
    assert {one, two} <= {line["number"] for line in listed.json}
    assert shown.json["content"]["answers"] == {"summary": "Eleven courses were held"}
    elsewhere = await shell("comment", "P-2026-9999", "--text", "x", "--submission", one, "--as", "pia.berg")
    assert_fails(elsewhere, BAD_INPUT, "--submission", reference)
    await shell.done("door", "take-over", one, "--as", "pia.berg", "--json")
    await shell.done("report", reference, "--summary", "Ten courses", "--submission", two, "--as", "pia.berg")
    assert_fails(await shell("door", "take-over", two, "--as", "vera.lind"), REFUSED, "taken over by")
    events = [one.event for one in await desk.history(reference) if isinstance(one.event, e.ReportReceived)]
    assert [event.submission.number for event in events if event.submission is not None] == [one, two]
