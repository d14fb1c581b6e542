"""`accord revive`: start a partnership's workflow again, without discarding events that the ledger lost."""

from __future__ import annotations

from typing import Annotated, Any, Final, NamedTuple

import typer
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from accord.cli.options import ActorOption, IdArgument, JsonOption, run
from accord.cli.organisation.changes import print_changed
from accord.cli.printing.output import out, print_json
from accord.cli.proof.proof_options import progress_bar
from accord.client.desk import Desk, open_desk
from accord.operations.health import installation_status
from accord.operations.recording_again import record_again
from accord.organisation.governance import DirectoryChange, change_directory
from accord.presentation.faults import BadInput, Refused, Unreachable
from accord.presentation.telling import told_of
from accord.runs.lost import Lost, lost_of, span_told, words_of
from accord.runs.parallel import in_parallel
from accord.runs.payload_keys import end_unreadable
from accord.runs.retained import LET_GO, type_of
from deploy.connections import payload_keys, temporal_answer
from domain.directory.people import LossAccepted
from domain.identity import ACCORD
from domain.partnership.waiting.obligations import is_at_rest
from domain.streams import StreamId
from workflows.describe import summary_of
from workflows.messages import PartnershipStart
from workflows.options import PEOPLE, TASK_QUEUE
from workflows.partnership import PartnershipWorkflow

RECORDED_AGAIN: Final = "it knew more than the ledger, and that was recorded again"


RecordAgainOption = Annotated[
    bool, typer.Option("--record-again", help="Record again what its workflow knows and the ledger forgot.")
]
UnreadableOption = Annotated[
    bool,
    typer.Option(
        "--unreadable",
        help="End each workflow that no key here reads, or whose tasks fail on and on; start it again.",
    ),
]


def revive(
    partnership: Annotated[str | None, typer.Argument(metavar="[ID]", help="The partnership to start again.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every open partnership that does not run.")] = False,
    again: RecordAgainOption = False,
    unread: UnreadableOption = False,
    as_json: JsonOption = False,
) -> None:
    """Start the workflow of an open partnership again after somebody ended it. It continues from the ledger's events.

    No event is lost by this, and nothing is paid twice. If a workflow knows events that the ledger lost, they are
    listed. Then either record them again (--record-again), before the next epoch of the ledger begins, or have two
    guardians accept the loss (`accord ledger accept-loss`) and repeat this command. After a key of payloads was lost
    (`accord payloads`), or came back, --all --unreadable ends what nobody can read any more and what the server pauses
    with after failures, and continues all of it from the ledger.
    Example: accord revive P-2026-0042; accord revive P-2026-0042 --record-again; accord revive --all --unreadable
    """
    if (partnership is None) is not everything or (again and everything) or (unread and not everything):
        raise BadInput("name one partnership, or give --all; --unreadable goes with --all")

    async def work() -> Revived:
        async with open_desk(acting=True) as desk:
            if partnership:
                is_running = await _revive(desk, partnership, again)
                return Revived((), (partnership,), {}) if is_running else Revived((), (), {}, (partnership,))
            return await _revive_all(desk, unread)

    revival = run(work())
    if as_json:
        print_json(revival._asdict())
    else:
        _tell(revival)
    if revival.left:
        reasons = "; ".join(f"{partnership_id}: {reason}" for partnership_id, reason in revival.left.items())
        raise Refused(f"not started again: {reasons}", "NotRunning")


def _tell(revival: Revived) -> None:
    if revival.ended:
        out.print(
            f"Ended, since no key here reads them or their tasks failed again and again: {', '.join(revival.ended)}.",
            soft_wrap=True,
        )
    if revival.at_rest:
        return out.print(f"Recorded again: {', '.join(revival.at_rest)}. It has ended, and needs no workflow.")
    if revival.started or not revival.left:
        text = f"Started again: {', '.join(revival.started)}." if revival.started else "Every open partnership runs."
        out.print(text, soft_wrap=True)
    return None


class Revived(NamedTuple):
    """The outcome of a revival."""

    ended: tuple[str, ...]
    """The workflows that were ended, since no key reads them or their tasks failed again and again."""
    started: tuple[str, ...]
    left: dict[str, str]
    """The partnerships that could not be started, each with the reason. They keep no other one waiting."""
    at_rest: tuple[str, ...] = ()
    """The partnerships of which something was recorded again, and that have ended."""


async def _revive(desk: Desk, partnership_id: str, again: bool) -> bool:
    """Start a partnership's workflow, and return True, or False if its end was among the events recorded again."""
    has_loss = await _require_nothing_lost(desk, partnership_id, again)
    if has_loss and is_at_rest(await desk.known_partnership(partnership_id)):
        return False
    await start_again(desk, partnership_id)
    return True


async def _revive_all(desk: Desk, unread: bool) -> Revived:
    """Start every open partnership that does not run and, with `unread`, those that run and that nobody can read.

    Several at a time. Whoever stops it in the middle, or gives it twice at once, starts each of them once.
    """
    streams = await end_unreadable(desk.temporal, payload_keys()) if unread else []
    ended_ids = {StreamId(stream).subject for stream in streams if StreamId(stream).is_partnership}
    missing_ids = (await installation_status(desk)).missing
    ids = sorted({*ended_ids, *missing_ids})

    async def revive_one(partnership_id: str) -> str | None:
        try:
            if partnership_id in ended_ids and is_at_rest(await desk.known_partnership(partnership_id)):
                return None
            await _revive(desk, partnership_id, again=False)
        except AlreadyRuns:
            return None  # somebody else started it meanwhile
        except Refused as fault:
            return str(fault)
        return ""

    with progress_bar() as bar:
        task = bar.add_task("Partnerships", total=len(ids))
        reasons = await in_parallel(ids, revive_one, lambda count: bar.update(task, completed=count))
    outcomes = dict(zip(ids, reasons, strict=True))
    revived_ids = tuple(partnership_id for partnership_id, reason in outcomes.items() if reason == "")
    return Revived(
        tuple(streams), revived_ids, {partnership_id: reason for partnership_id, reason in outcomes.items() if reason}
    )


class AlreadyRuns(Refused):
    """The workflow that was to be started runs."""


async def _require_nothing_lost(desk: Desk, partnership_id: str, again: bool) -> bool:
    """End the workflows that know more than the ledger, if that was recorded again, or two guardians accepted its loss.

    Return whether there were any. `again`: whether to record it again. What was lost is printed in any case.

    Raises:
        Refused: Neither is so, and nothing was ended.
    """
    losses = await lost_of(desk.temporal, desk.ledger, partnership_id)
    if not losses:
        return False
    for loss in losses:
        _print_lost(loss)
    streams, why = [StreamId.partnership(partnership_id)], LET_GO
    if again:
        why = RECORDED_AGAIN
        await record_again(desk, losses)
        await _require_all_recorded(desk, partnership_id)
    elif _accepted_now(partnership_id, losses, await _version(desk, partnership_id)) in (await desk.directory()).losses:
        streams += [stream_loss.stream_id for stream_loss in losses if stream_loss.stream_id not in streams]
    else:
        raise Refused(
            "the ledger forgot this; record it again (--record-again), or have two guardians accept the loss: "
            f"`accord ledger accept-loss {partnership_id}`",
            "LedgerBehind",
        )
    for stream in streams:
        await _end(desk, stream, why)
    return True


def _print_lost(loss: Lost) -> None:
    place = loss.stream_id.place
    of = f" of tranche {place.tranche}, attempt {place.attempt}" if place else ""
    for recorded_event in loss.events:
        event: Any = recorded_event.event
        actor = getattr(event, "actor", ACCORD)
        at = f"{event.at:%Y-%m-%d %H:%M} UTC"
        text = f"Lost: version {recorded_event.version}{of}, {at}, {type_of(recorded_event)} by {actor}"
        words = told_of(event) if loss.stream_id.is_partnership else ""
        out.print(f"{text}: {words}" if words else text, markup=False, soft_wrap=True)
    for span in loss.unread:
        out.print(f"Lost: {span_told(span)}{of}, which nobody can read", soft_wrap=True)


async def _require_all_recorded(desk: Desk, partnership_id: str) -> None:
    remainder = words_of(await lost_of(desk.temporal, desk.ledger, partnership_id))
    if remainder:
        raise Refused(f"not everything is recorded again: {', '.join(remainder)}", "LedgerBehind")


async def _end(desk: Desk, workflow_id: str, why: str) -> None:
    """Terminate a workflow, unless it has ended."""
    try:
        await desk.temporal.get_workflow_handle(workflow_id).terminate(why)
    except RPCError as fault:
        if fault.status is not RPCStatusCode.NOT_FOUND:
            raise Unreachable(temporal_answer(fault)) from fault


async def _version(desk: Desk, partnership_id: str) -> int:
    stream_id = StreamId.partnership(partnership_id)
    async with desk.ledger.connection() as connection:
        return (await desk.ledger.versions([stream_id], connection))[stream_id]


def _accepted_now(partnership_id: str, losses: list[Lost], version: int) -> LossAccepted:
    """Return the event that two guardians sign to let go of exactly this."""
    return LossAccepted(partnership_id=partnership_id, version=version, lost=words_of(losses))


def accept_loss(partnership: IdArgument, actor: ActorOption, as_json: JsonOption = False) -> None:
    """Propose to continue a partnership without the events that the ledger lost. Another guardian must confirm.

    Example: accord ledger accept-loss P-2026-0042 --as dora.kim, then: accord staff confirm CHANGE --as otto.audit
    """

    async def work() -> DirectoryChange:
        async with open_desk(acting=True) as desk:
            losses = await lost_of(desk.temporal, desk.ledger, partnership)
            if not losses:
                raise Refused(f"the ledger holds everything that is known of {partnership}", "IllegalTransition")
            fact = _accepted_now(partnership, losses, await _version(desk, partnership))
            return await change_directory(desk, (fact,), actor)

    print_changed(run(work()), as_json, "Accepted.")


async def start_again(desk: Desk, partnership_id: str) -> None:
    """Start a partnership's workflow, which continues from the events in the ledger.

    Raises:
        Refused: The partnership has ended.
        AlreadyRuns: Its workflow is running.
        Unreachable: Temporal does not answer.
    """
    partnership = await desk.known_partnership(partnership_id)
    if is_at_rest(partnership):
        raise Refused(
            f"{partnership_id} has ended: it is {partnership.stage.value}, and nothing is owed in it",
            "IllegalTransition",
        )
    try:
        await desk.temporal.start_workflow(
            PartnershipWorkflow.run,
            PartnershipStart(partnership_id=partnership_id),
            id=StreamId.partnership(partnership_id),
            task_queue=TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            static_summary=summary_of(partnership.proposed),
            priority=PEOPLE,
        )
    except WorkflowAlreadyStartedError:
        raise AlreadyRuns(f"the workflow of {partnership_id} runs already", "IllegalTransition") from None
    except RPCError as fault:
        raise Unreachable(temporal_answer(fault)) from fault


def register(app: typer.Typer) -> None:
    """Add `revive` to the shell, and `accept-loss` to the commands on the ledger."""
    app.command()(revive)
    app.command("accept-loss")(accept_loss)
