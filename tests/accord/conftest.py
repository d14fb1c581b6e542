"""The office's terminal, and ways to put a proposal on its desk."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.demo.sample import SAMPLE
from accord.organisation.governance import change_directory, load_directory
from accord.presentation.input_files import read_file
from deploy.embedded.stack import Stack
from domain.directory.directory_file import DirectoryFile
from domain.directory.people import KeyEnrolled
from records.keys.keyring import Keyring
from tests.accord.organisation.own import Organisation
from tests.accord.shell import Shell
from tests.conftest import Office


@pytest.fixture(scope="module")
def shell(stack: Stack, office: Office, keyring: Keyring) -> Shell:
    """A terminal in the office, with the sample registers, staff, keys and accounts behind it."""
    return Shell(
        ACCORD_DATABASE_URL=office.url, TEMPORAL_ADDRESS=stack.state.temporal_address,
        ACCORD_KEYS=str(keyring.folder),
    )  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file: text as it stands, bytes as they are, anything else as JSON."""

    def write(content: Any, name: str = "proposal.toml") -> Path:
        path = tmp_path / name
        match content:
            case bytes():
                path.write_bytes(content)
            case str():
                path.write_text(content, "utf-8")
            case _:
                path = path.with_suffix(".json")
                path.write_text(json.dumps(content), "utf-8")
        return path

    return write


@pytest.fixture
async def founded(shell: Shell, database: str, pool: asyncpg.Pool, tmp_path: Path) -> Organisation:
    """The sample's people and rules, and nobody has a key."""
    desk = Desk(pool, Keyring(tmp_path / "keys"))
    await load_directory(desk, read_file(SAMPLE / "directory.toml", DirectoryFile))
    owner = shell.as_administrator(database)  # who needs no worker for what the organisation decides about itself
    return Organisation(owner.where(ACCORD_KEYS=str(desk.keyring.folder)), desk)


@pytest.fixture
async def sealed(founded: Organisation) -> Organisation:
    """Everybody has a key but Noor."""
    names = [m.staff_id for m in (await founded.directory()).staff if m.staff_id != "noor.haddad"]
    keys = tuple(KeyEnrolled(staff_id=name, key=founded.desk.keyring.make(name)) for name in names)
    await change_directory(founded.desk, keys)
    assert (await founded.directory()).sealed
    return founded
