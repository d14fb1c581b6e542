"""A door with papers, under the logins that it has in production."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.database import open_pool
from deploy.embedded.stack import Stack
from deploy.logins import Login
from tests.conftest import MIGRATED, Office, copy_of
from tests.doors_of_papers import Doorway, doorway
from tests.logins import let_in


@pytest.fixture(scope="module")
async def house(stack: Stack, template: str) -> AsyncIterator[Office]:
    async with copy_of(MIGRATED, template) as name:
        made = Office(stack.postgres, name)
        await let_in(made.url)
        yield made


@pytest.fixture
async def way(house: Office, tmp_path: Path) -> AsyncIterator[Doorway]:
    async with (
        await open_pool(house.url, 3) as office,
        await open_pool(house.url_of(Login.GRANTEE), 3) as door,
        await open_pool(house.url_of(Login.EXAMINER), 3) as examiner,
    ):
        yield doorway(office, door, examiner, tmp_path)
