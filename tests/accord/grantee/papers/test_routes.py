"""The addresses of papers: parts by a script, and a form for a browser without one."""

from __future__ import annotations

from hashlib import sha256
from itertools import count

import httpx
from starlette.applications import Starlette
from starlette.requests import Request

from accord.grantee.paper_routes import paper_routes
from accord.grantee.papers import MOST_AT_ONCE
from accord.grantee.store import GranteeLink, OpenForm
from tests.doors_of_papers import Doorway

LETTER = b"Eleven courses were held in the library.\n" * 60_000
_subjects = count(5000)


async def visiting(way: Doorway, is_in: bool = True) -> tuple[httpx.AsyncClient, tuple[GranteeLink, OpenForm]]:
    """A browser at the door, and what it has open."""
    at = await way.form(f"P-2026-{next(_subjects)}")

    async def entered(request: Request) -> tuple[GranteeLink, OpenForm] | None:
        return at if is_in else None

    transport = httpx.ASGITransport(Starlette(routes=paper_routes(way.papers, entered, "/papers")))
    return httpx.AsyncClient(transport=transport, base_url="https://forms.test"), at


async def test_a_script_sends_a_paper_by_parts_and_asks_how_far_it_came(way: Doorway) -> None:
    browser, at = await visiting(way)
    answer = await browser.post("/papers", json={"field": "papers", "name": "r.txt", "size": len(LETTER)})
    assert answer.status_code == 201
    paper = answer.json()["paper"]
    first = await browser.put(f"/papers/{paper}/0", content=LETTER[:50_000])
    assert first.json() == {"received": 50_000}
    assert (await browser.put(f"/papers/{paper}/0", content=b"again")).status_code == 409
    received = (await browser.get(f"/papers/{paper}")).json()["received"]
    while received < len(LETTER):
        answer = await browser.put(f"/papers/{paper}/{received}", content=LETTER[received : received + 900_000])
        received = answer.json()["received"]
    whole = await browser.post(f"/papers/{paper}/whole")
    assert whole.json() == {"sha256": sha256(LETTER).hexdigest()}
    assert (await browser.get(f"/papers/{paper}")).json() == {
        "size": len(LETTER), "received": len(LETTER), "sha256": sha256(LETTER).hexdigest(), "verdict": None,
    }  # fmt: skip
    assert (await browser.post(f"/papers/{paper}/drop")).json() == {"dropped": True}
    assert await at[0].papers(at[1]) == []


async def test_a_browser_without_a_script_sends_a_form_and_is_led_back(way: Doorway) -> None:
    browser, at = await visiting(way)
    fields = {"field": "papers", "back": "/form/papers"}
    answer = await browser.post("/papers/form", data=fields, files={"file": ("r.txt", LETTER, "text/plain")})
    assert (answer.status_code, answer.headers["location"]) == (303, "/form/papers")
    [paper] = await at[0].papers(at[1])
    assert (paper.name, paper.size, paper.sha256) == ("r.txt", len(LETTER), sha256(LETTER).hexdigest())
    answer = await browser.post("/papers/drop", data={"paper": str(paper.id), "back": "/form/papers"})
    assert (answer.status_code, await at[0].papers(at[1])) == (303, [])


async def test_an_empty_file_is_told_on_the_page_that_it_came_from(way: Doorway) -> None:
    browser, at = await visiting(way)
    fields = {"field": "papers", "back": "/form/papers"}
    answer = await browser.post("/papers/form", data=fields, files={"file": ("r.txt", b"", "text/plain")})
    assert (answer.headers["location"], await at[0].papers(at[1])) == ("/form/papers?paper=EMPTY", [])


async def test_a_form_leads_to_no_page_of_somebody_else(way: Doorway) -> None:
    browser, _ = await visiting(way)
    for elsewhere in ("//evil.example", "https://evil.example", "/\\evil.example"):
        fields = {"field": "papers", "back": elsewhere}
        answer = await browser.post("/papers/form", data=fields, files={"file": ("r.txt", b"Eleven", "text/plain")})
        assert answer.headers["location"] == "/"


async def test_what_is_no_form_and_what_is_no_paper_is_refused(way: Doorway) -> None:
    browser, at = await visiting(way)
    broken = b"--x\r\nContent-Disposition: nothing"
    answers = [
        await browser.post("/papers", content=b"{"),
        await browser.post("/papers", content=b" " * 5000),
        await browser.post("/papers/form", content=b"field=papers"),
        await browser.post("/papers/form", content=broken, headers={"content-type": "multipart/form-data; boundary=x"}),
        await browser.put(f"/papers/{'0' * 8}-0000-0000-0000-{'0' * 12}/0", content=b"Eleven"),
    ]
    assert [answer.status_code for answer in answers] == [422, 413, 422, 422, 404]
    assert await at[0].papers(at[1]) == []


async def test_nobody_who_did_not_begin_hands_in_anything(way: Doorway) -> None:
    browser, _ = await visiting(way, is_in=False)
    answer = await browser.post("/papers", json={"field": "papers", "name": "r.txt", "size": 6})
    assert answer.status_code == 404


async def test_a_full_door_says_when_to_come_again(way: Doorway) -> None:
    browser, _ = await visiting(way)
    answer = await browser.post("/papers", json={"field": "papers", "name": "r.txt", "size": 6})
    places = [way.papers.place(str(number)) for number in range(MOST_AT_ONCE)]
    for place in places:
        place.__enter__()
    answer = await browser.put(f"/papers/{answer.json()['paper']}/0", content=b"Eleven")
    assert (answer.status_code, answer.headers["retry-after"], answer.json()["code"]) == (503, "20", "BUSY")
