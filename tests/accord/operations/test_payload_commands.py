"""Keys of payloads are made, used and dropped by command, and one that is still needed is kept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from accord.client.desk import Desk
from deploy.payloads.keys import FILE, PayloadKeys
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.accord.shell import BAD_INPUT, DONE, REFUSED, UNREACHABLE, Shell


async def test_a_ring_is_made_and_changed_and_says_what_to_do_next(shell: Shell, tmp_path: Path) -> None:
    folder = ("--folder", str(tmp_path))
    assert "Give the file to every process" in (await shell.done("payloads", "new-key", *folder)).words
    [old] = PayloadKeys.read(tmp_path / FILE).keys
    added = (await shell.done("payloads", "new-key", *folder)).words
    new = PayloadKeys.read(tmp_path / FILE).keys[1]
    assert f"accord payloads use {new.key_id}" in added
    await shell.done("payloads", "use", new.key_id, *folder)
    assert PayloadKeys.read(tmp_path / FILE).writes.key_id == new.key_id
    told = (await shell.done("payloads", "drop", old.key_id, *folder, "--anyway")).words
    assert (f"{old.key_id} is dropped" in told, len(PayloadKeys.read(tmp_path / FILE).keys)) == (True, 1)
    assert new.secret not in f"{added} {told}".encode()


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
async def test_a_key_that_open_runs_need_is_not_dropped(
    shell: Shell, tmp_path: Path, desk: Desk, reference: str
) -> None:
    """Given an open partnership under the office's key, when another one writes, then the first is not dropped."""
    await waiting_for_approval(desk, reference)
    folder = ("--folder", str(tmp_path))
    PayloadKeys.read(Path(os.environ["ACCORD_SECRETS"]) / FILE).write(tmp_path / FILE)
    await shell.done("payloads", "new-key", *folder)
    old, new = PayloadKeys.read(tmp_path / FILE).keys
    await shell.done("payloads", "use", new.key_id, *folder)
    found = (await shell.done("payloads", "status", *folder, "--json")).json
    assert [(one["key_id"], one["writes"]) for one in found] == [(new.key_id, True), (old.key_id, False)]
    assert (found[0]["open_runs"], found[1]["open_runs"] > 0) == (0, True)
    answer = await shell("payloads", "drop", old.key_id, *folder)
    assert (answer.code, f"need {old.key_id}" in answer.message) == (REFUSED, True)
    assert len(PayloadKeys.read(tmp_path / FILE).keys) == 2


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
async def test_keys_that_open_runs_bear_and_that_are_not_here_are_told(
    shell: Shell, tmp_path: Path, desk: Desk, reference: str
) -> None:
    """Given an open partnership, and secrets whose ring was lost and made anew, then status and doctor name its key."""
    await waiting_for_approval(desk, reference)
    secrets = Path(os.environ["ACCORD_SECRETS"])
    [lost] = PayloadKeys.read(secrets / FILE).keys
    _copy_all_but_the_ring(secrets, tmp_path)
    await shell.done("payloads", "new-key", "--folder", str(tmp_path))
    elsewhere = shell.where(ACCORD_SECRETS=str(tmp_path))
    for command in (("payloads", "status"), ("doctor",)):
        answer = await elsewhere(*command)
        assert (answer.code, lost.key_id in answer.words, "accord runbook payload-key-lost" in answer.words) == (
            REFUSED, True, True
        ), answer.words  # fmt: skip
    assert (await shell("payloads", "status")).code == DONE


@pytest.mark.slow
@pytest.mark.parametrize("command", ["use", "drop"])
async def test_a_key_that_is_not_there_is_named(shell: Shell, tmp_path: Path, command: str) -> None:
    folder = ("--folder", str(tmp_path))
    nothing = await shell("payloads", command, "0" * 16, *folder)
    assert (nothing.code, "accord payloads new-key" in nothing.message) == (BAD_INPUT, True)
    await shell.done("payloads", "new-key", *folder)
    answer = await shell("payloads", command, "0" * 16, *folder)
    assert (answer.code, "is none of" in answer.message) == (BAD_INPUT, True)


def _copy_all_but_the_ring(secrets: Path, folder: Path) -> None:
    for secret in secrets.iterdir():
        if secret.name != FILE:
            (folder / secret.name).write_bytes(secret.read_bytes())
            (folder / secret.name).chmod(0o600)


async def test_a_process_without_keys_says_what_it_lacks(shell: Shell, tmp_path: Path, reference: str) -> None:
    """Given secrets without keys of payloads, when staff would decide, then one line says what is missing."""
    _copy_all_but_the_ring(Path(os.environ["ACCORD_SECRETS"]), tmp_path)
    held = ("hold", reference, "--reason", "a question", "--as", "vera.lind", "--yes")
    answer = await shell.where(ACCORD_SECRETS=str(tmp_path))(*held)
    assert (answer.code, "accord payloads --help" in answer.message) == (UNREACHABLE, True)
    assert "Traceback" not in answer.words


@pytest.mark.slow
@pytest.mark.usefixtures("worker")
async def test_reviving_what_nobody_can_read_ends_nothing_where_all_is_readable(shell: Shell) -> None:
    told = await shell("revive", "--all", "--unreadable")
    assert (told.code, "Ended" in told.words) == (DONE, False)
    assert (await shell("revive", "--unreadable")).code == BAD_INPUT
