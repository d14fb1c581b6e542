"""A short form of each drill. The long ones are `make drill-restore` and its like."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.operations.drill_notes import newest_of_each
from ledger.proof.notes import SigningKey
from tests.drills import run as room
from tests.drills.course import Course
from tests.drills.faults.small_disk import NoSmallDisk, small_disk
from tests.drills.run import DRILLS, run


@pytest.mark.parametrize(("held", "code"), [(True, 0), (False, 1)])
def test_a_drill_ends_with_1_if_a_promise_broke_and_its_certificate_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], held: bool, code: int
) -> None:
    async def part(folder: Path, seed: int, partnerships: int, course: Course) -> None:
        course.forgot(partnerships, 1.5, "nobody")
        course.promise("nothing is paid twice", held, "twice")

    key, place = SigningKey.make("ledger.example.org"), tmp_path / "key"
    place.write_text(key.written(), "utf-8")
    monkeypatch.setattr(room, "DRILLS", {"restore": (part,)})
    monkeypatch.setattr("sys.argv", ["run", "restore", "--key", str(place), "--to", str(tmp_path / "checkpoints")])
    assert room.main() == code
    assert ("BROKEN nothing is paid twice (twice)" in capsys.readouterr().out) is not held
    [certificate] = newest_of_each(tmp_path / "checkpoints", (key.verifier,))
    assert (certificate.lost, certificate.noticed, certificate.held) == (12, 1.5, held)


def test_a_drill_that_waits_in_vain_is_certified_as_broken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def part(folder: Path, seed: int, partnerships: int, course: Course) -> None:
        raise TimeoutError

    monkeypatch.setattr(room, "DRILLS", {"keys": (part,)})
    assert not run("keys", seed=1, partnerships=1).certificate.held
    assert "BROKEN all that was waited for came" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.chaos
@pytest.mark.parametrize("drill", sorted(DRILLS))
def test_each_promise_of_a_drill_holds(drill: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if drill == "disks":
        try:
            with small_disk(tmp_path / "disk", 1):
                pass
        except NoSmallDisk as reason:
            pytest.skip(str(reason))
    for name in ("ACCORD_DATABASE_URL", "ACCORD_CHECKPOINTS", "ACCORD_LOG"):
        monkeypatch.setenv(name, "")  # the drill sets them itself, and they are taken back afterwards
    assert run(drill, seed=7, partnerships=3).broken == []
