"""After a restore nothing is paid before two of finance signed what left since; and that is never paid again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from accord.cli.files_out import _require_here
from accord.cli.reopening import file_that_left, open_again
from accord.client.bank_import import import_file
from accord.client.desk import Desk
from accord.client.faults import Refused
from accord.client.governance import change_directory, confirm_change, epoch_to_begin
from accord.client.hand_over import hand_over
from accord.client.payment_files import export
from accord.client.payments_made import forgotten_payments
from domain.directory.people import KeyRevoked
from domain.directory.tiers import Role
from domain.identity import payment_id, unique_transaction_reference
from domain.payment.reopening import FileThatLeft
from payments.accounts import reference_of
from payments.out.files import StoredFile
from tests import paying, scribe
from tests.accord.counter import OTHER, PAYER, handed_over, reasons
from tests.accord.test_epochs import ANOTHER_TIMELINE
from tests.builders import funds_out, party, proposal
from tests.governing import decree, hire
from tests.ledger.proof import behind_our_back
from tests.payments.orders import RIVERBEND, entry, group_status, notification, status_report

CLOSED = "payments are closed since epoch 2 of the ledger began"
EMPTY: tuple[FileThatLeft, ...] = ()


async def put_back(desk: Desk, database: str, forgotten: int = 0, timeline: str = ANOTHER_TIMELINE) -> None:
    """The ledger is put back to before its newest events, and two guardians begin an epoch."""
    connection = await asyncpg.connect(database)
    await behind_our_back(
        connection,
        f"DELETE FROM ledger.events WHERE position > (SELECT max(position) - {forgotten} FROM ledger.events)",
    )
    await connection.close()
    await desk.pool.execute(timeline)
    changed = await change_directory(desk, (await epoch_to_begin(desk),), "dora.kim")
    assert changed.change_id is not None
    await confirm_change(desk, changed.change_id, "otto.audit")


async def put_back_to(desk: Desk, database: str, head: int, *tables: str) -> None:
    """The same, to where the ledger stood at a head: no file was made yet, and these other tables were empty."""
    for table in ("file_payments", "files", *tables):
        await desk.pool.execute(f"ALTER TABLE payments.{table} DISABLE TRIGGER ALL")
        await desk.pool.execute(f"DELETE FROM payments.{table}")
    await put_back(desk, database, await desk.ledger.head() - head)


async def opened_by_two(desk: Desk, left: FileThatLeft, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of finance sign what left, of which the bank said nothing yet; everybody signs for the new epoch."""
    said = await imported(desk, QUIET)
    for actor in ("femi.ade", PAYER):
        await open_again(desk, (said,), (left,), actor)
    monkeypatch.setitem(scribe._organisation, "log", (await desk.directory()).log)


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


async def not_made(desk: Desk, attempt: int) -> str:
    """Why an attempt is in no payment file, where none is made."""
    made = await export(desk, PAYER)
    assert made.files == ()
    [reason] = [one.reason for one in made.waiting if one.attempt == attempt]
    return reason


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
    await put_back_to(furnished, furnished_database, before)
    booked = word(entry(payment, amount="1000.00"))
    await imported(furnished, booked)
    with pytest.raises(Refused, match=f"the bank tells of payment {payment}"):
        await open_again(furnished, (booked,), EMPTY, "femi.ade")
    await open_again(furnished, (booked,), (left,), "femi.ade")
    await open_again(furnished, (booked,), (left,), PAYER)
    [reason] = await waiting_for(furnished)
    assert "it left before epoch 2 of the ledger began" in reason


UETR = unique_transaction_reference(payment_id(paying.REFERENCE, 1, 1))
BY_ANOTHER_NAME: dict[str, Callable[[StoredFile], bytes]] = {
    "the file": lambda file: status_report(group_status(file.message_id, "ACSP"), message="SINCE-1").encode(),
    "the UETR": lambda file: word(entry(uetr=UETR, amount="1000.00")),
}


@pytest.mark.parametrize("name", BY_ANOTHER_NAME)
async def test_what_the_bank_tells_of_without_the_payments_own_id_is_asked_for_as_well(
    furnished: Desk, furnished_database: str, tmp_path: Path, name: str
) -> None:
    """The bank names what left and was forgotten by its file or its UETR alone: two may not say that nothing left."""
    await paying.released(furnished)
    before = await furnished.ledger.head()
    file = await handed_over(furnished, tmp_path)
    await put_back_to(furnished, furnished_database, before)
    told = await imported(furnished, BY_ANOTHER_NAME[name](file))
    with pytest.raises(Refused, match="the bank tells of"):
        await open_again(furnished, (told,), EMPTY, "femi.ade")


async def test_what_left_and_was_forgotten_is_not_paid_again_by_a_new_attempt(
    furnished: Desk, furnished_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger takes the attempt for one that never left: it is cancelled, and released anew with another id."""
    story = await paying.released(furnished)
    before = await furnished.ledger.head()
    await handed_over(furnished, tmp_path)
    await put_back_to(furnished, furnished_database, before)
    await opened_by_two(furnished, file_that_left(only_file_in(tmp_path)), monkeypatch)
    await paying.cancel(story)
    await paying.release(story, attempt=2)
    assert "left before epoch 2" in await not_made(furnished, attempt=2)


async def test_what_left_in_a_later_attempt_that_was_forgotten_is_not_paid_again_by_the_first(
    furnished: Desk, furnished_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first was cancelled and the second left; the ledger knows of neither, and begins with the first."""
    payee = party(RIVERBEND.holder)
    made = proposal(paying.REFERENCE, funds_out=funds_out("1000.00", payee=payee), partner=payee)
    story = await paying.agreed(furnished, made, reference_of(RIVERBEND))
    before = await furnished.ledger.head()
    await paying.release(story)
    await paying.cancel(story)
    await paying.release(story, attempt=2)
    await handed_over(furnished, tmp_path)
    await put_back_to(furnished, furnished_database, before, "instructions")
    await opened_by_two(furnished, file_that_left(only_file_in(tmp_path)), monkeypatch)
    await paying.release(await paying.caught_up(story))
    assert "left before epoch 2" in await not_made(furnished, attempt=1)


async def test_what_two_signed_to_have_left_stays_so_though_the_key_of_one_was_in_other_hands(
    furnished: Desk, furnished_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger is put back once more, and two others open it again, before the key turns out to be stolen."""
    await hire(furnished, "fay.coin", Role.FINANCE_APPROVER)
    await paying.released(furnished)
    before = await furnished.ledger.head()
    await handed_over(furnished, tmp_path)
    await put_back_to(furnished, furnished_database, before)
    since = await furnished.pool.fetchval("SELECT ledger.now()")
    await opened_by_two(furnished, file_that_left(only_file_in(tmp_path)), monkeypatch)
    await put_back(furnished, furnished_database, timeline=ANOTHER_TIMELINE.replace("00000002", "00000003"))
    said = await imported(furnished, QUIET.replace(b"QUIET-1", b"QUIET-2"))
    for actor in ("fay.coin", PAYER):
        await open_again(furnished, (said,), EMPTY, actor)
    assert "left before epoch 2" in await not_made(furnished, attempt=1)
    key_id = furnished.keyring.public("femi.ade").key_id
    await decree(furnished, KeyRevoked(staff_id="femi.ade", key_id=key_id, compromised_since=since))
    assert "left before epoch 2" in await not_made(furnished, attempt=1)


async def test_a_file_that_was_made_before_does_not_leave_while_payments_are_closed(
    furnished: Desk, furnished_database: str, tmp_path: Path
) -> None:
    await paying.released(furnished, OTHER)
    (made,) = (await export(furnished, PAYER)).files
    await put_back(furnished, furnished_database)
    out = tmp_path / "out"
    assert (await hand_over(furnished, made.file.message_id, PAYER, out)).path is None
    assert not list(out.glob("*.xml"))


async def test_what_left_and_was_forgotten_stands_beside_what_an_auditor_is_shown(
    furnished: Desk, furnished_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger knows of no hand-over, so that the payment is in no list of what left; two say that it did."""
    await paying.released(furnished)
    before = await furnished.ledger.head()
    await handed_over(furnished, tmp_path)
    left = file_that_left(only_file_in(tmp_path))
    assert await forgotten_payments(furnished) == {}
    await put_back_to(furnished, furnished_database, before)
    await opened_by_two(furnished, left, monkeypatch)
    assert await forgotten_payments(furnished) == dict.fromkeys(left.end_to_end_ids, 2)


async def test_what_left_and_was_forgotten_is_not_called_cancelled(
    furnished: Desk, furnished_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who cancels a payment would read that it leaves in no file, though it has left."""
    await paying.released(furnished)
    before = await furnished.ledger.head()
    await handed_over(furnished, tmp_path)
    await put_back_to(furnished, furnished_database, before)
    await _require_here(furnished, paying.REFERENCE, 1, 1)
    await opened_by_two(furnished, file_that_left(only_file_in(tmp_path)), monkeypatch)
    with pytest.raises(Refused, match=r"cannot cancel tranche 1 of .*: attempt 1 of it left before epoch 2"):
        await _require_here(furnished, paying.REFERENCE, 1, 1)
    await _require_here(furnished, paying.REFERENCE, 1, 2)
