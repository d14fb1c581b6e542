"""`accord revive`: start a partnership's workflow again, without discarding events that the ledger lost."""

from __future__ import annotations

from typing import Annotated, Any, Final, NamedTuple

import typer
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from accord.cli.options import ActorOption, IdArgument, JsonOption, run
from accord.cli.organisation.staff import print_changed
from accord.cli.printing.output import out, print_json
from accord.client.desk import Desk, open_desk
from accord.operations.health import installation_status
from accord.operations.recording_again import record_again
from accord.organisation.governance import DirectoryChange, change_directory
from accord.presentation.faults import BadInput, Refused, Unreachable
from accord.presentation.telling import told_of
from accord.runs.lost import Lost, lost_of, span_told, words_of
from accord.runs.payload_keys import end_unreadable
from accord.runs.retained import LET_GO, type_of
from deploy.connections import payload_keys
from domain.directory.people import LossAccepted
from domain.identity import ACCORD
from domain.partnership.waiting.obligations import is_at_rest
from domain.streams import StreamId
from workflows.describe import summary_of
from workflows.messages import PartnershipStart
from workflows.options import PEOPLE, TASK_QUEUE
from workflows.partnership import PartnershipWorkflow

RECORDED_AGAIN: Final = "it knew more than the ledger, and that was recorded again"


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
                started = await _revive(desk, partnership, again)
                return Revived((), (partnership,), {}) if started else Revived((), (), {}, (partnership,))
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
    if found.at_rest:
        return out.print(f"Recorded again: {', '.join(found.at_rest)}. It has ended, and needs no workflow.")
    if found.started or not found.left:
        told = f"Started again: {', '.join(found.started)}." if found.started else "Every open partnership runs."
        out.print(told, soft_wrap=True)
    return None


class Revived(NamedTuple):
    """The outcome of a revival."""

    ended: tuple[str, ...]
    """The workflows that were ended, since no key reads them."""
    started: tuple[str, ...]
    left: dict[str, str]
    """The partnerships that could not be started, each with the reason. They keep no other one waiting."""
    at_rest: tuple[str, ...] = ()
    """The partnerships of which something was recorded again, and that have ended."""


async def _revive(desk: Desk, partnership_id: str, again: bool) -> bool:
    """Start a partnership's workflow, and return True, or False if its end was among the events recorded again."""
    lost = await _require_nothing_lost(desk, partnership_id, again)
    if lost and is_at_rest(await desk.known_partnership(partnership_id)):
        return False
    await start_again(desk, partnership_id)
    return True


async def _revive_all(desk: Desk, unread: bool) -> Revived:
    """Start every open partnership that does not run and, with `unread`, those that run and that nobody can read."""
    ended = await end_unreadable(desk.temporal, payload_keys()) if unread else []
    named = [StreamId(one).subject for one in ended if StreamId(one).is_partnership]
    started, left = list[str](), dict[str, str]()
    for one in dict.fromkeys((*named, *(await installation_status(desk)).missing)):
        try:
            if one in named and is_at_rest(await desk.known_partnership(one)):
                continue
            await _revive(desk, one, again=False)
            started.append(one)
        except Refused as fault:
            left[one] = str(fault)
    return Revived(tuple(ended), tuple(started), left)


async def _require_nothing_lost(desk: Desk, partnership_id: str, again: bool) -> bool:
    """End the workflows that know more than the ledger, if that was recorded again, or two guardians accepted its loss.

    Return whether there were any. `again`: whether to record it again. What was lost is printed in any case.

    Raises:
        Refused: Neither is so, and nothing was ended.
    """
    lost = await lost_of(desk.temporal, desk.ledger, partnership_id)
    if not lost:
        return False
    for one in lost:
        _print_lost(one)
    ended, why = [StreamId.partnership(partnership_id)], LET_GO
    if again:
        why = RECORDED_AGAIN
        await record_again(desk, lost)
        await _require_all_recorded(desk, partnership_id)
    elif _accepted_now(partnership_id, lost, await _version(desk, partnership_id)) in (await desk.directory()).losses:
        ended += [one.stream_id for one in lost if one.stream_id not in ended]
    else:
        raise Refused(
            "the ledger forgot this; record it again (--record-again), or have two guardians accept the loss: "
            f"`accord ledger accept-loss {partnership_id}`",
            "LedgerBehind",
        )
    for stream in ended:
        await _end(desk, stream, why)
    return True


def _print_lost(lost: Lost) -> None:
    place = lost.stream_id.place
    of = f" of tranche {place.tranche}, attempt {place.attempt}" if place else ""
    for recorded_event in lost.events:
        event: Any = recorded_event.event
        who = getattr(event, "actor", ACCORD)
        at = f"{event.at:%Y-%m-%d %H:%M} UTC"
        told = f"Lost: version {recorded_event.version}{of}, {at}, {type_of(recorded_event)} by {who}"
        words = told_of(event) if lost.stream_id.is_partnership else ""
        out.print(f"{told}: {words}" if words else told, markup=False, soft_wrap=True)
    for span in lost.unread:
        out.print(f"Lost: {span_told(span)}{of}, which nobody can read", soft_wrap=True)


async def _require_all_recorded(desk: Desk, partnership_id: str) -> None:
    left = words_of(await lost_of(desk.temporal, desk.ledger, partnership_id))
    if left:
        raise Refused(f"not everything is recorded again: {', '.join(left)}", "LedgerBehind")


async def _end(desk: Desk, workflow_id: str, why: str) -> None:
    """Terminate a workflow, unless it has ended."""
    try:
        await desk.temporal.get_workflow_handle(workflow_id).terminate(why)
    except RPCError as fault:
        if fault.status is not RPCStatusCode.NOT_FOUND:
            raise Unreachable(f"Temporal answered {fault.status.name}: {fault.message}") from fault


async def _version(desk: Desk, partnership_id: str) -> int:
    stream_id = StreamId.partnership(partnership_id)
    async with desk.ledger.connection() as connection:
        return (await desk.ledger.versions([stream_id], connection))[stream_id]


def _accepted_now(partnership_id: str, lost: list[Lost], version: int) -> LossAccepted:
    """Return the event that two guardians sign to let go of exactly this."""
    return LossAccepted(partnership_id=partnership_id, version=version, lost=words_of(lost))


def accept_loss(partnership: IdArgument, actor: ActorOption, as_json: JsonOption = False) -> None:
    """Propose to continue a partnership without the events that the ledger lost. Another guardian must confirm.

    Example: accord ledger accept-loss P-2026-0042 --as dora.kim, then: accord staff confirm CHANGE --as otto.audit
    """

    async def work() -> DirectoryChange:
        async with open_desk(acting=True) as desk:
            lost = await lost_of(desk.temporal, desk.ledger, partnership)
            if not lost:
                raise Refused(f"the ledger holds everything that is known of {partnership}", "IllegalTransition")
            fact = _accepted_now(partnership, lost, await _version(desk, partnership))
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
            priority=PEOPLE,
        )
    except WorkflowAlreadyStartedError:
        raise Refused(f"the workflow of {partnership_id} runs already", "IllegalTransition") from None
    except RPCError as fault:
        raise Unreachable(f"Temporal answered {fault.status.name}: {fault.message}") from fault


def register(app: typer.Typer) -> None:
    """Add `revive` to the shell, and `accept-loss` to the commands on the ledger."""
    app.command()(revive)
    app.command("accept-loss")(accept_loss)
