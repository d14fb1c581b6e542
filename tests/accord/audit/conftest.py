"""Common parts of the specifications of the audit."""

from __future__ import annotations

import shutil
from pathlib import Path

import asyncpg
import pytest

from accord.client.desk import Desk
from records.keys.keyring import Keyring
from tests.accord.audit.story import Story, story_at


@pytest.fixture
async def story(staffed_pool: asyncpg.Pool, keyring: Keyring, tmp_path: Path) -> Story:
    """A partnership in an organisation of its own, with the keys of its own: some are stolen, and made anew."""
    keys = Keyring(shutil.copytree(keyring.folder, tmp_path / "own-keys"))
    return await story_at(Desk(staffed_pool, keys))
