"""`accord attest` as a person gives it: exit codes, one line of a day, and the verification that sees a changed one."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.client.desk import Desk
from ledger import clock
from tests.accord.operations.attesting import yesterday
from tests.accord.shell import BAD_INPUT, REFUSED, Shell

NOT_KNOWN = 2


@pytest.mark.slow
async def test_a_day_is_attested_once_and_its_line_is_verified(shell: Shell, desk: Desk, tmp_path: Path) -> None:
    """Given no statement and no Temporal, then the line says what is not known, and is kept once."""
    private, folder = tmp_path / "ledger.key", tmp_path / "checkpoints"
    public = Path(f"{private}.pub")
    there = shell.where(TEMPORAL_ADDRESS="127.0.0.1:1", ACCORD_CHECKPOINTS=str(folder))
    await there.done("ledger", "key", "ledger.example.org", "--out", private)
    assert (await there("attest", "--key", private)).code == REFUSED, "there is no checkpoint yet"
    await there.done("ledger", "checkpoint", "--key", private)
    signed = await there("attest", "--key", private)
    assert (signed.code, "000001.attestation: signed." in signed.words) == (NOT_KNOWN, True)
    again = await there("attest", "--key", private, "--json")
    assert (again.json["number"], again.json["verdict"], again.json["day"]) == (1, "NOT_KNOWN", str(yesterday()))
    assert [file.name for file in folder.glob("*.attestation")] == ["000001.attestation"]
    verified = await there.done("ledger", "verify", "--log", public)
    assert "signed checkpoints that hold: 1, lines of days: 1." in verified.words
    line = folder / "000001.attestation"
    line.write_text(line.read_text("utf-8").replace("NOT_KNOWN", "AGREES"), "utf-8")
    answer = await there("ledger", "verify", "--log", public)
    assert (answer.code, "attestation 000001.attestation" in answer.words) == (REFUSED, True)


async def test_a_file_in_place_of_the_folder_of_checkpoints_is_named(shell: Shell, desk: Desk, tmp_path: Path) -> None:
    private = tmp_path / "ledger.key"
    await shell.done("ledger", "key", "ledger.example.org", "--out", private)
    answer = await shell("attest", "--key", private, "--checkpoints", private)
    assert (answer.code, f"{private} is no folder" in answer.message) == (BAD_INPUT, True)


async def test_without_a_key_it_says_what_it_found_and_signs_nothing(shell: Shell, desk: Desk) -> None:
    unsigned = await shell.where(TEMPORAL_ADDRESS="127.0.0.1:1")("attest")
    assert (unsigned.code, "Not signed: name --key" in unsigned.words) == (NOT_KNOWN, True)
    assert f"{yesterday()}: not all is known, and nothing differs." in unsigned.words
    assert "workflows not known: Temporal at 127.0.0.1:1 cannot be reached" in unsigned.words


@pytest.mark.parametrize(
    "words",
    [("--day", "soon"), ("--day", str(clock.today())), ("--nightly",), ("--key", "no.key", "--checkpoints", ".")],
)
async def test_what_cannot_be_used_is_said(shell: Shell, words: tuple[str, ...]) -> None:
    answer = await shell("attest", *words)
    assert (answer.code, answer.message.startswith("accord: --")) == (BAD_INPUT, True)
