"""Facts that change between a check and an act at the door: other orders, twice, in two browsers, a leaked link."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from accord.grantee.store import GranteeLink, OpenForm
from domain.submissions.kinds import SubmissionKind
from records.submissions.forms import renewed_link
from tests.accord.grantee.conftest import Come
from tests.doors import code_for, content, door, entered, link_to
from tests.waiting import until

SUBJECT = "P-2026-0047"
WAITS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def fresh_secret(pool: asyncpg.Pool, form: OpenForm) -> str:
    """The secret that a fresh mail brings in the place of the one before."""
    made = renewed_link(form.link, form.closes_at)
    async with pool.acquire() as connection:
        await made.lay_down(connection)
    return made.secret


async def submitted(at_door: GranteeLink, form: OpenForm, code: str) -> str:
    return (await at_door.submit(form, content(form), code))[1]


async def test_a_link_that_is_revoked_while_a_submission_waits_hands_nothing_in(pool: asyncpg.Pool) -> None:
    """Given a submission that waits for its form's lock, when the owner ends the link meanwhile, then it is refused."""
    secret = await link_to(pool, SUBJECT)
    thief, form = await entered(pool, secret)
    code = await code_for(pool, thief)
    async with pool.acquire() as other, other.transaction():
        await other.execute("SELECT FROM grantee.forms WHERE id = $1 FOR UPDATE", form.form)
        waiting = asyncio.create_task(submitted(thief, form, code))
        await until(lambda: pool.fetchval(WAITS))
        assert await door(pool, secret, "The owner's browser").revoke()
    assert await waiting == "LINK"
    assert await pool.fetchval("SELECT count(*) FROM grantee.submissions") == 0


async def test_what_was_written_after_a_submission_is_not_taken_for_handed_in(come: Come) -> None:
    """Given a report that was handed in, when its code is sent again after an edit, then nobody is told of it."""
    ida = await come()
    for page, answers in (("summary", {"summary": "Eleven courses"}), ("money", {"spent": "100", "unspent": "0"})):
        await ida.fill(page, **answers)
    await ida.ask_code()
    code = await ida.code()
    assert (await ida.post("code", {"code": code})).headers["location"] == f"{ida.home}/done"
    assert (await ida.post("code", {"code": code})).headers["location"] == f"{ida.home}/done"
    await ida.fill("summary", summary="Twelve courses")
    answer = await ida.post("code", {"code": code})
    assert (answer.status_code, "location" in answer.headers) == (422, False)
    assert "changed" in answer.text


async def test_a_leaked_link_whose_browsers_are_used_up_shuts_its_owner_out_of_no_fresh_one(pool: asyncpg.Pool) -> None:
    secret = await link_to(pool, SUBJECT)
    _, form = await entered(pool, secret, "A stranger's browser")
    for number in range(9):
        assert await door(pool, secret, f"A stranger's browser {number}").enter()
    assert not await door(pool, secret).enter()
    assert await door(pool, await fresh_secret(pool, form)).enter()


async def test_a_leaked_link_whose_codes_are_used_up_keeps_its_owner_from_no_code_by_a_fresh_one(
    pool: asyncpg.Pool,
) -> None:
    thief, form = await entered(pool, await link_to(pool, SUBJECT), "A stranger's browser")
    assert [await thief.ask_code("SUBMIT") for _ in range(6)] == [True] * 5 + [False]
    owner, again = await entered(pool, await fresh_secret(pool, form))
    assert await submitted(owner, again, await code_for(pool, owner)) == ""


@pytest.mark.slow
async def test_a_flood_of_texts_beside_one_ends_at_a_thousand_and_loses_none(pool: asyncpg.Pool) -> None:
    secret = await link_to(pool, SUBJECT)
    ida, form = await entered(pool, secret)
    await ida.save(form, "summary", "Ida's words", 0)
    stale = [await ida.save(form, "summary", f"Words {number}", 0) for number in range(1020)]
    assert sum(saved is not None for saved in stale) == 999
    stands, *beside = (await ida.drafts(form))["summary"]
    assert (stands.value, beside[0].value, len(beside)) == ("Words 998", "Ida's words", 999)
    assert await ida.save(form, "summary", "The last words", stands.revision) is not None, "its reader goes on"


async def test_a_withdrawal_which_asks_for_no_code_is_told_to_the_address_on_record(pool: asyncpg.Pool) -> None:
    """Given a link that leaked, when a stranger withdraws by it, then the owner hears of it and can say no."""
    stranger, form = await entered(pool, await link_to(pool, SUBJECT), "A stranger's browser")
    said = content(form, SubmissionKind.WITHDRAWAL, answers={"words": "We withdraw"})
    assert await stranger.say(form, said) is not None
    assert await stranger.say(form, said) is not None
    told = await pool.fetch("SELECT recipient, facts FROM post.outbox WHERE kind = 'DOOR_HANDED_IN'")
    assert [(row["recipient"], row["facts"]) for row in told] == [(f"link/{form.link}", '{"submission": 1}')]


async def test_an_invitation_that_ends_between_code_and_submission_takes_nothing(pool: asyncpg.Pool) -> None:
    at_door, form = await entered(pool, await link_to(pool, SUBJECT))
    code = await code_for(pool, at_door)
    await pool.execute("UPDATE grantee.forms SET closed_at = ledger.now() WHERE id = $1", form.form)
    assert await submitted(at_door, form, code) == "LINK"
    assert await at_door.look() is not None, "what was written is still read"


async def test_the_same_submission_from_two_browsers_at_once_is_one(pool: asyncpg.Pool) -> None:
    secret = await link_to(pool, SUBJECT)
    here, form = await entered(pool, secret)
    there, _ = await entered(pool, secret, "Her telephone")
    code, first = await code_for(pool, here), content(form)
    answers = await asyncio.gather(*(one.submit(form, first, code) for one in (here, there) for _ in range(4)))
    assert len(set(answers)) == 1
    assert await pool.fetchval("SELECT count(*), max(number) FROM grantee.submissions") == 1


@pytest.mark.slow
async def test_submissions_at_once_are_numbered_without_a_gap_though_some_are_refused(pool: asyncpg.Pool) -> None:
    doors = [await entered(pool, await link_to(pool, f"P-2026-{8000 + number}")) for number in range(20)]
    codes = [await code_for(pool, at_door) for at_door, _ in doors]
    codes[::3] = ["00000000"] * len(codes[::3])
    faults = await asyncio.gather(*(submitted(*place, code) for place, code in zip(doors, codes, strict=True)))
    assert faults == ["WRONG" if number % 3 == 0 else "" for number in range(20)]
    numbers = [row["number"] for row in await pool.fetch("SELECT number FROM grantee.submissions ORDER BY number")]
    assert numbers == list(range(1, faults.count("") + 1))
