"""`accord status`: the state of the installation, for operators."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, NamedTuple

import typer
from temporalio.service import RPCError

from accord.cli.options import JsonOption, run
from accord.cli.output import out, print_json
from accord.client.desk import Desk, open_desk
from accord.client.faults import Refused, Unreachable
from accord.operations.absence import differences, is_ahead, runs
from domain.policy.rulebook import RULE_BOOK
from domain.streams import StreamId
from ledger import clock
from ledger.projections import ReadModel
from payments.answers.exceptions import read_exceptions
from records.read_models.projectors import ALL
from registers.history import versions_in_force
from workflows.attributes import WHERE_STOPPED

TOLD_BEFORE: Final = timedelta(days=10)
"""How long in advance operators are warned that a register will be too old to be used."""


class InstallationStatus(NamedTuple):
    """The state of the installation."""

    events: int
    behind: dict[str, int]
    """The number of events that a read model is behind, by its name; without those that are up to date."""
    missing: list[str]
    """Open partnerships without a running workflow."""
    ahead: list[str]
    """Partnerships whose workflow knows events that the ledger does not hold."""
    stopped: list[str]
    """Partnerships that are stopped: the ledger lost events that their workflow knows, or holds an unreadable one."""
    unjudged: list[int]
    """Positions of unreadable events in the directory for which people are frozen until guardians judge them."""
    ageing: list[str]
    """Registers that are too old to be used, or will be soon, each with the last day on which it may be used."""
    exceptions: int
    """The number of unresolved exceptions on the bank's answers, which wait for a person."""

    @property
    def healthy(self) -> bool:
        """True if no operator needs to act. Late read models and open exceptions alone do not require it."""
        return not (self.missing or self.ahead or self.stopped or self.unjudged or self.ageing)


def status(as_json: JsonOption = False) -> None:
    """Show the state of the ledger, read models, workflows and registers. Exit code 1 if an operator must act.

    Example: accord status --json
    """

    async def work() -> InstallationStatus:
        async with open_desk(acting=True) as desk:
            return await installation_status(desk)

    found = run(work())
    if as_json:
        print_json({**found._asdict(), "healthy": found.healthy})
    else:
        _print(found)
    if not found.healthy:
        raise Refused(_remedies(found), "OperatorNeeded")


def _print(found: InstallationStatus) -> None:
    out.print(f"{found.events} events in the ledger.")
    for name, events in found.behind.items():
        out.print(f"The read model {name} is {events} events behind: `accord ledger status` says why.")
    if found.exceptions:
        out.print(f"{found.exceptions} of the bank's words wait for a person: `accord payments exceptions`.")
    if found.healthy:
        out.print("Every open partnership has its running workflow, and none is stopped.")


def _remedies(found: InstallationStatus) -> str:
    told = []
    if found.missing:
        told.append(f"without a running workflow: {', '.join(found.missing)}; `accord revive --all` starts them again")
    if found.ahead:
        told.append(f"the ledger forgot what these know: {', '.join(found.ahead)}; `accord revive P-...` lists it")
    if found.stopped:
        why = "`accord history` says why; see docs/runbooks/ledger-behind.md and unreadable-event.md"
        told.append(f"stopped: {', '.join(found.stopped)}; {why}")
    for position in found.unjudged:
        told.append(
            f"event {position} cannot be read and people are frozen for it: `accord ledger set-aside {position}`"
        )
    if found.ageing:
        remedy = "`accord registers refresh`; why the nightly one did not, Temporal says under refresh/REGISTER"
        told.append(f"grows too old to decide on: {', '.join(found.ageing)}: {remedy}")
    return "; ".join(told)


async def installation_status(desk: Desk) -> InstallationStatus:
    """Return the state of the installation.

    Raises:
        Unreachable: A service does not answer.
    """
    head = await desk.ledger.head()
    behind = {model.name: head - await model.position() for model in (ReadModel(desk.ledger, one.name) for one in ALL)}
    async with desk.pool.acquire() as connection:
        exceptions = len(await read_exceptions(connection))
    try:
        differ = await differences(desk.temporal, desk.ledger)
        missing = [one for one in sorted(differ.missing) if not await runs(desk.temporal, one)]
        ahead = [one for one in sorted(differ.ahead) if await is_ahead(desk.temporal, desk.ledger, one)]
        stopped = [StreamId(one.id).subject async for one in desk.temporal.list_workflows(WHERE_STOPPED)]
    except RPCError as fault:
        raise Unreachable(f"Temporal answered {fault.status.name}: {fault.message}") from fault
    late = {name: events for name, events in behind.items() if events}
    directory = await desk.directory()
    return InstallationStatus(
        head, late, missing, ahead, sorted(stopped), list(directory.unjudged), await _ageing(desk), exceptions
    )


async def _ageing(desk: Desk) -> list[str]:
    """Return each register in force that will be too old within `TOLD_BEFORE`, as 'name (after last day of use)'."""
    async with desk.pool.acquire() as connection:
        in_force = await versions_in_force(connection, tuple(RULE_BOOK.oldest))
    ends = {one.register_name: one.current_on + RULE_BOOK.oldest[one.register_name] for one in in_force}
    soon = clock.today() + TOLD_BEFORE
    return [f"{name} (after {end})" for name, end in ends.items() if end < soon]


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command()(status)
