"""Whoever balances loads learns without a session whether pages are served, and nothing of what is."""

from __future__ import annotations

import asyncpg
import httpx
import pytest
from temporalio.client import Client

from accord.client.desk import Desk
from accord.client.sending import Sending
from accord.console.serving.app import console_app, signing_app
from accord.console.serving.desk import Console
from accord.console.serving.settings import ConsoleSettings
from accord.web import access
from accord.web.limits import Rate
from deploy.database import open_pool


async def asked(app: object) -> tuple[int, str]:
    """What an application answers to whoever looks."""
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as asking:
        answer = await asking.get("/health")
    return answer.status_code, answer.text


@pytest.mark.parametrize("made", [console_app, signing_app])
async def test_pages_that_are_served_say_so_to_anybody(served: ConsoleSettings, desk: Desk, made: object) -> None:
    assert await asked(made(Console(served, desk))) == (200, "serves\n")  # type: ignore[operator]


async def test_without_a_database_they_say_that_it_does_not_answer(
    served: ConsoleSettings, database: str, client: Client
) -> None:
    gone = await open_pool(database, 1)
    app = console_app(Console(served, Sending(gone, client=client)))
    gone.terminate()
    assert await asked(app) == (503, "the database does not answer\n")


async def test_a_look_takes_nothing_from_those_who_sign_in(
    served: ConsoleSettings, desk: Desk, console_pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "AT_THE_DOOR", Rate(1, 1))
    app = console_app(Console(served, desk))
    assert [(await asked(app))[0] for _ in range(3)] == [200, 200, 200]
