"""One office for the tests of one file, each with partnerships of its own.

What runs every day is one test of each file, and all of those work in one office: to open one takes longer.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adversary.people.office import Office, open_office
from tests.adversary.people.soon_full import SoonFull
from tests.thoroughness import THOROUGH


@pytest.fixture(scope="module" if THOROUGH else "package")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """An office of its own, with a worker process and a bank. Its server is soon full."""
    async with open_office(tmp_path_factory.mktemp("office"), SoonFull) as opened:
        yield opened
