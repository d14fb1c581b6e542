"""Every page has a rule of access. A session reads and no more, and another page's request changes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from accord.client.desk import Desk
from accord.console.serving.app import PAGES, SIGNING_PAGES, console_app, signing_app
from accord.console.serving.desk import Console
from accord.console.serving.settings import ConsoleSettings
from accord.web import security
from accord.web.access import Access
from accord.web.sessions import COOKIE, Sessions, digest_of
from domain.directory.people import StaffLeft
from domain.directory.tiers import Role
from tests.accord.console.conftest import Visitor
from tests.governing import decree, hire
from tests.waiting import BACKSTOP

Visit = Callable[[str], Awaitable[Visitor]]

READ = [one.path for one in PAGES if one.access is Access.READER and "GET" in one.methods and "live" not in one.path]
CHANGE = [one.path for one in PAGES if "POST" in one.methods]


FILLED = {
    "partnership": "P-2026-0001",
    "reference": "P-2026-6999",
    "act": "hold",
    "draft": "none",
    "table": "none",
    "batch": "none",
    "position": "0",
    "truth": "T-00000000",
    "exception": "EX-0000000000",
    "token": "guessed",
    "address": "guessed",
    "fund": "FD-2026-NONE",
    "change": "budget",
    "request": "00000000-0000-0000-0000-000000000000",
    "staff": "vera.lind",
    "kind": "questions",
    "name": "none",
    "digest": "ab" * 32,
    "submission": "7",
    "partner": "EIN 000000000",
    "mail": "00000000-0000-0000-0000-000000000000",
    "day": "never",
    "list": "none",
}


def filled(path: str) -> str:
    return path.format_map(FILLED)


def routes(app: Any) -> list[Route | Mount]:
    inner: Starlette = app._app
    return [one for one in inner.routes if isinstance(one, Route | Mount)]


def test_no_page_is_served_without_a_rule_of_access(
    console_pool: asyncpg.Pool, served: ConsoleSettings, desk: Desk
) -> None:
    for made, pages in ((console_app, PAGES), (signing_app, SIGNING_PAGES)):
        app = made(Console(served, desk))
        paths = [one.path for one in routes(app) if isinstance(one, Route)]
        assert sorted(paths) == sorted(one.path for one in pages)
        assert [one.path for one in routes(app) if isinstance(one, Mount)] == ["/static"]
        assert all(isinstance(one.access, Access) for one in pages)


def test_the_origin_that_signs_serves_nothing_else() -> None:
    paths = {"/health", "/sign/{address}", "/sign/{address}/letter", "/enrol/{staff}"}
    assert {one.path for one in SIGNING_PAGES} == paths


@pytest.mark.parametrize("path", READ)
async def test_nobody_without_a_session_reads_anything(visit: Visit, path: str) -> None:
    """Given no session, when a page is asked for, then nothing of it is shown, and signing in leads on to it."""
    answer = await (await visit("")).get(filled(path))
    way = "/welcome" if path == "/" else f"/welcome?{urlencode({'next': filled(path)})}"
    assert (answer.status_code, answer.headers["location"]) == (303, way)


@pytest.mark.sampled(6)
@pytest.mark.parametrize("path", CHANGE)
async def test_nobody_without_a_session_prepares_anything(visit: Visit, path: str) -> None:
    answer = await (await visit("")).post(filled(path), {"reason": "why not"})
    assert answer.status_code == 401


@pytest.mark.sampled(8)
@pytest.mark.parametrize("path", READ)
async def test_whoever_is_signed_in_reads(visit: Visit, path: str) -> None:
    # Who audits draws samples, nobody else, and reads the book.
    reader = "otto.audit" if path.startswith(("/payments/sample", "/books")) else "pia.berg"
    answer = await (await visit(reader)).get(filled(path))
    beyond = {"/bulk", "/find", "/payments/sample/folder.zip", "/books/periods/{day}", "/operations/attestations/{day}"}
    assert answer.status_code in {200, 404} or path in beyond, answer.text  # of what this office does not have


@pytest.mark.parametrize("query", ["", "?code=x&state=y", "?error=access_denied", "?state=%00"])
async def test_coming_back_from_nowhere_signs_nobody_in(visit: Visit, query: str) -> None:
    answer = await (await visit("")).get(f"/login/return{query}")
    assert (answer.status_code, "Signing in failed" in answer.text) == (400, True)
    assert "set-cookie" not in answer.headers or COOKIE + "=" not in answer.headers["set-cookie"]


async def test_a_session_of_somebody_who_left_is_over(visit: Visit, desk: Desk) -> None:
    await hire(desk, "temp.worker", Role.PROPOSER)
    visitor = await visit("temp.worker")
    assert (await visitor.get("/")).status_code == 200
    await decree(desk, StaffLeft(staff_id="temp.worker"))
    assert (await visitor.get("/")).status_code == 303


@pytest.mark.parametrize("column", ["seen_at", "begun_at"])
async def test_a_session_ends_when_it_rests_or_is_old(visit: Visit, office_pool: asyncpg.Pool, column: str) -> None:
    visitor = await visit("pia.berg")
    assert (await visitor.get("/")).status_code == 200
    await office_pool.execute(
        f"UPDATE console.sessions SET {column} = {column} - $2::interval WHERE digest = $1",
        digest_of(visitor.cookie), timedelta(minutes=31) if column == "seen_at" else timedelta(hours=8),
    )  # fmt: skip
    assert (await visitor.get("/")).status_code == 303


async def test_a_page_that_brings_itself_up_to_date_keeps_no_session_open(
    visit: Visit, office_pool: asyncpg.Pool
) -> None:
    visitor = await visit("pia.berg")
    query, digest = "SELECT seen_at FROM console.sessions WHERE digest = $1", digest_of(visitor.cookie)
    ago = "UPDATE console.sessions SET seen_at = seen_at - interval '2 minutes' WHERE digest = $1 RETURNING seen_at"
    began = await office_pool.fetchval(ago, digest)
    headers = {"Cookie": f"{COOKIE}={visitor.cookie}", "Accord-Attended": "no"}
    assert (await visitor.asking.get(visitor.settings.origin + "/", headers=headers)).status_code == 200
    assert await office_pool.fetchval(query, digest) == began
    await visitor.get("/")
    noted = await office_pool.fetchval(query, digest)
    await visitor.get("/")
    assert (noted > began, await office_pool.fetchval(query, digest)) == (True, noted)


async def test_a_person_ends_a_session_of_theirs_and_nobody_elses(visit: Visit, console_pool: asyncpg.Pool) -> None:
    mine, other, stranger = await visit("pia.berg"), await visit("pia.berg"), await visit("vera.lind")
    listed = {one.id: one.own for one in await Sessions(console_pool).of("pia.berg", mine.cookie)}
    theirs = next(one for one, own in listed.items() if not own and one == digest_of(other.cookie).hex())
    await stranger.post("/logout", {"session": theirs})
    assert (await other.get("/")).status_code == 200
    await mine.post("/logout", {"session": theirs})
    assert ((await other.get("/")).status_code, (await mine.get("/")).status_code) == (303, 200)
    await mine.post("/logout", {})
    assert (await mine.get("/")).status_code == 303


async def test_of_a_cookie_only_the_digest_is_kept(visit: Visit, office_pool: asyncpg.Pool) -> None:
    visitor = await visit("pia.berg")
    kept = [str(dict(row)) for row in await office_pool.fetch("SELECT * FROM console.sessions")]
    assert kept
    assert not any(visitor.cookie in one for one in kept)


# Other pages

ELSEWHERE: dict[str, dict[str, str]] = {
    "another origin": {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    "another port": {"Origin": "http://localhost:1", "Sec-Fetch-Site": "same-site"},
    "an old browser": {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
    "a frame without an origin": {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    "a bookmark": {"Sec-Fetch-Site": "none", "Origin": ""},
}


@pytest.mark.parametrize("where", ELSEWHERE)
async def test_what_comes_from_elsewhere_changes_nothing(visit: Visit, where: str) -> None:
    visitor = await visit("pia.berg")
    answer = await visitor.post("/logout", {}, **ELSEWHERE[where])
    assert (answer.status_code, "Open the console, and decide there" in answer.text) == (403, True)
    assert (await visitor.get("/")).status_code == 200


async def test_what_says_not_where_it_comes_from_changes_nothing(visit: Visit) -> None:
    visitor = await visit("pia.berg")
    headers = {"Cookie": f"{COOKIE}={visitor.cookie}"}
    assert (await visitor.asking.post(visitor.settings.origin + "/logout", headers=headers)).status_code == 403


@pytest.mark.parametrize("path", ["/", "/welcome", "/me", "/P-2026-0001", "/static/style.css", "/nowhere/at/all"])
async def test_every_answer_bears_every_header(visit: Visit, path: str) -> None:
    answer = await (await visit("pia.berg")).get(path)
    kept = {"Cache-Control": "no-cache"} if path.startswith("/static/") else {}
    assert {name: answer.headers.get(name) for name in security.HEADERS} == security.HEADERS | kept
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; script-src 'self'")


async def test_the_page_that_signs_answers_only_with_an_address_that_waits(served: ConsoleSettings) -> None:
    async with httpx.AsyncClient(timeout=BACKSTOP) as asking:
        assert (await asking.get(f"{served.signing_origin}/sign/nothing")).status_code == 404
        assert (await asking.get(f"{served.signing_origin}/")).status_code == 404
        assert (await asking.get(f"{served.signing_origin}/enrol/Nobody At All")).status_code == 404
        own = {"Origin": served.signing_origin, "Sec-Fetch-Site": "same-origin"}
        answer = await asking.post(f"{served.signing_origin}/sign/nothing", json={}, headers=own)
        assert answer.status_code == 404
        answer = await asking.post(f"{served.signing_origin}/sign/nothing", json={})
        assert (answer.status_code, "sign on the page that it leads to" in answer.text) == (403, True)


# What the console's own login may do


@pytest.mark.parametrize(
    "query",
    [
        "INSERT INTO ledger.events SELECT * FROM ledger.events LIMIT 1",
        "UPDATE projection.documents SET document = '{}'",
        "DELETE FROM console.looks",
        "UPDATE console.looks SET staff_id = 'somebody.else'",
        "INSERT INTO console.looks (number, at, staff_id, subject, digest) VALUES (1, now(), 'a', 'b', sha256(''))",
        "SELECT privacy.destroy(gen_random_uuid(), '{}')",
        "SELECT * FROM payments.instructions",
    ],
)
async def test_the_consoles_login_records_nothing(console_pool: asyncpg.Pool, query: str) -> None:
    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedTableError)):
        await console_pool.execute(query)


async def test_no_function_that_appends_is_the_consoles(console_pool: asyncpg.Pool) -> None:
    query = """
    SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE n.nspname IN ('appending', 'ledger', 'privacy') AND has_function_privilege(p.oid, 'EXECUTE')
    """
    may = {row["proname"] for row in await console_pool.fetch(query)}
    assert not {one for one in may if "append" in one or one in {"destroy", "known", "rewrite"}}, may


async def test_who_looked_at_what_is_noted_in_a_chain(visit: Visit, office_pool: asyncpg.Pool) -> None:
    visitor = await visit("otto.audit")
    await visitor.get("/")
    await visitor.get("/?view=all")
    rows = await office_pool.fetch("SELECT * FROM console.looks ORDER BY number")
    assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))
    assert ("otto.audit", "the queue") in {(row["staff_id"], row["subject"]) for row in rows}
    query = """
    SELECT bool_and(digest = sha256(COALESCE(before, '\\x') || convert_to(concat_ws(E'\\n', number,
               to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), staff_id, subject), 'UTF8')))
      FROM (SELECT *, lag(digest) OVER (ORDER BY number) AS before FROM console.looks) l
    """
    assert await office_pool.fetchval(query)
