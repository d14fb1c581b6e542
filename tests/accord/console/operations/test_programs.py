"""The page of programs: each endpoint, token and follower with where it stands, why, and the command that goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.operations.webhooks import cursors
from accord.operations.webhooks.sealing import SealedSecret
from accord.organisation.governance import change_directory
from deploy.logins import new_secret
from domain.directory.people import ApiTokenEnrolled, EndpointEnrolled, EndpointRevoked
from domain.organisation.tokens import ApiToken, Scope, digest_of_secret, token_id_of
from domain.webhooks.endpoint import Endpoint
from ledger import clock
from ledger.proof.notes import COSIGNATURE, SigningKey
from tests.accord.console.auditing import faults_of
from tests.accord.console.conftest import Visitor
from tests.accord.console.operations.test_attestations import said
from tests.accord.console.test_mail import LOOKS
from tests.governing import decree

Visit = Callable[[str], Any]
WITNESS = SigningKey.make("auditor.example.org", COSIGNATURE)


def endpoint(name: str) -> Endpoint:
    return Endpoint(
        name=name, url=f"https://books.example.org/{name}?of=the-organisation", hears=("PaymentSettled", "fund"),
        after=3, sha256=digest_of_secret(new_secret()), last_day=clock.today() + timedelta(days=90),
    )  # fmt: skip


def token(holder: str, *scopes: Scope) -> ApiToken:
    digest = digest_of_secret(new_secret())
    witness = str(WITNESS.verifier) if Scope.COSIGN in scopes else None
    return ApiToken(
        token_id=token_id_of(digest), holder=holder, scopes=scopes, sha256=digest, last_day=clock.today(),
        witness=witness,
    )  # fmt: skip


async def kept(desk: Desk, made: Endpoint) -> cursors.Cursor:
    """The cursor of an endpoint whose secret is kept."""
    await cursors.keep(desk.pool, made.sha256, SealedSecret("0" * 16, bytes(40)))
    cursor = await cursors.read_cursor(desk.pool, made.sha256)
    assert cursor is not None
    return cursor


async def furnish(desk: Desk) -> tuple[ApiToken, ApiToken]:
    """Endpoints that are stopped, that fail and that are revoked, one without its secret, and two tokens."""
    stopped, failing, revoked, lost = map(endpoint, ("ledger-books", "warehouse", "former", "lost"))
    reader, follower = token("warehouse", Scope.LISTS, Scope.EVENTS), token("audit-firm", Scope.EVENTS, Scope.COSIGN)
    await decree(desk, *(EndpointEnrolled(endpoint=made) for made in (stopped, failing, revoked, lost)))
    await decree(desk, ApiTokenEnrolled(token=reader), ApiTokenEnrolled(token=follower))
    await decree(desk, EndpointRevoked(endpoint_name=revoked.name, endpoint_sha256=revoked.sha256))
    await cursors.fail(desk.pool, await kept(desk, stopped), "it wants nothing more (410 Gone)", None)
    await cursors.fail(desk.pool, await kept(desk, failing), "it answered 503", 60)
    await kept(desk, revoked)
    return reader, follower


def row_of(page: str, begins: str) -> str:
    """The row of a table whose head begins so."""
    return next(row for row in page.split("<tr>") if row.startswith(f'<th scope="row">{begins}'))


async def test_each_endpoint_token_and_follower_stands_there_with_why_and_how_it_goes_on(
    visit: Visit, desk: Desk, console_pool: asyncpg.Pool
) -> None:
    visitor: Visitor = await visit("ana.silva")
    assert "Nothing is sent to anybody." in (await visitor.get("/operations/programs")).text
    reader, follower = await furnish(desk)
    await console_pool.execute("SELECT console.look($1, '/v1/partnerships')", reader.token_id)
    waiting = token("dashboard", Scope.PROOFS)
    await change_directory(desk, (ApiTokenEnrolled(token=waiting),), "dora.kim")
    page = said((await visitor.get("/operations/programs")).text)
    expected = {
        "ledger-books": ("Stopped</span> since", "It wants nothing more (410 Gone).", "webhooks resume ledger-books"),
        "warehouse<br>": ("It answered 503. Tried 1 time, and again", "by Dora Kim and Otto Marsh", ">event 3<"),
        "former": ("Revoked", ">0 events<"),
        "lost": ("Its secret is not kept here", "accord webhooks revoke lost --as STAFF"),
        f'warehouse <span class="id">{reader.token_id}': ("Open", "lists, with names; events, names sealed"),
        f'audit-firm <span class="id">{follower.token_id}': (">not noted<", "handing in cosignatures"),
        f'dashboard <span class="id">{waiting.token_id}': ("A director or an auditor must confirm it.", ">not yet<"),
        "auditor.example.org": ("Silent", "handed in nothing so far"),
    }
    for begins, words in expected.items():
        row = row_of(page, begins)
        assert [word for word in words if word not in row] == [], row
    assert "none yet" not in row_of(page, f'warehouse <span class="id">{reader.token_id}')
    assert "/operations/programs" in (await visitor.get("/operations")).text


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
async def test_the_page_is_for_everybody(at_a_browser: Callable[..., Any], desk: Desk, look: str) -> None:
    """Given endpoints and tokens of each kind, then axe finds nothing on the page."""
    if not (await desk.directory()).endpoints:
        await furnish(desk)
    person = await at_a_browser("vera.lind", **LOOKS[look])
    await person.sign_in()
    await person.page.goto(f"{person.settings.origin}/operations/programs")
    assert await faults_of(person.page) == []
    assert person.complaints == []
