"""The reports in the inbox beside which staff record one, before they sign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accord.client.reading import LedgerAccess
from accord.client.sight import Sight, make_command
from domain.fault import Fault
from domain.partnership import commands as c
from domain.partnership.state import Partnership
from ledger.moment import lend
from records.submissions.repeats import WaitingReport, repeated_fault, waiting_reports


async def reports_waiting(desk: LedgerAccess, partnership: Partnership) -> list[WaitingReport]:
    """Return the reports of a partnership that wait in the inbox."""
    async with lend(desk.pool) as connection:
        return await waiting_reports(connection, partnership)


async def repeat_fault(desk: LedgerAccess, sight: Sight, actor: str, content: Mapping[str, Any]) -> Fault | None:
    """Return the report in the inbox that a report may repeat without naming it, or None. The gate asks again."""
    command = make_command(sight, c.Report, actor, dict(content))
    if not isinstance(command, c.Report):
        return None
    async with lend(desk.pool) as connection:
        return await repeated_fault(connection, sight.partnership, command)
