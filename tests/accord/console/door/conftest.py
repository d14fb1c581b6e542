"""A grantee at a form of the office: opened as the process of mail opens it, and served as the door serves it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from accord.client.desk import Desk
from accord.grantee.app import application
from accord.grantee.settings import DoorSettings
from accord.post.door.opening import submissions_of
from accord.post.door.plans import plan_with_id
from accord.post.door.showing import HouseNames, shown_of
from deploy.database import open_pool
from deploy.logins import Login
from domain.partnership.submission.invitations import form_id
from domain.submissions.kinds import DoorForm
from ledger import Ledger
from records.submissions.forms import make_link, open_form, push_shown
from records.submissions.seals import seal_submissions
from tests.accord.grantee.conftest import ORIGIN, Grantee
from tests.conftest import Office
from tests.doors import ADDRESS

HOUSE = HouseNames("Internet Society Foundation", "grants@funder.example")
Formed = Callable[..., Awaitable[Grantee]]


@pytest.fixture(scope="module")
async def door_pool(office: Office) -> AsyncIterator[asyncpg.Pool]:
    """The office's database as the process of the door sees it."""
    pool = await open_pool(office.url_of(Login.GRANTEE), 3)
    yield pool
    pool.terminate()


@pytest.fixture
async def at_form(
    desk: Desk, office_pool: asyncpg.Pool, door_pool: asyncpg.Pool, tmp_path: Path
) -> AsyncIterator[Formed]:
    """Return the grantee's contact, who began a form of a partnership by its link."""
    transport = httpx.ASGITransport(app=application(door_pool, DoorSettings(ORIGIN, str(tmp_path))))
    clients: list[httpx.AsyncClient] = []

    async def begun(reference: str, kind: DoorForm, about: str = "", invitation: int = 0, language: str = "en") -> Any:
        secret = await _link(desk, office_pool, reference, kind, about, invitation, language)
        clients.append(httpx.AsyncClient(transport=transport, base_url=ORIGIN))
        grantee = Grantee(office_pool, secret, clients[-1])
        await grantee.begin()
        return grantee

    yield begun
    for client in clients:
        await client.aclose()


async def _link(
    desk: Desk, pool: asyncpg.Pool, reference: str, kind: DoorForm, about: str, invitation: int, language: str
) -> str:
    form, content = await pushed(desk, pool, reference, kind, about, invitation, language)
    async with pool.acquire() as connection:
        key = await open_form(connection, form, content)
        return await make_link(connection, form, key, ADDRESS)


async def pushed(
    desk: Desk, pool: asyncpg.Pool, reference: str, kind: DoorForm, about: str = "", invitation: int = 0,
    language: str = "en",
) -> tuple[Any, dict[str, Any]]:  # fmt: skip
    """A form as the process of mail opens it now, and what it shows."""
    partnership, history = await desk.known_partnership(reference), await desk.history(reference)
    plan = plan_with_id(partnership, form_id(reference, kind, about, invitation), kind, about)
    form = plan.new_form(reference, language)
    async with pool.acquire() as connection:
        handed_in = await submissions_of(connection, reference, form.id)
        content = shown_of(plan, partnership, history, handed_in, HOUSE, language)
    return form, content


async def push_anew(desk: Desk, pool: asyncpg.Pool, *about: Any) -> None:
    """Push what a form shows now, as the process of mail does once its partnership moved."""
    form, content = await pushed(desk, pool, *about)
    async with pool.acquire() as connection:
        key = await connection.fetchval("SELECT key FROM grantee.keys WHERE form = $1", form.id)
        await push_shown(connection, form.id, bytes(key), content)


async def sealed_number(pool: asyncpg.Pool) -> int:
    """The number of what was handed in last, under its seal."""
    await seal_submissions(Ledger(pool), pool)
    number: int = await pool.fetchval("SELECT max(number) FROM grantee.submissions")
    return number
