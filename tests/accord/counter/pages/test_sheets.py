"""At the counter's pages a sheet is typed by one and signed by another, each by a touch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from domain.directory.people import HouseRulesSet
from domain.identity import payment_id
from domain.payment.payment_file import FileStatus
from tests import paying
from tests.accord.counter.files import files, signed
from tests.accord.counter.pages.signing import signer
from tests.accord.counter.portal.test_typing_in import NUMBER, typed_rail
from tests.governing import decree
from tests.payments.orders import RIVERBEND


@pytest.mark.slow
async def test_a_sheet_is_typed_and_signed_by_two_touches(
    call: Callable[[str], Awaitable[Any]], desk: Desk, console_pool: asyncpg.Pool, reference: str
) -> None:
    rules = (await desk.directory()).rules
    assert rules is not None
    await typed_rail(desk)
    try:
        await paying.released(desk, reference)
        paul, femi = [await signer(call, desk, console_pool, who) for who in ("paul.nkosi", "femi.ade")]
        await paul.does("/make", {"payment": str(payment_id(reference, 1, 1))})
        sheet = (await files(desk, FileStatus.MADE))[-1]
        path = f"/files/{sheet.message_id}"
        await paul.does(f"{path}/hand-over")
        assert "Nobody recorded that it was typed" in (await femi.caller.get("/")).text
        assert "Take the sheet, to type it" in (await paul.caller.get(path)).text
        assert "at least" in await paul.refused(f"{path}/typed", {"confirmation": "12"})
        asked = await paul.ask(f"{path}/typed", {"confirmation": NUMBER})
        shown = (await paul.shown(asked)).facts
        assert ("Confirmation number", NUMBER) in shown
        assert RIVERBEND.identifier not in str(shown), "the page that signs sees no whole account number"
        assert NUMBER in (await paul.touch(asked))["told"]
        assert "Does the portal show what the sheet says?" in (await femi.caller.get(path)).text
        assert "It waits for another person" in (await paul.caller.get(path)).text
        assert RIVERBEND.identifier in (await femi.caller.get(path)).text
        number = {"confirmation": NUMBER}
        assert "typed it; another person signs it" in await paul.refused(f"{path}/countersign", number)
        assert "signed as the second" in await femi.does(f"{path}/countersign", number)
        assert "Release it in the portal, once" in (await paul.caller.get(path)).text
        assert (await signed(desk, sheet.message_id)).sent_by == ("paul.nkosi", "femi.ade")
        assert "To be typed into the bank" not in (await femi.caller.get("/")).text
    finally:
        await decree(desk, HouseRulesSet(rules=rules))
