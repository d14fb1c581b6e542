"""Errands through misfortune: a counter that was away, a server that does not answer, and a quarter of an hour over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from accord.client.desk import Desk
from accord.client.sending import Sending
from accord.counter.pages.errands import doing
from accord.counter.pages.errands.errands import CallBack, Errands
from accord.counter.pages.settings import CounterSettings
from accord.counter.pages.site import CounterSite
from accord.presentation.faults import Unreachable
from accord.web.errands import ErrandOutcome, ErrandShown, SignedErrands
from accord.web.sessions import COOKIE, Sessions
from deploy.logins import Login
from domain.signatures.signing import statement_about
from ledger import clock
from tests.accord.shell import Shell
from tests.authenticators.passkeys import Authenticator
from tests.builders import number
from tests.conftest import Office

KEY = Authenticator()
MAKE_OLD = "UPDATE counter.errands SET prepared_at = prepared_at - $1::interval"


@pytest.fixture
def site(pools: dict[Login, asyncpg.Pool], counter: CounterSettings, desk: Desk) -> CounterSite:
    """A counter of the test's own, which carries out what the test tells it to."""
    return CounterSite(counter, Sending(desk.pool), pools=pools)


def shown(turn: str) -> ErrandShown:
    content = {"note": turn}
    statement = statement_about("account/BA-1", "confirm_account", "noor.haddad", clock.now(), number(turn), content)
    return ErrandShown(statement=statement, content=content, oath="You vouch.", facts=(), leave="/", command="payments")


async def kept(errands: Errands, turn: str) -> str:
    return await errands.keep(CallBack(reference="BA-1", note=turn), shown(turn))


async def signed(console_pool: asyncpg.Pool, address: str, turn: str) -> None:
    await SignedErrands(console_pool).hand_in(address, KEY.sign(shown(turn).statement))


@pytest.fixture
async def alone(counter: CounterSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The served counter looks for no errand meanwhile."""

    async def nothing(self: Errands) -> None:
        return None

    monkeypatch.setattr(Errands, "begin_next", nothing)


BEGIN_NEXT = Errands.begin_next


async def begun(site: CounterSite) -> Any:
    return await BEGIN_NEXT(site.errands)


async def test_what_was_signed_while_the_counter_was_away_is_begun_once(
    site: CounterSite, alone: None, console_pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = await kept(site.errands, "once")
    await signed(console_pool, address, "once")
    first = await begun(site)
    assert (first.staff_id, first.errand.note) == ("noor.haddad", "once")
    assert await begun(site) is None
    await site.errands.end(first, ErrandOutcome(told="Done."))
    assert (await SignedErrands(console_pool).outcome(address)) == ErrandOutcome(told="Done.")


async def test_what_was_signed_too_long_ago_is_never_begun(
    site: CounterSite, alone: None, console_pool: asyncpg.Pool, office_pool: asyncpg.Pool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    address = await kept(site.errands, "late")
    await signed(console_pool, address, "late")
    await office_pool.execute(MAKE_OLD, timedelta(minutes=15))
    assert await begun(site) is None
    assert await SignedErrands(console_pool).at(address) is None


async def test_an_errand_whose_server_did_not_answer_is_begun_again(
    site: CounterSite, alone: None, console_pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = await kept(site.errands, "again")
    await signed(console_pool, address, "again")
    first = await begun(site)

    async def away(*_: Any) -> ErrandOutcome:
        raise Unreachable("nobody answered")

    monkeypatch.setattr(doing, "_done", away)
    monkeypatch.setattr(doing, "AFTER_AN_OUTAGE", 0.0)
    await doing.carry_out(site, first)
    assert await SignedErrands(console_pool).outcome(address) is None
    again = await begun(site)
    assert again is not None
    assert again.digest == first.digest
    await site.errands.end(again, ErrandOutcome(refused="the test is over"))


async def test_what_nobody_foresaw_ends_the_errand_and_is_told(
    site: CounterSite, alone: None, console_pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = await kept(site.errands, "odd")
    await signed(console_pool, address, "odd")
    first = await begun(site)

    async def odd(*_: Any) -> ErrandOutcome:
        raise ZeroDivisionError

    monkeypatch.setattr(doing, "_done", odd)
    await doing.carry_out(site, first)
    outcome = await SignedErrands(console_pool).outcome(address)
    assert outcome is not None
    assert "this failed" in outcome.refused


async def test_nobody_keeps_errands_without_end(
    site: CounterSite, alone: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accord.counter.pages.errands.errands.MOST", 0)
    with pytest.raises(Exception, match="errands wait for your key already"):
        await kept(site.errands, "many")


async def test_a_signature_that_was_handed_in_is_not_replaced(
    site: CounterSite, alone: None, console_pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = await kept(site.errands, "first")
    await signed(console_pool, address, "first")
    await SignedErrands(console_pool).hand_in(address, Authenticator().sign(shown("first").statement))
    first = await begun(site)
    assert first.signature.key_id == KEY.key.key_id
    await site.errands.end(first, ErrandOutcome(refused="the test is over"))


def test_what_is_shown_must_be_what_is_signed() -> None:
    assert shown("same").is_of_its_statement
    assert not shown("same").model_copy(update={"content": {"note": "another"}}).is_of_its_statement


# The way there, and the process


@pytest.mark.slow
async def test_the_payments_of_the_console_lead_to_the_counter(
    counter: CounterSettings, console_pool: asyncpg.Pool
) -> None:
    cookie = await Sessions(console_pool).begin("paul.nkosi")
    async with httpx.AsyncClient() as asking:
        page = await asking.get(f"{counter.console_origin}/payments", headers={"Cookie": f"{COOKIE}={cookie}"})
    for way in ("/answers", "/accounts"):
        assert f'href="{counter.origin}{way}"' in page.text


@pytest.mark.slow
async def test_whoever_pays_nobody_is_not_led_to_the_counter(
    counter: CounterSettings, console_pool: asyncpg.Pool
) -> None:
    """Given an auditor, then the page of payments offers them nothing that a payer does."""
    cookie = await Sessions(console_pool).begin("otto.audit")
    async with httpx.AsyncClient() as asking:
        page = await asking.get(f"{counter.console_origin}/payments", headers={"Cookie": f"{COOKIE}={cookie}"})
    assert (page.status_code, counter.origin in page.text) == (200, False)


@pytest.mark.slow
async def test_a_counter_without_its_settings_says_which(office: Office) -> None:
    shell = Shell(ACCORD_DATABASE_URL=office.url_of(Login.COUNTER))
    answer = await shell("counter")
    assert answer.code == 3
    for name in ("ACCORD_COUNTER_ORIGIN", "ACCORD_COUNTER_FOLDER", "ACCORD_OIDC_ISSUER"):
        assert name in answer.stderr
