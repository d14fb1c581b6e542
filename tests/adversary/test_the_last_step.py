"""The step from the database into the bank's folder: whatever stops it, each payment reaches the bank, and once."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest

from tests.accord.shell import Answer
from tests.adversary.people.office import Office
from tests.adversary.people.terminal import DIES, FILLS

Stopped = Callable[[Office, tuple[object, ...]], Awaitable[Answer]]

WRITES_AGAIN = re.compile(r"accord payments (?:export --again|write-again (\S+))")
"""What Accord says to somebody whose file is not there."""


async def into_a_folder_that_cannot_be(office: Office, command: tuple[object, ...]) -> Answer:
    return await office.accord(*command[:-1], office.file("", "a-file") / "folder")


async def onto_a_full_disk(office: Office, command: tuple[object, ...]) -> Answer:
    return await office.accord.on_a_full_disk(*command)


async def onto_a_disk_that_fills_at_that_moment(office: Office, command: tuple[object, ...]) -> Answer:
    return await office.accord.until_it(FILLS, ("open",), office.bank.inbox, *command)


async def killed_before_the_file_is_opened(office: Office, command: tuple[object, ...]) -> Answer:
    return await office.accord.until_it(DIES, ("open",), office.bank.inbox, *command)


async def killed_before_the_file_has_its_name(office: Office, command: tuple[object, ...]) -> Answer:
    return await office.accord.until_it(DIES, ("os.rename", "os.link"), office.bank.inbox, *command)


async def go_on(office: Office, command: tuple[object, ...], stopped: Answer) -> None:
    """Do the same again, and the ordinary thing. Then do as Accord itself says of a file that is not there."""
    said = [stopped, await office.accord(*command), *await office.pay()]
    for message_id in sorted({found[1] or "" for one in said for found in WRITES_AGAIN.finditer(one.words)}):
        await office.write_again(message_id)


@pytest.mark.parametrize(
    "stopped",
    [
        pytest.param(into_a_folder_that_cannot_be, marks=pytest.mark.slow),
        pytest.param(onto_a_full_disk, marks=pytest.mark.slow),
        pytest.param(onto_a_disk_that_fills_at_that_moment, marks=pytest.mark.slow),
        pytest.param(killed_before_the_file_is_opened, marks=pytest.mark.slow),
        killed_before_the_file_has_its_name,
    ],
)
async def test_a_file_that_could_not_be_written_is_neither_lost_nor_sent_with_others(
    office: Office, stopped: Stopped
) -> None:
    before = await office.paid("20000.00")
    reference = await office.released("30000.00")
    command = office.export()
    if await office.by_hand_over():
        [message_id], _ = await office.made()
        command = office.hand_over(message_id)
    answer = await stopped(office, command)
    assert answer.code != 0, answer
    assert office.bank.collect() == []
    await go_on(office, command, answer)
    told = {one: len(office.bank.told(one)) for one in (reference, before)}
    assert told == {reference: 1, before: 1}, (
        f"{stopped.__name__}: the bank was told {told[reference]} times to pay {reference}, and {told[before]} times "
        f"to pay {before}, which it had been told before"
    )
