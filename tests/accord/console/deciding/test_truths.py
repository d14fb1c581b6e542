"""Staff tell on a page what they learnt, and a verifier answers: each signed with a passkey over what is shown."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.presentation.words.days import day_in_words
from domain.signatures.signing import Statement
from records.truths import read_truths
from tests.accord.console.conftest import Visitor
from tests.accord.console.deciding.test_bulk import handed_in, key_of
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.accord.machine_words import open_words
from tests.authenticators.passkeys import Authenticator

WHAT = "The grantee wrote that its exemption is revoked"


async def touched(desk: Desk, visitor: Visitor, key: Authenticator, path: str, given: dict[str, str]) -> dict[str, Any]:
    """The console's answer once somebody filled in a form, read the page that signs, and touched their key."""
    sent = await visitor.post(path, given)
    assert sent.status_code == 303, sent.text
    place = sent.headers["location"]
    shown = await visitor.asking.get(place)
    assert shown.status_code == 200, shown.text
    assert [text for text in given.values() if text.startswith("The ") and text not in shown.text] == []
    for label in ("Truth kind", "Partnership id", "Names</dt>"):
        assert label not in shown.text
    said = re.search(r'id="statement" name="statement" value="([^"]*)"', shown.text)
    assert said is not None, shown.text
    statement = Statement.model_validate_json(html.unescape(said[1]))
    answered: dict[str, Any] = (await handed_in(visitor, place, key.sign(statement).model_dump_json())).json()
    return answered


async def test_somebody_tells_and_a_verifier_answers(desk: Desk, visit: Any, reference: str) -> None:
    await waiting_for_approval(desk, reference)
    teller = await visit("pia.berg")
    key = await key_of(desk, teller.settings, "pia.berg")
    given = {"kind": "LOST_STATUS", "what": WHAT, "since": "2026-11-01", "source": "its treasurer"}
    told = await touched(desk, teller, key, "/truths/tell", {**given, "partnership": reference})
    assert WHAT in told.get("told", str(told))
    assert "It lost its tax exemption or registration, or is about to, since" in told["told"]
    (truth,) = [one for one in await read_truths(desk.reader) if one.partnership_id == reference]
    stored: list[Any] = [one.event for one in await desk.reader.read("truths")]
    assert {one.signature.key_id for one in stored if one.words.of == truth.truth} == {key.key.key_id}
    page = (await teller.get(f"/{reference}")).text
    assert f"Pia Berg told: lost status, since {day_in_words(date(2026, 11, 1))}" in open_words(page)
    assert truth.name in (await teller.get("/truths")).text

    verifier = await visit("vera.lind")
    hers, place = await key_of(desk, verifier.settings, "vera.lind"), f"/truths/{truth.name}"
    given = {"so": "no", "reason": "The letter was about another body"}
    without = await verifier.post(place, given)
    assert (without.status_code, "Only a paper shows that it is not so" in without.text) == (422, True)
    answered = await touched(desk, verifier, hers, place, {**given, "document_sha256": "ab" * 32})
    assert "Vera Lind found it not so: The letter was about another body" in answered.get("told", str(answered))
    assert [one.fell for one in await read_truths(desk.reader) if one.truth == truth.truth] == [True]


@pytest.mark.slow
async def test_the_page_that_signs_refuses_what_is_another_act_than_it_shows(
    desk: Desk, visit: Any, console_pool: asyncpg.Pool, reference: str
) -> None:
    """Somebody with the console's login changes what waits under an address."""
    await waiting_for_approval(desk, reference)
    teller = await visit("pia.berg")
    given = {"kind": "OTHER", "what": WHAT, "since": "2026-11-01", "partnership": reference}
    place = (await teller.post("/truths/tell", given)).headers["location"]
    changed = "UPDATE console.prepared SET content = convert_to(replace(convert_from(content, 'UTF8'), $1, $2), 'UTF8')"
    await desk.pool.execute(changed, "OTHER", "SANCTIONS")
    shown = await teller.asking.get(place)
    assert (shown.status_code, "a statement about something else than it shows" in shown.text) == (422, True)


@pytest.mark.slow
async def test_who_may_not_answer_is_told_so_on_the_form(desk: Desk, visit: Any, reference: str) -> None:
    await waiting_for_approval(desk, reference)
    teller = await visit("pia.berg")
    key = await key_of(desk, teller.settings, "pia.berg")
    given = {"kind": "PLACE", "what": "The school moved", "since": "2026-11-01", "partnership": reference}
    await touched(desk, teller, key, "/truths/tell", given)
    (truth,) = [one for one in await read_truths(desk.reader) if one.partnership_id == reference]
    refused = await teller.post(f"/truths/{truth.name}", {"so": "yes", "reason": "I know it"})
    assert (refused.status_code, "may not answer what was told: a verifier must" in refused.text) == (422, True)
    assert [one.answers for one in await read_truths(desk.reader) if one.truth == truth.truth] == [()]


@pytest.mark.slow
async def test_what_is_missing_is_said_beside_the_field_and_nothing_is_recorded(
    visit: Any, desk: Desk, reference: str
) -> None:
    before = len(await read_truths(desk.reader))
    reader = await visit("pia.berg")
    for given, told in (
        ({"what": WHAT, "ein": "00-1000001"}, "Known to you since</a>: give the day since which it is known"),
        ({"what": WHAT, "since": "2026-11-01"}, "The organisation</a>: say whom it is about"),
        ({"what": WHAT, "since": "2026-11-01", "ein": "12"}, "Its US tax number</a>:"),
    ):
        answered = await reader.post("/truths/tell", {"kind": "OTHER", **given})
        assert (answered.status_code, told.lower() in answered.text.lower()) == (422, True), answered.text
        assert WHAT in answered.text
    assert len(await read_truths(desk.reader)) == before
