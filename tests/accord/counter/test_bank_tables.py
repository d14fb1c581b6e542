"""A login's false rows in the tables of the bank's word hide nothing, block nothing, and are named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from accord.audit.bank.bank_tables import table_faults
from accord.client.desk import Desk
from accord.counter.exceptions import resolve
from accord.counter.payment_files import export
from accord.counter.resolutions import PaymentReference
from domain.directory.people import KeyRevoked
from domain.payment.bank_answers import Resolution
from tests import paying
from tests.accord.counter.files import PAYER, booked, exceptions_of, handed_over, imports, reasons, told_now
from tests.governing import decree
from tests.scribe import Scribe

FORGED = "ACCMFORGEDFORGEDFORGEDFORGEDFO"
AS_MADE = "INSERT INTO payments.files (message_id, content, sha256, payment_count) VALUES ($1, 'x', 'x', 1)"


async def in_a_row_of_ones_own(scribe: Scribe, status: str = "HANDED_OVER") -> None:
    """Somebody with the exporter's login puts a waiting payment into a file that nobody made."""
    pool = scribe.desk.pool
    await pool.execute(AS_MADE, FORGED)
    one = await paying.instruction(scribe)
    await pool.execute("INSERT INTO payments.file_payments VALUES ($1, $2)", FORGED, one.payment_id)
    if status != "MADE":
        await pool.execute("UPDATE payments.files SET status = $2 WHERE message_id = $1", FORGED, status)


async def raised(scribe: Scribe) -> None:
    await imports(scribe.desk, told_now(booked(paying.identifier(scribe), "999.00")))


@pytest.fixture
async def left(furnished: Desk, tmp_path: Path) -> Scribe:
    """A partnership whose one payment of USD 1,000 was handed over to the bank."""
    scribe = await paying.released(furnished)
    await handed_over(furnished, tmp_path / "out")
    return scribe


@pytest.mark.parametrize("status", ["MADE", "HANDED_OVER"])
async def test_a_payment_in_a_file_that_nobody_signed_still_waits_and_leaves(
    furnished: Desk, tmp_path: Path, status: str
) -> None:
    scribe = await paying.released(furnished)
    await in_a_row_of_ones_own(scribe, status)
    file = await handed_over(furnished, tmp_path)
    assert paying.identifier(scribe).encode() in file.content


@pytest.mark.slow
async def test_a_tranche_that_was_in_a_file_that_nobody_signed_is_cancelled_and_released_anew(
    furnished: Desk, tmp_path: Path
) -> None:
    scribe = await paying.released(furnished)
    await in_a_row_of_ones_own(scribe)
    await paying.cancel(scribe)
    await paying.release(await paying.caught_up(scribe), attempt=2)
    assert reasons(await export(furnished, PAYER, dry_run=True)) == []
    file = await handed_over(furnished, tmp_path)
    assert paying.identifier(scribe, attempt=2).encode() in file.content


@pytest.mark.slow
async def test_what_is_marked_resolved_in_the_table_is_listed_all_the_same(left: Scribe) -> None:
    await raised(left)
    before = await exceptions_of(left.desk)
    await left.desk.pool.execute("UPDATE payments.exceptions SET resolved_at = now()")
    assert await exceptions_of(left.desk) == before
    assert len(before) == 1


# What the tables say otherwise is named


async def faults(scribe: Scribe) -> list[str]:
    async with scribe.desk.pool.acquire() as connection:
        return await table_faults(scribe.desk.reader, connection)


AS_OWNER = "ALTER TABLE payments.{0} DISABLE TRIGGER ALL"
WRITTEN: dict[str, tuple[str, str]] = {
    "an exception resolved": ("UPDATE payments.exceptions SET resolved_at = now()", "nobody signed that"),
    "an exception deleted": ("DELETE FROM payments.exceptions", "its row is missing"),
    "an exception of another": ("UPDATE payments.exceptions SET partnership = ''", "another kind or partnership"),
    "an exception with other words": ("UPDATE payments.exceptions SET reason = 'x'", "another reason"),
    "an exception that nobody raised": (
        "INSERT INTO payments.exceptions (exception_id, kind, file_name, reason, content) "
        "VALUES (gen_random_uuid(), 'UNREADABLE', '', '', '')",
        "nobody raised it",
    ),
    "a file that arrived nowhere": ("UPDATE payments.files SET status = 'NEVER_SENT'", "its row says NEVER_SENT"),
    "a file of other bytes": ("UPDATE payments.files SET content = 'x'", "its bytes are not those"),
    "a file that is gone": ("DELETE FROM payments.files", "its row is missing"),
    "a file without its payment": ("DELETE FROM payments.file_payments", "its rows name other payments"),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", WRITTEN)
async def test_what_a_table_says_otherwise_than_was_signed_is_named(left: Scribe, what: str) -> None:
    await raised(left)
    assert await faults(left) == []
    for table in ("exceptions", "files", "file_payments"):
        await left.desk.pool.execute(AS_OWNER.format(table))
    if "is gone" in what:
        await left.desk.pool.execute("ALTER TABLE payments.file_payments DROP CONSTRAINT file_payments_message_id_fkey")
    write, fault = WRITTEN[what]
    await left.desk.pool.execute(write)
    assert any(fault in one for one in await faults(left)), await faults(left)


@pytest.mark.slow
async def test_a_file_that_left_is_as_it_was_made_though_the_key_was_in_other_hands(left: Scribe) -> None:
    """Given a file made and handed over, when the key turns out to be stolen, then no row is false."""
    desk, since = left.desk, datetime.now(UTC) - timedelta(days=1)
    key_id = desk.keyring.public(PAYER).key_id
    await decree(desk, KeyRevoked(staff_id=PAYER, key_id=key_id, compromised_since=since))
    assert await faults(left) == []


@pytest.mark.slow
async def test_a_file_that_nobody_signed_is_named(furnished: Desk) -> None:
    scribe = await paying.released(furnished)
    await in_a_row_of_ones_own(scribe)
    assert await faults(scribe) == [f"payment file {FORGED}: nobody signed that it was made"]


@pytest.mark.slow
async def test_what_people_resolved_is_in_the_table_as_they_signed_it(left: Scribe) -> None:
    await raised(left)
    (exception,) = await exceptions_of(left.desk)
    for actor in ("femi.ade", "dora.kim"):
        said = (Resolution.BANK_ERROR, PaymentReference(), "by telephone", actor)
        await resolve(left.desk, exception, *said)
        assert await faults(left) == []
    assert await exceptions_of(left.desk) == []
    await left.desk.pool.execute("UPDATE payments.exceptions SET resolved_at = NULL")
    assert [one.partition(": ")[2] for one in await faults(left)] == ["it is resolved, and its row says that it is not"]


async def test_a_file_is_stored_as_made_and_as_nothing_else(furnished: Desk) -> None:
    forged = AS_MADE.replace("payment_count)", "payment_count, status)").replace("1)", "1, 'HANDED_OVER')", 1)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="a payment file is made first"):
        await furnished.pool.execute(forged, FORGED)
