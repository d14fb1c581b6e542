"""A booking at the bank's rate and with its charges, from the bank's file to the book, and told again in every way."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from accord.client.desk import Desk
from accord.client.waiting.open_exceptions import named_exception
from accord.counter.bank_import import Import, keep_signed
from accord.counter.entry.taking import take_unreadable
from accord.counter.exceptions import Resolved, resolve
from accord.counter.resolutions import PaymentReference
from accord.counter.transactions import at_the_counter
from accord.presentation.faults import Refused
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import ExceptionKind, Resolution
from domain.payment.bank_file import RESOLVED
from domain.payment.tranche.events import PaymentSettled
from domain.payment.tranche.status import TrancheStatus
from domain.recorded.writers import Writer
from domain.streams import StreamId
from ledger import clock
from payments.answers.bank_files import bank_file, mark_taken
from payments.answers.entries import keep_entry
from payments.answers.matching.judging import judge_all
from payments.answers.messages import Unclear, read_message
from records.books.reading import Books
from records.codec import from_ledger
from tests import paying
from tests.accord.counter.files import PAYER, exceptions_of, handed_over, imports, told_now
from tests.accord.shell import Shell
from tests.accord.to_the_bank.test_base_currency import published
from tests.booked_sums import charge, figures, sum_of
from tests.governing import lets_through
from tests.payments.answers.booking.test_booked_sums import amounts, charges, exchange
from tests.payments.orders import detail, entry_of
from tests.scribe import Scribe

KIND = ExceptionKind
FINANCE, DIRECTOR = "femi.ade", "dora.kim"
EUROS = amounts("USD 600.00", counter="EUR 482.40", exchange=exchange("0.804", unit="USD", source="USD", target="EUR"))
"""600 dollars of an account in euros: 480 by the reference rate of 1.25, and 0.5 % more by the bank's."""
OWN = ("EUR 10.00", "DEBT")


@pytest.fixture
async def left(furnished: Desk, tmp_path: Path) -> Scribe:
    """A partnership of which the first of two payments was handed over, by an organisation with a tolerance."""
    scribe = await paying.agreed_grant(furnished)
    await lets_through(furnished)
    await paying.release(scribe)
    await handed_over(furnished, tmp_path / "out")
    return scribe


def told(scribe: Scribe, total: str, more: str = "", message: str = "BANK-1", reference: str = "DEBIT-1") -> bytes:
    """A booking of the first payment."""
    currency, figure = total.split()
    today = f"<Dt>{clock.today()}</Dt>"
    part = detail(paying.identifier(scribe), more=more)
    return told_now(
        entry_of(part, amount=figure, currency=currency, reference=reference, booked=today, value=today),
        message=message,
    )  # fmt: skip


def charged(scribe: Scribe, cost: str = "12.50", message: str = "BANK-1") -> bytes:
    total = f"USD {600 + Decimal(cost)}"
    return told(scribe, total, amounts("USD 600.00") + charges((f"USD {cost}", "DEBT")), message)


def kinds(imported: Import) -> list[ExceptionKind]:
    return [one.kind for one in imported.for_a_person]


async def settlements(scribe: Scribe) -> list[PaymentSettled]:
    return [event for event in await paying.attempt_events(scribe) if isinstance(event, PaymentSettled)]


async def trial_balance(desk: Desk) -> dict[tuple[str, str], Decimal]:
    """The sums of the book, by account and currency, each currency of which adds up to zero."""
    sums: dict[tuple[str, str], Decimal] = {}
    for entry in (await Books(desk.reader).read(clock.today())).book.entries:
        for posting in entry.postings:
            key = posting.place.account.value, posting.place.currency
            sums[key] = sums.get(key, Decimal(0)) + posting.amount.value
    for currency in {key[1] for key in sums}:
        assert sum(value for key, value in sums.items() if key[1] == currency) == 0
    return {key: value for key, value in sums.items() if value}


async def test_an_account_in_another_currency_settles_at_the_banks_rate_with_its_charges(
    left: Scribe, tmp_path: Path
) -> None:
    """Given the ECB's rate and a tolerance, when the bank books in euros, it is the book's, and sums to zero."""
    await published(left.desk, tmp_path, "1.25")
    imported = await imports(left.desk, told(left, "EUR 492.40", EUROS + charges(OWN)))
    assert imported.for_a_person == ()
    attempt, state = await paying.attempt_of(left), await left.reread()
    assert (attempt.status, attempt.booked, state.tranches[0].state) == (
        TrancheStatus.SETTLED, True, TrancheState.SETTLED
    )  # fmt: skip
    assert state.tranches[0].figures == attempt.figures
    [settled] = await settlements(left)
    assert str(settled.answer.money) == "USD 600.00"
    assert settled.weighing is not None
    assert settled.weighing.reference is not None
    assert str(settled.weighing.reference.rates.per_euro["USD"]) == "1.25"
    book = await trial_balance(left.desk)
    assert (book[("BANK", "EUR")], book[("BANK_CHARGES", "EUR")]) == (Decimal("-492.40"), Decimal("10.00"))
    assert (book[("EXCHANGE_DIFFERENCE", "EUR")], book[("EXCHANGE_CLEARING", "EUR")]) == (Decimal("2.40"), 480)
    assert ("BANK", "USD") not in book


@pytest.mark.slow
async def test_three_per_cent_off_is_for_people_who_see_why_and_are_bound_to_the_figures(
    left: Scribe, tmp_path: Path
) -> None:
    await published(left.desk, tmp_path, "1.25")
    off = amounts("USD 600.00", exchange=exchange("0.824", unit="USD", source="USD", target="EUR"))
    [person] = (await imports(left.desk, told(left, "EUR 494.40", off))).for_a_person
    assert person.kind is KIND.OTHER_CONTENT
    assert "that is 3.00 % from the reference rate" in person.reason
    assert "at most 1.5 % are let through" in person.reason
    exception = await named_exception(left.desk, person.exception)
    first = await says(left, person.exception, FINANCE)
    assert first.waits_for_second
    assert not (await says(left, person.exception, DIRECTOR)).waits_for_second
    [settled] = await settlements(left)
    assert settled.answer.figures is not None
    assert str(settled.answer.booked) == "EUR 494.40"
    stream = await left.desk.ledger.read_stream(StreamId.exception(exception.exception_id))
    signed = [event for event in map(from_ledger, stream) if isinstance(event.event, RESOLVED)]
    assert [event.event.figures for event in signed] == [settled.answer.figures] * 2
    book = await trial_balance(left.desk)
    assert (book[("BANK", "EUR")], book[("EXCHANGE_DIFFERENCE", "EUR")]) == (Decimal("-494.40"), Decimal("14.40"))


async def says(scribe: Scribe, name: str, actor: str, resolution: Resolution = Resolution.BELONGS_TO) -> Resolved:
    exception = await named_exception(scribe.desk, name)
    return await resolve(scribe.desk, exception, resolution, PaymentReference(), "as their advice says", actor)


@pytest.mark.slow
async def test_the_same_booking_told_twice_is_one_and_with_other_charges_a_question(left: Scribe) -> None:
    assert (await imports(left.desk, charged(left))).for_a_person == ()
    again = await imports(left.desk, charged(left, message="BANK-2"))
    assert (again.known, again.new, again.for_a_person) == (1, (), ())
    other = await imports(left.desk, charged(left, "15.00", "BANK-3"))
    assert kinds(other) == [KIND.IDENTITY_USED_AGAIN]
    assert len(await settlements(left)) == 1
    assert (await trial_balance(left.desk))[("BANK_CHARGES", "USD")] == Decimal("12.50")


@pytest.mark.slow
async def test_beyond_the_tolerance_one_word_is_not_enough_and_what_is_told_after_two_is_known(left: Scribe) -> None:
    [person] = (await imports(left.desk, charged(left, "25.01"))).for_a_person
    assert person.reason == ("booked USD 625.01 = 600.00 + charges 25.01; charges of at most USD 25.00 are let through")
    assert (await paying.attempt_of(left)).status is TrancheStatus.HANDED_OVER
    for actor in (FINANCE, DIRECTOR):
        assert await settlements(left) == []
        await says(left, person.exception, actor)
    assert [str(one.answer.booked) for one in await settlements(left)] == ["USD 625.01"]
    again = await imports(left.desk, charged(left, "25.01", "BANK-2"))
    assert (again.known, again.for_a_person) == (1, ())
    assert kinds(await imports(left.desk, charged(left, "20.00", "BANK-3"))) == [KIND.IDENTITY_USED_AGAIN]
    assert len(await settlements(left)) == 1


@pytest.mark.slow
async def test_no_later_tolerance_settles_what_waits_for_people(left: Scribe) -> None:
    """Given an exception beyond the tolerance, when the tolerance is raised, then only people settle it still."""
    [person] = (await imports(left.desk, charged(left, "25.01"))).for_a_person
    await lets_through(left.desk, charges="90.00")
    again = await imports(left.desk, charged(left, "25.01", "BANK-2"))
    assert (again.known, await settlements(left)) == (1, [])
    await says(left, person.exception, FINANCE, Resolution.BANK_ERROR)
    await says(left, person.exception, DIRECTOR, Resolution.BANK_ERROR)
    assert await settlements(left) == []
    with pytest.raises(Refused, match="was resolved by"):
        await says(left, person.exception, DIRECTOR)


@pytest.mark.slow
async def test_what_arrived_short_is_told_and_the_grant_counts_as_granted(left: Scribe) -> None:
    short = amounts("USD 600.00", "USD 575.00") + charges(("USD 25.00", "SHAR"))
    assert (await imports(left.desk, told(left, "USD 600.00", short))).for_a_person == ()
    state = await left.reread()
    assert state.tranches[0].figures == figures("USD 600.00", "USD 600.00", charge("USD 25.00", "SHAR", is_payees=True))
    assert (state.settled_sum, state.tranches[0].figures.received) == (600, sum_of("USD 575.00"))


@pytest.mark.slow
async def test_what_an_installation_does_not_record_yet_is_for_people_as_before(left: Scribe) -> None:
    """Given the way back to an older release, then a booking with charges is one of its whole sum, for people."""
    await left.desk.pool.execute("UPDATE appending.rights SET form = 1 WHERE event_type = 'PaymentSettled'")
    [person] = (await imports(left.desk, charged(left))).for_a_person
    assert person.reason == "booked USD 612.50 = 600.00 + charges 12.50"
    for actor in (FINANCE, DIRECTOR):
        await says(left, person.exception, actor, Resolution.BOOKED_WITH_DIFFERENCE)
    [settled] = await settlements(left)
    assert (settled.answer.figures, settled.weighing, str(settled.answer.money)) == (None, None, "USD 600.00")
    assert (await trial_balance(left.desk))[("BANK_CHARGES", "USD")] == Decimal("12.50")
    assert [one.kind for one in await exceptions_of(left.desk)] == []


# What an earlier release took, which read neither rates nor charges


async def took(scribe: Scribe, content: bytes) -> None:
    """An earlier release settled a payment by a booking in this file, whose charges it did not keep."""
    desk = scribe.desk
    file = bank_file("bank.xml", content)
    async with desk.pool.acquire() as connection:
        [entry] = await judge_all(connection, read_message(content, "bank.xml"), file.sha256, clock.now())
        await keep_signed(desk, file, PAYER, Writer.IMPORTER)
        before = entry.entry._replace(digest=entry.entry.digest_before)
        await keep_entry(connection, before, file.sha256, None)
        await mark_taken(connection, file.sha256)
    assert entry.answer is not None
    bare = entry.answer.model_copy(update={"figures": None})
    await paying.append(
        desk, StreamId.attempt(scribe.reference, 1, 1), PaymentSettled(at=clock.now(), answer=bare)
    )  # fmt: skip


@pytest.mark.slow
async def test_two_entries_of_one_file_under_one_reference_are_two_contents(left: Scribe) -> None:
    """Given a booking of the very sum, when the same file books it with charges too, then people look at the second."""
    part, today = detail(paying.identifier(left), more=""), f"<Dt>{clock.today()}</Dt>"
    more = detail(paying.identifier(left), more=amounts("USD 600.00") + charges(("USD 12.50", "DEBT")))
    entries = [
        entry_of(part, amount="600.00", reference="DEBIT-1", booked=today),
        entry_of(more, amount="612.50", reference="DEBIT-1", booked=today),
    ]
    for _ in range(2):
        imported = await imports(left.desk, told_now(*entries))
    assert [one.kind for one in await exceptions_of(left.desk)] == [KIND.IDENTITY_USED_AGAIN]
    assert (imported.known, len(await settlements(left))) == (2, 1)


@pytest.mark.slow
async def test_a_file_that_an_earlier_release_took_says_nothing_new(left: Scribe) -> None:
    content = charged(left)  # once: it is dated by the second, and another second is another file
    await took(left, content)
    again = await imports(left.desk, content)
    assert (again.known, again.new, again.for_a_person) == (1, (), ())
    assert [one.answer.figures for one in await settlements(left)] == [None]


@pytest.mark.slow
async def test_an_entry_that_an_earlier_release_could_not_read_stays_the_exception_that_it_is(left: Scribe) -> None:
    content = told(left, "EUR 482.40", EUROS)
    file = bank_file("bank.xml", content)
    await keep_signed(left.desk, file, PAYER, Writer.IMPORTER)
    async with at_the_counter(left.desk, Writer.IMPORTER) as counter:
        unclear = [Unclear("BANK-1", "N1/1", "the entry is over EUR 482.40, its one payment over USD 600.00")]
        [entry] = await judge_all(counter.connection, unclear, file.sha256, clock.now())
        await take_unreadable(counter, file, entry, unclear[0].reason)
    again = await imports(left.desk, content)
    assert (again.known, again.new, again.for_a_person) == (1, (), ())
    assert await settlements(left) == []
    assert [one.kind for one in await exceptions_of(left.desk)] == [KIND.UNREADABLE]


# By the shell


@pytest.mark.slow
async def test_the_shell_says_what_was_booked_and_what_arrived(
    shell: Shell, furnished_database: str, left: Scribe, tmp_path: Path
) -> None:
    at = shell.where(ACCORD_DATABASE_URL=furnished_database)
    more = amounts("USD 600.00", "USD 575.00") + charges(("USD 12.50", "DEBT"), ("USD 25.00", "CRED"))
    path = tmp_path / "booked.xml"
    path.write_bytes(told(left, "USD 612.50", more))
    await at.done("payments", "import", str(path), "--as", PAYER)
    words = "booked USD 612.50 = 600.00 + charges 12.50; received USD 575.00 of USD 600.00"
    assert f"Tranche 1: {words}" in (await at.done("show", left.reference)).words
    [tranche, _] = (await at.done("show", left.reference, "--json")).json["tranches"]
    assert tranche["figures"]["booked_sum"] == {"amount": "612.50", "currency": "USD"}
    assert words in (await at.done("history", left.reference)).words
    await paying.shown(left.desk)
    [payment] = (await at.done("audit", "payments", "--json")).json
    assert (payment["booked"], payment["received"]) == ("USD 612.50", "USD 575.00")
    charged = "USD 12.50 borne by us (DEBT), in what was booked; USD 25.00 borne by the payee (CRED), from what arrived"
    assert payment["bank_charges"] == charged
