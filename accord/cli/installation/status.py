"""`accord status`: the state of the installation, for operators."""

from __future__ import annotations

from typing import Final

import typer

from accord.cli.options import JsonOption, run
from accord.cli.printing.output import out, print_json
from accord.client.desk import open_desk
from accord.operations.health import InstallationStatus, installation_status
from accord.presentation.faults import Refused
from accord.runs.absence import PAUSED

RESTORED: Final = "docs/runbooks/after-a-restore.md"


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
        out.print(
            f"The read model {name} is {events} events behind: is `accord projector` running? If it stopped, `accord "
            "ledger status` says why.",
            soft_wrap=True,
        )
    if found.exceptions:
        out.print(f"{found.exceptions} of the bank's words wait for a person: `accord payments exceptions`.")
    if found.healthy:
        out.print("Every open partnership has its running workflow, and none is stopped or paused.")


def _remedies(found: InstallationStatus) -> str:
    told = []
    if found.missing:
        told.append(f"without a running workflow: {', '.join(found.missing)}; `accord revive --all` starts them again")
    if found.ahead:
        told.append(
            f"the ledger forgot what these know: {', '.join(found.ahead)}; `accord revive P-...` lists it: {RESTORED}"
        )
    if found.paused:
        told.append(f"paused by an operator: {', '.join(found.paused)}; see {PAUSED}")
    if found.unknown:
        told.append(f"in a state that this release cannot name: {', '.join(found.unknown)}; upgrade Accord")
    if found.stopped:
        why = "`accord history` says why; see docs/runbooks/ledger-behind.md and unreadable-event.md"
        told.append(f"stopped: {', '.join(found.stopped)}; {why}")
    for position in found.unjudged:
        remedy = f"`accord ledger set-aside {position} --as STAFF`"
        told.append(f"event {position} cannot be read and people are frozen for it: {remedy}")
    if found.tables:
        remedy = "whoever owns the database puts the rows right; see docs/threats.md for which login writes them"
        told.append(f"tables say otherwise than what was signed: {'; '.join(found.tables)}; {remedy}")
    if found.ageing:
        remedy = "`accord registers refresh`; why the nightly one did not, Temporal says under refresh/REGISTER"
        told.append(f"grows too old to decide on: {', '.join(found.ageing)}: {remedy}")
    return "; ".join(told)


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command()(status)
