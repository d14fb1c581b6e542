"""What the specifications of the audit share."""

from __future__ import annotations

import asyncpg
import pytest

from accord.client.desk import Desk
from records.keys.keyring import Keyring
from tests.accord.audit.story import Story, furnished


@pytest.fixture
async def story(pool: asyncpg.Pool, keyring: Keyring) -> Story:
    """A partnership in an organisation of its own."""
    return await furnished(Desk(pool, keyring))
