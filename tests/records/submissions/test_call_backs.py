"""A call-back on a number that only a grantee's submission names is refused, saying where the number came from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from deploy.database import open_pool
from domain.partnership.proposal.telephones import COOLING_OFF
from domain.partnership.state import Partnership
from domain.payment.account import AccountConfirmed, account_statement
from domain.payment.called_numbers import NumberFrom
from ledger import Ledger, clock
from payments.accounts import record_account, reference_of
from records.submissions.call_backs import call_back_fault
from tests.accord.audit.story import RIVERBEND
from tests.accord.audit.test_takeovers import recorded
from tests.builders import ACCOUNT, NOON, funds_out, number, party
from tests.domain.partnership.hands import signature_on
from tests.domain.partnership.proposal.test_contact_calls import ANOTHER, NUMBER, amended, ida
from tests.domain.partnership.specification import REFERENCE, Story, active
from tests.doors import handed_in, link_to

Ask = Callable[..., Awaitable[str]]
THEIRS = "+44 20 7946 0958"
"""A number that the holder of a stolen mailbox answers."""


def called(contact: int = 1) -> NumberFrom:
    return NumberFrom(partnership=REFERENCE, contact=contact)


def listed(number: str) -> NumberFrom:
    return NumberFrom(register_entry="The Charity Commission's register of 2026-11-30", number=number)


def call_back(
    number_from: NumberFrom | None = None, at: datetime | None = None, reference: str = ACCOUNT.reference,
    sha256: str = ACCOUNT.sha256, actor: str = "noor.haddad",
) -> AccountConfirmed:  # fmt: skip
    content: dict[str, Any] = {"sha256": sha256, "note": "Called their treasurer", "number_from": number_from}
    statement = account_statement("confirm_account", {}, actor, NOON, number("a call-back"), reference)
    return AccountConfirmed(at=at or clock.now(), actor=actor, signature=signature_on(statement), **content)


@pytest.fixture
def ask(pool: asyncpg.Pool) -> Ask:
    async def fault(
        story: Story, number_from: NumberFrom | None, at: datetime | None = None, reference: str = ACCOUNT.reference,
        sha256: str = ACCOUNT.sha256, actor: str = "noor.haddad",
    ) -> str:  # fmt: skip
        async def read(partnership_id: str) -> Partnership:
            return story.partnership if partnership_id == REFERENCE else Partnership(partnership_id=partnership_id)

        await recorded(pool, *story.history)
        event = call_back(number_from, at, reference, sha256, actor)
        return str(await call_back_fault(Ledger(pool), read, reference, event) or "")

    return fault


async def writes(pool: asyncpg.Pool, text: str, **more: Any) -> None:
    await handed_in(pool, await link_to(pool, REFERENCE), answers={"summary": text}, **more)


async def test_before_anything_was_handed_in_nobody_asks_where_a_number_stood(ask: Ask) -> None:
    assert await ask(active(), None) == ""


async def test_once_the_payee_handed_something_in_a_call_back_says_where_its_number_stood(
    pool: asyncpg.Pool, ask: Ask
) -> None:
    await writes(pool, "Eleven courses were held")
    assert "say where the number that you called stood" in await ask(active(), None)
    elsewhere = active()
    assert await ask(elsewhere, None, reference="BA-OTHEROTHEROT", sha256="cd" * 32) == "", "another holder's account"


async def test_the_payee_is_known_by_the_name_of_the_accounts_holder(pool: asyncpg.Pool, ask: Ask) -> None:
    """A first account stands in no agreement yet."""
    await writes(pool, "Eleven courses were held")
    account = reference_of(RIVERBEND)
    async with pool.acquire() as connection:
        await record_account(connection, RIVERBEND, "vera.lind")
    assert "say where" in await ask(active(), None, reference=account.reference, sha256=account.sha256)


@pytest.mark.parametrize("others", [2, 12])
async def test_of_all_who_handed_something_in_the_payees_own_partnerships_alone_are_read(
    database: str, pool: asyncpg.Pool, others: int
) -> None:
    """Given other payees who handed something in, then the number of queries, and of partnerships read, is the same."""
    story, read, queries = active(), list[str](), list[str]()
    stranger = active(funds_out=funds_out("30000.00", payee=party("Hillside School Trust", ein="201234567")))
    await writes(pool, "Eleven courses were held")
    await recorded(pool, *story.history)
    for place in range(others):
        other = f"P-2026-{7000 + place}"
        await recorded(pool, stranger.history[0], subject=other)
        await handed_in(pool, await link_to(pool, other))

    async def reading(partnership_id: str) -> Partnership:
        read.append(partnership_id)
        return story.partnership

    async with await open_pool(database, 1) as only_one:
        async with only_one.acquire() as connection:
            connection.add_query_logger(lambda record: queries.append(record.query))
        assert await call_back_fault(Ledger(only_one), reading, ACCOUNT.reference, call_back())
    assert (read, len(queries)) == ([REFERENCE], 2)


@pytest.mark.parametrize("written", [THEIRS, "020 7946 0958", "0044-20-79460958", "٢٠ ٧٩٤٦ ٠٩٥٨"])
async def test_a_number_that_only_a_submission_names_is_refused(pool: asyncpg.Pool, ask: Ask, written: str) -> None:
    await writes(pool, f"Our treasurer has a new number, {written}; please call")
    refusal = await ask(active(), listed(THEIRS))
    assert f"handed it in for {REFERENCE}" in refusal
    assert "(submission 1)" in refusal
    assert "call a contact on the number in the signed proposal" in refusal


async def test_a_number_in_a_name_or_a_capacity_is_refused_too(pool: asyncpg.Pool, ask: Ask) -> None:
    await handed_in(pool, await link_to(pool, REFERENCE), name=f"Ida Holm {THEIRS}")
    assert "submission 1" in await ask(active(), listed(THEIRS))


async def test_a_registers_number_that_no_submission_names_is_fine(pool: asyncpg.Pool, ask: Ask) -> None:
    await writes(pool, f"Call {THEIRS}")
    assert await ask(active(), listed(NUMBER)) == ""


async def test_a_number_of_a_proposal_signed_before_the_submission_is_fine(pool: asyncpg.Pool, ask: Ask) -> None:
    story = active(contacts=[ida()])
    await writes(pool, f"Our number is {NUMBER}")
    assert await ask(story, called()) == ""
    assert await ask(story, listed(NUMBER)) == ""


async def test_a_contact_without_a_number_and_one_who_is_not_there_vouch_for_nothing(ask: Ask) -> None:
    assert "contact 2 of" in await ask(active(contacts=[ida()]), called(2))
    assert "has no telephone number" in await ask(active(contacts=[ida(phone=None)]), called())


async def test_a_contact_of_another_payee_vouches_for_nothing(ask: Ask) -> None:
    """Given an account of somebody else, when a contact of this partnership was called, then nobody vouched for it."""
    story = active(contacts=[ida()])
    assert "does not speak for the payee" in await ask(story, called(), reference="BA-2222222222222222")
    elsewhere = NumberFrom(partnership="P-2026-0099", contact=1)
    assert "does not speak for the payee" in await ask(story, elsewhere)


@pytest.mark.parametrize(
    ("edition", "holder", "speaks", "is_asked"),
    [
        ("2026.5", "NETWORK LIBRARY RIVERBEND", True, True),
        ("2026.6", "NETWORK LIBRARY RIVERBEND", False, True),
        ("", "NETWORK LIBRARY RIVERBEND", False, True),
        ("2026.6", "RIVERBEND LIBRARY NETWORK PROGRAM", False, True),
        ("2026.6", "RIVERBEND LIBRARY NETWORK INC", True, True),
        ("2026.6", "RIVERBEND TELECOM LTD", False, False),
    ],
)
async def test_who_speaks_for_a_holder_is_its_payee_and_who_may_be_it_is_asked(
    pool: asyncpg.Pool, ask: Ask, edition: str, holder: str, speaks: bool, is_asked: bool
) -> None:
    """Given an account held in a name, then a contact vouches for its own payee's, and whoever may hold it asks."""
    story, details = active(contacts=[ida()]), RIVERBEND.model_copy(update={"holder": holder})
    assert story.partnership.assessment is not None
    assessment = story.partnership.assessment.model_copy(update={"rule_book": edition}) if edition else None
    story = story._replace(partnership=story.partnership.model_copy(update={"assessment": assessment}))
    await writes(pool, "Eleven courses were held")
    reference = reference_of(details)
    async with pool.acquire() as connection:
        await record_account(connection, details, "vera.lind")
    account = {"reference": reference.reference, "sha256": reference.sha256}
    assert ("say where the number that you called stood" in await ask(story, None, **account)) is is_asked
    assert ("does not speak for the payee" not in await ask(story, called(), **account)) is speaks


async def test_a_number_entered_without_a_call_waits_ten_days_and_for_another_person(ask: Ask) -> None:
    story = active(contacts=[ida()]).given(amended(ida(phone=ANOTHER), called=1, unanswered=True))
    assert "from 2026-11-12" in await ask(story, called(), at=NOON + COOLING_OFF - timedelta(minutes=1))
    assert await ask(story, called(), at=NOON + COOLING_OFF) == ""
    assert "another person calls it" in await ask(story, called(), at=NOON + COOLING_OFF, actor="pia.berg")


async def test_what_was_erased_names_no_number(pool: asyncpg.Pool, ask: Ask) -> None:
    await writes(pool, f"Call {THEIRS}")
    await pool.execute("DELETE FROM grantee.keys")
    assert await ask(active(), listed(THEIRS)) == ""


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"partnership": REFERENCE},
        {"contact": 1},
        {"register_entry": "The register"},
        {"number": THEIRS},
        {"partnership": REFERENCE, "contact": 1, "register_entry": "The register", "number": THEIRS},
        {"register_entry": "The register", "number": "020 7946 0958"},
    ],
)
def test_a_number_stood_in_one_place(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"one place|pattern"):
        NumberFrom.model_validate(fields)
