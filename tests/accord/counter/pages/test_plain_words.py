"""No page of the counter says a word of the machine before somebody asks, and no refusal does."""

from __future__ import annotations

from typing import Any

import asyncpg

from accord.client.desk import Desk
from domain.identity import payment_id
from domain.partnership.events import HoldPlaced
from domain.payment.payment_file import FileStatus
from tests import paying
from tests.accord.counter.files import booked, files, told_now
from tests.accord.counter.pages.signing import signer
from tests.accord.machine_words import machine_words_in, open_words


async def test_no_page_of_the_counter_says_a_word_of_the_machine(
    call: Any, desk: Desk, console_pool: asyncpg.Pool, reference: str
) -> None:
    """Given payments that are ready, in a file, kept back and void, then no page says a word of the machine."""
    story = await paying.released(desk, reference)
    paul = await signer(call, desk, console_pool, "paul.nkosi")
    payment = {"payment": str(payment_id(story.reference, 1, 1))}
    pages = {"ready": (await paul.caller.get("/")).text}
    await paul.does("/make", payment)
    file = (await files(desk, FileStatus.MADE))[-1]
    pages["a file"] = (await paul.caller.get(f"/files/{file.message_id}")).text
    assert f'/{reference}">{reference}</a>' in pages["a file"], "the case that it pays is one press away"
    assert "what the bank got" not in pages["a file"], "it has nothing yet"
    leaving = await paul.ask(f"/files/{file.message_id}/hand-over")
    await story.says(HoldPlaced, "vera.lind", reason="a newspaper names the payee")
    pages["refused at the touch"] = "<body>" + (await paul.touch(leaving))["refused"].replace(file.message_id, "")
    paths = ("/", "/files", f"/files/{file.message_id}", "/answers", "/accounts", "/nowhere", "/files/nothing",
             "/accounts/BA-AAAAAAAAAAAA", "/answers/nothing")  # fmt: skip
    pages |= {path: (await paul.caller.get(path)).text for path in paths}
    pia = await signer(call, desk, console_pool, "pia.berg")
    for path in ("/make", f"/files/{file.message_id}/hand-over", f"/files/{file.message_id}/take", "/answers/finish"):
        pages[f"refused {path}"] = (await pia.caller.post(path, payment)).text.replace(file.message_id, "")
    await paul.ask("/answers", files={"file": ("bank.xml", told_now(booked("ACCNOBODYS"), message=reference))})
    pages["answers"] = (await paul.caller.get("/answers")).text
    assert "Kept back" in pages["/"]
    assert {path: words for path, page in pages.items() if (words := machine_words_in(open_words(page)))} == {}
