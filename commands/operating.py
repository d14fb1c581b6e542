"""Shell commands for who operates the house: how it stands, and starting again what does not run."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final, NamedTuple

import typer
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from activities.absence import candidates, runs
from commands.desk import Desk, open_desk
from commands.faults import BadInput, Refused, Unreachable
from commands.options import JsonOption, run
from commands.screen import out, print_json
from domain.identity import partnership_id_of, partnership_workflow_id
from domain.policy.rulebook import RULE_BOOK
from ledger import clock
from payments.exceptions import read_exceptions
from projections import ReadModel
from read_models.projectors import ALL
from registers.history import versions_in_force
from workflows.attributes import WHERE_STOPPED
from workflows.describe import summary_of
from workflows.messages import PartnershipStart
from workflows.options import TASK_QUEUE
from workflows.partnership import PartnershipWorkflow

TOLD_BEFORE: Final = timedelta(days=10)
"""How long before a register is too old to decide on operators are told."""


class Standing(NamedTuple):
    """How the house stands."""

    events: int
    behind: dict[str, int]
    """Read models that have not folded everything, and how many events they are behind."""
    missing: list[str]
    """Open partnerships without a running workflow."""
    stopped: list[str]
    """Partnerships in which nothing is decided: the ledger forgot what they know, or holds what nobody can read."""
    unjudged: list[int]
    """Where events of the directory stand that nobody can read, that may concern somebody, and that nobody judged."""
    ageing: list[str]
    """Registers that will soon be too old to decide on, or are, each with the day from which on."""
    exceptions: int
    """Of the bank's words, how many wait for a person."""

    @property
    def sound(self) -> bool:
        """Whether an operator has nothing to do."""
        return not (self.missing or self.stopped or self.unjudged or self.ageing)


def status(as_json: JsonOption = False) -> None:
    """Say how the house stands: what does not run, what is stopped, what waits. Exit code 1 if an operator must act.

    Example: accord status --json
    """

    async def work() -> Standing:
        async with open_desk(acting=True) as desk:
            return await standing(desk)

    found = run(work())
    if as_json:
        print_json({**found._asdict(), "sound": found.sound})
    else:
        _print(found)
    if not found.sound:
        raise Refused(_remedies(found), "OperatorNeeded")


def _print(found: Standing) -> None:
    out.print(f"{found.events} events in the ledger.")
    for name, events in found.behind.items():
        out.print(f"The read model {name} is {events} events behind: `accord ledger status` says why.")
    if found.exceptions:
        out.print(f"{found.exceptions} of the bank's words wait for a person: `accord payments exceptions`.")
    if found.sound:
        out.print("Every open partnership has its running workflow, and none is stopped.")


def _remedies(found: Standing) -> str:
    told = []
    if found.missing:
        told.append(f"without a running workflow: {', '.join(found.missing)}; `accord revive --all` starts them again")
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


async def standing(desk: Desk) -> Standing:
    """Return how the house stands. Raises Unreachable."""
    head = await desk.ledger.head()
    behind = {model.name: head - await model.position() for model in (ReadModel(desk.ledger, one.name) for one in ALL)}
    async with desk.pool.acquire() as connection:
        exceptions = len(await read_exceptions(connection))
    try:
        missing = [one for one in await candidates(desk.temporal, desk.ledger) if not await runs(desk.temporal, one)]
        stopped = [partnership_id_of(one.id) async for one in desk.temporal.list_workflows(WHERE_STOPPED)]
    except RPCError as fault:
        raise Unreachable(f"Temporal answered {fault.status.name}: {fault.message}") from fault
    late = {name: events for name, events in behind.items() if events}
    directory = await desk.directory()
    return Standing(head, late, missing, sorted(stopped), list(directory.unjudged), await _ageing(desk), exceptions)


async def _ageing(desk: Desk) -> list[str]:
    """The registers in force that nobody may decide on ten days from now: it is time to look why they are not newer."""
    async with desk.pool.acquire() as connection:
        in_force = await versions_in_force(connection, tuple(RULE_BOOK.oldest))
    ends = {one.register_name: one.current_on + RULE_BOOK.oldest[one.register_name] for one in in_force}
    soon = clock.today() + TOLD_BEFORE
    return [f"{name} (after {end})" for name, end in ends.items() if end < soon]


def revive(
    partnership: Annotated[str | None, typer.Argument(metavar="[ID]", help="The partnership to start again.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every open partnership that does not run.")] = False,
) -> None:
    """Start the workflow of an open partnership again that somebody ended. It reads the ledger, and goes on from there.

    Nothing is lost by it, and nothing is paid twice.
    Example: accord revive P-2026-0042
    """
    if (partnership is None) is not everything:
        raise BadInput("name one partnership, or give --all")

    async def work() -> list[str]:
        async with open_desk(acting=True) as desk:
            wanted = [partnership] if partnership else (await standing(desk)).missing
            for one in wanted:
                await start_again(desk, one)
            return wanted

    revived = run(work())
    out.print(f"Started again: {', '.join(revived)}." if revived else "Every open partnership runs.")


async def start_again(desk: Desk, partnership_id: str) -> None:
    """Start a partnership's workflow from what the ledger holds.

    Raises:
        Refused: It has ended, or its workflow runs.
        Unreachable: Temporal does not answer.
    """
    known = await desk.known_partnership(partnership_id)
    if known.ended:
        raise Refused(f"{partnership_id} has ended: it is {known.stage.value}", "IllegalTransition")
    try:
        await desk.temporal.start_workflow(
            PartnershipWorkflow.run,
            PartnershipStart(partnership_id=partnership_id),
            id=partnership_workflow_id(partnership_id),
            task_queue=TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            static_summary=summary_of(known.proposed),
        )
    except WorkflowAlreadyStartedError:
        raise Refused(f"the workflow of {partnership_id} runs already", "IllegalTransition") from None
    except RPCError as fault:
        raise Unreachable(f"Temporal answered {fault.status.name}: {fault.message}") from fault


def register(app: typer.Typer) -> None:
    """Add these commands to the shell."""
    app.command()(status)
    app.command()(revive)
