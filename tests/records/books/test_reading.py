"""The book over a ledger: what is found later of an event changes the book where it is found, and nothing before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from accord.client.desk import Desk
from domain.books.entries import JournalEntry
from domain.books.statements import fund_statement, trial_balance
from domain.directory.people import EventSetAside, HouseRulesSet, KeyRevoked
from domain.funds import events as f
from domain.recorded.writers import Writer
from domain.streams import StreamId
from ledger import AppendRequest, NewEvent, clock
from records.books.reading import Books
from records.codec import to_ledger
from records.opening import open_ledger
from tests.builders import HOUSE_RULES
from tests.governing import decree
from tests.treasury import ASKS, budget, change, fund, unrestricted

A, B, GIFT = "FD-2026-A", "FD-2026-B", "P-2026-0901"
OF_GIFT = f"FD-{GIFT}"


async def append(desk: Desk, stream: str, *events: Any) -> int:
    """Append to a stream as the counter, whatever it is, and return the first position."""
    ledger, command = open_ledger(desk.pool, Writer.IMPORTER), uuid4()
    made = tuple(
        event if isinstance(event, NewEvent) else to_ledger((event,), "accord", command)[0] for event in events
    )
    answer = await ledger.append(AppendRequest(stream, command, len(await ledger.read_stream(stream)), tuple(made)))
    assert answer.first_position is not None
    return answer.first_position


def came(amount: str) -> f.GiftReceived:
    return f.GiftReceived(at=clock.now(), partnership=GIFT, amount=Decimal(amount))


async def entries(desk: Desk, books: Books | None = None) -> Sequence[JournalEntry]:
    return (await (books or Books(desk.reader)).read(clock.today())).book.entries


async def granted(desk: Desk, books: Books | None = None) -> dict[str, str]:
    view = await (books or Books(desk.reader)).read(clock.today())
    balance = trial_balance(view.book, clock.today())
    assert sum(line.debit - line.credit for line in balance) == 0
    return {line.fund: str(line.granted) for line in fund_statement(view.book, clock.today())}


async def test_a_fund_in_the_book_is_the_fund_as_it_is_read(furnished: Desk) -> None:
    await unrestricted(furnished, A, "900.00")
    await budget(furnished, B, "300.00")
    await change(furnished, A, {"kind": "transfer", "to": B, "amount": "200.00"})
    assert await granted(furnished) == {A: "700.00", B: "500.00"}
    assert [(await fund(furnished, name)).granted for name in (A, B)] == [700, 500]


async def test_a_doubted_key_makes_one_entry_where_it_was_revoked(furnished: Desk) -> None:
    """Given a transfer, when a key of it is revoked as compromised, then both funds are without it from there on."""
    books = Books(furnished.reader)
    await unrestricted(furnished, A, "900.00")
    await unrestricted(furnished, B)
    since = datetime.now(UTC)
    await change(furnished, A, {"kind": "transfer", "to": B, "amount": "200.00"})
    before = list(await entries(furnished, books))
    key_id = furnished.keyring.public(ASKS).key_id
    await decree(furnished, KeyRevoked(staff_id=ASKS, key_id=key_id, compromised_since=since))
    assert await granted(furnished, books) == {A: "900.00"} == await granted(furnished)
    went_on, anew = await entries(furnished, books), await entries(furnished)
    assert went_on == anew
    assert list(anew)[: len(before)] == before, "what stood before stands as it did"
    [correction] = list(anew)[len(before) :]
    assert (correction.origin.stream, correction.words) == ("directory", "signatures in the fund count no more")
    assert correction.origin.position > before[-1].origin.position


async def test_what_nobody_could_read_waits_and_comes_in_where_it_was_set_aside(furnished: Desk) -> None:
    """Given an event that nobody can read, then its stream waits; once it is set aside, the rest comes in there."""
    books = Books(furnished.reader)
    opened = f.GiftFundOpened(at=clock.now(), gift=GIFT, funder="ISOC", currency="USD")
    await append(furnished, StreamId.fund(OF_GIFT), opened, came("100.00"))
    bad = NewEvent.of("GiftReceived", 1, {"at": "never"}, {})
    position = await append(furnished, StreamId.fund(OF_GIFT), bad)
    await append(furnished, StreamId.fund(OF_GIFT), came("30.00"))
    waiting = await books.read(clock.today())
    assert (await granted(furnished, books), waiting.missing) == ({OF_GIFT: "100.00"}, (StreamId.fund(OF_GIFT),))
    [leaf] = [event.leaf for event in await furnished.ledger.read_stream(StreamId.fund(OF_GIFT)) if event.version == 3]
    await decree(furnished, EventSetAside(position=position, leaf=leaf.hex()))
    assert await granted(furnished, books) == {OF_GIFT: "130.00"} == await granted(furnished)
    assert await entries(furnished, books) == await entries(furnished)
    assert (await books.read(clock.today())).missing == ()
    late = (await entries(furnished))[-1]
    assert late.origin.position > position + 1, "it stands where it became known"
    assert list((await Books(furnished.reader).read(clock.today(), position + 1)).book.entries) == list(
        waiting.book.entries
    )


async def test_an_unsigned_claim_that_money_was_moved_in_moves_nothing(furnished: Desk) -> None:
    await unrestricted(furnished, A, "900.00")
    forged = f.MoneyMovedIn(at=clock.now(), from_fund=B, amount=Decimal("500.00"), change_id=uuid4())
    ledger = open_ledger(furnished.pool)
    stream, command = StreamId.fund(A), uuid4()
    version = len(await ledger.read_stream(stream))
    await ledger.append(AppendRequest(stream, command, version, to_ledger((forged,), "accord", command)))
    assert await granted(furnished) == {A: "900.00"}


async def test_the_organisations_map_is_in_force_once_two_signed_it(furnished: Desk) -> None:
    books = Books(furnished.reader)
    assert (await books.rules()).accounts == ()
    own = {"basis": "CASH", "accounts": [{"account": "BANK", "code": "1010", "name": "Operating account"}]}
    rules = type(HOUSE_RULES).model_validate({**HOUSE_RULES.model_dump(mode="json"), "books": own})
    await decree(furnished, HouseRulesSet(rules=rules))
    assert (await books.rules()).model_dump(mode="json") == own
