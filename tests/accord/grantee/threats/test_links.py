"""A link that leaked, was guessed or is used again: the threats to links, each as somebody would try it."""

from __future__ import annotations

import secrets
from typing import Any

import asyncpg
import pytest
from pydantic import ValidationError

from domain.submissions.kinds import DoorForm, SubmissionKind
from records.submissions.forms import digest_of
from tests.doors import code_for, content, door, entered, handed_in, link_to

SUBJECT, ELSEWHERE = "P-2026-0042", "P-2026-0043"
STRANGER = "A stranger's browser"


async def mails(pool: asyncpg.Pool, kind: str) -> int:
    count: int = await pool.fetchval("SELECT count(*) FROM post.outbox WHERE kind = $1", kind)
    return count


async def test_a_leaked_link_opens_one_form_and_hands_in_invites_and_reads_nothing_without_a_code(
    pool: asyncpg.Pool,
) -> None:
    secret = await link_to(pool, SUBJECT)
    await link_to(pool, ELSEWHERE)
    await handed_in(pool, secret)
    stranger, form = await entered(pool, secret, STRANGER)
    assert form.subject == SUBJECT
    assert (await stranger.submit(form, content(form), "00000000"))[1] in {"USED", "WRONG", "NONE"}
    assert await stranger.invite(form, "thief@look-alike.example", "FILL", "00000000") in {"NONE", "WRONG"}
    assert [receipt.content for receipt in await stranger.handed_in(form)] == [None]


async def test_the_address_on_record_is_told_of_a_second_browser_and_ends_the_link(pool: asyncpg.Pool) -> None:
    secret = await link_to(pool, SUBJECT)
    owner, _ = await entered(pool, secret)
    assert await mails(pool, "DOOR_BROWSER") == 0
    stranger, _ = await entered(pool, secret, STRANGER)
    assert await mails(pool, "DOOR_BROWSER") == 1
    assert await owner.revoke()
    assert await stranger.look() is None


async def test_a_colleague_whom_a_stranger_invited_never_hands_in(pool: asyncpg.Pool) -> None:
    """Given a stolen mailbox that invites an address of the thief's, then that link fills, and no code hands in."""
    secret = await link_to(pool, SUBJECT)
    thief, form = await entered(pool, secret, STRANGER)
    assert await thief.invite(form, "thief@look-alike.example", "FILL", await code_for(pool, thief, "INVITE")) == ""
    [colleague] = await thief.colleagues(form)
    other = secrets.token_urlsafe(32)
    await pool.execute("UPDATE grantee.links SET digest = $2 WHERE id = $1", colleague.id, digest_of(other))
    invited, form_again = await entered(pool, other, "Another browser")
    assert form_again.may == "FILL"
    _, fault = await invited.submit(form_again, content(form_again), await code_for(pool, thief))
    assert fault == "LINK"


async def test_a_code_is_used_once_and_the_same_submission_is_one_row(pool: asyncpg.Pool) -> None:
    at_door, form = await entered(pool, await link_to(pool, SUBJECT))
    code, first = await code_for(pool, at_door), content(form)
    at, _ = await at_door.submit(form, first, code)
    assert (await at_door.submit(form, first, code)) == (at, "")
    assert (await at_door.submit(form, content(form), code))[1] == "USED"
    assert await pool.fetchval("SELECT count(*) FROM grantee.submissions") == 1


async def test_a_code_of_one_link_opens_nothing_by_another(pool: asyncpg.Pool) -> None:
    one, _ = await entered(pool, await link_to(pool, SUBJECT))
    other, form = await entered(pool, await link_to(pool, ELSEWHERE))
    code = await code_for(pool, one)
    await code_for(pool, other)
    assert (await other.submit(form, content(form), code))[1] == "WRONG"


async def test_a_code_is_guessed_five_times_at_most(pool: asyncpg.Pool) -> None:
    at_door, form = await entered(pool, await link_to(pool, SUBJECT))
    code = await code_for(pool, at_door)
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    faults = [(await at_door.submit(form, content(form), wrong))[1] for _ in range(6)]
    assert faults == ["WRONG"] * 5 + ["TRIES"]
    assert (await at_door.submit(form, content(form), code))[1] == "TRIES"


async def test_a_link_that_is_looked_at_a_hundred_times_is_used_up_by_nothing(pool: asyncpg.Pool) -> None:
    """Scanners open every link in a mail before its reader does."""
    secret = await link_to(pool, SUBJECT)
    scanner = door(pool, secret, "A scanner")
    before = await state_of(pool)
    for _ in range(100):
        assert await scanner.look() is not None
    assert await state_of(pool) == before
    assert await handed_in(pool, secret)


async def state_of(pool: asyncpg.Pool) -> list[Any]:
    tables = ("forms", "links", "browsers", "codes", "fields")
    queries = [
        f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM grantee.{name} t" for name in tables
    ]
    return [tuple(await pool.fetchrow(query)) for query in [*queries, "SELECT count(*), '' FROM post.outbox"]]


async def test_two_browsers_that_write_one_field_keep_both_texts(pool: asyncpg.Pool) -> None:
    secret = await link_to(pool, SUBJECT)
    here, form = await entered(pool, secret)
    there, _ = await entered(pool, secret, "Her telephone")
    await here.save(form, "summary", "Eleven courses", 0)
    saved = await there.save(form, "summary", "Twelve courses", 0)
    assert saved is not None
    assert saved.beside
    texts = [(draft.value, draft.stands) for draft in (await here.drafts(form))["summary"]]
    assert texts == [("Twelve courses", True), ("Eleven courses", False)]


async def test_an_edit_between_code_and_submission_voids_the_code(pool: asyncpg.Pool) -> None:
    secret = await link_to(pool, SUBJECT)
    at_door, form = await entered(pool, secret)
    code = await code_for(pool, at_door)
    stranger, _ = await entered(pool, secret, STRANGER)
    await stranger.save(form, "summary", "Pay it elsewhere", 0)
    assert (await at_door.submit(form, content(form), code))[1] == "CHANGED"


async def test_an_expired_a_revoked_anothers_and_a_mistyped_link_look_alike(pool: asyncpg.Pool) -> None:
    expired, revoked = await link_to(pool, SUBJECT), await link_to(pool, ELSEWHERE, DoorForm.QUESTION)
    await pool.execute(
        "UPDATE grantee.links SET until = ledger.now() - interval '1 second' WHERE digest = $1", digest_of(expired)
    )
    owner, _ = await entered(pool, revoked)
    await owner.revoke()
    for secret in (expired, revoked, f"{expired[:-1]}x", "", "../../etc", "x" * 10_000):
        at_door = door(pool, secret)
        assert await at_door.look() is None
        assert not await at_door.enter()
        assert await at_door.ask_fresh() is None  # type: ignore[func-returns-value]
        assert not await at_door.ask_code("SUBMIT")


async def test_a_closed_form_is_read_and_takes_nothing(pool: asyncpg.Pool) -> None:
    """Given a form that staff took over, then its link shows where it stands, and no code lets anything more in."""
    secret = await link_to(pool, SUBJECT)
    at_door, form = await entered(pool, secret)
    await pool.execute("UPDATE grantee.forms SET closed_at = ledger.now()")
    closed = await at_door.look()
    assert closed is not None
    assert closed.closed
    assert not await at_door.ask_code("SUBMIT")
    assert not await at_door.ask_code("INVITE")
    assert await at_door.save(form, "summary", "More", 0) is None
    assert await at_door.submit(form, content(form), "12345678") == (None, "LINK")


async def test_a_flood_of_codes_words_and_fresh_links_ends(pool: asyncpg.Pool) -> None:
    at_door, form = await entered(pool, await link_to(pool, SUBJECT))
    assert [await at_door.ask_code("SUBMIT") for _ in range(7)].count(True) == 5
    said = [await at_door.say(form, content(form, SubmissionKind.QUESTION)) for _ in range(12)]
    assert sum(at is not None for at in said) == 10
    for _ in range(9):
        await at_door.ask_fresh()
    assert await mails(pool, "DOOR_LINK") <= 3


async def test_a_flood_of_papers_ends_at_twenty_and_at_two_hundred_megabytes(pool: asyncpg.Pool) -> None:
    secret, megabyte = await link_to(pool, SUBJECT), 1024 * 1024
    small = [await begun(pool, secret, 10) for _ in range(22)]
    assert sum(paper is not None for paper in small) == 20
    other = await link_to(pool, ELSEWHERE)
    large = [await begun(pool, other, 25 * megabyte) for _ in range(10)]
    assert sum(paper is not None for paper in large) == 8


async def begun(pool: asyncpg.Pool, secret: str, size: int) -> Any:
    query = "SELECT grantee.begin_paper($1, 'papers', $2, $3)"
    return await pool.fetchval(query, digest_of(secret), b"a sealed name", size)


@pytest.mark.parametrize("name", ["Ida \u202eHolm", "Ida\nHolm", "Ida\x00Holm", ""])
async def test_a_name_that_turns_or_breaks_a_line_is_refused(pool: asyncpg.Pool, name: str) -> None:
    _, form = await entered(pool, await link_to(pool, SUBJECT))
    with pytest.raises(ValidationError):
        content(form, name=name)
