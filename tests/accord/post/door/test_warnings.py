"""Whoever takes a mailbox or a payee's account over does so before the eyes of those who were there before."""

from __future__ import annotations

from typing import Any

import pytest

from accord.client.desk import Desk
from accord.demo.sample import RECORDER
from accord.organisation.governance import vouch
from domain.partnership import events as e
from payments.accounts import AccountDetails, record_account
from tests import paying
from tests.accord.post.conftest import JANE, granted, shown, states, with_a_contact
from tests.accord.post.door.reading import amended, newest, round_with_links
from tests.accord.post.servers import Mailbox
from tests.payments.orders import RIVERBEND

NEW = "new@riverbend.test"


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "no longer one of the contacts"), ("es", "ya no figura"), ("fr", "n’est plus parmi les contacts")],
)
async def test_the_old_address_is_told_that_a_contact_changed_and_not_what_it_became(
    furnished: Desk, box: Mailbox, language: str, words: str
) -> None:
    story = await granted(furnished, language=language)
    await round_with_links(furnished, box)
    await amended(story, with_a_contact(email=NEW, language=language))
    for _ in range(2):
        await round_with_links(furnished, box)
    assert [to for _, to, _ in box.taken] == [JANE]
    assert (words in newest(box), NEW in newest(box)) == (True, False)


@pytest.mark.slow
async def test_it_is_told_also_while_a_hold_stands(furnished: Desk, box: Mailbox) -> None:
    story = await granted(furnished)
    await round_with_links(furnished, box)
    await story.says(e.HoldPlaced, "vera.lind", reason="a complaint came in")
    await amended(story, with_a_contact(email=NEW))
    await round_with_links(furnished, box)
    assert await states(furnished) == [("CONTACT_CHANGED", "SENT", "")]


@pytest.mark.slow
async def test_an_amendment_that_leaves_the_address_is_told_to_nobody(furnished: Desk, box: Mailbox) -> None:
    story = await granted(furnished)
    await round_with_links(furnished, box)
    made = with_a_contact(email=JANE.upper())
    await amended(story, made)
    await round_with_links(furnished, box)
    assert await states(furnished) == []


def another_account(**more: Any) -> AccountDetails:
    return RIVERBEND.model_copy(update={"iban": None, "number": "0001234567", **more})


async def recorded(desk: Desk, details: AccountDetails) -> None:
    """An account is recorded, signed by its recorder."""
    async with desk.pool.acquire() as connection:
        await vouch(desk, await record_account(connection, details, RECORDER), RECORDER)
    await shown(desk)


@pytest.mark.slow
async def test_another_account_of_a_known_payee_is_told_to_every_address_on_record(
    furnished: Desk, box: Mailbox
) -> None:
    story = await granted(furnished)
    await round_with_links(furnished, box)
    await recorded(furnished, another_account())
    await amended(story, with_a_contact(email=NEW))
    for _ in range(2):
        await round_with_links(furnished, box)
    told = {to: str(message["Subject"]) for _, to, message in box.taken if "bank account" in message["Subject"]}
    assert told == {JANE: f"A bank account was recorded for {RIVERBEND.holder}"}
    text = next(message.as_string() for _, _, message in box.taken if "bank account" in message["Subject"])
    assert "0001234567" not in text


async def test_the_account_of_a_stranger_is_told_to_nobody(furnished: Desk, box: Mailbox) -> None:
    await granted(furnished)
    await round_with_links(furnished, box)
    await recorded(furnished, another_account(holder="Hillside School Trust"))
    await round_with_links(furnished, box)
    assert await states(furnished) == []


@pytest.mark.slow
async def test_the_first_account_of_a_payee_is_told_to_nobody(furnished: Desk, box: Mailbox) -> None:
    await paying.approved(furnished, with_a_contact())
    await shown(furnished)
    await round_with_links(furnished, box)
    await recorded(furnished, another_account())
    await round_with_links(furnished, box)
    assert await states(furnished) == []
