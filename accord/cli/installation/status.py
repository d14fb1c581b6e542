"""`accord status`: the state of the installation, for operators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import typer
from temporalio.service import RPCError

from accord.cli.options import JsonOption, run
from accord.cli.printing.output import out, print_json
from accord.cli.proof.proof_options import progress_bar
from accord.client.desk import Desk, open_desk
from accord.client.waiting.open_sheets import OpenSheet, open_sheets
from accord.operations.health import InstallationStatus, installation_status
from accord.presentation.faults import Refused, Unreachable
from accord.runs.absence import PAUSED
from accord.runs.open_workflows import count_open
from deploy.connections import temporal_answer

MOST_NAMED: Final = 20
RESTORED: Final = "`accord runbook after-a-restore`"


def status(as_json: JsonOption = False) -> None:
    """Show the state of the ledger, read models, workflows and registers. Exit code 1 if an operator must act.

    Example: accord status --json
    """

    async def work() -> tuple[InstallationStatus, tuple[OpenSheet, ...]]:
        async with open_desk(acting=True) as desk:
            with progress_bar() as bar:
                task = bar.add_task("Workflows", total=await _open_count(desk))
                installation = await installation_status(desk, lambda count: bar.update(task, completed=count))
            return installation, await open_sheets(desk)

    installation, sheets = run(work())
    if as_json:
        told = {"healthy": installation.healthy, "sheets": [sheet.plain for sheet in sheets]}
        print_json({**installation._asdict(), **told})
    else:
        _print(installation, sheets)
    if not installation.healthy:
        raise Refused(_remedies(installation), "OperatorNeeded")


async def _open_count(desk: Desk) -> int:
    try:
        return await count_open(desk.temporal)
    except RPCError as fault:
        raise Unreachable(temporal_answer(fault)) from fault


def _named(ids: list[str]) -> str:
    """Return ids as a line of text names them: not more than a person reads. JSON holds all."""
    surplus = len(ids) - MOST_NAMED
    return ", ".join(ids) if surplus <= 0 else f"{', '.join(ids[:MOST_NAMED])} and {surplus:,} more (--json)"


def _print(status: InstallationStatus, sheets: Sequence[OpenSheet]) -> None:
    out.print(f"{status.events} events in the ledger.")
    for name, events in status.behind.items():
        out.print(
            f"The read model {name} is {events} events behind: is `accord projector` running? If it stopped, `accord "
            "ledger status` says why.",
            soft_wrap=True,
        )
    if status.exceptions:
        out.print(f"{status.exceptions} of the bank's words wait for a person: `accord payments exceptions`.")
    for sheet in sheets:
        step = f"{sheet.partnership_id}: {sheet.next_step}: `{sheet.command}`"
        out.print(step, soft_wrap=True, markup=False)
    if status.healthy:
        out.print("Every open partnership has its running workflow, and none is stopped or paused.")


def _remedies(status: InstallationStatus) -> str:
    remedies = []
    if status.missing:
        remedies.append(
            f"without a running workflow: {_named(status.missing)}; `accord revive --all` starts them again"
        )
    if status.ahead:
        remedies.append(
            f"the ledger forgot what these know: {_named(status.ahead)}; `accord revive P-...` lists it: {RESTORED}"
        )
    if status.paused:
        remedies.append(f"paused by an operator: {_named(status.paused)}; see {PAUSED}")
    if status.unknown:
        remedies.append(f"in a state that this release cannot name: {_named(status.unknown)}; upgrade Accord")
    if status.stopped:
        why = "`accord history` says why; see `accord runbook ledger-behind` and `accord runbook unreadable-event`"
        remedies.append(f"stopped: {_named(status.stopped)}; {why}")
    for position in status.unjudged:
        remedy = f"`accord ledger set-aside {position} --as STAFF`"
        remedies.append(f"event {position} cannot be read and people are frozen for it: {remedy}")
    if status.tables:
        remedy = "whoever owns the database puts the rows right; see docs/threats.md for which login writes them"
        remedies.append(f"tables say otherwise than what was signed: {'; '.join(status.tables)}; {remedy}")
    if status.ageing:
        remedy = "`accord registers refresh`; why the nightly one did not, Temporal says under refresh/REGISTER"
        remedies.append(f"grows too old to decide on: {', '.join(status.ageing)}: {remedy}")
    if status.rates:
        remedies.append(f"{status.rates}: `accord registers refresh ecb-rates`; see `accord runbook rates-old`")
    return "; ".join(remedies)


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command()(status)
