"""`accord ledger`: keys, checkpoints, receipts that need nothing of ours, verification, and rebuilding."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from accord.client.desk import Desk
from domain.partnership.stages import Stage
from tests.accord.shell import BAD_INPUT, REFUSED, Shell, assert_all_fail, assert_fails, proposal_text
from tests.builders import proposal
from tests.lives import Life, until_shown

pytestmark = pytest.mark.usefixtures("worker")


class Signed(NamedTuple):
    """A ledger with a partnership in it, a key, and a checkpoint that holds it."""

    shell: Shell
    reference: str
    private: Path
    public: Path
    folder: Path

    @property
    def trust(self) -> tuple[str | Path, ...]:
        return ("--checkpoints", self.folder, "--log", self.public)


@pytest.fixture
async def signed(shell: Shell, desk: Desk, reference: str, tmp_path: Path) -> Signed:
    await Life(desk, reference).awaiting_approval(proposal(reference))
    private, folder = tmp_path / "ledger.key", tmp_path / "checkpoints"
    await shell.done("ledger", "key", "ledger.example.org", "--out", private)
    await shell.done("ledger", "checkpoint", "--key", private, "--to", folder)
    return Signed(shell, reference, private, tmp_path / "ledger.key.pub", folder)


@pytest.mark.slow
async def test_the_ledger_is_verified_against_the_checkpoints_of_the_settings(signed: Signed) -> None:
    """Given a folder and a key in the settings, when it is verified without options, then their checkpoints hold."""
    there = signed.shell.where(ACCORD_CHECKPOINTS=str(signed.folder), ACCORD_LOG=str(signed.public))
    assert "signed checkpoints that hold: 1" in (await there.done("ledger", "verify")).words
    other = signed.folder.parent / "other.key"
    await signed.shell.done("ledger", "key", "other.example.org", "--out", other)
    assert (await there("ledger", "verify", "--log", f"{other}.pub")).code == REFUSED


async def test_a_receipt_proves_its_event_with_nothing_but_the_file_and_the_public_key(signed: Signed) -> None:
    receipt = signed.folder / "one.tlog-proof"
    await signed.shell.done("ledger", "receipt", f"{signed.reference}@1", *signed.trust, "--out", receipt)
    elsewhere = signed.shell.where(ACCORD_DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    checked = await elsewhere.done("ledger", "check-receipt", receipt, "--log", signed.public.read_text().strip())
    machine = await elsewhere.done("ledger", "check-receipt", receipt, "--log", signed.public, "--json")
    for words in ("Proved: event", "ledger.example.org", f"partnership/{signed.reference}, version 1", "pia.berg"):
        assert words in checked.words
    assert machine.json["event"]["proposal"]["reference"] == signed.reference


@pytest.mark.slow
async def test_a_receipt_that_was_changed_proves_nothing(signed: Signed) -> None:
    receipt = signed.folder / "one.tlog-proof"
    await signed.shell.done("ledger", "receipt", f"{signed.reference}@1", *signed.trust, "--out", receipt)
    lines = receipt.read_text().split("\n")
    receipt.write_text("\n".join([lines[0], lines[1].replace("A", "B", 1), *lines[2:]]))
    answer = await signed.shell("ledger", "check-receipt", receipt, "--log", signed.public)
    assert_fails(answer, REFUSED, "it proves nothing")


@pytest.mark.slow
async def test_the_ledger_is_verified_whole_and_then_only_what_came_since(signed: Signed, desk: Desk) -> None:
    state = signed.folder / "verified.json"
    whole = await signed.shell.done("ledger", "verify", *signed.trust, "--state", state, "--json")
    since = await signed.shell.done("ledger", "verify", *signed.trust, "--state", state)
    assert (whole.json["from"], whole.json["faults"]) == (0, [])
    assert whole.json["size"] >= (await desk.history(signed.reference))[-1].position
    assert "signed checkpoints that hold: 1" in since.words


@pytest.mark.slow
async def test_a_sum_without_cents_is_no_alarm(signed: Signed, desk: Desk, reference: str, file: Any) -> None:
    """Given somebody who typed 30000 for 30000.00, when an auditor verifies, then nothing is called changed."""
    text = proposal_text("P-2026-0977", money='{ amount = "30000", currency = "USD" }')
    await signed.shell.done("propose", file(text), "--as", "pia.berg")
    await until_shown(desk)
    for command in ("verify", "rebuild", "verify"):
        await signed.shell.done("ledger", command)


@pytest.mark.slow
async def test_a_second_key_confirms_what_grew_out_of_what_it_saw(signed: Signed) -> None:
    treasurer, memory = signed.folder / "treasurer.key", signed.folder / "memory" / "last"
    await signed.shell.done("ledger", "key", "treasurer.example.org", "--cosigner", "--out", treasurer)
    cosign = ("ledger", "cosign", "--key", treasurer, *signed.trust, "--memory", memory)
    first, again = await signed.shell.done(*cosign), await signed.shell.done(*cosign)
    [note] = signed.folder.glob("*.checkpoint")
    assert "cosigned by treasurer.example.org" in first.words
    assert "signed it already" in again.words
    assert note.read_text().count("— ") == 2


@pytest.mark.slow
async def test_nothing_new_is_not_signed_again_and_the_private_key_is_its_holders_alone(signed: Signed) -> None:
    again = await signed.shell("ledger", "checkpoint", "--key", signed.private, "--to", signed.folder)
    assert again.code == 0
    assert stat.S_IMODE(signed.private.stat().st_mode) == 0o600


@pytest.mark.slow
async def test_a_folder_that_cannot_be_written_to_is_named_and_not_taken_for_an_outage(signed: Signed) -> None:
    folder = signed.public / "checkpoints"  # below a file
    again = await signed.shell("ledger", "checkpoint", "--key", signed.private, "--to", folder)
    assert (again.code, f"{folder}" in again.message, "went away" in again.message) == (BAD_INPUT, True, False), again


@pytest.mark.slow
async def test_status_and_rebuild_tell_how_far_the_read_models_are(signed: Signed) -> None:
    await signed.shell.done("ledger", "rebuild")
    told, machine = await signed.shell.together(("ledger", "status"), ("ledger", "status", "--json"))
    assert "partnerships" in told.words
    for model in machine.json["read_models"]:
        assert (model["fault"], model["position"] <= machine.json["events"]) == ("", True)


@pytest.mark.slow
async def test_looking_back_shows_another_stage_and_a_time_before_it_shows_nothing(signed: Signed, desk: Desk) -> None:
    recorded = (await desk.history(signed.reference))[0].recorded_at
    assert recorded is not None
    show = ("show", signed.reference, "--json", "--known-at")
    then, before = await signed.shell.together((*show, recorded.isoformat()), (*show, "2020-01-01"))
    assert then.json["stage"] == Stage.DUE_DILIGENCE.value
    assert_fails(before, REFUSED, f"{signed.reference} was not proposed by then")


@pytest.mark.slow
async def test_who_must_act_and_what_is_owed_are_listed(signed: Signed, desk: Desk) -> None:
    await until_shown(desk)
    work, owed, paid = await signed.shell.together(
        ("work", "--role", "FINANCE_APPROVER", "--json"), ("obligations", "--json"),
        ("payments", "list", signed.reference, "--json"),
    )  # fmt: skip
    assert signed.reference in {row["partnership_id"] for row in work.json}
    assert {row["role"] for row in work.json} == {"FINANCE_APPROVER"}
    assert (signed.reference, "APPROVAL") in {(row["partnership_id"], row["kind"]) for row in owed.json}
    assert paid.json == []


@pytest.mark.slow
async def test_bad_input_names_the_option_and_the_remedy(signed: Signed) -> None:
    public, folder, empty = signed.public, signed.folder, signed.folder / "empty"
    empty.mkdir()
    await assert_all_fail(
        signed.shell,
        (("ledger", "key", "a name", "--out", folder / "k"), BAD_INPUT, ["is no name of a key"]),
        (("ledger", "key", "x.example.org", "--out", signed.private), BAD_INPUT, ["--out", "name a new file"]),
        (("ledger", "checkpoint", "--key", folder / "none", "--to", folder), BAD_INPUT, ["--key", "accord ledger key"]),
        (("ledger", "checkpoint", "--key", public, "--to", folder), BAD_INPUT, ["not a signing key"]),
        (("ledger", "receipt", "P-2026-0000@1", *signed.trust), BAD_INPUT, ["has no version 1"]),
        (("ledger", "receipt", "rubbish", *signed.trust), BAD_INPUT, ["PARTNERSHIP@VERSION"]),
        (("ledger", "receipt", "999999999", *signed.trust), REFUSED, ["no checkpoint holds event 999999999"]),
        (("ledger", "check-receipt", public, "--log", public), REFUSED, ["not a receipt"]),
        (("ledger", "check-receipt", folder / "none", "--log", public), BAD_INPUT, ["cannot be read"]),
        (("ledger", "verify", "--checkpoints", folder), BAD_INPUT, ["--log"]),
        (("ledger", "verify", "--checkpoints", folder / "none", "--log", public), BAD_INPUT, ["none is no folder"]),
        (("ledger", "verify", "--checkpoints", empty, "--log", public), BAD_INPUT, ["empty holds no checkpoint"]),
        (("ledger", "verify", "--state", public), BAD_INPUT, ["--state", "remove it"]),
        (("ledger", "rebuild", "nothing"), BAD_INPUT, ["no read model nothing"]),
        (("list", "--as-of", "yesterday"), BAD_INPUT, ["--as-of", "2026-06-30"]),
    )
