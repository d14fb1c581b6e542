"""Bad input over HTTP: one answer with place, fault and remedy, and nothing of the server's inside."""

from __future__ import annotations

from typing import Any

import pytest

from accord.follow.cosigning import HEADER
from ledger.proof.notes import Checkpoint
from tests.accord.api.conftest import Api
from tests.ledger.proof import TREASURER

BAD: list[tuple[str, int, str, str]] = [
    ("/v1/events?after=-1", 400, "parameter after", "a whole number from 0"),
    ("/v1/events?after=1.5", 400, "parameter after", "a whole number from 0"),
    ("/v1/events?after=٣", 400, "parameter after", "a whole number from 0"),
    ("/v1/events?after=9007199254740992", 400, "parameter after", "to 9007199254740991"),
    ("/v1/events?limit=0", 400, "parameter limit", "from 1 to 1000"),
    ("/v1/events?limit=1001", 400, "parameter limit", "from 1 to 1000"),
    ("/v1/events?after=1&after=2", 400, "parameter after", "write it once"),
    ("/v1/events?since=1", 400, "parameter since", "it takes after, limit"),
    ("/v1/events?after=%00", 400, "parameter after", "a whole number from 0"),
    ("/v1/events?after=1000000", 409, "parameter after", "at most"),
    ("/v1/consistency?from=1", 400, "parameter to", "a whole number from 0"),
    ("/v1/consistency?from=3&to=2", 400, "parameter from", "the smaller size"),
    ("/v1/consistency?from=3&to=2000000", 409, "parameter to", "at most"),
    ("/v1/checkpoint?newest=1", 400, "parameter newest", "it takes none"),
    ("/v1/partnerships?true_at=2026-13-01", 400, "parameter true_at", "2026-06-30"),
    ("/v1/partnerships?known_at=yesterday", 400, "parameter known_at", "2026-06-30"),
    ("/v1/obligations?before=2026-02-30", 400, "parameter before", "2026-06-30"),
    ("/v1/payments?from=2026-02-30", 400, "parameter from", "2026-06-30"),
    ("/v1/partnerships?limit=501", 400, "parameter limit", "from 1 to 500"),
    ("/v1/nothing", 404, "GET /v1/nothing", "names every path"),
    ("/v1/events/", 404, "GET /v1/events/", "names every path"),
]


def told(answer: Any) -> tuple[int, str, str]:
    """The status, the place and the remedy of a problem document, which has its form."""
    content = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(content) == {"type", "title", "status", "detail", "place", "fault", "remedy"}
    assert content["status"] == answer.status_code
    assert content["detail"] == f"{content['place']}: {content['fault']}; {content['remedy']}"
    assert min(map(len, (content["title"], content["place"], content["fault"], content["remedy"]))) > 3
    return answer.status_code, content["place"], content["remedy"]


@pytest.mark.parametrize(("address", "status", "place", "remedy"), BAD)
async def test_a_malformed_request_names_place_fault_and_remedy(
    api: Api, address: str, status: int, place: str, remedy: str
) -> None:
    said = told(await api.get(address))
    assert said[:2] == (status, place)
    assert remedy in said[2]


async def test_nothing_is_asked_with_another_method(api: Api) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE"):
        answer = await api.asking.request(method, "/v1/events", headers={"Authorization": f"Bearer {api.secret}"})
        assert told(answer)[0] == 405
        assert answer.headers["allow"] == "GET, HEAD"


def stopped_at(place: str, reason: str = "an approval by the proposer") -> str:
    """A line of where a follower stopped, signed with the token's own key, whatever it says."""
    text = f"{HEADER} ledger.example.org\nstopped {place}\nverified 6\n{reason}\n"
    return f"{text}\n{TREASURER.line(text, 1)}"


BODIES: list[tuple[str | bytes, int, str]] = [
    ("", 400, "a text, an empty line and signature lines"),
    (b"\xff", 400, "not UTF-8"),
    ("a\0b", 400, "number 0"),
    ("x" * 16_385, 413, "over 16384 bytes"),
    (stopped_at("9999999999999999999"), 400, "a position and a reason"),
    (stopped_at("٣"), 400, "a position and a reason"),
    (stopped_at("7", "a bell \a"), 400, "a position and a reason"),
    (stopped_at("7").replace("proposer", "payer"), 400, "does not hold"),
]


@pytest.mark.parametrize(("body", "status", "fault"), BODIES)
async def test_what_is_handed_in_and_is_no_signed_note_names_place_fault_and_remedy(
    api: Api, body: str | bytes, status: int, fault: str
) -> None:
    answer = await api.post(body)
    assert told(answer)[:2] == (status, "the request's body")
    assert fault in answer.json()["fault"]


async def test_a_cosignature_on_more_than_there_is_names_the_body_and_how_far_the_ledger_goes(api: Api) -> None:
    ahead = Checkpoint("ledger.example.org", 9_999_999_999_999_999_999, bytes(32))
    answer = await api.post(f"{ahead.text}\n{TREASURER.line(ahead.text, 1)}")
    assert told(answer)[:2] == (409, "the request's body")
    assert "9999999999999999999 events" in answer.json()["fault"]


async def test_where_something_is_handed_in_nothing_is_read(api: Api) -> None:
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        answer = await api.asking.request(method, "/v1/cosignatures", headers={"Authorization": f"Bearer {api.secret}"})
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_a_database_that_does_not_answer_is_said_in_the_same_form(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a table that nobody may read for a moment, then the answer says to come again, and nothing of the fault."""
    await api.desk.pool.execute("REVOKE SELECT ON ledger.events FROM accord_api")
    try:
        answer = await api.get("/v1/events")
    finally:
        await api.desk.pool.execute("GRANT SELECT ON ledger.events TO accord_api")
    assert told(answer)[0] == 503
    assert answer.headers["retry-after"] == "60"
    assert "ledger.events" not in answer.text


async def test_answers_are_no_pages_and_are_kept_nowhere(api: Api) -> None:
    for address in ("/v1/events", "/v1/nothing"):
        headers = (await api.get(address)).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
