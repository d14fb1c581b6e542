"""The counter opens for sessions of its own, and the console's login moves nothing there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from accord.counter.pages.app import PAGES
from accord.counter.pages.settings import CounterSettings
from accord.counter.pages.site import COOKIE
from accord.web import access, security
from accord.web.access import Access
from accord.web.limits import Rate
from accord.web.sessions import COOKIE as OF_THE_CONSOLE
from accord.web.sessions import Sessions
from deploy.logins import Login
from deploy.variables import NotConfigured
from tests.accord.counter.pages.conftest import Caller

Call = Callable[[str], Awaitable[Caller]]
FILLED = {"message": "ACCM" + "A" * 26, "address": "none", "reference": "BA-AAAAAAAAAAAA"}
FILLED |= {"exception": "EX-0000000000", "resolution": "bank-error", "entry": "EX-0000000000"}
READ = [one.path for one in PAGES if one.access is Access.READER and "GET" in one.methods]
CHANGE = [one.path for one in PAGES if "POST" in one.methods]


def filled(path: str) -> str:
    return path.format_map(FILLED)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("path", READ)
async def test_nobody_without_a_session_reads_anything(call: Call, path: str) -> None:
    answer = await (await call("")).get(filled(path))
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/welcome")


@pytest.mark.parametrize("path", CHANGE)
async def test_nobody_without_a_session_asks_for_anything(call: Call, path: str) -> None:
    assert (await (await call("")).post(filled(path), {"note": "x"})).status_code == 401


@pytest.mark.parametrize("path", READ)
async def test_a_session_of_the_console_opens_nothing_here(call: Call, console_pool: asyncpg.Pool, path: str) -> None:
    """Given whoever has the console's login, when they begin a session there, then the counter knows nothing of it."""
    cookie = await Sessions(console_pool).begin("paul.nkosi")
    nobody = await call("")
    for name in (COOKIE, OF_THE_CONSOLE):
        headers = {"Cookie": f"{name}={cookie}"}
        answer = await nobody.asking.get(nobody.settings.origin + filled(path), headers=headers)
        assert answer.status_code == 303


@pytest.mark.parametrize("path", CHANGE)
async def test_another_page_changes_nothing(call: Call, counter: CounterSettings, path: str) -> None:
    paul = await call("paul.nkosi")
    for origin in (counter.console_origin, counter.signing_origin, "https://elsewhere.example"):
        answer = await paul.post(filled(path), headers={"Origin": origin, "Sec-Fetch-Site": "same-site"})
        assert (answer.status_code, "Open the counter" in answer.text, "console" in answer.text) == (403, True, False)


async def test_a_page_says_what_it_may_do_to_the_browser_and_is_kept_nowhere(
    call: Call, counter: CounterSettings
) -> None:
    headers = (await (await call("paul.nkosi")).get("/")).headers
    assert headers["content-security-policy"] == security.POLICY.format(forms=f" {counter.signing_origin}")
    assert {name: headers[name] for name in security.HEADERS} == security.HEADERS
    assert headers["cache-control"] == "no-store"


async def test_signing_out_ends_the_session_here_and_not_at_the_console(
    call: Call, console_pool: asyncpg.Pool, counter: CounterSettings
) -> None:
    paul, cookie = await call("paul.nkosi"), await Sessions(console_pool).begin("paul.nkosi")
    assert (await paul.post("/logout")).headers["location"] == "/welcome"
    assert (await paul.get("/")).status_code == 303
    headers = {"Cookie": f"{OF_THE_CONSOLE}={cookie}"}
    assert (await paul.asking.get(counter.console_origin + "/me", headers=headers)).status_code == 200


async def test_whoever_hammers_is_told_when_to_come_back(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "CHANGES", Rate(1, 1))
    paul = await call("noor.haddad")
    told = [(await paul.post("/make")).status_code for _ in range(2)]
    assert told == [422, 429]


async def test_each_look_stands_in_the_access_log(call: Call, office_pool: asyncpg.Pool) -> None:
    vera = await call("vera.lind")
    for path in ("/", "/files", "/answers", "/accounts"):
        assert (await vera.get(path)).status_code == 200
    query = "SELECT subject FROM console.looks WHERE staff_id = 'vera.lind' ORDER BY number"
    subjects = [row["subject"] for row in await office_pool.fetch(query)]
    assert subjects[-4:] == ["payments that are ready", "files", "the bank's answers", "accounts"]


async def test_the_login_of_the_pages_makes_no_session_of_another_process_and_no_file(
    pools: dict[Login, asyncpg.Pool],
) -> None:
    for statement in (
        "INSERT INTO console.sessions (digest, staff_id) VALUES (sha256('x'), 'paul.nkosi')",
        "UPDATE payments.files SET status = 'HANDED_OVER'",
        "SELECT details FROM payments.accounts",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pools[Login.COUNTER].execute(statement)


async def test_the_page_that_signs_reads_no_upload_and_no_whole_number(console_pool: asyncpg.Pool) -> None:
    for column in ("errand", "upload"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await console_pool.fetch(f"SELECT {column} FROM counter.errands")


SET = {
    "ACCORD_COUNTER_ORIGIN": "https://counter.example.org", "ACCORD_SIGNING_ORIGIN": "https://sign.example.org",
    "ACCORD_CONSOLE_ORIGIN": "https://accord.example.org", "ACCORD_COUNTER_FOLDER": "/srv/out",
    "ACCORD_OIDC_ISSUER": "https://login.example.org",
}  # fmt: skip


def test_settings_that_are_missing_or_contradict_each_other_are_named() -> None:
    assert CounterSettings.from_environment(SET).folder == Path("/srv/out")
    for name in SET:
        with pytest.raises(NotConfigured, match=name):
            CounterSettings.from_environment({**SET, name: ""})
    for name in ("ACCORD_SIGNING_ORIGIN", "ACCORD_CONSOLE_ORIGIN"):
        with pytest.raises(NotConfigured, match="an origin of its own"):
            CounterSettings.from_environment({**SET, name: SET["ACCORD_COUNTER_ORIGIN"]})


def test_every_page_has_its_rule() -> None:
    assert all(isinstance(one.access, Access) for one in PAGES)
    open_to_anybody: list[Any] = [one.path for one in PAGES if one.access is not Access.READER]
    assert open_to_anybody == ["/health", "/welcome", "/login", "/login/return"]
