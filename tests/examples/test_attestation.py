"""Whoever has the checkpoints, the lines and the public key checks attestations without Accord, or is refused."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from accord.operations.attesting.log import AttestationLog, faults_of_attestations
from domain.attestation.comparing import compare
from domain.attestation.line import Findings
from domain.attestation.readings import PostingsReading
from examples.attestation import main
from ledger.proof.checkpoints import CheckpointFolder
from ledger.proof.notes import Checkpoint
from tests.conftest import ROOT
from tests.domain.attestation import DAY, NEXT, readings
from tests.ledger.proof import KNOWN, LOG, OTHER_LOG

OWN = ("attestation.py", "receipt.py", "verify_signature.py")
SIGNED = Checkpoint(LOG.name, 7, bytes(range(32)))
ROOTS = {SIGNED.size: SIGNED.root}
NOON = datetime(2026, 11, 5, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three lines: a day that differs, another one, and the first again, which agrees."""
    CheckpointFolder(tmp_path).keep(SIGNED, f"{SIGNED.text}\n{LOG.line(SIGNED.text)}")
    (tmp_path / "ledger.key.pub").write_text(f"{LOG.verifier}\n")
    (tmp_path / "other.key.pub").write_text(f"{OTHER_LOG.verifier}\n")
    log = AttestationLog(tmp_path, KNOWN)
    for day, sides in ((DAY, {"postings": PostingsReading(())}), (NEXT, {}), (DAY, {})):
        comparison = compare(day, readings(**sides))
        log.keep(Findings.of(day, comparison), comparison.in_transit, SIGNED, LOG, NOON, "the book was mended")
    return tmp_path


def said(folder: Path, capsys: pytest.CaptureFixture[str], key: str = "ledger.key.pub") -> str:
    """What the program says: of each day, or why nothing is proved."""
    try:
        main(folder, folder / key)
    except SystemExit as end:
        return str(end)
    return capsys.readouterr().out


def test_the_newest_line_of_each_day_is_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(folder, capsys).splitlines()
    assert lines[0] == "2026-11-03 AGREES"
    assert lines[1].startswith("2026-11-04 NOT_KNOWN; statements not known: the newest statement of BA-OWN")
    assert faults_of_attestations(folder, KNOWN, ROOTS) == []


def test_it_runs_with_its_own_files_alone(folder: Path) -> None:
    (folder / "examples").mkdir()
    for name in OWN:
        shutil.copy(ROOT / "examples" / name, folder / "examples")
    command = [sys.executable, "-m", "examples.attestation", ".", "ledger.key.pub"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout.splitlines()[0]) == (0, "2026-11-03 AGREES")


def test_a_folder_that_holds_nothing_proves_nothing(folder: Path) -> None:
    """Given a slip in the name of the folder, then it is no silence that reads like a proof."""
    with pytest.raises(SystemExit, match=r"^not proved: no line of a day is in .*nowhere$"):
        main(folder / "nowhere", folder / "ledger.key.pub")


@pytest.mark.parametrize("name", ["attestation", "receipt", "submission", "gift", "verify_signature"])
def test_a_program_that_is_given_nothing_says_how_it_is_run(name: str) -> None:
    command = [sys.executable, "-m", f"examples.{name}"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, "Traceback" in run.stderr, "ends with 1" in run.stderr) == (1, False, True)


def edited(folder: Path) -> None:
    line = folder / "000001.attestation"
    line.write_text(line.read_text("utf-8").replace("DIFFERS", "AGREES"), "utf-8")


def left_out(folder: Path) -> None:
    (folder / "000001.attestation").unlink()


def signed_by_another(folder: Path) -> None:
    comparison = compare(DAY, readings())
    AttestationLog(folder, (*KNOWN, OTHER_LOG.verifier)).keep(
        Findings.of(DAY, compare(DAY, readings(postings=PostingsReading(())))), comparison.in_transit, SIGNED,
        OTHER_LOG, NOON,
    )  # fmt: skip


def without_its_checkpoint(folder: Path) -> None:
    for file in folder.glob("*.checkpoint"):
        file.unlink()


@pytest.mark.parametrize(
    ("forge", "outside", "inside"),
    [
        (edited, "a signature does not hold", "000001.attestation: the signature of"),
        (left_out, "000002.attestation does not follow the line before it", "line 1 is missing; the next is 2"),
        (signed_by_another, "the key given did not sign it", "none of the keys given signed it"),
    ],
)
def test_what_was_changed_left_out_or_forged_proves_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], forge: object, outside: str, inside: str
) -> None:
    """Given a line that was edited, removed, or signed by another key, then outsiders and `ledger verify` say so."""
    assert callable(forge)
    forge(folder)
    assert outside in said(folder, capsys)
    assert inside in faults_of_attestations(folder, KNOWN, ROOTS)[0]


def test_a_line_is_as_of_a_checkpoint_that_is_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert faults_of_attestations(folder, KNOWN, {7: bytes(32)})[0].endswith("of 7 events has another root")
    without_its_checkpoint(folder)
    assert said(folder, capsys) == "not proved: line 1 names a checkpoint that is not here"
    assert said(folder, capsys, "other.key.pub").startswith("not proved: the key given did not sign it")
    assert faults_of_attestations(folder, KNOWN, {})[0].endswith("of 7 events is not here")
