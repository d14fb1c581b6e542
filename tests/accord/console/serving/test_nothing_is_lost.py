"""Typed text stays where the session ended or a server is away. A possible record is not called unrecorded."""

from __future__ import annotations

import html
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import httpx
import pytest

from accord.client.desk import Desk
from accord.client.sending import Sending
from accord.console.deciding import batches, prepared
from accord.console.deciding.prepared import Prepared, Waiting
from accord.console.proposing import drafts
from accord.web.limits import Rate
from ledger import LedgerUnavailable
from tests.accord.console.conftest import Visitor
from tests.accord.console.deciding.test_bulk import begun, handed_in, key_of, listed, touched
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.accord.console.proposing.drafting import author
from workflows.messages import Receipt

Visit = Callable[[str], Awaitable[Visitor]]
REASON = 'They asked for "time",\nand for <b>papers</b>.'


async def hold_of(desk: Desk, reference: str) -> dict[str, str]:
    """The form of a hold, as it is sent."""
    return {"reason": "a question", "version": str((await desk.known_sight(reference)).version)}


async def prepared_hold(visitor: Visitor, desk: Desk, pool: asyncpg.Pool, reference: str) -> tuple[str, Waiting]:
    """A hold that waits for its key, and where."""
    answer = await visitor.post(f"/{reference}/hold", await hold_of(desk, reference))
    place = str(answer.headers["location"])
    waiting = await Prepared(pool).at(place.rpartition("/")[2])
    assert isinstance(waiting, Waiting)
    return place, waiting


def sent_again(answer: httpx.Response) -> bool:
    """True if the answer is a form with the typed text."""
    return "<form" in answer.text and REASON in html.unescape(answer.text) and "Send again" in answer.text


async def test_a_form_that_is_sent_after_the_session_ended_is_shown_again(visit: Visit) -> None:
    """Given a session that ended, when its reader sends a form, then it stands there to be sent once they are back."""
    visitor = await visit("")
    visitor.cookie = "of-a-session-that-ended"
    answer = await visitor.post("/P-2026-0001/hold", {"reason": REASON})
    assert (answer.status_code, sent_again(answer)) == (401, True)
    assert "in another tab" in answer.text


@pytest.mark.parametrize(("cookie", "letters"), [("", 10), ("of-a-session-that-ended", 300_000)])
async def test_of_whoever_has_no_session_no_form_is_read(visit: Visit, cookie: str, letters: int) -> None:
    visitor = await visit("")
    visitor.cookie = cookie
    answer = await visitor.post("/P-2026-0001/hold", {"reason": "x" * letters})
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/json")


async def test_a_field_that_was_emptied_is_sent_again_as_empty(visit: Visit) -> None:
    answer = await (await author(visit)).post("/propose/none", {"step": "1", "title": "", "summary": REASON})
    assert 'name="title" value=""' in answer.text


async def test_a_step_of_a_draft_that_is_gone_is_shown_again(visit: Visit) -> None:
    answer = await (await author(visit)).post("/propose/none", {"step": "1", "do": "save", "summary": REASON})
    assert (answer.status_code, sent_again(answer)) == (404, True)
    assert "Do</label>" not in answer.text, "what a button sends is no field"


async def test_a_form_that_is_sent_while_the_database_is_away_is_shown_again(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = await visit("femi.ade")
    monkeypatch.setattr(Sending, "sight", away)
    answer = await visitor.post("/P-2026-0001/hold", {"reason": REASON})
    assert (answer.status_code, sent_again(answer)) == (503, True)


async def away(*_: object) -> Any:
    raise LedgerUnavailable("the database does not answer")


@pytest.mark.slow
async def test_a_decision_is_not_called_unrecorded_while_nobody_knows(
    desk: Desk, visit: Visit, console_pool: asyncpg.Pool, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a hold that is on record, when the database is away as its receipt is compared, then it is said so."""
    await waiting_for_approval(desk, reference)
    visitor = await visit("femi.ade")
    key = await key_of(desk, visitor.settings, "femi.ade")
    place, waiting = await prepared_hold(visitor, desk, console_pool, reference)
    monkeypatch.setattr(Sending, "_held", away)
    answer = await handed_in(visitor, place, key.sign(waiting.statement).model_dump_json())
    assert (await desk.known_partnership(reference)).hold is not None
    assert (answer.status_code, list(answer.json())) == (503, ["unknown"])
    assert "nothing was recorded" not in answer.text
    monkeypatch.undo()
    again = await handed_in(visitor, place, key.sign(waiting.statement).model_dump_json())
    assert again.json()["proof"].startswith("Recorded as entry "), "touching again is safe"


@pytest.mark.slow
async def test_of_a_list_it_says_how_many_are_on_record_and_of_which_it_is_not_known(
    desk: Desk, visit: Visit, console_pool: asyncpg.Pool, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = f"{reference[:-4]}{int(reference[-4:]) + 4000}"
    references = [await waiting_for_approval(desk, one) for one in (reference, other)]
    visitor = await visit("femi.ade")
    key = await key_of(desk, visitor.settings, "femi.ade")
    batch = await begun(visitor, "hold", references, reason="a question to both")
    place, waiting = await listed(visitor, console_pool, batch)
    held, asked = Sending._held, []

    async def first_alone(self: Sending, given: Receipt) -> Receipt:
        asked.append(given)
        return await held(self, given) if len(asked) == 1 else await away()

    monkeypatch.setattr(Sending, "_held", first_alone)
    answer = await handed_in(visitor, place, touched(key, waiting))
    assert answer.json()["unknown"].startswith(f"1 recorded. Of {other} and those after it: "), answer.text


@pytest.mark.slow
async def test_nobody_keeps_more_than_they_could_use(
    desk: Desk, visit: Visit, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given somebody who keeps as much as they may, when they begin another, it is refused and the rest is kept."""
    await waiting_for_approval(desk, reference)
    proposer, visitor = await author(visit), await author(visit, "femi.ade")
    for kept in (drafts, batches, prepared):
        monkeypatch.setattr(kept, "MOST", 0)
    for who, path, given, reason in (
        (proposer, "/propose", {}, "drafts already"),
        (visitor, "/bulk", {"act": "hold", "p": reference, "reason": "a question"}, "batches within"),
        (visitor, f"/{reference}/hold", await hold_of(desk, reference), "wait for your key already"),
    ):
        answer = await who.post(path, given)
        assert (answer.status_code, reason in answer.text) == (422, True), answer.text


async def test_a_header_does_not_say_who_asks_too_often(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accord.web.access.AT_THE_DOOR", Rate(1, 1))
    visitor = await visit("")
    answers = [
        await visitor.asking.get(visitor.settings.origin + "/welcome", headers={"X-Forwarded-For": f"192.0.2.{one}"})
        for one in (1, 2)
    ]
    assert answers[-1].status_code == 429
