"""Mail in the console: everybody chooses for themselves, and what did not arrive is settled by a person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from accord.client.desk import Desk
from accord.post import outbox
from accord.post.kinds import MailKind
from accord.post.outbox import NewMail
from tests.accord.console.auditing import faults_of
from tests.accord.console.conftest import Visitor
from tests.accord.machine_words import machine_words_in, open_words

Visit = Callable[[str], Awaitable[Visitor]]


async def doubted(desk: Desk, recipient: str = "contact/P-2026-0042/0") -> UUID:
    """A mail of which nobody knows whether it left."""
    mail = NewMail(uuid4(), MailKind.PAYMENT_SENT, recipient, {"partnership": "P-2026-0042", "position": 1})
    await outbox.queue(desk.pool, [mail])
    await desk.pool.execute("UPDATE post.outbox SET state = 'SENDING' WHERE id = $1", mail.id)
    await desk.pool.execute("UPDATE post.outbox SET state = 'UNKNOWN' WHERE id = $1", mail.id)
    return mail.id


async def test_a_reader_chooses_how_they_are_written_to_and_nobody_else(visit: Visit, desk: Desk) -> None:
    vera = await visit("vera.lind")
    sent = {
        "address": "vera@funder.test",
        "digest": "7",
        "zone": "Africa/Kampala",
        "overdue": "yes",
        "staff_id": "dora.kim",
    }
    answer = await vera.post("/mail", sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/me#mail")
    rows = await desk.pool.fetch("SELECT staff_id, address, digest_hour, zone, overdue FROM post.choices")
    assert [tuple(row) for row in rows] == [("vera.lind", "vera@funder.test", 7, "Africa/Kampala", True)]
    page = (await vera.get("/me")).text
    assert ('value="vera@funder.test"' in page, "Africa/Kampala" in page, "at 07:00" in page) == (True, True, True)
    await vera.post("/mail", {"address": "vera@funder.test", "zone": "UTC"})
    assert await desk.pool.fetchval("SELECT count(*) FROM post.choices") == 0


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        ({"address": "nobody", "digest": "7", "zone": "UTC"}, "address"),
        ({"address": "a@b.test", "digest": "25", "zone": "UTC"}, "hour"),
        ({"address": "a@b.test", "digest": "seven", "zone": "UTC"}, "hour"),
        ({"address": "a@b.test", "digest": "7", "zone": "Mars"}, "zone"),
    ],
)
async def test_a_choice_that_is_none_is_refused_and_nothing_is_kept(
    visit: Visit, desk: Desk, sent: dict[str, str], fault: str
) -> None:
    answer = await (await visit("vera.lind")).post("/mail", sent)
    assert (answer.status_code, fault in answer.text) == (422, True)
    assert await desk.pool.fetchval("SELECT count(*) FROM post.choices") == 0


async def test_a_mail_in_doubt_is_shown_and_settled_once(visit: Visit, desk: Desk) -> None:
    again, gone = await doubted(desk), await doubted(desk, "staff/paul.nkosi")
    vera = await visit("vera.lind")
    page = (await vera.get("/mail")).text
    assert page.count("May have arrived") == 2
    assert machine_words_in(open_words(page)) == []
    assert ("contact 1 of" in page, 'href="/P-2026-0042"' in page, "Paul Nkosi" in page) == (True, True, True)
    assert (await vera.post(f"/mail/{again}", {"do": "again"})).status_code == 303
    assert (await vera.post(f"/mail/{gone}", {"do": "let-go"})).status_code == 303
    assert "Nothing waits" in (await vera.get("/mail")).text
    states = dict(await desk.pool.fetch("SELECT COALESCE(again_of, id), state FROM post.outbox ORDER BY queued_at"))
    assert states == {again: "QUEUED", gone: "LET_GO"}
    assert (await vera.post(f"/mail/{gone}", {"do": "again"})).status_code == 422


async def test_a_mail_that_there_is_not_is_not_settled(visit: Visit) -> None:
    answer = await (await visit("vera.lind")).post(f"/mail/{'0' * 36}", {"do": "again"})
    assert (answer.status_code, "no such mail" in answer.text) == (422, True)


LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"forced_colors": "active"},
    "small": {"viewport": {"width": 320, "height": 700}},
}


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
async def test_the_pages_of_mail_are_for_everybody(at_a_browser: Callable[..., Any], desk: Desk, look: str) -> None:
    """Given a mail in doubt, a refused one and a choice, then axe finds nothing in either page."""
    await doubted(desk)
    refused = await doubted(desk, "staff/paul.nkosi")
    await desk.pool.execute(
        "UPDATE post.outbox SET state = 'REFUSED', reason = 'it came back (5.1.1)' WHERE id = $1", refused
    )
    person = await at_a_browser("vera.lind", **LOOKS[look])
    await person.sign_in()
    for path in ("/mail", "/me#mail"):
        await person.page.goto(person.settings.origin + path)
        assert await faults_of(person.page) == []
    await person.page.fill("#address", "vera@funder.test")
    await person.page.select_option("#digest", "7")
    await person.page.click("#mail button:has-text('Save')")
    assert await person.page.input_value("#digest") == "7"
    assert person.complaints == []
