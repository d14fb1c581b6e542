"""The API as its process answers, by its own login, and somebody with a token that two guardians enrolled."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from accord.api.app import application
from accord.api.settings import ApiSettings
from accord.client.desk import Desk
from deploy.database import open_pool
from deploy.logins import Login, as_user, new_secret, read_secret
from domain.directory.people import ApiTokenEnrolled
from domain.organisation.tokens import PREFIX, ApiToken, Scope, digest_of_secret, token_id_of
from domain.partnership import events as e
from ledger import clock
from ledger.projections import Projector
from records.keys.keyring import Keyring
from records.read_models.judging import judge_of
from records.read_models.partnerships import PARTNERSHIPS
from tests.builders import funding, funds_out, party, proposal
from tests.conftest import STAFFED, address_of, copy_of, name_in
from tests.governing import decree
from tests.ledger.proof import TREASURER
from tests.logins import let_in
from tests.references import next_reference
from tests.scribe import Scribe

ORIGIN = "https://api.example.org"


def token(*scopes: Scope, holder: str = "audit-firm", last_day: date | None = None) -> tuple[str, ApiToken]:
    """A new secret, and its token."""
    secret = PREFIX + new_secret()
    digest = digest_of_secret(secret)
    in_order = tuple(scope for scope in Scope if scope in scopes)
    return secret, ApiToken(
        token_id=token_id_of(digest), holder=holder, scopes=in_order, sha256=digest, last_day=last_day or clock.today(),
        witness=str(TREASURER.verifier) if Scope.COSIGN in scopes else None,
    )  # fmt: skip


@dataclass
class Api:
    """The API over one ledger."""

    desk: Desk
    pool: asyncpg.Pool
    """The database as the API's login sees it."""
    asking: httpx.AsyncClient
    secret: str = ""

    async def get(self, address: str, secret: str | None = None, **more: Any) -> httpx.Response:
        """Ask with the token that opens everything, or with another one."""
        headers = {"Authorization": f"Bearer {self.secret if secret is None else secret}"}
        return await self.asking.get(address, headers=headers | more.pop("headers", {}), **more)

    async def post(self, content: str | bytes, secret: str | None = None) -> httpx.Response:
        """Hand in a note with the token that opens everything, or with another one."""
        headers = {"Authorization": f"Bearer {self.secret if secret is None else secret}"}
        return await self.asking.post("/v1/cosignatures", content=content, headers=headers)

    async def enrolled(self, *scopes: Scope, **more: Any) -> tuple[str, ApiToken]:
        """A token of these scopes, that a director proposed and the auditor confirmed."""
        secret, made = token(*scopes, **more)
        await decree(self.desk, ApiTokenEnrolled(token=made))
        return secret, made


@pytest.fixture(scope="module")
async def api(staffed_template: str, keyring: Keyring, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    async with copy_of(STAFFED, staffed_template) as name:
        address = address_of(name, staffed_template)
        await let_in(address)
        secret = read_secret(Path(os.environ["ACCORD_SECRETS"]) / Login.API)
        owner = await open_pool(address)
        pool = await open_pool(as_user(address, Login.API.of(name_in(address)), secret), 5)
        folder = tmp_path_factory.mktemp("checkpoints")
        transport = httpx.ASGITransport(app=application(pool, ApiSettings(ORIGIN, folder)))
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as asking:
            opened = Api(Desk(owner, keyring), pool, asking)
            opened.secret, _ = await opened.enrolled(*Scope)
            yield opened
        pool.terminate()
        owner.terminate()


@pytest.fixture
def checkpoints(api: Api) -> Path:
    """The folder of signed checkpoints that the API serves."""
    app: Any = api.asking._transport
    folder: Path = app.app._app.app.state.answers._checkpoints.folder
    return folder


@pytest.fixture(scope="module")
async def kept(api: Api) -> list[Scribe]:
    """Three partnerships in the read model, the first of them on hold."""
    scribes = [Scribe(api.desk, next_reference()) for _ in range(3)]
    for place, scribe in enumerate(scribes):
        payee = party(f"Riverbend {place} Trust")
        money = funds_out(f"{place + 1}00.00", payee=payee)
        content = proposal(scribe.reference, title=f"Books {place}", partner=payee, funds_out=money)
        await scribe.says(e.PartnershipProposed, "pia.berg", at=clock.now(), proposal=content, funding=funding())
    await scribes[0].says(e.HoldPlaced, "vera.lind", at=clock.now(), reason="a question to the payee")
    await Projector(api.desk.ledger, PARTNERSHIPS, judge_of(api.desk.ledger)).catch_up()
    return scribes
