"""After the storm: faults end, the bank answers everything, operators follow the runbook, and the house is diligent."""

from __future__ import annotations

from tests.simulation.world import World


async def heal(world: World) -> None:
    """Bring everything to rest. Raises Violation where something waits and nobody may do anything about it."""
    del world
