"""The state of the installation: what is late, missing or stopped, for whoever operates it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, NamedTuple

from temporalio.service import RPCError

from accord.audit.bank.bank_tables import table_faults
from accord.client.sending import Sending
from accord.client.waiting.open_exceptions import listed_exceptions
from accord.operations.forgotten import forgotten
from accord.operations.rates import rates_standing
from accord.presentation.faults import Unreachable
from accord.runs.absence import confirmed_missing, differences
from accord.runs.open_workflows import open_workflows
from accord.runs.parallel import Follow
from deploy.connections import temporal_answer
from domain.directory.tiers import list_rule_of
from domain.policy.rulebook import RULE_BOOK
from domain.streams import StreamId
from ledger import clock
from ledger.projections import ReadModel
from records.read_models.projectors import ALL
from registers.history import versions_in_force
from workflows.attributes import WHERE_STOPPED

TOLD_BEFORE: Final = timedelta(days=10)
"""The longest time by which operators are warned in advance that a register will be too old to be used."""


class InstallationStatus(NamedTuple):
    """The state of the installation."""

    events: int
    behind: dict[str, int]
    """The number of events that a read model is behind, by its name, without those that are up to date."""
    missing: list[str]
    """Open partnerships without an open workflow."""
    ahead: list[str]
    """Partnerships of which a workflow knows, or knew at its end, events that the ledger does not hold."""
    paused: list[str]
    """Workflows that an operator paused, by their ids."""
    unknown: list[str]
    """Workflows that are open under a status which this release cannot name, by their ids."""
    stopped: list[str]
    """Partnerships that are stopped: the ledger lost events that their workflow knows, or holds an unreadable one."""
    unjudged: list[int]
    """Positions of unreadable events in the directory for which people are frozen until guardians judge them."""
    ageing: list[str]
    """Registers that are too old to be used, or will be soon, each with the last day on which it may be used."""
    exceptions: int
    """The number of unresolved exceptions on the bank's answers, which wait for a person."""
    tables: list[str]
    """Differences of the tables of exceptions and payment files from the signed acts."""
    rates: str = ""
    """The words on reference rates that were not refreshed, where something is decided by them, or ''."""

    @property
    def healthy(self) -> bool:
        """True if no operator needs to act. Late read models and open exceptions alone do not require it."""
        waits = self.missing or self.ahead or self.paused or self.unknown or self.stopped
        return not (waits or self.unjudged or self.ageing or self.tables or self.rates)


async def installation_status(desk: Sending, follow: Follow = lambda count: None) -> InstallationStatus:
    """Return the state of the installation. `follow` is called with the number of workflows that were listed.

    Raises:
        Unreachable: A service does not answer.
    """
    head = await desk.ledger.head()
    behind = {
        model.name: head - await model.position()
        for model in (ReadModel(desk.ledger, projection.name) for projection in ALL)
    }
    async with desk.pool.acquire() as connection:
        exceptions = len(await listed_exceptions(desk, excerpts={}))
        tables = await table_faults(desk.reader, connection)
    try:
        differ = await differences(desk.temporal, desk.ledger, follow)
        missing = await confirmed_missing(desk.temporal, differ.missing)
        ahead = await forgotten(desk, differ)
        stopped_ids = [StreamId(workflow.id).subject async for workflow in open_workflows(desk.temporal, WHERE_STOPPED)]
    except RPCError as fault:
        raise Unreachable(temporal_answer(fault)) from fault
    late = {name: events for name, events in behind.items() if events}
    directory = await desk.directory()
    return InstallationStatus(
        head, late, missing, ahead, sorted(differ.paused), sorted(differ.unknown), sorted(stopped_ids),
        list(directory.unjudged), await _ageing(desk), exceptions, tables, await _old_rates(desk),
    )  # fmt: skip


async def _old_rates(desk: Sending) -> str:
    standing = await rates_standing(desk)
    return str(standing) if standing is not None and standing.late_days else ""


class LastDay(NamedTuple):
    """The last day on which a register's version in force may be used, and the time before it at which we warn."""

    on: date
    notice: timedelta


async def last_days(desk: Sending) -> dict[str, LastDay]:
    """Return the last day of use of each register in force on which something rests, by its name."""
    rule = list_rule_of((await desk.directory()).rules)
    limits = RULE_BOOK.limits(rule)
    async with desk.pool.acquire() as connection:
        in_force = await versions_in_force(connection, tuple(limits))
    return {
        version.register_name: LastDay(version.current_on + limit, _notice(limit))
        for version in in_force
        for limit in (limits[version.register_name],)
    }


def _notice(limit: timedelta) -> timedelta:
    """Return the time before its last day at which operators are warned: half of what a register may be old."""
    return min(TOLD_BEFORE, timedelta(days=(limit.days + 1) // 2))


async def _ageing(desk: Sending) -> list[str]:
    """Return each register that will soon be too old, as 'name (after last day of use)', and each that is lacking."""
    ends, rules = await last_days(desk), (await desk.directory()).rules
    lacking = [name for name in (rules.lists if rules is not None else ()) if name not in ends]
    soon = [f"{name} (after {end})" for name, (end, notice) in ends.items() if end < clock.today() + notice]
    return [*soon, *(f"{name} (binds, and was never loaded)" for name in lacking)]
