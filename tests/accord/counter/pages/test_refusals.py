"""What the counter refuses: nothing happens without a touch, and a touch counts for what is so when it arrives."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.counter.pages import answers
from accord.counter.pages.settings import CounterSettings
from domain.directory.people import HouseRulesSet
from domain.identity import end_to_end_id, payment_id
from domain.partnership.events import HoldPlaced
from domain.payment.payment_file import FileStatus
from domain.signatures.signing import Statement
from payments.out.files import StoredFile
from tests import paying
from tests.accord.counter.files import booked, files, recorded_of, signed, told_now
from tests.accord.counter.pages.signing import Signer, handed_in, signer
from tests.accord.machine_words import open_words
from tests.accord.shell import files_in
from tests.authenticators.passkeys import Authenticator
from tests.governing import decree
from tests.scribe import Scribe

People = Callable[[str], Awaitable[Signer]]


@pytest.fixture
def people(call: Any, desk: Desk, console_pool: asyncpg.Pool) -> People:
    async def person(staff_id: str) -> Signer:
        return await signer(call, desk, console_pool, staff_id)

    return person


@pytest.fixture
async def waiting(desk: Desk, reference: str) -> Scribe:
    """A partnership of one payment that was released and waits for a file."""
    return await paying.released(desk, reference)


def payment_of(story: Scribe) -> UUID:
    return payment_id(story.reference, 1, 1)


async def made(paul: Signer, story: Scribe, desk: Desk) -> StoredFile:
    """The file of its payment, made at the counter."""
    await paul.does("/make", {"payment": str(payment_of(story))})
    return (await files(desk, FileStatus.MADE))[-1]


def sent(content: bytes, name: str = "bank.xml") -> dict[str, Any]:
    return {"files": {"file": (name, content)}}


# Nothing without a touch


async def test_nothing_is_recorded_before_the_touch(
    waiting: Scribe, people: People, desk: Desk, counter: CounterSettings
) -> None:
    """Given a file and an answer, when each errand is prepared and not signed, then the ledger holds what it held."""
    paul = await people("paul.nkosi")
    file = await made(paul, waiting, desk)
    head, kept = await desk.ledger.head(), files_in(counter.folder)
    await paul.ask(f"/files/{file.message_id}/hand-over")
    await paul.ask("/answers", **sent(told_now(booked(end_to_end_id(payment_of(waiting))))))
    assert (await desk.ledger.head(), files_in(counter.folder)) == (head, kept)


def foreign_touches(key: Authenticator, statement: Statement) -> dict[str, str]:
    """What a stolen page may hand in: by another key, of another statement, of nobody verified, and rubbish."""
    other = Authenticator(origin=key.origin, party=key.party)
    return {
        "another key": other.sign(statement).model_dump_json(),
        "another statement": key.sign(statement.model_copy(update={"content_sha256": "0" * 64})).model_dump_json(),
        "not verified": key.sign(statement, flags=1).model_dump_json(),
        "rubbish": "{}",
    }


@pytest.mark.slow
async def test_what_the_page_that_signs_hands_in_is_believed_by_nobody(
    waiting: Scribe, people: People, desk: Desk, counter: CounterSettings
) -> None:
    """Given a stolen page that signs, when it hands in another signature than its person's, then nothing leaves."""
    paul = await people("paul.nkosi")
    file = await made(paul, waiting, desk)
    for wrong in ("another key", "another statement", "not verified", "rubbish"):
        address = await paul.ask(f"/files/{file.message_id}/hand-over")
        foreign = foreign_touches(paul.key, (await paul.shown(address)).statement)[wrong]
        answer = await handed_in(paul.caller, address, foreign)
        assert (answer.status_code, "refused" in answer.json()) == (422, True), wrong
        assert (await signed(desk, file.message_id)).status is FileStatus.MADE, wrong
        assert not (counter.folder / f"{file.message_id}.pain.001.xml").exists(), wrong
    # and the next touch is judged by itself
    assert "handed over" in await paul.does(f"/files/{file.message_id}/hand-over")


@pytest.mark.slow
async def test_an_errand_is_done_once_however_often_its_touch_is_handed_in(
    waiting: Scribe, people: People, desk: Desk
) -> None:
    paul = await people("paul.nkosi")
    file = await made(paul, waiting, desk)
    address = await paul.ask(f"/files/{file.message_id}/hand-over")
    signature = paul.key.sign((await paul.shown(address)).statement)
    told = [await paul.touch(address, signature) for _ in range(2)]
    assert told[0] == told[1]
    assert (await recorded_of(desk, file.message_id)).count("PaymentFileHandedOver") == 1


# Between the page and the touch


@pytest.mark.slow
async def test_a_payment_that_was_put_on_hold_between_the_page_and_the_touch_does_not_leave(
    waiting: Scribe, people: People, desk: Desk, counter: CounterSettings
) -> None:
    paul = await people("paul.nkosi")
    file = await made(paul, waiting, desk)
    address = await paul.ask(f"/files/{file.message_id}/hand-over")
    await waiting.says(HoldPlaced, "vera.lind", reason="a newspaper names the payee")
    answer = await paul.touch(address)
    assert "It was not handed over, and the file is void" in answer["refused"]
    assert "hold" in answer["refused"]
    assert (await signed(desk, file.message_id)).status is FileStatus.VOID
    assert not (counter.folder / f"{file.message_id}.pain.001.xml").exists()
    page = (await paul.caller.get("/")).text
    assert "Kept back" in page
    assert waiting.reference in page


@pytest.mark.slow
async def test_a_payment_that_went_into_another_file_meanwhile_goes_into_no_second_one(
    waiting: Scribe, people: People, desk: Desk
) -> None:
    paul = await people("paul.nkosi")
    addresses = [await paul.ask("/make", {"payment": str(payment_of(waiting))}) for _ in range(2)]
    answers_ = [await paul.touch(address) for address in addresses]
    assert "told" in answers_[0]
    assert "refused" in answers_[1]
    file = (await files(desk, FileStatus.MADE))[-1]
    assert (await recorded_of(desk, file.message_id)).count("PaymentFileMade") == 1


# Who may, and how often


@pytest.mark.slow
async def test_somebody_without_the_role_is_refused_before_they_touch_anything(
    waiting: Scribe, people: People, desk: Desk
) -> None:
    pia, paul = await people("pia.berg"), await people("paul.nkosi")
    file = await made(paul, waiting, desk)
    for path, content in {
        "/make": {"payment": str(payment_of(waiting))},
        f"/files/{file.message_id}/hand-over": {},
        f"/files/{file.message_id}/take": {},
    }.items():
        assert "may not" in await pia.refused(path, content), path
    assert "may not" in await pia.refused("/answers", **sent(told_now(booked("X"))))
    assert "may not" in await pia.refused("/answers/finish")


@pytest.mark.slow
async def test_a_file_is_handed_over_once_and_the_refusal_says_how_to_go_on(
    waiting: Scribe, people: People, desk: Desk
) -> None:
    paul = await people("paul.nkosi")
    file = await made(paul, waiting, desk)
    await paul.does(f"/files/{file.message_id}/hand-over")
    words = await paul.refused(f"/files/{file.message_id}/hand-over")
    assert "Paul Nkosi handed this file over already; if its copy is lost, write it again" in words


@pytest.mark.slow
async def test_a_file_is_taken_once_and_a_lost_copy_is_written_again(
    waiting: Scribe, people: People, desk: Desk, counter: CounterSettings
) -> None:
    paul = await people("paul.nkosi")
    file = await made(paul, waiting, desk)
    assert "nothing of it leaves" in await paul.refused(f"/files/{file.message_id}/take")
    await paul.does(f"/files/{file.message_id}/hand-over")
    link = f'href="/files/{file.message_id}">Take the file'
    assert link in (await paul.caller.get("/")).text
    taken = [await paul.caller.post(f"/files/{file.message_id}/take") for _ in range(2)]
    assert link not in (await paul.caller.get("/")).text
    assert [one.status_code for one in taken] == [200, 409]
    for path in (f"/files/{file.message_id}", "/files"):
        assert "Paul Nkosi took it on" in (await paul.caller.get(path)).text
    assert (taken[0].content, taken[0].headers["cache-control"]) == (file.content, "no-store")
    assert "written again" in await paul.does(f"/files/{file.message_id}/write-again")
    assert (await paul.caller.post(f"/files/{file.message_id}/take")).content == file.content
    assert not [path for path in files_in(counter.folder) if file.message_id in path.name]


@pytest.mark.slow
async def test_what_lies_in_the_folder_and_is_not_what_was_signed_is_not_handed_out(
    waiting: Scribe, people: People, desk: Desk, counter: CounterSettings
) -> None:
    paul = await people("paul.nkosi")
    file = await made(paul, waiting, desk)
    await paul.does(f"/files/{file.message_id}/hand-over")
    (counter.folder / f"{file.message_id}.pain.001.xml").write_bytes(file.content.replace(b"1000.00", b"9000.00"))
    answer = await paul.caller.post(f"/files/{file.message_id}/take")
    assert (answer.status_code, b"9000.00" in answer.content) == (409, False)


@pytest.mark.slow
async def test_two_sign_where_the_organisation_asks_for_two(waiting: Scribe, people: People, desk: Desk) -> None:
    rules = (await desk.directory()).rules
    assert rules is not None
    await decree(desk, HouseRulesSet(rules=rules.model_copy(update={"second_at_hand_over": True})))
    try:
        paul, femi = await people("paul.nkosi"), await people("femi.ade")
        file = await made(paul, waiting, desk)
        path = f"/files/{file.message_id}"
        assert "Another person must sign as well" in (await paul.shown(await paul.ask(f"{path}/hand-over"))).oath
        assert "Another person must sign as well" in await paul.does(f"{path}/hand-over")
        assert "Paul Nkosi signed already" in (await femi.caller.get(path)).text
        asked = (await femi.caller.get("/")).text
        assert f'href="{path}"' in asked
        assert "Paul Nkosi signed its hand-over. It leaves once you sign as well." in asked
        own = (await paul.caller.get("/")).text
        assert "Paul Nkosi signed its hand-over; another person must sign as well." in own
        assert "It leaves once you sign as well." not in own
        assert (await signed(desk, file.message_id)).status is FileStatus.MADE
        assert "The file is handed over" in await femi.does(f"{path}/hand-over")
        assert set((await signed(desk, file.message_id)).handed_over_by) == {"paul.nkosi", "femi.ade"}
        assert "signed its hand-over" not in (await femi.caller.get("/")).text
    finally:
        await decree(desk, HouseRulesSet(rules=rules))


# What the bank sent


RUBBISH = {
    "no XML": (b"rubbish", "bank.xml"),
    "a payment file of ours": (b"<Document><CstmrCdtTrfInitn/></Document>", "payments of ours"),
    "a page": (b"<html><body>not yet</body></html>", "bank.xml"),
    "nothing": (b"", "bank.xml"),
}


@pytest.mark.sampled(2)
@pytest.mark.parametrize("what", RUBBISH)
async def test_rubbish_is_told_as_such_and_nothing_of_it_is_kept(people: People, desk: Desk, what: str) -> None:
    paul = await people("paul.nkosi")
    content, words = RUBBISH[what]
    head = await desk.ledger.head()
    said = await paul.refused("/answers", **sent(content))
    assert words in said
    assert "nothing of it was recorded" in said
    assert await desk.ledger.head() == head
    assert await desk.pool.fetchval("SELECT count(*) FROM counter.errands WHERE upload = $1", content) == 0


@pytest.mark.slow
async def test_a_file_larger_than_a_page_takes_is_refused_before_it_is_read(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "MOST_BYTES", 1000)
    paul = await people("paul.nkosi")
    assert "larger than 4 MB" in await paul.refused("/answers", **sent(b"x" * 10_000))
    assert "Choose the file" in await paul.refused("/answers", {"file": "typed"})
    assert "larger than 4 MB" in await paul.refused("/answers", **sent(b"x" * 1500))


@pytest.mark.slow
async def test_what_a_file_says_is_read_before_it_is_signed_by_whoever_brought_it_alone(
    waiting: Scribe, people: People, desk: Desk
) -> None:
    paul, femi = await people("paul.nkosi"), await people("femi.ade")
    await paul.does(f"/files/{(await made(paul, waiting, desk)).message_id}/hand-over")
    content = told_now(
        booked(end_to_end_id(payment_of(waiting))), booked("ACCNOBODYS", "77.00"), message=waiting.reference
    )
    address = await paul.ask("/answers", **sent(content))
    page = (await paul.caller.get(f"/answers/{address}")).text
    assert f"{waiting.reference}, payment 1" in page
    assert "USD 77.00" in page
    assert "A person must look at it" in page
    assert (await femi.caller.get(f"/answers/{address}")).status_code == 404
    answer = await paul.touch(address)
    assert "1 answer recorded, 0 known before" in answer["told"]
    assert "1 entry for a person to look at" in answer["next"]
    listed = open_words((await paul.caller.get("/answers")).text)
    assert listed.count("The bank names a payment that we do not know") == 1
    assert "EX-" not in listed
