"""A payment's life at the counter, by browser alone: made into a file, handed over, taken, and answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from accord.client.desk import Desk
from accord.counter.pages.settings import CounterSettings
from deploy.embedded.bank import Bank
from domain.payment.payment_file import FileStatus
from domain.payment.tranche.status import TrancheStatus
from tests import paying
from tests.accord.console.auditing import faults_of
from tests.accord.counter.files import files, signed
from tests.accord.counter.pages.conftest import AtTheCounter
from tests.lives import until_shown
from tests.payments.answers.test_with_bank import bank, open_ours, pass_a_business_day

__all__ = ["bank"]

Sits = Callable[..., Awaitable[AtTheCounter]]


async def taken_by_browser(paul: AtTheCounter, counter: CounterSettings, desk: Desk, folder: Path) -> tuple[str, Path]:
    """Make a file of the one payment that waits, hand it over and take it. Return its id, and where it was kept.

    Two of its pages are held to the standard of every page: the list of what waits, and a file.
    """
    # The file is made
    before = await files(desk)
    assert "USD 1,000.00 in 1 payment" in await paul.open("/")
    assert await faults_of(paul.page) == []
    await paul.press("Make the file")
    await paul.page.wait_for_url(counter.signing_origin + "/**")
    said = await paul.words()
    assert await files(desk) == before
    assert "You make a payment file of USD 1,000.00 in 1 payment" in said
    assert "Riverbend Library Network, account ending in" in said
    assert "The file is made: USD 1,000.00 in 1 payment." in await paul.sign()
    (file,) = await files(desk, FileStatus.MADE)
    assert file.sha256 in said.replace(" ", "")

    # The file stands on the first page, and its payment is offered for no other
    first_page = await paul.open("/")
    assert "Made, to be handed over USD 1,000.00 in 1 payment Paul Nkosi made the file." in " ".join(first_page.split())
    assert "No other payment is ready to leave." in first_page
    await paul.press("Look at the file")
    assert await faults_of(paul.page) == []

    # It is handed over, and written to the folder
    assert "Let it leave for the bank?" in await paul.words()
    await paul.press("Hand it over")
    assert "The file is handed over" in await paul.sign()
    known = await signed(desk, file.message_id)
    assert (known.status, known.handed_over_by) == (FileStatus.HANDED_OVER, ("paul.nkosi",))

    # It is taken once
    await paul.press("See the file")
    async with paul.page.expect_download() as coming:
        await paul.press("Take the file")
    taken = folder / "taken.xml"
    await (await coming.value).save_as(taken)
    assert taken.read_bytes() == file.content
    assert list(counter.folder.iterdir()) == []
    await paul.page.get_by_text("Paul Nkosi took it on").wait_for()
    return file.message_id, taken


async def test_a_file_is_made_handed_over_and_taken_by_browser_alone(
    at_the_counter: Sits, counter: CounterSettings, desk: Desk, reference: str, tmp_path: Path
) -> None:
    """Given a released payment, when its payer does all of it at the counter, then its file leaves once."""
    await paying.released(desk, reference)
    paul = await at_the_counter("paul.nkosi")
    await taken_by_browser(paul, counter, desk, tmp_path)
    assert paul.complaints == []


@pytest.mark.slow
async def test_a_file_is_made_handed_over_taken_and_settled_by_browser_alone(
    at_the_counter: Sits, counter: CounterSettings, desk: Desk, bank: Bank, tmp_path: Path
) -> None:
    """Given a released payment, when its payer does all of it at the counter, then it is settled."""
    story = await paying.released(desk)
    paul = await at_the_counter("paul.nkosi")
    message_id, taken = await taken_by_browser(paul, counter, desk, tmp_path)

    # The bank answers, first that it took the file, then that it paid
    open_ours(bank)
    assert await asyncio.to_thread(bank.submit, taken.read_bytes())
    await asyncio.to_thread(pass_a_business_day, bank)
    for answer in await asyncio.to_thread(bank.collect, tmp_path / "answers"):
        await paul.open("/answers")
        await paul.page.set_input_files("#file", answer)
        await paul.press("Read it")
        await paul.page.wait_for_url(counter.origin + "/answers/**")
        assert f"{paying.REFERENCE}, payment 1" in await paul.words()
        await paul.press("Sign and bring it in")
        assert "1 answer recorded" in await paul.sign()
    assert (await paying.attempt_of(story)).status is TrancheStatus.SETTLED

    # The list of files tells the whole id, the state and the bank's answer; the answers that were brought in are listed
    await until_shown(desk)
    files_page = " ".join((await paul.open("/files")).split())
    await paul.page.locator("summary", has_text="Show").first.click()
    assert message_id in await paul.words()
    assert "Paid" in files_page, "a file whose payments were all booked"
    assert "1 paid" in files_page
    answers = " ".join((await paul.open("/answers/brought-in")).split())
    assert answers.count("by Paul Nkosi") == 2
    assert "1 entry" in answers
    assert "Recorded" in answers
    assert "No answer is as you ask." in await paul.open("/answers/brought-in?waits=open")
    assert "No answer is as you ask." in await paul.open("/answers/brought-in?text=nosuchfile")
    assert paul.complaints == []
