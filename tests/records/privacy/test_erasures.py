"""An event whose names cannot be read is believed if two guardians listed it whole, and nobody else makes it so."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from accord.audit.replays import decisions
from accord.audit.signatures import authorship_of, verify_signatures
from accord.client.acts import record_act
from accord.client.desk import Desk
from accord.organisation.erasures import approve, erase_now, what_it_blanks
from accord.presentation.faults import Refused
from domain.directory.disregarded import Disregarded
from domain.directory.erasures import FORGED_WORDS, UNPROVED_WORDS
from domain.directory.personal import BlankedEvent, ErasureApproved, ErasureContent, erasure_statement
from domain.partnership import events as e
from domain.recorded.acts import OrganisationAct
from domain.recorded.schema import event_payload
from domain.streams import PRIVACY_STREAM, StreamId
from ledger import AppendRequest, Ledger, NewEvent, clock
from records.codec import to_ledger
from records.privacy.sealed_texts import ERASED
from records.privacy.sealing import Seal
from records.privacy.vault import NamedPerson, Vault
from tests import paying
from tests.builders import as_given, number, party
from tests.ledger.proof import behind_our_back
from tests.scribe import Scribe, signing_for

CHAIR = "Rosa Quiroga Paz"
GUARDIANS = ("dora.kim", "otto.audit")


@pytest.fixture
async def over(furnished: Desk) -> Scribe:
    """A partnership that ended, whose partner's chair is named in what people signed."""
    board = ({"name": CHAIR, "role": "DIRECTOR", "country": "PE"},)
    scribe = await paying.approved(furnished, as_given(paying.REFERENCE, partner=party(principals=board)))
    await scribe.write(
        scribe.made(e.PartnershipWithdrawn, "pia.berg", reason=f"{CHAIR} has left them"),
    )
    return scribe


async def chair(desk: Desk) -> NamedPerson:
    return next(one for one in await Vault(desk.pool).people() if one.subject.startswith(CHAIR))


async def erased(desk: Desk) -> tuple[BlankedEvent, ...]:
    """Two guardians erase the chair. Return the events that they listed."""
    person = await chair(desk)
    for guardian in GUARDIANS:
        blanking = await what_it_blanks(desk, person)
        signed = await approve(desk, person, blanking, "She asked for it", guardian)
    assert signed == {*GUARDIANS}
    await erase_now(desk, person, blanking.seen)
    return blanking.events


async def planted(desk: Desk, reference: str, event: Any, payload: bytes | None = None) -> int:
    """An event that stood in the ledger before the database refused marks. Return its position."""
    stream = StreamId.partnership(reference)
    command = event.signature.statement.command_id if getattr(event, "signature", None) else uuid4()
    [made] = to_ledger((event,), "accord", command) if payload is None else (None,)
    new = made or NewEvent(event.event_type, event.schema_version, payload or b"", b'{"actor":"accord"}')
    version = len(await desk.ledger.read_stream(stream))
    answer = await Ledger(desk.pool).append(AppendRequest(stream, command, version, (new,)))
    assert answer.first_position is not None
    return answer.first_position


def as_stored(event: Any, **texts: str) -> bytes:
    """An event's bytes with a text of one's own in them."""
    content = event_payload(event)
    made = NewEvent.of(event.event_type, event.schema_version, content | {name: f"@{name}" for name in texts}, {})
    stored = made.payload
    for name, text in texts.items():
        stored = stored.replace(f"@{name}".encode(), text.encode())
    return stored


async def faults(desk: Desk) -> dict[int, str]:
    return dict((await verify_signatures(desk.ledger)).faults)


async def test_a_partnership_whose_people_are_erased_reads_and_verifies_as_before(over: Scribe) -> None:
    desk, before = over.desk, (await over.reread()).stage
    signatures, positions = await verify_signatures(desk.ledger), await Vault(desk.pool).bearing(await chair(desk))
    listed = await erased(desk)
    after = await verify_signatures(desk.ledger)
    assert [one.position for one in listed] == positions != []
    assert (after.faults, after.unproved, after.verified) == ((), (), signatures.verified + 2)
    assert (await over.reread()).stage is before
    assert (await over.reread()).proposed.partner.principals[0].name == ERASED
    assert [one.erased async for one in decisions(desk.ledger)] == [True]
    authors = await authorship_of(desk.ledger, desk.registrar, StreamId.partnership(over.reference))
    assert {*authors.values()} == {None}


async def test_words_that_nobody_signed_are_not_believed_for_a_mark_in_them(over: Scribe) -> None:
    """A true signature over other words, and a text that says that somebody was erased: it counts for nothing."""
    signed = over.made(e.CommentMade, "pia.berg", text="They may have more")
    position = await planted(over.desk, over.reference, signed, as_stored(signed, text=f"{ERASED} may have it all"))
    assert (await faults(over.desk)) == {position: f"CommentMade: {FORGED_WORDS}"}
    [*_, last] = await over.desk.history(over.reference)
    assert isinstance(last.event, Disregarded)


@pytest.mark.parametrize("unsigned", [ERASED, "\\u27e6erased\\u27e7", "\\u27E6erased\\u27E7"])
async def test_what_nobody_signs_counts_for_nothing_either_with_a_mark_in_it(over: Scribe, unsigned: str) -> None:
    refused = e.CommandRefused(at=clock.now(), actor="pia.berg", attempted="Amend", reason="no")
    position = await planted(over.desk, over.reference, refused, as_stored(refused, reason=unsigned))
    assert (await faults(over.desk)) == {position: f"CommandRefused: {FORGED_WORDS}"}
    assert [one.erased async for one in decisions(over.desk.ledger)] == [False]


async def lookalike(over: Scribe) -> int:
    """An event that bears the chair's name as it was encrypted, written after her key was destroyed."""
    [stored, *_] = await Ledger(over.desk.pool).read_stream(StreamId.partnership(over.reference))
    text = stored.payload[stored.payload.index("⟦".encode()) : stored.payload.index("⟧".encode()) + 3].decode()
    signed = over.made(e.CommentMade, "pia.berg", text="They may have more")
    return await planted(over.desk, over.reference, signed, as_stored(signed, text=f"{text} may have it all"))


async def leaf_at(desk: Desk, position: int) -> str:
    return str(await desk.pool.fetchval("SELECT encode(leaf, 'hex') FROM ledger.events WHERE position = $1", position))


async def claimed(desk: Desk, person: NamedPerson, guardian: str, *events: BlankedEvent, by: str = "") -> None:
    """An approval in a guardian's name that lists events of one's own choice. `by`: whose key signs it."""
    said = ErasureContent(at=clock.now(), actor=guardian, person=person.person, reason="So be it", events=events)
    signer = by or guardian
    statement = erasure_statement(said.model_copy(update={"actor": signer}), command := uuid4())
    signature = desk.keyring.sign(statement.within(signing_for()))
    event = ErasureApproved(**{name: getattr(said, name) for name in ErasureContent.model_fields}, signature=signature)
    version = len(await desk.ledger.read_stream(PRIVACY_STREAM))
    made = to_ledger((event,), guardian, command)
    assert (await desk.ledger.append(AppendRequest(PRIVACY_STREAM, command, version, made))).recorded


@pytest.mark.slow
async def test_what_bears_an_erased_name_and_was_not_listed_is_forged(over: Scribe) -> None:
    person = await chair(over.desk)
    await erased(over.desk)
    position = await lookalike(over)
    assert (await faults(over.desk))[position] == f"CommentMade: {FORGED_WORDS}"
    event = BlankedEvent(position=position, leaf=await leaf_at(over.desk, position))
    await claimed(over.desk, person, "dora.kim", event)
    await claimed(over.desk, person, "otto.audit", event, by="paul.nkosi")
    assert (await faults(over.desk))[position] == f"CommentMade: {FORGED_WORDS}", "one guardian alone proves nothing"


@pytest.mark.slow
async def test_a_list_that_names_another_leaf_or_another_person_proves_nothing(over: Scribe) -> None:
    person = await chair(over.desk)
    await erased(over.desk)
    position = await lookalike(over)
    wrong = BlankedEvent(position=position, leaf="0" * 64)
    right = BlankedEvent(position=position, leaf=await leaf_at(over.desk, position))
    for guardian in GUARDIANS:
        await claimed(over.desk, person, guardian, wrong)
        await claimed(over.desk, person._replace(person=number("another")), guardian, right)
    assert (await faults(over.desk))[position] == f"CommentMade: {FORGED_WORDS}"


@pytest.mark.slow
async def test_what_is_forged_before_an_erasure_is_not_listed_and_stays_forged(over: Scribe) -> None:
    signed = over.made(e.CommentMade, "pia.berg", text="They may have more")
    other = signed.model_copy(update={"text": f"{CHAIR} may have it all"})
    stream = StreamId.partnership(over.reference)
    made = to_ledger((other,), "accord", signed.signature.statement.command_id, over.state.people)  # type: ignore[union-attr]
    command = signed.signature.statement.command_id  # type: ignore[union-attr]
    answer = await over.desk.ledger.append(AppendRequest(stream, command, over.state.version, made))
    blanking = await what_it_blanks(over.desk, await chair(over.desk))
    assert blanking.left == (answer.first_position,)
    assert answer.first_position not in [one.position for one in await erased(over.desk)]
    assert [*await faults(over.desk)] == [answer.first_position]


@pytest.mark.slow
async def test_who_approved_before_somebody_was_named_again_has_not_approved_that(over: Scribe) -> None:
    desk, person = over.desk, await chair(over.desk)
    first = await what_it_blanks(desk, person)
    await approve(desk, person, first, "She asked for it", "dora.kim")
    comment = over.made(e.CommentMade, "pia.berg", text=f"{CHAIR} called")
    command = comment.signature.statement.command_id  # type: ignore[union-attr]
    made = to_ledger((comment,), "accord", command, over.state.people)
    stream = StreamId.partnership(over.reference)
    await desk.ledger.append(AppendRequest(stream, command, over.state.version, made))
    second = await what_it_blanks(desk, person)
    assert await approve(desk, person, second, "She asked for it", "otto.audit") == {"otto.audit"}
    assert await approve(desk, person, second, "She asked for it", "dora.kim") == {*GUARDIANS}


# Erasures of before, which listed nothing


async def erased_of_old(desk: Desk) -> None:
    """Two guardians erase the chair as they did before erasures listed events."""
    person = await chair(desk)
    for guardian in GUARDIANS:
        said = ErasureContent(at=clock.now(), actor=guardian, person=person.person, reason="She asked for it")
        signature = desk.keyring.sign(erasure_statement(said, command := uuid4()).within(signing_for()))
        event = ErasureApproved(**said.model_dump(exclude={"events"}), signature=signature)
        version = len(await desk.ledger.read_stream(PRIVACY_STREAM))
        made = to_ledger((event,), guardian, command)
        await desk.ledger.append(AppendRequest(PRIVACY_STREAM, command, version, made))
    await desk.pool.execute(
        "UPDATE privacy.people SET subject = NULL, sealed = NULL, key = NULL, erased_at = now() WHERE person = $1",
        person.person,
    )


async def test_an_erasure_that_listed_nothing_leaves_what_stood_there_counting_and_not_proved(over: Scribe) -> None:
    before = (await over.reread()).stage
    await erased_of_old(over.desk)
    found = await verify_signatures(over.desk.ledger)
    assert (found.faults, len(found.unproved) > 0) == ((), True)
    assert (await over.reread()).stage is before
    told = await authorship_of(over.desk.ledger, over.desk.registrar, StreamId.partnership(over.reference))
    assert UNPROVED_WORDS in told.values()
    position = await lookalike(over)
    assert [*await faults(over.desk)] == [position], "what was written since is forged"


# What a guardian signs


async def test_an_event_that_was_changed_is_not_listed(over: Scribe) -> None:
    first, *_ = await Vault(over.desk.pool).bearing(await chair(over.desk))
    async with over.desk.pool.acquire() as connection:
        change = f"UPDATE ledger.events SET leaf = sha256(leaf) WHERE position = {first}"
        await behind_our_back(connection, change)  # type: ignore[arg-type]
    assert (await what_it_blanks(over.desk, await chair(over.desk))).left == (first,)


async def test_an_event_in_which_more_than_names_is_encrypted_is_not_listed(over: Scribe) -> None:
    """Somebody encrypted the time of an event under her key: it is read now, and by nobody once she is erased."""
    person = await chair(over.desk)
    key = await over.desk.pool.fetchval("SELECT key FROM privacy.people WHERE person = $1", person.person)
    refused = e.CommandRefused(at=clock.now(), actor="pia.berg", attempted="Amend", reason="no")
    hidden = Seal(person.person, key).of(str(event_payload(refused)["at"]))
    position = await planted(over.desk, over.reference, refused, as_stored(refused, at=hidden))
    assert await faults(over.desk) == {}
    assert (await what_it_blanks(over.desk, person)).left == (position,)


async def test_an_approval_that_lists_nothing_is_refused(over: Scribe) -> None:
    person = await chair(over.desk)
    said = ErasureContent(at=clock.now(), actor="dora.kim", person=person.person, reason="She asked for it")
    signature = await over.desk.sign(erasure_statement(said, command := uuid4()))
    event = ErasureApproved(**said.model_dump(exclude={"events"}), signature=signature)
    with pytest.raises(Refused, match="does not list the events that it blanks"):
        await record_act(over.desk, OrganisationAct(command_id=command, event=event))
    assert await over.desk.ledger.read_stream(PRIVACY_STREAM) == []
