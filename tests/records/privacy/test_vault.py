"""Names are sealed in the table, read in clear through the ledger, and gone for good with their key."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.embedded.stack import Stack
from domain.values import ERASED_NAME, SEALED_SIGN
from ledger import AppendRequest, AppendStatus, Ledger, NewEvent, PersonalName, StoredEvent
from ledger.model import MARK
from ledger.projections import Document, Projection, ProjectionStopped, Projector, ReadModel
from ledger.proof.verification import verify
from ledger.tree import leaf_of
from records.opening import Vault, open_ledger
from records.privacy.erasure import erase
from records.privacy.sealed_texts import ERASED, blanked
from records.privacy.sealing import Seal, Sealer
from records.privacy.vault import NamedPerson, SharedName, StaleErasure

ROSA, ABEL = (
    PersonalName("Rosa Quiroga, Lantern (PE)", "Rosa Quiroga"),
    PersonalName("Abel Mbeki, Lantern (PE)", "Abel Mbeki"),
)
STREAM = "partnership/P-2026-0042"


@pytest.fixture
def ledger(pool: asyncpg.Pool) -> Ledger:
    return open_ledger(pool)


@pytest.fixture
def vault(pool: asyncpg.Pool) -> Vault:
    return Vault(pool)


def naming(*named: PersonalName, stream: str = STREAM, after: int = 0, **payload: Any) -> AppendRequest:
    content = payload or {"director": ROSA.text, "reason": f"{ROSA.text} and {ABEL.text} signed"}
    return AppendRequest(stream, uuid4(), after, (NewEvent.of("Noted", 1, content, {}, named or (ROSA, ABEL)),))


def says(events: Sequence[StoredEvent]) -> list[Any]:
    return [json.loads(event.payload) for event in events]


async def stored_text(pool: asyncpg.Pool) -> str:
    return "\n".join(row[0].decode() for row in await pool.fetch("SELECT payload FROM ledger.events"))


async def known_as(vault: Vault, subject: str) -> NamedPerson:
    return next(known for known in await vault.people() if known.subject == subject)


async def approved(ledger: Ledger, known: NamedPerson, *guardians: str) -> None:
    """Record guardians' approvals of an erasure: their signatures are verified by the command itself."""
    after = len(await ledger.read_stream("privacy"))
    events = [{"actor": one, "person": str(known.person), "events": []} for one in guardians]
    made = tuple(NewEvent.of("ErasureApproved", 1, content, {}) for content in events)
    await ledger.append(AppendRequest("privacy", uuid4(), after, made))


async def erased(ledger: Ledger, vault: Vault, known: NamedPerson) -> None:
    """Erase a person as two guardians do."""
    await approved(ledger, known, "dora.kim", "otto.audit")
    await erase(ledger, vault, known, await ledger.head())


def last_said(document: Document | None, events: Sequence[StoredEvent]) -> Document:
    return {"said": json.loads(events[-1].payload)}


LAST = Projection("last", 1, "partnership/", last_said)

# Sealing


def test_what_the_ledger_says_of_the_erased_is_what_the_domain_reads() -> None:
    assert (ERASED, MARK) == (ERASED_NAME, SEALED_SIGN)


async def test_a_name_is_sealed_in_the_table_and_in_clear_through_the_ledger(
    ledger: Ledger, pool: asyncpg.Pool
) -> None:
    await ledger.append(naming())
    assert says(await ledger.read_stream(STREAM)) == [
        {"director": "Rosa Quiroga", "reason": "Rosa Quiroga and Abel Mbeki signed"}
    ]
    kept = await stored_text(pool)
    assert "Rosa" not in kept
    assert "Mbeki" not in kept
    assert kept.count("⟦") == 3


async def test_every_way_of_reading_through_the_ledger_shows_the_name(ledger: Ledger) -> None:
    await ledger.append(naming())
    whole = [event async for event in ledger.read_all()]
    payloads = [one async for one in ledger.read_payloads("partnership/", ["Noted"])]
    raw = [event async for event in ledger.read_between(0, 9)]
    assert [json.loads(one.payload)["director"] for one in (*whole, *payloads)] == ["Rosa Quiroga"] * 2  # type: ignore[attr-defined]
    assert b"Rosa" not in raw[0].payload
    assert leaf_of(raw[0]) == raw[0].leaf == whole[0].leaf


async def test_the_same_append_again_is_a_replay(ledger: Ledger, pool: asyncpg.Pool) -> None:
    request = naming()
    first, again = await ledger.append(request), await open_ledger(pool).append(request)
    assert (first.status, again.status) == (AppendStatus.OK, AppendStatus.REPLAY)


async def test_appends_that_meet_agree_on_the_key_of_somebody_new(ledger: Ledger, vault: Vault) -> None:
    requests = [naming(stream=f"partnership/P-2026-{1000 + n}") for n in range(20)]
    await asyncio.gather(*[ledger.append(request) for request in requests])
    people = await vault.people()
    assert [known.subject for known in people] == [ABEL.subject, ROSA.subject]
    assert {len(known.streams) for known in people} == {20}


async def test_a_ledger_without_seals_takes_no_names_and_shows_none(ledger: Ledger, pool: asyncpg.Pool) -> None:
    await ledger.append(naming())
    with pytest.raises(ValueError, match="name people"):
        await Ledger(pool).append(naming(after=1))
    [bare] = await Ledger(pool).read_stream(STREAM)
    assert b"Rosa" not in bare.payload


async def test_nobody_can_write_what_looks_encrypted() -> None:
    with pytest.raises(ValueError, match="encrypted text alone"):
        NewEvent.of("Noted", 1, {"said": f"⟦{uuid4()}:AAAA⟧"}, {})


def sealer(*texts: str) -> Sealer:
    return Sealer({text: Seal(UUID(int=n), bytes([n]) * 64) for n, text in enumerate(texts, start=1)})


def sealed(one: Sealer, payload: dict[str, Any], event_type: str = "Noted") -> Any:
    return json.loads(blanked(one.event(NewEvent.of(event_type, 1, payload, {})).payload))


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        pytest.param("Rosa Quiroga", "⟦sealed⟧", id="the name alone"),
        pytest.param("met by Rosa Quiroga.", "met by ⟦sealed⟧.", id="within a sentence"),
        pytest.param("Rosa Quiroga Vda", "⟦sealed⟧", id="the longer of two names"),
        pytest.param("Rosa Quirogana", "Rosa Quirogana", id="the beginning of another word"),
        pytest.param("Suharto", "⟦sealed⟧", id="a single word alone"),
        pytest.param("the Suharto fund", "the Suharto fund", id="a single word within a text"),
        pytest.param("DIRECTOR", "DIRECTOR", id="a name that could be a code"),
        pytest.param("pia.berg", "pia.berg", id="a name that could be an identifier"),
        pytest.param("Noted", "Noted", id="a name that is the event's type"),
        pytest.param("met by ROSA QUIROGA.", "met by ⟦sealed⟧.", id="in capitals"),
        pytest.param("met by rosa  quiroga.", "met by ⟦sealed⟧.", id="with two blanks"),
        pytest.param("met by Rosa\u00a0Quiroga.", "met by ⟦sealed⟧.", id="with a blank that does not break"),
        pytest.param("met by Rosa\n Quiroga.", "met by ⟦sealed⟧.", id="over two lines"),
        pytest.param("met by Ro\u00adsa\u200b Quiroga.", "met by ⟦sealed⟧.", id="with signs that nobody sees"),
        pytest.param("met by Quiroga, Rosa.", "met by ⟦sealed⟧.", id="family name first"),
        pytest.param("met by QUIROGA Rosa.", "met by ⟦sealed⟧.", id="family name first, without a comma"),
        pytest.param("met by Quiroga Vda, Rosa.", "met by ⟦sealed⟧.", id="two family names first"),
        pytest.param("met by In\u00eas Ko\u0308hler.", "met by ⟦sealed⟧.", id="composed in another way"),
        pytest.param("suharto", "suharto", id="a single word that could be a code as it is written"),
        pytest.param("SÚHARTO", "⟦sealed⟧", id="a single word in capitals that is no code"),
    ],
)
def test_what_is_taken_for_a_name(text: str, stored: str) -> None:
    names = ("Rosa Quiroga", "Rosa Quiroga Vda", "Ine\u0302s K\u00f6hler", "Suharto", "Súharto")
    known = sealer(*names, "DIRECTOR", "pia.berg", "Noted")
    assert sealed(known, {"said": text, "more": [{"said": text}]}) == {"said": stored, "more": [{"said": stored}]}


# What is hers beside her name

BORN = "1961-04-05"
HERS = ("born", "pair", "explanation")
ROSAS, ABELS = ROSA._replace(beside=HERS), ABEL._replace(beside=HERS)
SOLE = PersonalName("ROSA, Lantern (PE)", "ROSA", HERS)
MATCH = {"party": ROSA.text, "pair": "ab" * 32, "explanation": ["rosa = rosa", "born 1961-04-05, listed as born 1961"]}
PLAIN = {"name": "Lantern", "born": BORN, "pair": "cd" * 32, "explanation": ["lantern = lantern"], "dated": BORN}


def beside(*named: PersonalName, **payload: Any) -> AppendRequest:
    return naming(*named or (ROSAS, ABELS), **payload)


@pytest.mark.parametrize(
    ("named", "written"),
    [
        pytest.param(ROSAS, {"name": ROSA.text, "born": BORN}, id="a name of two words"),
        pytest.param(SOLE, {"name": "ROSA", "born": BORN}, id="a name that could be a code"),
        pytest.param(ROSAS, {"deep": [{"more": {"born": BORN, "name": ROSA.text}}]}, id="however deep"),
        pytest.param(ROSAS, MATCH, id="what she was met by"),
    ],
)
async def test_what_is_hers_is_sealed_in_the_table_and_in_clear_through_the_ledger(
    ledger: Ledger, pool: asyncpg.Pool, named: PersonalName, written: dict[str, Any]
) -> None:
    await ledger.append(beside(named, **written))
    kept = await stored_text(pool)
    assert says(await ledger.read_stream(STREAM)) == [written]
    assert [words for words in (BORN, "ab" * 32, "rosa", "1961") if words in kept] == []


async def test_a_name_that_could_be_a_code_stays_and_what_is_beside_it_does_not(
    ledger: Ledger, pool: asyncpg.Pool
) -> None:
    await ledger.append(beside(SOLE, name="ROSA", born=BORN, role="ROSA"))
    [kept] = [json.loads(blanked(row[0])) for row in await pool.fetch("SELECT payload FROM ledger.events")]
    assert kept == {"name": "ROSA", "born": "⟦sealed⟧", "role": "ROSA"}


async def test_what_stands_beside_nobody_is_nobodys(ledger: Ledger, pool: asyncpg.Pool) -> None:
    written = {"rosa": {"name": ROSA.text, "born": BORN}, "firm": PLAIN, "dated": BORN, "reason": f"born on {BORN}"}
    await ledger.append(beside(**written))
    [kept] = [json.loads(blanked(row[0])) for row in await pool.fetch("SELECT payload FROM ledger.events")]
    assert kept == {**written, "rosa": {"name": "⟦sealed⟧", "born": "⟦sealed⟧"}}


async def test_a_name_within_a_sentence_makes_what_stands_beside_it_nobodys(ledger: Ledger, pool: asyncpg.Pool) -> None:
    await ledger.append(beside(reason=f"{ROSA.text} was seen", pair="ab" * 32))
    assert '"pair":"' + "ab" * 32 in await stored_text(pool)


async def test_what_is_hers_is_erased_with_her_and_another_persons_is_not(ledger: Ledger, vault: Vault) -> None:
    both = [MATCH, {"name": ROSA.text, "born": BORN}, {"name": ABEL.text, "born": BORN}]
    await ledger.append(beside(said=both, dated=BORN))
    await erased(ledger, vault, await known_as(vault, ROSA.subject))
    hers = {"party": ERASED, "pair": ERASED, "explanation": [ERASED, ERASED]}
    [left] = says(await ledger.read_stream(STREAM))
    assert left == {
        "said": [hers, {"name": ERASED, "born": ERASED}, {"name": ABEL.text, "born": BORN}], "dated": BORN,
    }  # fmt: skip


async def test_what_is_hers_is_sealed_alike_however_often_it_is_appended(ledger: Ledger, vault: Vault) -> None:
    request = beside(said=[MATCH, {"name": ABEL.text, "born": BORN}])
    first, again = await ledger.append(request), await ledger.append(request)
    assert (first.status, again.status) == (AppendStatus.OK, AppendStatus.REPLAY)
    assert await vault.seal(request) == await vault.seal(request)


NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="⟦"), min_size=1, max_size=40)


@pytest.mark.slow
@given(texts=st.lists(NAMES, max_size=4), named=st.lists(NAMES, min_size=1, max_size=3, unique=True))
@settings(max_examples=60)
async def test_whatever_is_sealed_reads_as_it_was_written(
    pool: asyncpg.Pool, texts: list[str], named: list[str]
) -> None:
    payload = {"said": [*texts, *named, " and ".join(named)]}
    request = naming(*[PersonalName(f"of {text}", text) for text in named], stream=f"s/{uuid4()}", **payload)
    ledger = open_ledger(pool)
    await ledger.append(request)
    assert says(await ledger.read_stream(request.stream_id)) == [payload]


OWN = st.recursive(st.none() | st.booleans() | st.integers(-9, 9) | NAMES, lambda inner: st.lists(inner, max_size=3))


@pytest.mark.slow
@given(own=st.dictionaries(NAMES, OWN, min_size=1, max_size=4), name=NAMES, other=NAMES)
@settings(max_examples=60)
async def test_whatever_is_sealed_beside_a_name_reads_as_it_was_written(
    pool: asyncpg.Pool, own: dict[str, Any], name: str, other: str
) -> None:
    named = PersonalName(f"of {name}", name, tuple(own)), PersonalName(f"of {other}", other, tuple(own))
    payload = {"hers": {**own, "of whom": name}, "anothers": {**own, "of whom": other, "more": [own]}}
    request = naming(*named, stream=f"s/{uuid4()}", **payload)
    ledger = open_ledger(pool)
    await ledger.append(request)
    assert says(await ledger.read_stream(request.stream_id)) == [payload]


# Erasing


async def test_an_erased_name_is_unreadable_everywhere_and_another_persons_is_not(
    ledger: Ledger, vault: Vault, pool: asyncpg.Pool
) -> None:
    await ledger.append(naming())
    await Projector(ledger, LAST).catch_up()
    await erased(ledger, vault, await known_as(vault, ROSA.subject))
    assert await ReadModel(ledger, "last").document(STREAM) is None
    await Projector(ledger, LAST).catch_up()
    said = {"director": ERASED, "reason": f"{ERASED} and Abel Mbeki signed"}
    assert says(await ledger.read_stream(STREAM)) == [said]
    assert await ReadModel(ledger, "last").document(STREAM) == {"said": said}
    assert "Rosa" not in json.dumps([list(map(str, row)) for row in await pool.fetch("SELECT * FROM privacy.people")])
    assert [known.subject for known in await vault.people()] == [ABEL.subject]


async def files_with(pool: asyncpg.Pool, stack: Stack, words: bytes) -> list[str]:
    """The files of the database, as they are on the disk, in which words stand."""
    await pool.execute("CHECKPOINT")
    oid = await pool.fetchval("SELECT oid FROM pg_database WHERE datname = current_database()")
    files = (stack.folder / "postgres" / "base" / str(oid)).iterdir()
    return await asyncio.to_thread(lambda: [one.name for one in files if words in one.read_bytes()])


async def test_an_erased_name_stands_in_no_file_of_the_database(
    ledger: Ledger, vault: Vault, pool: asyncpg.Pool, stack: Stack
) -> None:
    """A plain vacuum leaves what was deleted in its page: the tables that held it are written anew."""
    await ledger.append(naming())
    await Projector(ledger, LAST).catch_up()
    name = ROSA.text.encode()
    assert await files_with(pool, stack, name)
    assert not await files_with(pool, stack, ROSA.subject.encode())  # what they are found by was never there in clear
    await erased(ledger, vault, await known_as(vault, ROSA.subject))
    await Projector(ledger, LAST).catch_up()
    assert not await files_with(pool, stack, name)


async def test_every_proof_holds_after_an_erasure(ledger: Ledger, vault: Vault) -> None:
    await ledger.append(naming())
    rosa = await known_as(vault, ROSA.subject)
    await approved(ledger, rosa, "dora.kim", "otto.audit")
    before = await verify(ledger, {})
    await erase(ledger, vault, rosa, await ledger.head())
    after = await verify(ledger, {})
    assert (list(after.faults), after.frontier.root) == ([], before.frontier.root)


async def test_who_is_named_again_after_an_erasure_is_somebody_new(ledger: Ledger, vault: Vault) -> None:
    await ledger.append(naming())
    old = await known_as(vault, ROSA.subject)
    await erased(ledger, vault, old)
    await ledger.append(naming(after=1))
    assert (await known_as(vault, ROSA.subject)).person != old.person
    assert [one["director"] for one in says(await ledger.read_stream(STREAM))] == [ERASED, "Rosa Quiroga"]


async def test_who_was_named_elsewhere_meanwhile_is_not_erased(ledger: Ledger, vault: Vault) -> None:
    await ledger.append(naming())
    seen = await known_as(vault, ROSA.subject)
    await ledger.append(naming(stream="partnership/P-2026-0043"))
    with pytest.raises(StaleErasure, match="look at it and try again"):
        await erased(ledger, vault, seen)
    assert len(await vault.people()) == 2


async def test_an_erasure_waits_for_no_read_model_that_stopped(
    ledger: Ledger, vault: Vault, pool: asyncpg.Pool
) -> None:
    await ledger.append(naming())
    await Projector(ledger, LAST).catch_up()
    await pool.execute("UPDATE projection.checkpoints SET leaf = sha256(leaf)")
    await erased(ledger, vault, await known_as(vault, ROSA.subject))
    assert says(await ledger.read_stream(STREAM))[0]["director"] == ERASED
    assert await all_of(pool, "documents") == []
    with pytest.raises(ProjectionStopped, match="folded from another ledger"):
        await Projector(ledger, LAST).catch_up()


async def test_what_came_in_the_meantime_is_folded_onto_all_that_was_said_before(ledger: Ledger, vault: Vault) -> None:
    counts = LAST._replace(fold=lambda document, events: {"n": (document or {"n": 0})["n"] + len(events)})
    await ledger.append(naming())
    await ledger.append(naming(after=1))
    await Projector(ledger, counts).catch_up()
    await erased(ledger, vault, await known_as(vault, ROSA.subject))
    await ledger.append(naming(after=2))
    await Projector(ledger, counts).catch_up()
    assert await ReadModel(ledger, "last").document(STREAM) == {"n": 3}


async def test_a_name_does_not_stay_in_what_was_set_aside(ledger: Ledger, vault: Vault, pool: asyncpg.Pool) -> None:
    def fails_at_the_second(document: Document | None, events: Sequence[StoredEvent]) -> Document:
        if events[-1].version == 2:
            raise ValueError(str(says(events)))
        return last_said(document, events)

    fragile = LAST._replace(fold=fails_at_the_second)
    await ledger.append(naming())
    await ledger.append(naming(after=1))
    await Projector(ledger, fragile).catch_up()
    [aside] = await ReadModel(ledger, "last").quarantined()
    await erased(ledger, vault, await known_as(vault, ROSA.subject))
    assert [*await all_of(pool, "documents"), *await all_of(pool, "quarantine")] == []
    await Projector(ledger, fragile).catch_up()
    [still] = await ReadModel(ledger, "last").quarantined()
    kept = [str(dict(row)) for table in ("documents", "quarantine") for row in await all_of(pool, table)]
    assert ("Rosa" in aside.reason, still.position) == (True, aside.position)
    assert len(kept) == 2
    assert not [row for row in kept if "Rosa" in row]


async def all_of(pool: asyncpg.Pool, table: str) -> list[asyncpg.Record]:
    return list(await pool.fetch(f"SELECT * FROM projection.{table}"))


@pytest.mark.slow
async def test_a_projector_that_follows_later_never_learns_the_name(ledger: Ledger, vault: Vault) -> None:
    await ledger.append(naming())
    await erased(ledger, vault, await known_as(vault, ROSA.subject))
    await Projector(ledger, LAST).catch_up()
    assert (await ReadModel(ledger, "last").document(STREAM) or {})["said"]["director"] == ERASED


@pytest.mark.slow
async def test_an_address_is_sealed_within_a_text_as_well(ledger: Ledger, vault: Vault) -> None:
    address = PersonalName(ROSA.subject, "rosa@lantern.example")
    await ledger.append(naming(address, comment="Write to rosa@lantern.example, or call."))
    await erased(ledger, vault, await known_as(vault, ROSA.subject))
    assert says(await ledger.read_stream(STREAM)) == [{"comment": f"Write to {ERASED}, or call."}]


# Two people of one name in one stream

LANTERNS, BEACONS = ROSA, PersonalName("Rosa Quiroga, Beacon (PE)", "Rosa Quiroga")
OTHER = "partnership/P-2026-0043"


async def test_two_people_of_one_name_are_listed_as_the_one_subject_that_they_are_there(
    ledger: Ledger, vault: Vault
) -> None:
    await ledger.append(naming(LANTERNS, BEACONS, director=LANTERNS.text, owner=BEACONS.text))
    listed = {known.subject: known.streams for known in await vault.people()}
    assert listed == {f"{LANTERNS.subject}; {BEACONS.subject}": (STREAM,)}


async def test_who_bears_anothers_name_is_erased_wherever_she_is_named_or_not_at_all(
    ledger: Ledger, vault: Vault
) -> None:
    """Given two people of one name in one stream and one of them in another, she is erased there once both are here."""
    await ledger.append(naming(LANTERNS, BEACONS, owner=BEACONS.text))
    await ledger.append(naming(BEACONS, stream=OTHER, owner=BEACONS.text))
    with pytest.raises(SharedName, match=r"has a namesake in the same partnership; first erase"):
        await erased(ledger, vault, await known_as(vault, BEACONS.subject))
    assert says(await ledger.read_stream(OTHER)) == [{"owner": BEACONS.text}]
    for subject in (f"{LANTERNS.subject}; {BEACONS.subject}", BEACONS.subject):
        await erased(ledger, vault, await known_as(vault, subject))
    assert [says(await ledger.read_stream(one)) for one in (STREAM, OTHER)] == [[{"owner": ERASED}]] * 2


# Keys that are read with the events


async def queries(ledger: Ledger, pool: asyncpg.Pool) -> list[str]:
    """Read the stream, and return the statements that it took."""
    asked: list[str] = []
    async with ledger.at_one_moment(), ledger.connection() as connection:
        with connection.query_logger(lambda one: asked.append(one.query)):
            await ledger.read_stream(STREAM)
    return asked


async def test_who_was_named_in_a_stream_is_read_with_it_the_next_time(ledger: Ledger, pool: asyncpg.Pool) -> None:
    await ledger.append(naming())
    assert len(await queries(ledger, pool)) == 2
    assert len(await queries(ledger, pool)) == 1
    assert says(await ledger.read_stream(STREAM))[0]["director"] == ROSA.text


async def test_who_is_named_since_is_read_as_well(ledger: Ledger) -> None:
    await ledger.append(naming(ROSA, director=ROSA.text))
    await ledger.read_stream(STREAM)
    await ledger.append(naming(ABEL, after=1, director=ABEL.text))
    assert [one["director"] for one in says(await ledger.read_stream(STREAM))] == [ROSA.text, ABEL.text]


async def test_whose_key_was_destroyed_since_is_blank_although_they_were_read_before(
    ledger: Ledger, vault: Vault
) -> None:
    await ledger.append(naming(ROSA, director=ROSA.text))
    assert says(await ledger.read_stream(STREAM))[0]["director"] == ROSA.text
    await erased(ledger, vault, await known_as(vault, ROSA.subject))
    [event] = await ledger.read_stream(STREAM)
    assert says([event])[0]["director"] == ERASED
    assert len(event.blanked) == 1


async def test_an_older_part_of_a_stream_names_whom_the_newer_part_does_not(ledger: Ledger) -> None:
    await ledger.append(naming(ROSA, director=ROSA.text))
    await ledger.append(naming(ABEL, after=1, director=ABEL.text))
    assert [one["director"] for one in says(await ledger.read_stream(STREAM, 1))] == [ABEL.text]
    assert [one["director"] for one in says(await ledger.read_stream(STREAM))] == [ROSA.text, ABEL.text]
