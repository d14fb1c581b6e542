"""Whoever signs in the browser compares what they sign with what a shell on another machine shows."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from accord.client.desk import Desk
from accord.console.deciding.prepared import Prepared, Waiting
from accord.console.serving.settings import ConsoleSettings
from domain.partnership import commands as c
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.accord.shell import BAD_INPUT, REFUSED, Shell, assert_fails
from tests.waiting import BACKSTOP


async def prepared(visit: Any, desk: Desk, reference: str) -> str:
    """Prepare an approval as a page does, and return its address."""
    await waiting_for_approval(desk, reference)
    version = str((await desk.known_sight(reference)).version)
    form = {"version": version, "reason": "within the budget", "no_interest": "yes"}
    answer = await (await visit("femi.ade")).post(f"/{reference}/approve", form)
    return str(answer.headers["location"]).rpartition("/")[2]


async def test_a_digest_says_the_same_in_a_shell_before_it_is_signed(
    visit: Any, desk: Desk, reference: str, console_pool: Any, shell: Shell
) -> None:
    waiting = await Prepared(console_pool).at(await prepared(visit, desk, reference))
    assert waiting is not None
    digest = waiting.statement.digest
    told = (await shell.done("statement", "show", digest[:4], digest[4:16])).stdout
    for words in ("it waits to be signed", "within the budget", "femi.ade", "Riverbend Library Network", reference):
        assert words in told
    assert (await shell.done("statement", "show", digest, "--json")).json["digest"] == digest


@pytest.mark.slow
async def test_a_statement_about_something_else_than_is_shown_is_named(
    visit: Any, desk: Desk, reference: str, console_pool: Any, shell: Shell, served: ConsoleSettings
) -> None:
    """Somebody with the console's login, or a console that lies: it shows a hold, and asks to sign an approval."""
    waiting = await Prepared(console_pool).at(await prepared(visit, desk, reference))
    assert waiting is not None
    said = waiting.command
    lie = c.PlaceHold(command_id=said.command_id, at=said.at, actor=said.actor, reason="a question")
    lying = Waiting(partnership_id=reference, command=lie, statement=waiting.statement)
    address = await Prepared(console_pool).keep(lying)
    async with httpx.AsyncClient(timeout=BACKSTOP) as asking:
        page = await asking.get(f"{served.signing_origin}/sign/{address}")
    assert (page.status_code, "about something else than it shows" in page.text) == (422, True)
    answer = await shell("statement", "show", waiting.statement.digest)
    assert_fails(answer, REFUSED, "about something else than it shows: do not sign it")


@pytest.mark.slow
async def test_what_is_on_record_is_found_by_its_digest(worker: None, desk: Desk, reference: str, shell: Shell) -> None:
    await waiting_for_approval(desk, reference)
    [proposed] = [one for one in await desk.history(reference) if one.version == 1]
    signature = proposed.event.signature
    told = (await shell.done("statement", "show", signature.statement.digest[:16])).stdout
    assert f"event {proposed.position} of partnership/{reference}" in told
    assert signature.key_id in told


@pytest.mark.slow
async def test_what_is_no_digest_and_what_nobody_knows_is_said(shell: Shell) -> None:
    assert_fails(await shell("statement", "show", "xyz"), BAD_INPUT, "DIGEST: give 8 to 64 hexadecimal digits")
    assert_fails(await shell("statement", "show", "00000000"), REFUSED, "waits or is on record")
