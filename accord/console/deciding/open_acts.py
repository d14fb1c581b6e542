"""Acts as they are open to a reader now, by all that the first gate asks: what is on record, and the year's sums."""

from __future__ import annotations

from accord.client.foresight import foreseen_approvals
from accord.console.deciding.acts import OfferedAct, closed
from accord.console.serving.desk import Console
from domain.fault import Fault
from domain.partnership import commands as c
from domain.partnership.state import Partnership
from ledger import clock


async def closed_now(console: Console, act: OfferedAct, partnership: Partnership, reader: str) -> Fault | None:
    """Return the reason why an act is not open to a reader now, or None: an approval by the sums together."""
    foreseen = await foreseen_approvals(console.desk, partnership) if act.command is c.Approve else None
    together = foreseen.together if foreseen is not None else ()
    return closed(act, partnership, reader, await console.desk.directory(), clock.today(), together)
