"""A payment's life at the counter, by browser alone: made into a file, handed over, taken, and answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from accord.client.desk import Desk
from accord.counter.pages.settings import CounterSettings
from domain.identity import end_to_end_id, payment_id
from domain.payment.payment_file import FileStatus
from domain.payment.tranche import TrancheStatus
from tests import paying
from tests.accord.counter.files import booked, files, signed, told_now
from tests.accord.counter.pages.conftest import AtTheCounter

Sits = Callable[..., Awaitable[AtTheCounter]]


async def test_a_file_is_made_handed_over_taken_and_settled_by_browser_alone(
    at_the_counter: Sits, counter: CounterSettings, desk: Desk, tmp_path: Path
) -> None:
    """Given a released payment, when its payer does all of it at the counter, then it is settled."""
    story = await paying.released(desk)
    paul = await at_the_counter("paul.nkosi")

    # The file is made
    assert "USD 1,000.00 in 1 payment" in await paul.open("/")
    await paul.press("Make the file")
    await paul.page.wait_for_url(counter.signing_origin + "/**")
    said = await paul.words()
    assert await files(desk) == []
    assert "You make a payment file of USD 1,000.00 in 1 payment" in said
    assert "Riverbend Library Network, account ending in" in said
    assert "The file is made: USD 1,000.00 in 1 payment." in await paul.sign()
    (file,) = await files(desk, FileStatus.MADE)
    assert file.sha256 in said.replace(" ", "")

    # It is handed over, and written to the folder
    await paul.press("See the file")
    assert "Let it leave for the bank?" in await paul.words()
    await paul.press("Hand it over")
    assert "The file is handed over" in await paul.sign()
    known = await signed(desk, file.message_id)
    assert (known.status, known.handed_over_by) == (FileStatus.HANDED_OVER, ("paul.nkosi",))

    # It is taken once
    await paul.press("See the file")
    async with paul.page.expect_download() as coming:
        await paul.press("Take the file")
    taken = tmp_path / "taken.xml"
    await (await coming.value).save_as(taken)
    assert taken.read_bytes() == file.content
    assert list(counter.folder.iterdir()) == []
    assert "somebody took it" in await paul.open(f"/files/{file.message_id}")

    # The bank answers
    answer = tmp_path / "bank.xml"
    answer.write_bytes(told_now(booked(end_to_end_id(payment_id(paying.REFERENCE, 1, 1)))))
    await paul.open("/answers")
    await paul.page.set_input_files("#file", answer)
    await paul.press("Read it")
    words = await paul.words()
    assert "What bank.xml says" in words
    assert f"{paying.REFERENCE}, payment 1" in words
    await paul.press("Sign and bring it in")
    assert "1 answer recorded" in await paul.sign()
    assert (await paying.attempt_of(story)).status is TrancheStatus.SETTLED
    assert paul.complaints == []
