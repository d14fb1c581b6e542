"""Bad input over HTTP: one answer with place, fault and remedy, and nothing of the server's inside."""

from __future__ import annotations

from typing import Any

import pytest

from tests.accord.api.conftest import Api

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
