"""Figures lead to the lists behind them. Registers, files, exceptions, proofs and operations have a page each."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.console.serving import desk as console_desk
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.builders import funds_out, proposal
from tests.lives import Life, until_shown

Visit = Callable[[str], Any]


@pytest.mark.slow
async def test_a_payment_file_is_listed_without_what_is_in_it(visit: Visit, desk: Desk, reference: str) -> None:
    life = Life(desk, reference)
    await life.released(proposal(reference, funds_out=funds_out("5000.00")))
    message_id = await life.file()
    shown = (await (await visit("paul.nkosi")).get("/payments/files")).text
    assert (message_id in shown, "USD 5,000.00" in shown, "by Paul Nkosi" in shown) == (True, True, True)
    assert "Pain.001" not in shown


@pytest.mark.parametrize("column", ["content"])
@pytest.mark.parametrize("table", ["payments.files", "payments.exceptions"])
async def test_the_consoles_login_reads_no_account_out_of_a_file(
    console_pool: asyncpg.Pool, table: str, column: str
) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await console_pool.fetch(f"SELECT {column} FROM {table}")


@pytest.mark.slow
async def test_a_proof_of_a_release_begins_with_its_sum_and_its_payee(visit: Visit, desk: Desk, reference: str) -> None:
    life = Life(desk, reference)
    await life.released(proposal(reference, funds_out=funds_out("5000.00")))
    [release] = [one for one in await desk.history(reference) if one.event.event_type == "TrancheReleased"]
    shown = (await (await visit("otto.audit")).get(f"/proof/{release.position}")).text
    assert "<h1>Paul Nkosi released payment 1, USD 5,000.00</h1>" in shown
    facts = re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", shown)
    assert facts[:2] == [("Sum", "USD 5,000.00"), ("To", "Riverbend Library Network")]


@pytest.mark.slow
async def test_an_event_is_proved_on_the_spot_and_a_changed_one_is_named(
    visit: Visit, desk: Desk, reference: str, office_pool: asyncpg.Pool
) -> None:
    await waiting_for_approval(desk, reference)
    visitor, position = await visit("otto.audit"), (await desk.history(reference))[0].position
    shown = (await visitor.get(f"/proof/{position}")).text
    assert ("<b>Proved</b>" in shown, reference in shown) == (True, True)
    assert "<h1>Pia Berg proposed it</h1>" in shown
    assert "It fits, with a key of Pia Berg, and was checked for this page." in shown
    for nowhere in ("0", "999999999", "x", "-1", "9" * 40):
        assert (await visitor.get(f"/proof/{nowhere}")).status_code == 404


async def test_registers_and_operations_say_how_they_stand(visit: Visit) -> None:
    visitor = await visit("otto.audit")
    registers = await visitor.get("/registers")
    assert "irs-bmf" in registers.text
    assert "in use" in registers.text
    operations = await visitor.get("/operations")
    assert operations.status_code == 200, operations.text
    assert "events in the ledger" in operations.text


@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/payments",
        "/obligations",
        "/funds",
        "/people",
        "/registers",
        "/payments/files",
        "/books",
        "/books/forecast",
    ],
)
async def test_every_list_is_handed_out_in_every_form(visit: Visit, path: str, form: str) -> None:
    answer = await (await visit("otto.audit")).get(f"{path}?format={form}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].endswith(f'.{form}"')


async def test_a_form_that_there_is_not_is_said(visit: Visit) -> None:
    answer = await (await visit("otto.audit")).get("/payments?format=pdf")
    assert (answer.status_code, "there are csv, json and xlsx" in answer.text) == (422, True)


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/", "/payments", "/obligations", "/portfolio"])
async def test_a_list_says_since_when_it_is_old(
    visit: Visit, desk: Desk, reference: str, office_pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Given a projector that does not come on, when a list is looked at, then it says so, until it has caught up."""
    visitor, old = await visit("otto.audit"), "These lists are old: nothing is in them that was recorded since"
    monkeypatch.setattr(console_desk, "PACE", timedelta(days=1))
    await until_shown(desk)
    async with office_pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('projection.partnerships', 0))")
        await waiting_for_approval(desk, reference)
        assert old not in (await visitor.get(path)).text
        monkeypatch.setattr(console_desk, "PACE", timedelta(0))
        assert old in (await visitor.get(path)).text
    await until_shown(desk)
    assert old not in (await visitor.get(path)).text
