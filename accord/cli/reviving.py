"""`accord revive`: start a partnership's workflow again, without discarding events that the ledger lost."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import typer
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from accord.cli.options import ActorOption, IdArgument, JsonOption, run
from accord.cli.output import out, print_json
from accord.cli.staff import print_changed
from accord.client.desk import Desk, open_desk
from accord.client.faults import BadInput, Refused, Unreachable
from accord.client.governance import DirectoryChange, change_directory
from accord.client.health import installation_status
from accord.client.lost import lost_events, record_again
from accord.client.payload_keys import end_unreadable
from accord.client.telling import told_of
from accord.operations.absence import is_ahead
from deploy.connections import payload_keys
from domain.directory.directory import Directory
from domain.directory.people import LossAccepted
from domain.identity import ACCORD
from domain.partnership.obligations import is_at_rest
from domain.recorded.event import RecordedEvent
from domain.streams import StreamId
from workflows.describe import summary_of
from workflows.messages import PartnershipStart
from workflows.options import TASK_QUEUE
from workflows.partnership import PartnershipWorkflow


def revive(
    partnership: Annotated[str | None, typer.Argument(metavar="[ID]", help="The partnership to start again.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every open partnership that does not run.")] = False,
    again: Annotated[
        bool, typer.Option("--record-again", help="Record again what its workflow knows and the ledger forgot.")
    ] = False,
    unread: Annotated[
        bool,
        typer.Option("--unreadable", help="End each workflow whose payloads no key here reads, and start it again."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Start the workflow of an open partnership again after somebody ended it. It continues from the ledger's events.

    No event is lost by this, and nothing is paid twice. If a workflow knows events that the ledger lost, they are
    listed. Then either record them again (--record-again), before the next epoch of the ledger begins, or have two
    guardians accept the loss (`accord ledger accept-loss`) and repeat this command. After a key of payloads was lost
    (`accord payloads`), --all --unreadable ends what nobody can read any more, and continues all of it from the ledger.
    Example: accord revive P-2026-0042; accord revive P-2026-0042 --record-again; accord revive --all --unreadable
    """
    if (partnership is None) is not everything or (again and everything) or (unread and not everything):
        raise BadInput("name one partnership, or give --all; --unreadable goes with --all")

    async def work() -> Revived:
        async with open_desk(acting=True) as desk:
            if partnership:
                await _revive(desk, partnership, again)
                return Revived((), (partnership,), {})
            return await _revive_all(desk, unread)

    found = run(work())
    if as_json:
        print_json(found._asdict())
    else:
        _tell(found)
    if found.left:
        told = "; ".join(f"{one}: {reason}" for one, reason in found.left.items())
        raise Refused(f"not started again: {told}", "NotRunning")


def _tell(found: Revived) -> None:
    if found.ended:
        out.print(f"Ended, since no key here reads them: {', '.join(found.ended)}.", soft_wrap=True)
    if found.started or not found.left:
        told = f"Started again: {', '.join(found.started)}." if found.started else "Every open partnership runs."
        out.print(told, soft_wrap=True)


class Revived(NamedTuple):
    """What came of it."""

    ended: tuple[str, ...]
    """The workflows that were ended, since no key reads them."""
    started: tuple[str, ...]
    left: dict[str, str]
    """The partnerships that could not be started, each with the reason. They keep no other one waiting."""


async def _revive(desk: Desk, partnership_id: str, again: bool) -> None:
    await _require_nothing_lost(desk, partnership_id, again)
    await start_again(desk, partnership_id)


async def _revive_all(desk: Desk, unread: bool) -> Revived:
    """Start every open partnership that does not run; with `unread`, also those that run and that nobody can read."""
    ended = await end_unreadable(desk.temporal, payload_keys()) if unread else []
    named = [StreamId(one).subject for one in ended if StreamId(one).is_partnership]
    started, left = list[str](), dict[str, str]()
    for one in dict.fromkeys((*named, *(await installation_status(desk)).missing)):
        try:
            if one in named:  # nobody reads what its workflow knew, so nobody is asked
                if is_at_rest(await desk.known_partnership(one)):
                    continue
                await start_again(desk, one)
            else:
                await _revive(desk, one, again=False)
            started.append(one)
        except Refused as fault:
            left[one] = str(fault)
    return Revived(tuple(ended), tuple(started), left)


async def _require_nothing_lost(desk: Desk, partnership_id: str, again: bool) -> None:
    """Terminate a workflow that is ahead of the ledger, if its lost events are recorded again or accepted as lost.

    `again`: whether to record them again. The lost events are printed in any case.

    Raises:
        Refused: `again` is False, and two guardians have not accepted the loss.
    """
    if not await is_ahead(desk.temporal, desk.ledger, partnership_id):
        return
    lost = await lost_events(desk, partnership_id)
    for one in lost:
        event: Any = one.event
        who = getattr(event, "actor", ACCORD)
        told = f"Lost: version {one.version}, {event.at:%Y-%m-%d %H:%M} UTC, {event.event_type} by {who}"
        out.print(f"{told}: {told_of(event)}", markup=False, soft_wrap=True)
    if again:
        await record_again(desk, partnership_id, lost)
    elif not _is_accepted(await desk.directory(), partnership_id, await _version(desk, partnership_id), lost):
        raise Refused(
            "the ledger forgot this; record it again (--record-again), or have two guardians accept the loss: "
            f"`accord ledger accept-loss {partnership_id}`",
            "LedgerBehind",
        )
    handle = desk.temporal.get_workflow_handle(StreamId.partnership(partnership_id))
    await handle.terminate("it knew more than the ledger; what was lost was recorded again, or two accepted the loss")


async def _version(desk: Desk, partnership_id: str) -> int:
    stream_id = StreamId.partnership(partnership_id)
    async with desk.ledger.connection() as connection:
        return (await desk.ledger.versions([stream_id], connection))[stream_id]


def _is_accepted(directory: Directory, partnership_id: str, version: int, lost: list[RecordedEvent]) -> bool:
    types = tuple(one.event.event_type for one in lost)
    wanted = (partnership_id, version, types)
    return any((one.partnership_id, one.version, one.lost) == wanted for one in directory.losses)


def accept_loss(partnership: IdArgument, actor: ActorOption, as_json: JsonOption = False) -> None:
    """Propose that a partnership continues without the events that the ledger lost. Another guardian must confirm.

    Example: accord ledger accept-loss P-2026-0042 --as dora.kim, then: accord staff confirm CHANGE --as otto.audit
    """

    async def work() -> DirectoryChange:
        async with open_desk(acting=True) as desk:
            lost = await lost_events(desk, partnership)
            if not lost:
                raise Refused(f"the ledger holds everything that is known of {partnership}", "IllegalTransition")
            types = tuple(one.event.event_type for one in lost)
            version = await _version(desk, partnership)
            fact = LossAccepted(partnership_id=partnership, version=version, lost=types)
            return await change_directory(desk, (fact,), actor)

    print_changed(run(work()), as_json, "Accepted.")


async def start_again(desk: Desk, partnership_id: str) -> None:
    """Start a partnership's workflow, which continues from the events in the ledger.

    Raises:
        Refused: The partnership has ended, or its workflow is running.
        Unreachable: Temporal does not answer.
    """
    known = await desk.known_partnership(partnership_id)
    if is_at_rest(known):
        raise Refused(
            f"{partnership_id} has ended: it is {known.stage.value}, and nothing is owed in it", "IllegalTransition"
        )
    try:
        await desk.temporal.start_workflow(
            PartnershipWorkflow.run,
            PartnershipStart(partnership_id=partnership_id),
            id=StreamId.partnership(partnership_id),
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
    """Add `revive` to the shell, and `accept-loss` to the commands on the ledger."""
    app.command()(revive)
    app.command("accept-loss")(accept_loss)
