"""Payment files are made in the database of payable, waiting payments. Nothing leaves by it, and nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.counter.payment_files import Export, export
from accord.presentation.faults import Refused
from domain.payment.payment_file import FileStatus
from domain.payment.tranche.status import TrancheStatus
from records.keys.keyring import Keyring
from tests import paying
from tests.accord.counter.files import OTHER, PAYER, files, made_file, reasons, recorded_of, signed
from tests.scribe import Scribe

Happens = Callable[[], Awaitable[Any]]
NewDesk = Callable[[], Awaitable[Desk]]


@pytest.fixture
async def waiting(furnished: Desk) -> Scribe:
    """A partnership of one tranche that was released and waits for a file."""
    return await paying.released(furnished)


# Making files


async def test_a_file_is_made_in_the_database_under_its_makers_signature_and_nothing_leaves(waiting: Scribe) -> None:
    desk = waiting.desk
    (made,) = (await export(desk, PAYER)).files
    assert str(made.total) == "USD 1,000.00"
    assert await files(desk) == [made.file]
    known = await signed(desk, made.file.message_id)
    assert (known.status, known.made_by, known.sha256) == (FileStatus.MADE, PAYER, made.file.sha256)
    assert known.payments == tuple(one.payment_id for one in made.payments)
    assert (await paying.attempt_of(waiting)).status is TrancheStatus.INSTRUCTED
    assert "TrancheHandedOver" not in await paying.told(waiting)


@pytest.mark.slow
async def test_making_files_again_makes_nothing_twice(waiting: Scribe) -> None:
    first = await made_file(waiting.desk)
    again = await export(waiting.desk, PAYER)
    assert again == Export((), (), ())
    assert await files(waiting.desk) == [first]
    assert await recorded_of(waiting.desk, first.message_id) == ["PaymentFileMade"]


@pytest.mark.slow
async def test_a_dry_run_shows_the_very_file_and_makes_nothing(waiting: Scribe) -> None:
    shown = await export(waiting.desk, PAYER, dry_run=True)
    assert await files(waiting.desk) == []
    assert await recorded_of(waiting.desk, shown.files[0].file.message_id) == []
    assert (await export(waiting.desk, PAYER)).files == shown.files


@pytest.mark.slow
async def test_a_dry_run_voids_nothing(waiting: Scribe) -> None:
    file = await made_file(waiting.desk)
    await paying.hold(waiting)
    assert await export(waiting.desk, PAYER, dry_run=True) == Export((), (), ())
    assert await files(waiting.desk) == [file]


@pytest.mark.slow
async def test_five_exports_at_once_put_each_payment_into_one_file(furnished: Desk, desks: NewDesk) -> None:
    await paying.released(furnished, paying.REFERENCE, "600.00", "400.00")
    await paying.released(furnished, OTHER)
    made = await asyncio.gather(*[export(await desks(), PAYER) for _ in range(5)])
    held = [one.payment_id for found in made for file in found.files for one in file.payments]
    assert len(held) == len(set(held)) == 3
    assert sum(file.payment_count for file in await files(furnished)) == 3


@pytest.mark.slow
async def test_what_may_not_be_paid_waits_with_its_reason_and_its_neighbour_goes_into_a_file(
    waiting: Scribe,
) -> None:
    await paying.released(waiting.desk, OTHER)
    await paying.hold(waiting)
    made = await export(waiting.desk, PAYER)
    assert reasons(made) == [(paying.REFERENCE, 1, "it stands on hold (by vera.lind: a complaint came in)")]
    assert [[one.partnership_id for one in file.payments] for file in made.files] == [[OTHER]]


async def test_what_was_cancelled_waits_for_nothing(waiting: Scribe) -> None:
    await paying.cancel(waiting)
    assert await export(waiting.desk, PAYER) == Export((), (), ())


@pytest.mark.slow
async def test_a_made_file_with_a_payment_that_fails_now_is_void_and_its_others_are_made_into_a_new_one(
    waiting: Scribe,
) -> None:
    desk = waiting.desk
    other = await paying.released(desk, OTHER)
    first = await made_file(desk)
    await paying.hold(waiting)
    again = await export(desk, PAYER)
    ((message_id, reason),) = again.voided
    assert message_id == first.message_id
    assert reason == f"{paying.REFERENCE} tranche 1, attempt 1: it stands on hold (by vera.lind: a complaint came in)"
    (second,) = again.files
    assert [one.partnership_id for one in second.payments] == [OTHER]
    assert second.file.message_id != first.message_id
    assert paying.identifier(other).encode() in second.file.content
    assert [(one.message_id, one.status) for one in await files(desk)] == [
        (first.message_id, FileStatus.VOID), (second.file.message_id, FileStatus.MADE)
    ]  # fmt: skip
    assert (
        await signed(desk, first.message_id)
    ).reason == f"{paying.REFERENCE} tranche 1, attempt 1 may not be made now"


@pytest.mark.slow
async def test_the_same_payments_after_a_void_file_get_another_message_id_and_keep_their_own(waiting: Scribe) -> None:
    first = await made_file(waiting.desk)
    await paying.hold(waiting)
    await export(waiting.desk, PAYER)
    await paying.lift(waiting)
    second = await made_file(waiting.desk)
    assert second.message_id != first.message_id
    assert second.content == first.content.replace(first.message_id.encode(), second.message_id.encode())


@pytest.mark.sampled(1)
@pytest.mark.parametrize("actor", ["pia.berg", "femi.ade", "dora.kim", "otto.audit"])
async def test_only_a_payer_makes_files(waiting: Scribe, actor: str) -> None:
    with pytest.raises(Refused, match=f"{actor} may not make payment file: it needs PAYER"):
        await export(waiting.desk, actor)
    assert await files(waiting.desk) == []


async def test_a_payer_whose_key_is_not_here_makes_nothing(waiting: Scribe, tmp_path: Path) -> None:
    elsewhere = Desk(waiting.desk.pool, Keyring(tmp_path / "no keys"))
    with pytest.raises(Refused, match="accord staff enrol"):
        await export(elsewhere, PAYER)
    assert await files(waiting.desk) == []
