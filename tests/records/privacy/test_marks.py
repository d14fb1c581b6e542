"""The database takes a mark only as the encrypted text of somebody whose key lives and whom the stream names."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

import asyncpg
import pytest

from domain.recorded.writers import Writer
from ledger import AppendRequest, Ledger, LedgerUnavailable, NewEvent, PersonalName
from ledger.model import STRAY
from records.opening import Vault, open_ledger
from records.privacy.erasure import erase
from records.privacy.sealed_texts import ERASED, opened
from records.privacy.sealing import Seal
from records.privacy.vault import NamedPerson
from tests.records.privacy.test_vault import approved

STREAM, OTHER = "partnership/P-2026-0042", "partnership/P-2026-0043"
ROSA, ABEL = (PersonalName(f"{name}, Lantern (PE)", name) for name in ("Rosa Quiroga", "Abel Mbeki"))
MARK: Final = "\u27e6erased\u27e7"
SEALED: Final = "\u27e60f0c5f7e-3c9c-4a60-9d0c-6f6a5d1f2b11:AAAA\u27e7"


@pytest.fixture
def ledger(pool: asyncpg.Pool) -> Ledger:
    return open_ledger(pool, Writer.WORKER)


def event(content: dict[str, Any], *named: PersonalName) -> NewEvent:
    return NewEvent.of("CommandRefused", 1, content, {}, named)


def request(*events: NewEvent, stream: str = STREAM, after: int = 0) -> AppendRequest:
    return AppendRequest(stream, uuid4(), after, events)


async def write(pool: asyncpg.Pool, payload: bytes, meta: bytes = b"{}", stream: str = STREAM, after: int = 0) -> None:
    """Append bytes of one's own through a worker's function."""
    made = NewEvent("CommandRefused", 1, payload, meta)
    await Ledger(pool, door=open_ledger(pool, Writer.WORKER)._door).append(request(made, stream=stream, after=after))


RAW, ESCAPED = MARK.encode(), MARK.encode("ascii", "backslashreplace")
REFUSED = [
    pytest.param(b'{"reason":"' + RAW + b'"}', b"{}", id="raw"),
    pytest.param(b'{"reason":"' + ESCAPED + b'"}', b"{}", id="escaped"),
    pytest.param(b'{"reason":"' + ESCAPED.replace(b"27e6", b"27E6") + b'"}', b"{}", id="escaped in capitals"),
    pytest.param(b'{"reason":"\\\\' + ESCAPED + b'"}', b"{}", id="escaped behind an escaped backslash"),
    pytest.param(b'{"' + RAW + b'":"x"}', b"{}", id="in a key"),
    pytest.param(b'{"' + ESCAPED + b'":"x"}', b"{}", id="escaped in a key"),
    pytest.param(b'{"a":"' + RAW + b'","a":"x"}', b"{}", id="under a key that stands twice"),
    pytest.param(b'{"a":"\xe2\x9f\xa6"}', b"{}", id="the sign alone"),
    pytest.param(b'{"a":"' + SEALED.replace("AAAA", "").encode() + b'"}', b"{}", id="nothing encrypted"),
    pytest.param(b'{"a":"' + SEALED.replace("f7e-", "F7E-").encode() + b'"}', b"{}", id="an id in capitals"),
    pytest.param(b'{"a":"' + RAW[:3] + SEALED.encode() + b'"}', b"{}", id="a mark before an encrypted text"),
    pytest.param(b'{"' + SEALED.encode() + b'":"x"}', b"{}", id="an encrypted text as a key"),
    pytest.param(b'{"' + SEALED.encode() + b' \\" x" : "x"}', b"{}", id="an encrypted text within a key"),
    pytest.param(b"{}", b'{"actor":"' + RAW + b'"}', id="raw in the metadata"),
    pytest.param(b"{}", b'{"actor":"' + ESCAPED + b'"}', id="escaped in the metadata"),
    pytest.param(b"{}", b'{"actor":"' + SEALED.encode() + b'"}', id="encrypted in the metadata"),
]


@pytest.mark.sampled(4)
@pytest.mark.parametrize(("payload", "meta"), REFUSED)
async def test_a_mark_that_is_nobodys_encrypted_name_is_refused(
    pool: asyncpg.Pool, payload: bytes, meta: bytes
) -> None:
    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.DataError)):
        await write(pool, payload, meta)
    assert await pool.fetchval("SELECT count(*) FROM ledger.events") == 0


async def test_words_that_only_speak_of_the_sign_are_taken(ledger: Ledger, pool: asyncpg.Pool) -> None:
    """Somebody may write how JSON writes the sign: these are other characters."""
    await ledger.append(request(event({"reason": "it printed \\u27e6 and \\u27E6 there"})))
    assert await pool.fetchval("SELECT count(*) FROM ledger.events") == 1


async def living(ledger: Ledger, vault: Vault, person: PersonalName = ROSA, stream: str = STREAM) -> NamedPerson:
    """Somebody whom a stream names, and whose key lives."""
    await ledger.append(request(event({"reason": f'{person.text} said "yes": she comes'}, person), stream=stream))
    return next(one for one in await vault.people() if one.subject == person.subject)


async def erased(ledger: Ledger, vault: Vault, person: PersonalName = ROSA) -> NamedPerson:
    found = await living(ledger, vault, person)
    await approved(open_ledger(vault._pool), found, "dora.kim", "otto.audit")
    await erase(ledger, vault, found, await ledger.head())
    return found


@pytest.mark.slow
async def test_the_encrypted_name_of_somebody_whose_key_lives_is_taken_where_the_stream_names_them(
    ledger: Ledger, pool: asyncpg.Pool
) -> None:
    await living(ledger, Vault(pool))
    [stored] = await Ledger(pool).read_stream(STREAM)
    await write(pool, stored.payload, after=1)
    with pytest.raises(LedgerUnavailable):
        await write(pool, stored.payload, stream=OTHER)
    assert [one.stream_id for one in [*await ledger.read_stream(STREAM), *await ledger.read_stream(OTHER)]] == (
        [STREAM] * 2
    )


@pytest.mark.slow
async def test_nothing_is_written_under_a_destroyed_key_nor_under_none(ledger: Ledger, pool: asyncpg.Pool) -> None:
    await erased(ledger, Vault(pool))
    [stored] = await Ledger(pool).read_stream(STREAM)
    for payload in (stored.payload, b'{"a":"' + SEALED.encode() + b'"}'):
        with pytest.raises(LedgerUnavailable):
            await write(pool, payload, after=1)
    assert len(await ledger.read_stream(STREAM)) == 1


@pytest.mark.slow
async def test_an_append_on_its_way_while_somebody_is_erased_is_encrypted_again_when_it_is_tried_again(
    ledger: Ledger, pool: asyncpg.Pool
) -> None:
    """Given a name that was encrypted, when its key is destroyed before the append, then nothing lands under it."""
    vault = Vault(pool)
    late = request(event({"reason": ROSA.text}, ROSA), after=1)
    person = await living(ledger, vault)
    on_its_way = await vault.seal(late)
    await approved(open_ledger(pool), person, "dora.kim", "otto.audit")
    await erase(ledger, vault, person, await ledger.head())
    with pytest.raises(LedgerUnavailable):
        await Ledger(pool, door=ledger._door).append(on_its_way)
    assert (await ledger.append(late)).recorded
    assert [json.loads(one.payload)["reason"][:12] for one in await ledger.read_stream(STREAM)] == [
        f"{ERASED} sai",
        ROSA.text,
    ]


@pytest.mark.slow
async def test_who_was_found_in_a_stream_and_erased_since_is_encrypted_under_no_key_of_theirs(
    ledger: Ledger, pool: asyncpg.Pool
) -> None:
    """Given people who were found, when one is erased, then it is recorded once they are found anew."""
    vault = Vault(pool)
    person = await living(ledger, vault)
    found = await ledger.names_in(STREAM)
    await approved(open_ledger(pool), person, "dora.kim", "otto.audit")
    await erase(ledger, vault, person, await ledger.head())
    late = request(event({"reason": ROSA.text}, ROSA), after=1)
    with pytest.raises(LedgerUnavailable):
        await ledger.append(replace(late, names=found))
    assert not await ledger.names_in(STREAM)
    assert (await ledger.append(replace(late, names=await ledger.names_in(STREAM)))).recorded


async def test_whom_a_stream_names_is_found_with_it_and_whom_it_does_not_is_registered(
    ledger: Ledger, pool: asyncpg.Pool
) -> None:
    """Given who is found in a stream, when it names somebody else as well, then both stand under keys of their own."""
    await living(ledger, Vault(pool))
    found = await ledger.names_in(STREAM)
    assert (len(found), await ledger.names_in(OTHER)) == (1, {})
    both = request(event({"reason": f"{ROSA.text} and {ABEL.text}"}, ROSA, ABEL), after=1)
    answer = await ledger.append(replace(both, names=found, beside=OTHER))
    assert found.items() <= (await ledger.names_in(STREAM)).items()
    assert len(await ledger.names_in(STREAM)) == 2
    assert answer.report is not None
    assert [answer.report.events[0]] == await ledger.read_stream(STREAM, 1)
    assert ROSA.text.encode() not in (await Ledger(pool).read_stream(STREAM, 1))[0].payload


async def test_a_request_shows_neither_a_key_nor_what_it_encrypted(ledger: Ledger, pool: asyncpg.Pool) -> None:
    """Given a request with names, when it is written into a log, then it shows no key and, once encrypted, no name."""
    vault = Vault(pool)
    await living(ledger, vault)
    late = replace(request(event({"reason": ROSA.text}, ROSA), after=1), names=await ledger.names_in(STREAM))
    [key] = [seal.key for seal in (await ledger.names_in(STREAM)).values()]
    assert repr(key) not in repr(late)
    on_its_way = await vault.seal(late)
    assert (ROSA.text in repr(on_its_way), repr(key) in repr(on_its_way), on_its_way.names) == (False, False, None)


async def test_whoever_records_in_a_transaction_looks_there_for_whom_the_stream_names(
    ledger: Ledger, pool: asyncpg.Pool
) -> None:
    """Given a pool whose last connection is in a transaction, when it records who is named there, then it waits not."""
    await living(ledger, Vault(pool))
    async with ledger.connection() as connection, connection.transaction(), AsyncExitStack() as others:
        await ledger.hold_appends(connection)
        for _ in range(pool.get_max_size() - 1):
            await others.enter_async_context(pool.acquire())
        again = request(event({"reason": ROSA.text}, ROSA), after=1)
        (answer,) = await ledger.append_within(connection, [again])
    assert answer.recorded


def seal(number: int) -> Seal:
    return Seal(uuid4(), bytes([number]) * 64)


def test_a_text_that_is_not_encrypted_under_its_persons_key_is_a_mark_that_belongs_to_nobody() -> None:
    rosa, abel = seal(1), seal(2)
    keys = {str(rosa.person): rosa.key, str(abel.person): abel.key}
    forged = abel.of("Rosa").replace(str(abel.person), str(rosa.person))
    assert opened(f'{{"a":"{forged}"}}'.encode(), keys) == (f'{{"a":"{ERASED}"}}'.encode(), {STRAY})
    assert opened(f'{{"a":"{rosa.of(MARK)}"}}'.encode(), keys).blanked == {STRAY}
    assert opened(f'{{"a":"{rosa.of("Rosa")}"}}'.encode(), keys) == (b'{"a":"Rosa"}', frozenset())


def test_who_is_erased_is_told_by_what_is_stored_and_by_no_word() -> None:
    rosa = seal(1)
    gone: dict[str, bytes | None] = {str(rosa.person): None}
    assert opened(f'{{"a":"{rosa.of("Rosa")}"}}'.encode(), gone).blanked == {str(rosa.person)}
    assert opened(f'{{"a":"{rosa.of("Rosa")} {MARK}"}}'.encode(), gone).blanked == {str(rosa.person), STRAY}
    assert opened(b'{"a":"' + ESCAPED + b'"}', gone).blanked == {STRAY}


# Destroying a key


async def destroyed(pool: asyncpg.Pool, person: NamedPerson, seen: int) -> bool:
    query = "SELECT privacy.destroy($1, $2, $3)"
    return bool(await pool.fetchval(query, person.person, list(person.streams), seen))


async def test_no_key_is_destroyed_that_two_have_not_approved_on_record(ledger: Ledger, pool: asyncpg.Pool) -> None:
    vault = Vault(pool)
    person = await living(ledger, vault)
    another = await living(ledger, vault, ABEL, OTHER)
    for guardians in ((), ("dora.kim",), ("dora.kim",)):
        await approved(open_ledger(pool), person, *guardians) if guardians else None
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="no two guardians approved it"):
            await destroyed(pool, person, await ledger.head())
    await approved(open_ledger(pool), person, "otto.audit")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await destroyed(pool, another, await ledger.head())
    assert await destroyed(pool, person, await ledger.head())
    assert [one.subject for one in await vault.people()] == [ABEL.subject]


async def test_who_is_named_in_a_later_event_than_was_listed_is_not_erased(ledger: Ledger, pool: asyncpg.Pool) -> None:
    person = await living(ledger, Vault(pool))
    await approved(open_ledger(pool), person, "dora.kim", "otto.audit")
    seen = await ledger.head()
    await ledger.append(request(event({"reason": ROSA.text}, ROSA), after=1))
    assert not await destroyed(pool, person, seen)
    assert await destroyed(pool, person, await ledger.head())


async def test_the_tables_are_written_anew_where_a_key_was_destroyed_and_at_no_other_time(
    ledger: Ledger, pool: asyncpg.Pool
) -> None:
    async def file_of_people() -> int:
        return int(await pool.fetchval("SELECT pg_relation_filenode('privacy.people')"))

    await living(ledger, Vault(pool), ABEL, OTHER)
    before = await file_of_people()
    await pool.execute("SELECT privacy.rewrite()")
    assert await file_of_people() == before
    await erased(ledger, Vault(pool))
    anew = await file_of_people()
    await pool.execute("SELECT privacy.rewrite()")
    assert (anew != before, await file_of_people()) == (True, anew)
