"""The lists over HTTP: the rows of the shell with its filters, page by page, as of two times, each look noted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accord.api.list_paths import LIST_PATHS
from accord.organisation.erasures import approve, erase_now, what_it_blanks
from accord.presentation import sheets
from accord.presentation.filters import PartnershipFilters
from domain.directory.personal import people_in
from domain.partnership import events as e
from domain.streams import StreamId
from ledger import AppendRequest, clock
from ledger.projections import Projector
from records.codec import to_ledger
from records.privacy.vault import Vault
from records.read_models.judging import judge_of
from records.read_models.lists import kept_page
from records.read_models.partnerships import PARTNERSHIPS
from tests.accord.api.conftest import Api
from tests.accord.api.test_bad_input import told
from tests.builders import funding, funds_out, party, proposal
from tests.references import next_reference
from tests.scribe import Scribe

NAME = "Rosa Quiroga Paz"
NO_CURSOR = "eyJhIjoxfQ"


def ids(answer: Any) -> list[str]:
    return [row["partnership_id"] for row in answer.json()["rows"]]


@pytest.mark.parametrize("filters", [{}, {"held": "yes"}, {"payee": "riverb"}, {"sum": "150..250", "text": "books"}])
async def test_a_list_has_the_rows_of_the_shell(api: Api, kept: list[Scribe], filters: dict[str, str]) -> None:
    rows = await kept_page(api.desk.pool, PartnershipFilters(**filters).asked())
    expected = [sheets.plain_row(sheets.shown(row.shown)) for row in rows]
    assert expected
    assert (await api.get("/v1/partnerships", params=filters)).json()["rows"] == expected


async def test_pages_of_one_row_are_the_whole_list(api: Api, kept: list[Scribe]) -> None:
    whole, rows, cursor = ids(await api.get("/v1/partnerships")), list[str](), ""
    while True:
        asked = {"limit": "1"} | ({"cursor": cursor} if cursor else {})
        page = await api.get("/v1/partnerships", params=asked)
        rows += ids(page)
        cursor = page.json()["next"]
        if cursor is None:
            break
    assert rows == whole
    assert {scribe.reference for scribe in kept} <= set(rows)


async def test_a_list_is_of_both_times(api: Api, kept: list[Scribe]) -> None:
    """Given a hold of today, then the list of yesterday, by what was true or known then, lacks it."""
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    assert ids(await api.get("/v1/partnerships", params={"held": "yes"})) == [kept[0].reference]
    for time in ("true_at", "known_at"):
        answer = (await api.get("/v1/partnerships", params={"held": "yes", time: yesterday})).json()
        assert (answer["rows"], answer[time]) == ([], f"{yesterday}T23:59:59.999999+00:00")
    now = clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert ids(await api.get("/v1/partnerships", params={"held": "yes", "known_at": now})) == [kept[0].reference]


@pytest.mark.parametrize("path", LIST_PATHS, ids=lambda path: path.path)
async def test_each_list_is_answered_and_each_look_noted(api: Api, kept: list[Scribe], path: Any) -> None:
    secret, made = await api.enrolled(path.scope)
    for times in ({}, {"true_at": clock.today().isoformat(), "known_at": clock.today().isoformat()}):
        answer = await api.get(path.path, secret, params=times)
        assert (answer.status_code, {"rows", "next", "position"} <= set(answer.json())) == (200, True), answer.text
    looks = await api.desk.pool.fetch("SELECT subject FROM console.looks WHERE staff_id = $1", made.token_id)
    assert [row[0] for row in looks] == [path.path, path.path]


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ({"cursor": "nonsense"}, "parameter cursor"),
        ({"cursor": NO_CURSOR}, "parameter cursor"),
        ({"stage": "NONE"}, "parameter stage"),
        ({"sum": "many"}, "parameter sum"),
        ({"true_at": "2026-02-30"}, "parameter true_at"),
        ({"known_at": "0001-01-01"}, "parameter known_at"),
        ({"text": "a\x00b"}, "parameter text"),
        ({"limit": "501"}, "parameter limit"),
    ],
)
async def test_a_filter_that_cannot_be_read_is_named(
    api: Api, kept: list[Scribe], asked: dict[str, str], place: str
) -> None:
    assert told(await api.get("/v1/partnerships", params=asked))[:2] == (400, place)


async def test_a_cursor_is_of_its_question_alone(api: Api, kept: list[Scribe]) -> None:
    cursor = (await api.get("/v1/partnerships", params={"limit": 1})).json()["next"]
    status, _, remedy = told(await api.get("/v1/partnerships", params={"cursor": cursor, "held": "no"}))
    assert (status, "with the same filters" in remedy) == (400, True)
    assert (await api.get("/v1/partnerships", params={"cursor": cursor, "limit": 2})).status_code == 200


async def test_without_its_read_model_a_list_is_not_said_to_be_empty(api: Api, kept: list[Scribe]) -> None:
    await api.desk.pool.execute("UPDATE projection.checkpoints SET live = false WHERE name = 'partnerships'")
    try:
        assert told(await api.get("/v1/partnerships"))[0] == 503
    finally:
        await api.desk.pool.execute("UPDATE projection.checkpoints SET live = true WHERE name = 'partnerships'")


async def _withdrawn(api: Api, title: str) -> Scribe:
    """A partnership with a natural person, which ended, in the read model."""
    scribe, payee = Scribe(api.desk, next_reference()), party(NAME, kind="INDIVIDUAL", ein=None)
    content = proposal(scribe.reference, title=title, partner=payee, funds_out=funds_out("100.00", payee=payee))
    await scribe.says(e.PartnershipProposed, "pia.berg", at=clock.now(), proposal=content, funding=funding())
    event = scribe.made(e.PartnershipWithdrawn, "pia.berg", at=clock.now(), reason=f"{NAME} has moved away")
    assert event.signature is not None
    command, people = event.signature.statement.command_id, people_in(content)
    stream = StreamId.partnership(scribe.reference)
    request = AppendRequest(stream, command, 1, to_ledger((event,), "scribe", command, people))
    assert (await api.desk.ledger.append(request)).recorded
    return scribe


async def _erase(api: Api) -> None:
    person = next(each for each in await Vault(api.desk.pool).people() if each.subject.startswith(NAME))
    for guardian in ("dora.kim", "otto.audit"):
        blanking = await what_it_blanks(api.desk, person)
        await approve(api.desk, person, blanking, "She asked for it", guardian)
    await erase_now(api.desk, person, blanking.seen)


async def test_a_person_who_was_erased_is_in_no_answer_whatever_was_asked_before(api: Api) -> None:
    """Given a page, a cursor and events with a person, when they are erased, then no answer names or finds them."""
    scribes = [await _withdrawn(api, title) for title in ("Books by hand", "Books by sea")]
    await Projector(api.desk.ledger, PARTNERSHIPS, judge_of(api.desk.ledger)).catch_up()
    asked = {"limit": "1", "text": "quiroga"}
    first = await api.get("/v1/partnerships", params=asked)
    assert NAME in first.text
    after = await api.desk.ledger.head() - 6
    events = (await api.get(f"/v1/events?after={after}&limit=6")).json()["events"]
    moment = clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    await _erase(api)
    await Projector(api.desk.ledger, PARTNERSHIPS, judge_of(api.desk.ledger)).catch_up()
    for more in ({}, {"cursor": first.json()["next"]}, {"known_at": moment}, {"true_at": moment}):
        answer = await api.get("/v1/partnerships", params=asked | more)
        assert ("Quiroga" in answer.text, ids(answer)) == (False, []), more
    whole = await api.get("/v1/partnerships", params={"limit": "500"})
    assert {scribe.reference for scribe in scribes} <= set(ids(whole))
    assert "Quiroga" not in whole.text
    again = await api.get(f"/v1/events?after={after}&limit=6")
    assert again.json()["events"] == events
    assert "Quiroga" not in again.text
