"""What its time is over is erased: a draft after 90 days, and after a year what nobody took over. Digests stay."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from uuid import uuid4

import pytest

from accord.operations.door.serving import forget_old
from deploy.database import open_pool
from deploy.logins import Login
from domain.streams import StreamId
from ledger import AppendRequest, Ledger, NewEvent
from records.submissions.forms import FormErased
from records.submissions.seals import faults_of_submissions, seal_submissions
from tests.conftest import Office
from tests.doors import door, handed_in, link_to
from tests.doors_of_papers import Doorway, once

_subjects: Iterator[int] = count(7000)
AGE = """
WITH f AS (UPDATE grantee.forms
              SET opened_at = opened_at - $2::text::interval, closes_at = closes_at - $3::text::interval
            WHERE subject = $1 RETURNING id),
     v AS (UPDATE grantee.fields SET at = at - $2::text::interval WHERE form IN (SELECT id FROM f))
UPDATE grantee.papers SET touched_at = touched_at - $2::text::interval WHERE form IN (SELECT id FROM f)
"""


def subject() -> str:
    return f"P-2026-{next(_subjects)}"


async def draft(way: Doorway, partnership: str) -> None:
    """A form in which somebody wrote, and began a paper."""
    link, form = await way.form(partnership)
    await link.save(form, "summary", "Ida Holm taught eleven courses", 0)
    paper = await way.papers.begin(link, form, "papers", "report.txt", 100)
    await way.papers.add(link, form, paper, 0, once(b"Eleven"))


async def age(way: Doorway, partnership: str, touched: str, closed: str) -> None:
    await way.office.execute(AGE, partnership, touched, closed)


async def erased_as(way: Doorway, partnership: str) -> str | None:
    kind: str | None = await way.office.fetchval("SELECT erased_as FROM grantee.forms WHERE subject = $1", partnership)
    keys = "SELECT count(*) FROM grantee.keys k JOIN grantee.forms f ON f.id = k.form WHERE f.subject = $1"
    assert await way.office.fetchval(keys, partnership) == (0 if kind else 1)
    return kind


async def forget(house: Office) -> int:
    async with await open_pool(house.url_of(Login.EXAMINER), 1) as pool:
        return await forget_old(pool)


@pytest.mark.parametrize(
    ("touched", "closed", "kind"),
    [
        ("91 days", "121 days", "DRAFT"),
        ("89 days", "121 days", None),  # somebody wrote since
        ("200 days", "0 days", None),  # it is open still: nothing that somebody may go on with is lost
    ],
)
async def test_a_draft_is_erased_ninety_days_after_somebody_touched_it(
    way: Doorway, house: Office, touched: str, closed: str, kind: str | None
) -> None:
    partnership = subject()
    await draft(way, partnership)
    await age(way, partnership, touched, closed)
    await forget(house)
    assert await erased_as(way, partnership) == kind
    await way.examiner.once()
    assert way.in_quarantine() == []  # what broke off is dropped whatever becomes of the form


async def old_submission(way: Doorway, partnership: str, at: str) -> str:
    """What was handed in long ago, as a restored table has it: no login changes its time."""
    submission = await handed_in(way.office, await link_to(way.office, partnership))
    async with way.office.acquire() as connection, connection.transaction():
        await connection.execute("ALTER TABLE grantee.submissions DISABLE TRIGGER submissions_stay")
        await connection.execute(
            "UPDATE grantee.submissions SET at = at - $2::text::interval WHERE sha256 = $1",
            bytes.fromhex(submission.sha256), at,
        )  # fmt: skip
        await connection.execute("ALTER TABLE grantee.submissions ENABLE TRIGGER submissions_stay")
    await age(way, partnership, at, at)
    return submission.sha256


async def noted(way: Doorway, partnership: str, event_type: str, sha256: str) -> None:
    """An event of the partnership that names what was handed in."""
    event = NewEvent.of(event_type, 1, {"submission": {"sha256": sha256}}, {"actor": "pia.berg"})
    await Ledger(way.office).append(AppendRequest(StreamId(f"partnership/{partnership}"), uuid4(), 0, (event,)))


async def test_what_nobody_took_over_is_erased_after_a_year_and_its_seal_still_holds(
    way: Doorway, house: Office
) -> None:
    partnership = subject()
    sha256 = await old_submission(way, partnership, "366 days")
    await seal_submissions(Ledger(way.office), way.office)
    await forget(house)
    assert await erased_as(way, partnership) == "YEAR"
    query = "SELECT count(*) FROM grantee.submissions WHERE sha256 = $1"
    assert await way.office.fetchval(query, bytes.fromhex(sha256)) == 1
    assert list(await faults_of_submissions(way.office, Ledger(way.office))) == []


async def test_it_stays_within_the_year_and_where_it_was_returned_goes_after_it(way: Doorway, house: Office) -> None:
    young, returned = subject(), subject()
    await old_submission(way, young, "300 days")
    await noted(way, returned, "SubmissionReturned", await old_submission(way, returned, "366 days"))
    await forget(house)
    assert (await erased_as(way, young), await erased_as(way, returned)) == (None, "YEAR")


async def test_what_staff_took_over_stays_as_long_as_their_record(way: Doorway, house: Office) -> None:
    partnership = subject()
    await noted(way, partnership, "ReportFiled", await old_submission(way, partnership, "800 days"))
    await forget(house)
    assert await erased_as(way, partnership) is None


async def test_a_form_that_was_erased_opens_to_nobody_and_is_not_opened_anew(way: Doorway, house: Office) -> None:
    partnership = subject()
    secret = await link_to(way.office, partnership)
    await age(way, partnership, "91 days", "121 days")
    await forget(house)
    await way.office.execute("UPDATE grantee.forms SET closes_at = now() + interval '1 day', closed_at = NULL")
    assert await door(way.door, secret).look() is None
    with pytest.raises(FormErased):
        await link_to(way.office, partnership)


async def test_the_key_is_in_no_page_of_its_table(way: Doorway, house: Office) -> None:
    partnership = subject()
    await draft(way, partnership)
    key = await way.office.fetchval(
        "SELECT key FROM grantee.keys k JOIN grantee.forms f ON f.id = k.form WHERE subject = $1", partnership
    )
    await age(way, partnership, "91 days", "121 days")
    await forget(house)
    path = await way.office.fetchval("SELECT pg_relation_filepath('grantee.keys')")
    await way.office.execute("CHECKPOINT")
    pages = await way.office.fetchval("SELECT pg_read_binary_file($1)", path)
    assert bytes(key) not in bytes(pages)
