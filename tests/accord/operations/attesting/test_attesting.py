"""A day is attested over a real ledger: what agrees, which side differs, and a line that is kept once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from accord.client.desk import Desk
from accord.operations.attesting.attesting import attest, look
from accord.operations.attesting.log import faults_of_attestations
from domain.attestation.line import DayVerdict, Findings
from domain.attestation.readings import MoneySide
from domain.directory.people import EventSetAside
from domain.partnership.refund.events import RefundRecorded
from domain.partnership.refund.refunds import RefundDirection
from domain.payment.bank_file import BankFileImported
from domain.streams import StreamId
from ledger import clock
from ledger.proof.checkpoints import CheckpointFolder
from ledger.proof.notes import NoteRefused
from payments.answers.bank_files import bank_file, keep_bank_file
from payments.answers.kept_statements import keep_statements
from payments.answers.messages import read_balances
from records.books.reading import Books
from tests import paying
from tests.accord.counter.files import imports
from tests.accord.operations.attesting import (
    FINANCE,
    OWN,
    checkpoint,
    log_of,
    paid_and_stated,
    signing,
    sources,
    yesterday,
)
from tests.builders import money
from tests.domain.books.keeping import of_counter
from tests.governing import decree
from tests.ledger.proof import KNOWN, LOG, OTHER_LOG
from tests.payments.answers.account_statements import message, statement
from tests.payments.orders import sample_account
from tests.records.books.test_reading import append
from tests.treasury import unrestricted

AWAY = "Temporal at localhost:1 cannot be reached; is the server up?"


async def of_today(desk: Desk, **more: Any) -> Findings:
    [found] = await look(sources(desk, **more), [clock.today()], await desk.ledger.head())
    return found.findings


def apart(findings: Findings) -> list[tuple[str, str, str]]:
    return [(one.side.value, f"{one.amount:f}", one.where) for one in findings.differences]


@asynccontextmanager
async def unguarded(desk: Desk, table: str) -> AsyncIterator[None]:
    """The table without its guards, as whoever owns the database can make it."""
    await desk.pool.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    try:
        yield
    finally:
        await desk.pool.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


async def test_what_was_paid_booked_and_stated_agrees_and_temporal_is_not_known(
    furnished: Desk, tmp_path: Path
) -> None:
    """Given a booked payment and its statement with a fee, then three sides agree, and the fee is not Accord's."""
    await paid_and_stated(furnished, tmp_path, charged="12.50")
    found = await of_today(furnished)
    assert (found.differences, found.verdict) == ((), DayVerdict.NOT_KNOWN)
    reasons = {known.side: known.reason for known in found.unknowns}
    assert reasons[MoneySide.WORKFLOWS] == AWAY
    assert "no statement of" in reasons[MoneySide.STATEMENTS], "the other funder's account has none"
    figures = next(figures for figures in found.figures if figures.account == OWN)
    assert (figures.events, figures.postings, figures.balance) == (-1000, -1000, figures.balance)
    assert (str(figures.balance), figures.other_entries, str(figures.other_sum)) == ("3987.50", 1, "-12.50")


async def test_all_four_sides_agree_and_the_one_that_is_falsified_is_named(
    furnished: Desk, client: Client, tmp_path: Path
) -> None:
    """Given a booked payment, statements of all accounts and Temporal, then all agree until a stored row is changed."""
    await paid_and_stated(furnished, tmp_path)
    for number, name in enumerate(("isoc-foundation", "sample-pf"), start=1):
        own = f"<IBAN>{sample_account(name).iban}</IBAN>"
        day = statement("10.00", "10.00", on=clock.today(), number=number, account=own)
        await imports(furnished, message(day, name=name), f"{name}.xml")
    reached = partial(_reached, client)
    found = await of_today(furnished, connect=reached, pause=1)
    assert (found.verdict, found.differences, found.unknowns) == (DayVerdict.AGREES, (), ())
    await pay_more_in_the_table(furnished)
    found = await of_today(furnished, connect=reached)
    assert (found.verdict, {one.side for one in found.differences}) == (DayVerdict.DIFFERS, {MoneySide.EVENTS})


async def _reached(client: Client) -> Client:
    return client


async def pay_more_in_the_table(desk: Desk) -> None:
    """Whoever owns the database has the ledger say that 100 more were booked."""
    async with unguarded(desk, "ledger.events"):
        await desk.pool.execute(
            "UPDATE ledger.events SET payload = convert_to(replace(convert_from(payload, 'UTF8'), '\"1000.00\"', "
            "'\"1100.00\"'), 'UTF8') WHERE event_type = 'PaymentSettled'"
        )


@pytest.mark.slow
async def test_a_row_that_was_changed_in_the_table_is_named(furnished: Desk, tmp_path: Path) -> None:
    await paid_and_stated(furnished, tmp_path)
    await pay_more_in_the_table(furnished)
    differences = apart(await of_today(furnished))
    assert {side for side, _, _ in differences} == {"events"}
    assert ("events", "-100.00", f"{paying.REFERENCE} payment 1/1") in differences
    assert any(where.endswith("(PaymentSettled)") and amount == "1100.00" for _, amount, where in differences)


@pytest.mark.slow
async def test_an_event_of_a_fund_that_was_changed_in_the_table_is_named(furnished: Desk) -> None:
    """Given a fund whose money somebody raised in the table, then its event is named, though no account moved."""
    await unrestricted(furnished, "FD-2026-A", "900.00")
    async with unguarded(furnished, "ledger.events"):
        await furnished.pool.execute(
            "UPDATE ledger.events SET payload = convert_to(replace(convert_from(payload, 'UTF8'), '900.00', "
            "'990.00'), 'UTF8') WHERE stream_id = 'fund/FD-2026-A'"
        )
    [(side, _, where)] = apart(await of_today(furnished))
    assert (side, where.split()[0]) == ("events", "FD-2026-A")


@pytest.mark.slow
async def test_a_posting_that_was_dropped_is_named(furnished: Desk, tmp_path: Path) -> None:
    await paid_and_stated(furnished, tmp_path)
    books = Books(furnished.reader)
    view = await books.read(clock.today())
    fold = books.fold(view.rules.basis)
    fold.entries = [entry for entry in fold.entries if entry.origin.event_type != "PaymentSettled"]
    assert apart(await of_today(furnished, books=books)) == [("postings", "1000.00", paying.REFERENCE)]


@pytest.mark.slow
async def test_a_statement_that_was_changed_is_named(furnished: Desk, tmp_path: Path) -> None:
    """Given a file of the bank that says another sum than when it came in, then it is named, and counts for nothing."""
    await paid_and_stated(furnished, tmp_path)
    async with unguarded(furnished, "payments.bank_files"):
        await furnished.pool.execute(
            "UPDATE payments.bank_files SET content = convert_to(replace(convert_from(content, 'UTF8'), '1000.00', "
            "'900.00'), 'UTF8') WHERE name = 'statement.xml'"
        )
    found = await of_today(furnished)
    [difference] = found.differences
    assert (difference.side, difference.amount, difference.account) == (MoneySide.STATEMENTS, 100, OWN)
    assert f"statement of {clock.today()} in file" in difference.where
    assert "it was changed" in difference.words


@pytest.mark.slow
async def test_a_statement_that_the_importers_login_made_up_is_named_though_nothing_moved_in_it(
    furnished: Desk, tmp_path: Path
) -> None:
    """Given a day without a statement, when somebody puts an empty one into the tables, then the day does not agree."""
    await paid_and_stated(furnished, tmp_path)
    tomorrow = clock.today() + timedelta(days=1)
    file = bank_file("made-up.xml", message(statement("4000.00", "4000.00", on=tomorrow, number=13)))
    async with furnished.pool.acquire() as connection:
        await keep_bank_file(connection, file, is_complete=True)
        await keep_statements(connection, file.sha256, read_balances(file.content))
    [found] = await look(sources(furnished), [tomorrow], await furnished.ledger.head())
    [difference] = found.findings.differences
    assert (difference.where, difference.words) == (
        f"statement 13 of {tomorrow}", "nobody imported its file under a signature"
    )  # fmt: skip


@pytest.mark.slow
async def test_an_import_that_nobody_signed_vouches_for_no_file(furnished: Desk, tmp_path: Path) -> None:
    """Given a made-up statement, when the importer's login records its import in another's name, then it is named."""
    await paid_and_stated(furnished, tmp_path)
    tomorrow = clock.today() + timedelta(days=1)
    file = bank_file("made-up.xml", message(statement("4000.00", "4000.00", on=tomorrow, number=13)))
    async with furnished.pool.acquire() as connection:
        await keep_bank_file(connection, file, is_complete=True)
        await keep_statements(connection, file.sha256, read_balances(file.content))
    forged = of_counter(BankFileImported, FINANCE, sha256=file.sha256, name=file.name)
    await append(furnished, StreamId.bank_file(file.sha256), forged)
    [found] = await look(sources(furnished), [tomorrow], await furnished.ledger.head())
    [difference] = found.findings.differences
    assert (difference.side, difference.where) == (MoneySide.STATEMENTS, f"statement 13 of {tomorrow}")


@pytest.mark.slow
async def test_the_same_line_is_kept_once_and_another_one_supersedes_it(furnished: Desk, tmp_path: Path) -> None:
    """Given a day before the first statement, then it is not known; what came in since makes a second line."""
    await checkpoint(furnished, tmp_path)
    log, days = log_of(tmp_path), [yesterday()]
    [first] = await attest(sources(furnished), days, signing(tmp_path), log)
    content = first.path.read_bytes()
    [again] = await attest(sources(furnished), days, signing(tmp_path), log)
    assert (first.is_new, again.is_new, again.path.read_bytes()) == (True, False, content)
    assert first.line.verdict is DayVerdict.NOT_KNOWN
    await paid_and_stated(furnished, tmp_path)
    await checkpoint(furnished, tmp_path)
    [second] = await attest(sources(furnished), days, signing(tmp_path), log, because="a statement came in")
    assert (second.line.number, second.line.supersedes, second.line.because) == (2, 1, "a statement came in")
    assert any("is before the first statement" in known.reason for known in second.line.unknowns)
    assert second.line.before == first.line.digest
    assert first.path.read_bytes() == content
    roots = {one.size: one.root for one in CheckpointFolder(tmp_path).checkpoints(KNOWN)}
    assert faults_of_attestations(tmp_path, KNOWN, roots) == []
    assert faults_of_attestations(tmp_path, KNOWN, {}) == [
        f"attestation {line.number}: its checkpoint of {line.checkpoint.size} events is not here"
        for line in (first.line, second.line)
    ]


async def test_two_days_by_two_at_once_are_two_lines_in_one_chain(furnished: Desk, tmp_path: Path) -> None:
    await checkpoint(furnished, tmp_path)
    log, days = log_of(tmp_path), [yesterday() - timedelta(days=1), yesterday()]
    await asyncio.gather(*(attest(sources(furnished), days, signing(tmp_path), log) for _ in range(2)))
    assert [(line.number, line.day) for line in log.lines()] == [(1, days[0]), (2, days[1])]


async def test_a_log_of_another_key_is_not_gone_on_with_unless_that_key_is_trusted(
    furnished: Desk, tmp_path: Path
) -> None:
    """Given lines of an earlier key, then the new key adds none, until the earlier one is named beside it."""
    await checkpoint(furnished, tmp_path)
    await attest(sources(furnished), [yesterday()], signing(tmp_path), log_of(tmp_path))
    earlier = yesterday() - timedelta(days=1)
    with pytest.raises(NoteRefused, match="none of the keys given signed it"):
        await attest(sources(furnished), [earlier], signing(tmp_path, OTHER_LOG), log_of(tmp_path, OTHER_LOG))
    both = signing(tmp_path, OTHER_LOG)._replace(earlier_keys=KNOWN)
    [line] = await attest(sources(furnished), [earlier], both, log_of(tmp_path, OTHER_LOG, LOG))
    assert line.line.number == 2


async def test_without_a_checkpoint_nothing_is_signed(furnished: Desk, tmp_path: Path) -> None:
    with pytest.raises(NoteRefused, match="there is no checkpoint"):
        await attest(sources(furnished), [yesterday()], signing(tmp_path), log_of(tmp_path))
    assert log_of(tmp_path).files() == []


async def test_a_refund_that_nobody_signed_is_named_until_two_set_it_aside(furnished: Desk) -> None:
    """Given a row that a stolen login wrote, then events differ from the book by it, until guardians set it aside."""
    scribe = await paying.expecting(furnished)
    forged = RefundRecorded(
        at=clock.now(), actor="femi.ade", direction=RefundDirection.TO_DONOR, money=money("75.00"),
        bank_reference="X-1", booked_on=clock.today(), reason="sent back", document_sha256=None,
    )  # fmt: skip
    await paying.append(furnished, StreamId.partnership(scribe.reference), forged)
    [(side, amount, where)] = apart(await of_today(furnished))
    assert (side, amount, where) == ("postings", "75.00", scribe.reference)
    row = (await furnished.ledger.read_stream(StreamId.partnership(scribe.reference)))[-1]
    await decree(furnished, EventSetAside(position=row.position, leaf=row.leaf.hex()))
    assert apart(await of_today(furnished)) == []
