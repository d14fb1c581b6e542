"""One office for the tests of one module, each with partnerships of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adversary.people.office import Office, open_office


@pytest.fixture(scope="module")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """An office of its own, with a worker process and a bank."""
    async with open_office(tmp_path_factory.mktemp("office")) as opened:
        yield opened
