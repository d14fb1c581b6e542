"""The Temporal UI shows plain words to readers signed in to the console, and to nobody else. Each look is noted."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

import asyncpg
import pytest
from google.protobuf.json_format import MessageToJson, Parse
from playwright.async_api import Page
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.client import Client

from accord.client.desk import Desk
from accord.console.serving import payloads as page_of_payloads
from accord.console.serving.payloads import PATH
from accord.console.serving.settings import ConsoleSettings
from deploy.embedded.stack import Stack
from deploy.payloads.codec import ENCODING, EncryptedPayloads
from deploy.payloads.keys import PayloadKey, PayloadKeys
from domain.streams import StreamId
from tests.accord.console.conftest import Person, Visitor, a_console
from tests.accord.console.deciding.test_deciding import waiting_for_approval

Visit = Callable[[str], Awaitable[Visitor]]
UI: Final = "http://localhost:8233"


@pytest.fixture
async def beside_the_ui(provider: str, console_pool: asyncpg.Pool, client: Client) -> Any:
    """A console that knows the address of the Temporal UI."""
    async with a_console(provider, console_pool, client, temporal_ui=UI) as settings:
        yield settings


async def input_of(client: Client, workflow_id: str) -> Payload:
    """A workflow's first input, as the server keeps it."""
    async for event in client.get_workflow_handle(workflow_id).fetch_history_events():
        return event.workflow_execution_started_event_attributes.input.payloads[0]
    raise AssertionError("no history")


async def ask(
    settings: ConsoleSettings,
    cookie: str,
    *payloads: Payload,
    origin: str = UI,
    content: str | None = None,
    path: str = PATH,
) -> Any:
    """Ask as a browser does for a page of the UI."""
    visitor = Visitor(settings, cookie)
    headers = {**visitor._headers(), "Origin": origin, "Sec-Fetch-Site": "same-site", "X-Namespace": "default"}
    body = content if content is not None else MessageToJson(Payloads(payloads=payloads))
    return await visitor.asking.post(settings.origin + path, content=body, headers=headers)


async def test_the_ui_reads_what_its_reader_may_and_the_look_is_noted(
    beside_the_ui: ConsoleSettings, visit: Visit, desk: Desk, client: Client, reference: str, office_pool: asyncpg.Pool
) -> None:
    """Given a partnership's history, when the UI of a reader asks, then it gets plain words, and the look is noted."""
    await waiting_for_approval(desk, reference)
    kept = await input_of(client, StreamId.partnership(reference))
    assert (kept.metadata["encoding"], b"Riverbend" in kept.data) == (ENCODING, False)
    strange = (await EncryptedPayloads(PayloadKeys((PayloadKey.make(),))).encode([kept]))[0]
    plain = Payload(metadata={"encoding": b"json/plain"}, data=b"7")
    cookie = (await visit("otto.audit")).cookie
    answer = await ask(beside_the_ui, cookie, kept, strange, plain)
    told = Parse(answer.content, Payloads()).payloads
    assert json.loads(told[0].data)["partnership_id"] == reference
    assert b"Riverbend" in told[0].data
    assert list(told[1:]) == [strange, plain]
    assert answer.headers["access-control-allow-origin"] == UI
    looks = "SELECT subject FROM console.looks WHERE staff_id = $1 ORDER BY number DESC LIMIT 1"
    assert await office_pool.fetchval(looks, "otto.audit") == reference


async def test_nobody_else_reads_anything(beside_the_ui: ConsoleSettings, visit: Visit) -> None:
    cookie = (await visit("otto.audit")).cookie
    assert (await ask(beside_the_ui, "")).status_code == 401
    assert (await ask(beside_the_ui, cookie, origin="https://evil.example")).status_code == 403
    assert (await ask(beside_the_ui, cookie, origin=UI + "1")).status_code == 403
    asked = await Visitor(beside_the_ui, "").asking.options(beside_the_ui.origin + PATH, headers={"Origin": UI})
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (204, UI)


@pytest.mark.slow
async def test_the_ui_of_one_machine_reads_with_its_token_and_without_a_session(
    provider: str, console_pool: asyncpg.Pool, visit: Visit, desk: Desk, client: Client, reference: str,
    office_pool: asyncpg.Pool,
) -> None:  # fmt: skip
    """Given a token in the codec's address, when the UI asks without a cookie, it gets plain words."""
    await waiting_for_approval(desk, reference)
    kept = await input_of(client, StreamId.partnership(reference))
    async with a_console(provider, console_pool, client, temporal_ui=UI, codec_token="said") as settings:
        answer = await ask(settings, "", kept, path="/codec/said/decode")
        assert b"Riverbend" in Parse(answer.content, Payloads()).payloads[0].data
        assert (await ask(settings, "", kept, path="/codec/guessed/decode")).status_code == 403
        assert (
            await ask(settings, "", kept, path="/codec/said/decode", origin="https://evil.example")
        ).status_code == 403
        assert (await ask(settings, "", kept)).status_code == 401
    looks = "SELECT subject FROM console.looks WHERE staff_id = $1 ORDER BY number DESC LIMIT 1"
    assert await office_pool.fetchval(looks, "temporal.ui") == reference


async def test_a_console_without_a_token_takes_none(beside_the_ui: ConsoleSettings, visit: Visit) -> None:
    visitor = await visit("")
    for token in ("guessed", "%20"):
        answer = await visitor.post(f"/codec/{token}/decode", {})
        assert answer.status_code == 401, token


async def test_the_ui_may_ask_for_nothing_but_this(beside_the_ui: ConsoleSettings, visit: Visit) -> None:
    visitor = Visitor(beside_the_ui, (await visit("otto.audit")).cookie)
    for path in ("/views", "/logout", "/propose", "/codec/encode"):
        answer = await visitor.post(path, {}, Origin=UI, **{"Sec-Fetch-Site": "same-site"})
        assert answer.status_code in {403, 404}, path


async def test_a_console_that_knows_no_ui_is_asked_by_no_other_page(served: ConsoleSettings, visit: Visit) -> None:
    cookie = (await visit("otto.audit")).cookie
    assert (await ask(served, cookie)).status_code == 403
    assert (await ask(served, cookie, origin="")).status_code == 403


@pytest.mark.sampled(2)
@pytest.mark.parametrize("content", ["", "rubbish", '{"payloads": 7}', '{"payloads": [{"data": 7}]}'])
async def test_what_is_no_payload_is_said(beside_the_ui: ConsoleSettings, visit: Visit, content: str) -> None:
    answer = await ask(beside_the_ui, (await visit("otto.audit")).cookie, content=content)
    assert (answer.status_code, "not payloads as the Temporal UI sends them" in answer.text) == (422, True)


@pytest.mark.slow
async def test_too_much_at_a_time_is_said(
    beside_the_ui: ConsoleSettings, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_of_payloads, "MOST_BYTES", 100)
    answer = await ask(beside_the_ui, (await visit("otto.audit")).cookie, content=" " * 101)
    assert (answer.status_code, "too many at a time" in answer.text) == (422, True)


@pytest.mark.slow
async def test_the_temporal_ui_shows_plain_words_in_a_browser_that_is_signed_in(
    provider: str, console_pool: asyncpg.Pool, client: Client, stack: Stack, at_a_browser: Any, desk: Desk,
    reference: str,
) -> None:  # fmt: skip
    """Given the UI with the console as its codec, when its reader is signed in, then it shows who proposed."""
    await waiting_for_approval(desk, reference)
    page = f"{stack.state.ui_url}/namespaces/default/workflows/partnership%2F{reference}"
    async with a_console(provider, console_pool, client, temporal_ui=stack.state.ui_url) as settings:
        person: Person = await at_a_browser("otto.audit")
        person.settings = settings
        await _set_codec(person.page, stack.state.ui_url, f"{settings.origin}/codec")
        await person.page.goto(page)
        await person.page.get_by_text(reference).first.wait_for(timeout=60_000)
        assert "pia.berg" not in await person.page.inner_text("body")
        await person.sign_in()
        await person.page.goto(page)
        await person.page.get_by_text("pia.berg").first.wait_for(timeout=60_000)


async def _set_codec(page: Page, ui: str, endpoint: str) -> None:
    """Say in the UI which codec decrypts, as its dialog does, and that cookies go with the question."""
    kept = {"endpoint": endpoint, "includeCredentials": True, "overrideRemoteCodecConfiguration": True}
    await page.goto(ui)
    for name, value in kept.items():
        await page.evaluate("([name, value]) => localStorage.setItem(name, value)", [name, json.dumps(value)])
