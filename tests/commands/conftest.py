"""The office's terminal, and ways to put a proposal on its desk."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from commands.desk import Desk
from deploy.embedded.stack import Stack
from signatures.keyring import Keyring
from tests.commands.shell import Shell


@pytest.fixture(scope="session")
def shell(stack: Stack, desk: Desk, keyring: Keyring) -> Shell:
    """A terminal in the office, with the sample registers, staff, keys and accounts behind it."""
    return Shell(
        ACCORD_DATABASE_URL=stack.postgres.url, TEMPORAL_ADDRESS=stack.state.temporal_address,
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
