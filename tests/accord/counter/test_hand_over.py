"""A file leaves by its hand-over alone, which asks of each payment once more until the very last moment."""

from __future__ import annotations

import asyncio
import resource
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import accord.counter.hand_over
from accord.audit.authorisation import Authorisation, PrePaymentCheck
from accord.audit.freshness import read_registers
from accord.client.desk import Desk
from accord.counter import checking
from accord.counter.bank_import import keep_signed
from accord.counter.hand_over import HandedOver, hand_over
from accord.counter.payment_files import Export, export, void_files_of
from accord.counter.transactions import at_the_counter
from accord.counter.written_again import write_again
from accord.demo.sample import RECORDER, SAMPLE
from accord.organisation.governance import vouch
from accord.presentation.faults import BadInput, Refused
from domain.directory.people import FunderRegistered, HouseRulesSet, KeyRevoked
from domain.directory.tiers import Role
from domain.identity import payment_id
from domain.partnership.events import HoldLifted
from domain.partnership.state import TrancheState
from domain.payment.payment_file import FileStatus
from domain.payment.tranche.events import PaymentHandedOver, PaymentTakenBack
from domain.payment.tranche.status import TrancheStatus
from domain.recorded.writers import Writer
from domain.streams import StreamId
from payments.accounts import record_account, reference_of
from payments.answers.bank_files import bank_file
from payments.out.files import FrozenPayment, StoredFile, keep_file, make_file
from registers.loading.archive import Archive
from registers.loading.loader import load
from tests import paying
from tests.accord.counter.files import OTHER, PAYER, booked, files, made_file, recorded_of, signed, told_now
from tests.accord.shell import files_in
from tests.conftest import ROOT
from tests.governing import decree, hire
from tests.payments.orders import FOUNDATION, RIVERBEND
from tests.scribe import Scribe

Happens = Callable[[], Awaitable[Any]]
NewDesk = Callable[[], Awaitable[Desk]]


@pytest.fixture
async def waiting(furnished: Desk) -> Scribe:
    """A partnership of one tranche that was released and waits for a file."""
    return await paying.released(furnished)


# The hand-over


async def test_a_file_leaves_by_its_hand_over_and_everything_says_so(waiting: Scribe, tmp_path: Path) -> None:
    desk = waiting.desk
    file = await made_file(desk)
    left = await hand_over(desk, file.message_id, PAYER, tmp_path / "out")
    assert left == HandedOver(file, tmp_path / "out" / f"{file.message_id}.pain.001.xml")
    assert left.path is not None
    assert left.path.read_bytes() == file.content
    assert left.path.stat().st_mode & 0o777 == 0o600
    assert files_in(tmp_path / "out") == [left.path]
    known = await signed(desk, file.message_id)
    assert (known.status, known.handed_over_by) == (FileStatus.HANDED_OVER, (PAYER,))
    assert [one.status for one in await files(desk)] == [FileStatus.HANDED_OVER]
    attempt = await paying.attempt_of(waiting)
    assert (attempt.status, attempt.message_id) == (TrancheStatus.HANDED_OVER, file.message_id)
    (event,) = [one for one in await paying.attempt_events(waiting) if isinstance(one, PaymentHandedOver)]
    assert event.file_sha256 == file.sha256
    state = await waiting.reread()
    assert [one.state for one in state.tranches] == [TrancheState.HANDED_OVER]


@pytest.mark.slow
async def test_what_was_handed_over_is_handed_over_once_and_the_refusal_says_how_to_go_on(
    waiting: Scribe, tmp_path: Path
) -> None:
    file = await made_file(waiting.desk)
    await hand_over(waiting.desk, file.message_id, PAYER, tmp_path / "first")
    told = (
        f"was handed over by {PAYER}; if it was not written, or is lost: `accord payments write-again {file.message_id}"
    )
    with pytest.raises(Refused, match=told):
        await hand_over(waiting.desk, file.message_id, PAYER, tmp_path / "second")
    assert files_in(tmp_path / "second") == []
    assert await export(waiting.desk, PAYER) == Export((), (), ())


@pytest.mark.slow
async def test_two_hand_overs_at_once_write_the_file_once(waiting: Scribe, desks: NewDesk, tmp_path: Path) -> None:
    file = await made_file(waiting.desk)
    folders = [tmp_path / actor for actor in (PAYER, "femi.ade")]
    ended = await asyncio.gather(
        *[hand_over(await desks(), file.message_id, folder.name, folder) for folder in folders], return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in ended) == ["HandedOver", "Refused"]
    assert sum(len(files_in(folder)) for folder in folders) == 1
    assert (await recorded_of(waiting.desk, file.message_id)).count("PaymentFileHandedOver") == 1
    assert (await paying.told(waiting)).count("TrancheHandedOver") == 1


@pytest.mark.sampled(1)
@pytest.mark.parametrize("actor", ["pia.berg", "vera.lind", "dora.kim", "otto.audit"])
async def test_only_finance_hands_over(waiting: Scribe, tmp_path: Path, actor: str) -> None:
    file = await made_file(waiting.desk)
    with pytest.raises(Refused, match=f"{actor} may not hand over: it needs FINANCE_APPROVER or PAYER"):
        await hand_over(waiting.desk, file.message_id, actor, tmp_path)
    assert files_in(tmp_path) == []
    assert (await signed(waiting.desk, file.message_id)).status is FileStatus.MADE


@pytest.mark.slow
async def test_a_payment_that_fails_at_the_hand_over_voids_the_file_and_the_rest_are_shown_in_a_new_one(
    waiting: Scribe, tmp_path: Path
) -> None:
    desk = waiting.desk
    await paying.released(desk, OTHER)
    file = await made_file(desk)
    await paying.hold(waiting)
    left = await hand_over(desk, file.message_id, PAYER, tmp_path)
    assert (left.path, files_in(tmp_path)) == (None, [])
    assert (
        left.void == f"{paying.REFERENCE} tranche 1, attempt 1: it stands on hold (by vera.lind: a complaint came in)"
    )
    assert left.instead is not None
    (instead,) = left.instead.files
    assert [one.partnership_id for one in instead.payments] == [OTHER]
    assert instead.file.message_id != file.message_id
    with pytest.raises(Refused, match=r"is VOID \(.*make a new file: `accord payments export`"):
        await hand_over(desk, file.message_id, PAYER, tmp_path)
    assert (await hand_over(desk, instead.file.message_id, PAYER, tmp_path)).path is not None


@pytest.mark.slow
async def test_who_may_hand_over_and_not_make_files_leaves_the_rest_to_a_payer(waiting: Scribe, tmp_path: Path) -> None:
    await paying.released(waiting.desk, OTHER)
    file = await made_file(waiting.desk)
    await paying.cancel(waiting)
    left = await hand_over(waiting.desk, file.message_id, "femi.ade", tmp_path)
    assert (left.path, left.instead) == (None, None)
    assert left.void.endswith("this attempt to pay has ended already: a person cancelled it")
    assert [len(one.payments) for one in (await export(waiting.desk, PAYER)).files] == [1]


@pytest.mark.slow
async def test_a_cancellation_voids_the_files_that_hold_the_payment(waiting: Scribe, tmp_path: Path) -> None:
    desk = waiting.desk
    file = await made_file(desk)
    await paying.cancel(waiting)
    assert await void_files_of(desk, OTHER, 1, "another one was cancelled") == []
    assert await void_files_of(desk, paying.REFERENCE, 1, "it was cancelled") == [file.message_id]
    assert (await signed(desk, file.message_id)).reason == "it was cancelled"
    with pytest.raises(Refused, match=r"is VOID \(it was cancelled\)"):
        await hand_over(desk, file.message_id, PAYER, tmp_path)


async def test_a_file_that_does_not_exist_is_bad_input(furnished: Desk, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"there is no payment file 'ACCMNONE'; `accord payments files` shows"):
        await hand_over(furnished, "ACCMNONE", PAYER, tmp_path)


# Between the check and the commit


def at_the_very_moment(monkeypatch: pytest.MonkeyPatch, happens: Happens, times: int = 1) -> None:
    """Let something happen after the check, and before the hand-over is signed and marked."""
    really, left = accord.counter.hand_over.signed_act, iter(range(times))  # type: ignore[attr-defined]

    async def signed_act(*words: Any, **content: Any) -> Any:
        if next(left, None) is not None:
            await happens()
        return await really(*words, **content)

    monkeypatch.setattr(accord.counter.hand_over, "signed_act", signed_act)


async def list_naming(desk: Desk, name: str, folder: Path) -> None:
    """Load an SDN list that is the sample's with one name more."""
    names = ("sdn.csv", "alt.csv", "add.csv")
    for file in names:
        shutil.copy(SAMPLE / "registers" / file, folder)
    sdn, row = folder / "sdn.csv", f'9999,"{name.upper()}",-0- ,"SDGT",{",".join(["-0- "] * 8)}\r\n'
    sdn.write_bytes(sdn.read_bytes().replace(b"\x1a", row.encode() + b"\x1a"))
    async with desk.pool.acquire() as connection:
        paths = tuple(folder / file for file in names)
        report = await load(
            connection, "ofac-sdn", paths, await today(desk), Archive(folder / "archive"), minimum_rows=1
        )
    assert report.loaded, report


async def today(desk: Desk) -> Any:
    return await desk.pool.fetchval("SELECT ledger.now()::date")


async def leaves_no_more(desk: Desk, file: StoredFile, folder: Path, reason: str) -> None:
    left = await hand_over(desk, file.message_id, PAYER, folder / "out")
    assert (left.path, files_in(folder / "out")) == (None, [])
    assert reason in left.void
    assert (await signed(desk, file.message_id)).status is FileStatus.VOID
    assert "PaymentFileHandedOver" not in await recorded_of(desk, file.message_id)


@pytest.mark.slow
async def test_a_hold_between_check_and_commit_is_in_no_file_that_is_handed_over(
    waiting: Scribe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await made_file(waiting.desk)
    at_the_very_moment(monkeypatch, lambda: paying.hold(waiting))
    await leaves_no_more(waiting.desk, file, tmp_path, "it stands on hold")
    assert "TrancheHandedOver" not in await paying.told(waiting)


@pytest.mark.slow
async def test_a_cancellation_between_check_and_commit_stops_the_payment(
    waiting: Scribe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await made_file(waiting.desk)
    at_the_very_moment(monkeypatch, lambda: paying.cancel(waiting))
    await leaves_no_more(waiting.desk, file, tmp_path, "a person cancelled it")


@pytest.mark.slow
async def test_a_newer_list_between_check_and_commit_stops_the_payment_until_somebody_looked(
    waiting: Scribe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await made_file(waiting.desk)
    at_the_very_moment(monkeypatch, lambda: list_naming(waiting.desk, "Riverbend Library Network", tmp_path))
    await leaves_no_more(waiting.desk, file, tmp_path, "newer than the last look at it")


@pytest.mark.slow
async def test_another_account_of_the_funder_between_check_and_commit_stops_the_payment(
    waiting: Scribe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = waiting.desk
    file = await made_file(desk)
    funder = (await desk.directory()).funder("ISOC")
    assert funder is not None
    other = funder.model_copy(update={"account": reference_of(FOUNDATION).reference})
    at_the_very_moment(monkeypatch, lambda: decree(desk, FunderRegistered(funder=other)))
    await leaves_no_more(desk, file, tmp_path, "the funder's account changed")


@pytest.mark.slow
async def test_another_account_of_the_payee_between_check_and_commit_stops_the_payment(
    waiting: Scribe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its stream is new, so no stream that the check read has moved."""
    desk = waiting.desk
    file = await made_file(desk)
    other = RIVERBEND.model_copy(update={"iban": None, "number": "0001234567"})

    async def recorded() -> None:
        async with desk.pool.acquire() as connection:
            await vouch(desk, await record_account(connection, other, RECORDER), RECORDER)

    at_the_very_moment(monkeypatch, recorded)
    await leaves_no_more(desk, file, tmp_path, f"since its release {reference_of(other).reference} was recorded")


@pytest.mark.slow
async def test_an_import_that_is_cut_off_between_check_and_commit_stops_the_file(
    waiting: Scribe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bank tells of a booking of a payment that has not left yet. Its file is kept and signed, no entry taken."""
    desk = waiting.desk
    file = await made_file(desk)
    untaken = bank_file("untaken.xml", told_now(booked(paying.identifier(waiting))))
    at_the_very_moment(monkeypatch, lambda: keep_signed(desk, untaken, "femi.ade", Writer.IMPORTER))
    with pytest.raises(Refused, match=r"the import of untaken\.xml was cut off"):
        await hand_over(desk, file.message_id, PAYER, tmp_path)
    assert files_in(tmp_path) == []
    assert (await signed(desk, file.message_id)).status is FileStatus.MADE


@pytest.mark.slow
async def test_what_changes_nothing_between_check_and_commit_is_asked_again_and_leaves(
    waiting: Scribe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = waiting.desk
    file = await made_file(desk)

    async def on_and_off() -> None:
        await paying.hold(waiting)
        await paying.lift(waiting)

    at_the_very_moment(monkeypatch, on_and_off)
    assert (await hand_over(desk, file.message_id, PAYER, tmp_path)).path is not None
    assert (await recorded_of(desk, file.message_id)).count("PaymentFileHandedOver") == 1


@pytest.mark.slow
async def test_what_never_stands_still_is_not_handed_over(
    waiting: Scribe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = waiting.desk
    file = await made_file(desk)

    async def on_and_off() -> None:
        await paying.hold(waiting)
        await paying.lift(waiting)

    at_the_very_moment(monkeypatch, on_and_off, times=100)
    with pytest.raises(Refused, match="what it rests on keeps changing; try again in a minute"):
        await hand_over(desk, file.message_id, PAYER, tmp_path)
    assert files_in(tmp_path) == []
    assert (await signed(desk, file.message_id)).status is FileStatus.MADE


@pytest.mark.slow
async def test_what_is_recorded_elsewhere_meanwhile_stops_nothing(
    waiting: Scribe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = waiting.desk
    file = await made_file(desk)
    at_the_very_moment(monkeypatch, lambda: paying.released(desk, OTHER))
    assert (await hand_over(desk, file.message_id, PAYER, tmp_path)).path is not None


# Between the check of one payment of a file and that of the next


def after_the_first_check(monkeypatch: pytest.MonkeyPatch, happens: Callable[[str], Awaitable[Any]]) -> None:
    """Let something happen to the partnership that is checked first, before the next payment is checked."""
    really, left = checking._check, iter((True,))

    async def check(desk: Desk, gate: PrePaymentCheck, row: FrozenPayment, in_file: str) -> checking.Checked:
        checked = await really(desk, gate, row, in_file)
        if next(left, False):
            await happens(row.partnership_id)
        return checked

    monkeypatch.setattr(checking, "_check", check)


@pytest.mark.slow
async def test_a_hold_between_the_checks_of_two_payments_to_one_grantee_stops_the_first(
    waiting: Scribe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check of the second reads the first's partnership as well, and finds the hold there."""
    desk = waiting.desk
    both = {one.reference: one for one in (waiting, await paying.released(desk, OTHER))}
    file = await made_file(desk)
    after_the_first_check(monkeypatch, lambda first: paying.hold(both[first]))
    await leaves_no_more(desk, file, tmp_path, "it stands on hold")


@pytest.mark.slow
async def test_a_key_in_other_hands_between_the_checks_of_two_payments_stops_the_first(
    waiting: Scribe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hold on the first was lifted by a thief's signature. The check of the second reads the newer directory."""
    desk = waiting.desk
    await hire(desk, "dina.berg", Role.DIRECTOR)
    both = {one.reference: one for one in (waiting, await paying.released(desk, OTHER))}
    first = min(both, key=lambda reference: payment_id(reference, 1, 1))
    await paying.hold(both[first])
    await both[first].says(HoldLifted, "dina.berg", reason="it is answered")
    file = await made_file(desk)
    since = datetime.now(UTC) - timedelta(hours=1)
    stolen = KeyRevoked(staff_id="dina.berg", key_id=desk.keyring.public("dina.berg").key_id, compromised_since=since)
    after_the_first_check(monkeypatch, lambda _: decree(desk, stolen))
    await leaves_no_more(desk, file, tmp_path, "it stands on hold")


async def test_what_two_verdicts_read_of_a_stream_at_two_versions_has_moved(waiting: Scribe) -> None:
    """Whichever of the two read it first: the older verdict does not rest on what stands now."""
    stream = StreamId.partnership(waiting.reference)
    now = waiting.state.version
    async with waiting.desk.pool.acquire() as connection:
        registers = (await read_registers(connection)).versions
    read = {"registers": registers, "position": await waiting.desk.ledger.head()}
    before, after = (Authorisation(None, heads={stream: one}, **read) for one in (now - 1, now))
    async with at_the_counter(waiting.desk, Writer.EXPORTER) as counter:
        assert await checking.unmoved(counter, [after, after])
        assert not await checking.unmoved(counter, [after, before])
        assert not await checking.unmoved(counter, [before, after])


# A second person at the hand-over


@pytest.fixture
async def by_two(waiting: Scribe) -> Scribe:
    """The same, in an organisation that asks for two at the hand-over."""
    rules = (await waiting.desk.directory()).rules
    assert rules is not None
    await decree(waiting.desk, HouseRulesSet(rules=rules.model_copy(update={"second_at_hand_over": True})))
    return waiting


@pytest.mark.slow
async def test_where_the_organisation_asks_for_two_the_file_leaves_by_the_second_signature(
    by_two: Scribe, tmp_path: Path
) -> None:
    desk = by_two.desk
    file = await made_file(desk)
    for _ in range(2):
        assert await hand_over(desk, file.message_id, PAYER, tmp_path) == HandedOver(file, None)
    assert files_in(tmp_path) == []
    assert (await hand_over(desk, file.message_id, "femi.ade", tmp_path)).path is not None
    assert (await signed(desk, file.message_id)).handed_over_by == (PAYER, "femi.ade")


@pytest.mark.slow
async def test_a_hold_after_the_first_signature_stops_the_second(by_two: Scribe, tmp_path: Path) -> None:
    file = await made_file(by_two.desk)
    await hand_over(by_two.desk, file.message_id, PAYER, tmp_path)
    await paying.hold(by_two)
    left = await hand_over(by_two.desk, file.message_id, "femi.ade", tmp_path)
    assert (left.path, "it stands on hold" in left.void) == (None, True)


@pytest.mark.slow
async def test_a_file_that_two_handed_over_has_left_though_the_key_of_the_first_was_in_other_hands(
    by_two: Scribe, tmp_path: Path
) -> None:
    """It is at the bank, whoever used the key, and whoever handed it over has a part in it still."""
    desk = by_two.desk
    file = await made_file(desk)
    since = await desk.pool.fetchval("SELECT ledger.now()")
    for actor in (PAYER, "femi.ade"):
        left = await hand_over(desk, file.message_id, actor, tmp_path)
    assert left.path is not None
    key_id = desk.keyring.public(PAYER).key_id
    await decree(desk, KeyRevoked(staff_id=PAYER, key_id=key_id, compromised_since=since))
    known = await signed(desk, file.message_id)
    assert (known.status, known.handed_over_by) == (FileStatus.HANDED_OVER, (PAYER, "femi.ade"))


# Disks and deaths


@pytest.mark.slow
async def test_a_folder_that_cannot_be_written_to_is_told_before_anything_is_signed(
    waiting: Scribe, tmp_path: Path
) -> None:
    file = await made_file(waiting.desk)
    taken = tmp_path / "taken"
    taken.write_text("")
    for folder, told in (
        (taken, "is a file; name a folder"),
        (Path("/proc/self"), "nothing was signed or handed over"),
    ):
        with pytest.raises(BadInput, match=told):
            await hand_over(waiting.desk, file.message_id, PAYER, folder)
    assert await recorded_of(waiting.desk, file.message_id) == ["PaymentFileMade"]


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """Let the system take no more than so many bytes into a file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.slow
async def test_a_full_disk_leaves_no_half_file_and_the_message_says_how_to_go_on(
    furnished: Desk, tmp_path: Path
) -> None:
    await paying.released(furnished, paying.REFERENCE, *["250.00"] * 4)
    file = await made_file(furnished)
    assert len(file.content) > 4096
    with disk_of(4096), pytest.raises(Refused) as told:
        await hand_over(furnished, file.message_id, PAYER, tmp_path)
    assert str(told.value).startswith(f"{file.message_id} is handed over and signed, but could not be written to")
    assert f"`accord payments write-again {file.message_id} --out FOLDER`" in str(told.value)
    assert files_in(tmp_path) == []
    assert (await signed(furnished, file.message_id)).status is FileStatus.HANDED_OVER
    written = await write_again(furnished, file.message_id, PAYER, tmp_path)
    assert written.path is not None
    assert written.path.read_bytes() == file.content


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
import accord.counter.hand_over
from accord.client.desk import Desk
from deploy.database import open_pool
from records.keys.keyring import Keyring

async def main(url, keys, message, folder):
    async with await open_pool(url) as pool:
        await accord.counter.hand_over.hand_over(Desk(pool, Keyring(Path(keys))), message, "paul.nkosi", Path(folder))

accord.counter.hand_over.write_file = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.slow
async def test_a_process_that_is_killed_before_it_writes_leaves_a_file_that_is_written_again(
    waiting: Scribe, furnished_database: str, tmp_path: Path
) -> None:
    desk, out = waiting.desk, tmp_path / "out"
    file = await made_file(desk)
    words = (furnished_database, desk.keyring.folder, file.message_id, out)
    killed = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", KILLED, *map(str, words)], cwd=ROOT)
    assert (killed.returncode, files_in(out)) == (-9, [])
    assert (await paying.attempt_of(waiting)).status is TrancheStatus.HANDED_OVER
    with pytest.raises(
        Refused, match=f"if it was not written, or is lost: `accord payments write-again {file.message_id}"
    ):
        await hand_over(desk, file.message_id, PAYER, out)
    assert (await write_again(desk, file.message_id, PAYER, out)).in_doubt == ()
    assert [path.read_bytes() for path in files_in(out)] == [file.content]


# What somebody else put into the tables


async def test_a_file_that_nobody_signed_is_not_handed_over(waiting: Scribe, tmp_path: Path) -> None:
    desk = waiting.desk
    async with desk.pool.acquire() as connection:
        one = await paying.instruction(waiting)
        forged = await make_file(connection, [one])
        await keep_file(connection, forged, [one])
    with pytest.raises(Refused, match="nobody who may make payment files signed"):
        await hand_over(desk, forged.message_id, PAYER, tmp_path)
    assert files_in(tmp_path) == []


async def test_a_file_whose_bytes_were_changed_under_its_signature_is_not_handed_over(
    waiting: Scribe, tmp_path: Path
) -> None:
    desk = waiting.desk
    file = await made_file(desk)
    await desk.pool.execute("ALTER TABLE payments.files DISABLE TRIGGER ALL")
    await desk.pool.execute(
        "UPDATE payments.files "
        "SET content = convert_to(replace(convert_from(content, 'UTF8'), '1000.00', '9000.00'), 'UTF8')"
    )
    with pytest.raises(Refused, match="is not the file that its payments make; it is not written"):
        await hand_over(desk, file.message_id, PAYER, tmp_path)
    assert files_in(tmp_path) == []


async def row_says_of(desk: Desk, message_id: str, status: str) -> None:
    await desk.pool.execute("UPDATE payments.files SET status = $2 WHERE message_id = $1", message_id, status)


@pytest.mark.slow
@pytest.mark.parametrize("row_says", [["HANDED_OVER"], ["HANDED_OVER", "NEVER_SENT"]])
async def test_a_row_that_says_it_left_does_not_keep_a_payment_back(
    waiting: Scribe, tmp_path: Path, row_says: list[str]
) -> None:
    """Nobody signed that. The payment would wait for ever, since no file of it exists that could be written again."""
    file = await made_file(waiting.desk)
    for status in row_says:
        await row_says_of(waiting.desk, file.message_id, status)
    left = await hand_over(waiting.desk, file.message_id, PAYER, tmp_path / "out")
    assert left.path is not None
    assert left.path.read_bytes() == file.content
    assert (await paying.attempt_of(waiting)).status is TrancheStatus.HANDED_OVER
    with pytest.raises(Refused, match="was handed over by"):
        await hand_over(waiting.desk, file.message_id, PAYER, tmp_path / "out")


@pytest.mark.slow
async def test_a_row_that_says_it_left_does_not_keep_a_cancelled_payment_from_being_released_anew(
    waiting: Scribe, tmp_path: Path
) -> None:
    file = await made_file(waiting.desk)
    await row_says_of(waiting.desk, file.message_id, "HANDED_OVER")
    await paying.cancel(waiting)
    left = await hand_over(waiting.desk, file.message_id, PAYER, tmp_path / "out")
    assert "a person cancelled it" in left.void
    assert (await signed(waiting.desk, file.message_id)).status is FileStatus.VOID
    await paying.append(
        waiting.desk,
        StreamId.attempt(paying.REFERENCE, 1, 1),
        PaymentTakenBack(at=datetime.now(UTC), reason="it was cancelled"),
    )
    await paying.release(await paying.caught_up(waiting), attempt=2)
    again = await made_file(waiting.desk)
    assert (await hand_over(waiting.desk, again.message_id, PAYER, tmp_path / "out")).path is not None


@pytest.mark.slow
async def test_a_new_payer_hands_over_as_well(waiting: Scribe, tmp_path: Path) -> None:
    await hire(waiting.desk, "nils.borg", Role.PAYER)
    file = await made_file(waiting.desk)
    await hand_over(waiting.desk, file.message_id, "nils.borg", tmp_path)
    assert (await signed(waiting.desk, file.message_id)).handed_over_by == ("nils.borg",)
