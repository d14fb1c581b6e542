"""After a restore nothing is paid before two of finance signed what left since; and that is never paid again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import asyncpg
import pytest

from accord.cli.reopening import file_that_left, open_again
from accord.client.bank_import import import_file
from accord.client.desk import Desk
from accord.client.faults import Refused
from accord.client.governance import change_directory, confirm_change, epoch_to_begin
from accord.client.hand_over import hand_over
from accord.client.payment_files import export
from domain.payment.reopening import FileThatLeft
from tests import paying
from tests.accord.counter import OTHER, PAYER, handed_over, reasons
from tests.accord.test_epochs import ANOTHER_TIMELINE
from tests.ledger.proof import behind_our_back
from tests.payments.orders import entry, notification

CLOSED = "payments are closed since epoch 2 of the ledger began"
EMPTY: tuple[FileThatLeft, ...] = ()


async def put_back(desk: Desk, database: str, forgotten: int = 0) -> None:
    """The ledger is put back to before its newest events, and two guardians begin an epoch."""
    connection = await asyncpg.connect(database)
    await behind_our_back(
        connection,
        f"DELETE FROM ledger.events WHERE position > (SELECT max(position) - {forgotten} FROM ledger.events)",
    )
    await connection.close()
    await desk.pool.execute(ANOTHER_TIMELINE)
    changed = await change_directory(desk, (await epoch_to_begin(desk),), "dora.kim")
    assert changed.change_id is not None
    await confirm_change(desk, changed.change_id, "otto.audit")


def word(*entries: Any, message: str = "SINCE-1") -> bytes:
    return notification(*entries, message=message).encode() if entries else QUIET


QUIET = notification(entry("SOMEBODY-ELSES", amount="1.00"), message="QUIET-1").encode()


async def imported(desk: Desk, content: bytes) -> bytes:
    await import_file(desk, "since.xml", content, "dora.kim")
    return content


def only_file_in(folder: Path) -> Path:
    [path] = folder.glob("*.xml")
    return path


async def waiting_for(desk: Desk) -> list[str]:
    return [reason for _, _, reason in reasons(await export(desk, PAYER))]


@pytest.fixture
async def restored(furnished: Desk, furnished_database: str) -> Desk:
    """An office whose ledger was put back after a payment was instructed; nothing of it was lost."""
    await paying.released(furnished)
    await put_back(furnished, furnished_database)
    return furnished


async def test_on_a_ledger_that_was_put_back_nothing_is_paid(restored: Desk) -> None:
    [reason] = await waiting_for(restored)
    assert reason.startswith(CLOSED)


async def test_once_two_of_finance_signed_the_same_it_is_paid_again(restored: Desk, tmp_path: Path) -> None:
    said = await imported(restored, QUIET)
    assert (await open_again(restored, (said,), EMPTY, "femi.ade")).waits_for_second
    assert (await waiting_for(restored))[0].startswith(CLOSED)
    assert not (await open_again(restored, (said,), EMPTY, PAYER)).waits_for_second
    await handed_over(restored, tmp_path)


async def test_one_alone_opens_nothing_however_often(restored: Desk) -> None:
    said = await imported(restored, QUIET)
    for _ in range(2):
        assert (await open_again(restored, (said,), EMPTY, "femi.ade")).waits_for_second
    assert (await waiting_for(restored))[0].startswith(CLOSED)


async def test_two_who_say_different_things_open_nothing(restored: Desk) -> None:
    first, other = await imported(restored, QUIET), await imported(restored, QUIET.replace(b"QUIET-1", b"QUIET-2"))
    await open_again(restored, (first,), EMPTY, "femi.ade")
    assert (await open_again(restored, (other,), EMPTY, PAYER)).waits_for_second
    assert (await waiting_for(restored))[0].startswith(CLOSED)


async def test_the_banks_word_must_have_been_imported_since(furnished: Desk, furnished_database: str) -> None:
    await paying.released(furnished)
    before = await imported(furnished, QUIET)
    await put_back(furnished, furnished_database)
    with pytest.raises(Refused, match="was not imported since"):
        await open_again(furnished, (before,), EMPTY, "femi.ade")


async def test_where_nothing_was_put_back_payments_are_open(furnished: Desk) -> None:
    with pytest.raises(Refused, match="payments are open"):
        await open_again(furnished, (QUIET,), EMPTY, "femi.ade")


async def test_what_left_and_was_forgotten_is_never_paid_again(
    furnished: Desk, furnished_database: str, tmp_path: Path
) -> None:
    """The ledger is put back to before the hand-over: without the two it would pay a second time."""
    await paying.released(furnished)
    before = await furnished.ledger.head()
    file = await handed_over(furnished, tmp_path)
    left = file_that_left(only_file_in(tmp_path))
    assert left.message_id == file.message_id
    [payment] = left.end_to_end_ids
    for table in ("file_payments", "files"):
        await furnished.pool.execute(f"ALTER TABLE payments.{table} DISABLE TRIGGER ALL")
        await furnished.pool.execute(f"DELETE FROM payments.{table}")
    await put_back(furnished, furnished_database, await furnished.ledger.head() - before)
    booked = word(entry(payment, amount="1000.00"))
    await imported(furnished, booked)
    with pytest.raises(Refused, match=f"the bank tells of payment {payment}"):
        await open_again(furnished, (booked,), EMPTY, "femi.ade")
    await open_again(furnished, (booked,), (left,), "femi.ade")
    await open_again(furnished, (booked,), (left,), PAYER)
    [reason] = await waiting_for(furnished)
    assert "it left before epoch 2 of the ledger began" in reason


async def test_a_file_that_was_made_before_does_not_leave_while_payments_are_closed(
    furnished: Desk, furnished_database: str, tmp_path: Path
) -> None:
    await paying.released(furnished, OTHER)
    (made,) = (await export(furnished, PAYER)).files
    await put_back(furnished, furnished_database)
    out = tmp_path / "out"
    assert (await hand_over(furnished, made.file.message_id, PAYER, out)).path is None
    assert not list(out.glob("*.xml"))
