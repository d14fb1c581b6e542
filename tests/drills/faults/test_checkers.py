"""The checkers of these drills can fail: each finds the promise that is broken before its eyes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest

from accord.presentation.faults import Refused, Unreachable
from deploy.embedded.bank import Bank
from domain.identity import end_to_end_id, payment_id
from tests.chaos.partnerships.restoring import paid_once
from tests.drills.course import Course
from tests.drills.faults import disks_full
from tests.drills.faults import troubled_office as room
from tests.drills.faults.shifted import WrongClock
from tests.drills.faults.small_disk import NoSmallDisk, small_disk
from tests.drills.faults.troubled_office import TroubledOffice, comes, is_a_sentence, nobody_is_answered, told

REFERENCE = "P-2026-7001"


@pytest.mark.parametrize(
    "words",
    [
        "",
        "TimeoutError",
        "Traceback (most recent call last):",
        "accord: unexpected fault (OSError: 28); --debug shows the trace",
        "the disk is full\nand nothing goes on",
    ],
)
def test_what_is_no_plain_sentence_is_found(words: str) -> None:
    assert not is_a_sentence(words)


def test_a_plain_sentence_is_one() -> None:
    assert is_a_sentence("accord: the database did not answer (DiskFullError)\n")


class Book:
    """The bank's own book, as it tells it."""

    def __init__(self, *attempts: int) -> None:
        names = [end_to_end_id(payment_id(REFERENCE, 1, attempt)) for attempt in attempts]
        self.booked = [{"end_to_end_id": name, "booked_at": "2026-12-01"} for name in names]

    def payments(self) -> list[dict[str, Any]]:
        return self.booked


@pytest.mark.parametrize(("attempts", "broken"), [((1,), 0), ((1, 1), 1), ((1, 2), 1)])
def test_a_payment_that_is_booked_twice_is_found(attempts: tuple[int, ...], broken: int) -> None:
    found, _ = paid_once(cast(Bank, Book(*attempts)), [REFERENCE])
    assert bool(found) is bool(broken)


class Member:
    """Somebody at work, with the receipts that they got."""

    def __init__(self) -> None:
        self.acknowledged = list[UUID]()


@pytest.mark.parametrize("meanwhile", ["nothing", "a receipt", "a payment"])
async def test_an_answer_or_a_payment_while_nothing_may_go_on_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, meanwhile: str
) -> None:
    office, member, book = TroubledOffice(tmp_path, 1, 1), Member(), Book()
    office.everybody, office.bank = cast(Any, [member]), cast(Any, book)
    monkeypatch.setattr(room, "SILENCE", 0.0)

    async def work() -> None:
        if meanwhile == "a receipt":
            member.acknowledged.append(UUID(int=1))
        if meanwhile == "a payment":
            book.booked.append({})

    assert await nobody_is_answered(office, work) is (meanwhile == "nothing")


async def test_what_never_comes_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.waiting.BACKSTOP", 0.0)

    async def never() -> bool:
        return False

    assert not await comes(never)


@pytest.mark.parametrize("fault", [Refused("no"), Unreachable("away"), TimeoutError()])
async def test_whoever_is_not_answered_is_told_something(fault: Exception) -> None:
    async def work() -> None:
        raise fault

    assert await told(work())


def test_a_clock_is_wrong_by_what_its_file_says(tmp_path: Path) -> None:
    wrong = WrongClock(tmp_path / "clock")
    wrong.move(timedelta(days=11))
    assert wrong.now() - datetime.now(UTC) > timedelta(days=10)


def test_a_small_disk_is_full_to_its_last_byte_and_empty_again(tmp_path: Path) -> None:
    try:
        with small_disk(tmp_path / "disk", 1) as disk:
            disk.fill()
            with pytest.raises(OSError, match="No space left"):
                (disk.folder / "more").write_bytes(bytes(1 << 12))
            disk.empty()
            assert disk.free > 1 << 19
    except NoSmallDisk as reason:
        pytest.skip(str(reason))


async def test_a_drill_without_a_small_disk_certifies_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*_: object) -> None:
        raise NoSmallDisk("a small disk cannot be mounted here: not permitted; run it as root")

    monkeypatch.setattr(disks_full, "small_disk", refused)
    course = Course("disks")
    await disks_full.drill_disks(tmp_path, 1, 1, course)
    assert not course.certificate.held
    assert "run it as root" in capsys.readouterr().out
