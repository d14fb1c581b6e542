"""The ground of the worlds that are played in tests: on the server that all tests share."""

from __future__ import annotations

import pytest

from tests.simulation.grounds.ground import ground_on
from tests.simulation.grounds.world import Ground


@pytest.fixture(scope="session")
async def ground(template: str, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A founded organisation, to be copied for each script."""
    return await ground_on(template, tmp_path_factory.mktemp("simulation"))
