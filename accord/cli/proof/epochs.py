"""`accord ledger begin-epoch`: two guardians sign that the ledger continues in this database, in a new epoch."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import typer
from pydantic import ValidationError
from temporalio.service import RPCError

from accord.cli.options import ActorOption, EmergencyOption, JsonOption, decider
from accord.cli.organisation.changes import fact_in_words, print_proposed
from accord.cli.printing.output import out, print_json
from accord.cli.proof.proof_options import KnownOption, guarded
from accord.client.desk import Desk, open_desk
from accord.client.log_keys import known_keys
from accord.operations.forgotten import forgotten, newest_at
from accord.organisation.governance import DirectoryChange, change_directory, epoch_to_begin
from accord.presentation.faults import BadInput, Refused, Unreachable
from accord.presentation.input_files import lines_of
from accord.runs.absence import differences
from accord.runs.forgotten_acts import forgotten_acts
from deploy.connections import temporal_answer
from domain.directory.people import DirectoryChangeConfirmed, DirectoryChangeProposed
from domain.recorded.acts import OrganisationAct
from ledger.proof.checkpoints import CheckpointFolder, reached_by
from ledger.proof.stored_tree import StoredTree

MOST_NAMED: Final = 5

FORGOTTEN: Final = (
    "If it was put back to that time, what changed since of staff, keys, accounts and funds is forgotten as well: "
    "a key that was revoked counts again until it is revoked anew (`accord staff revoke`)."
)


CheckpointsOption = Annotated[
    Path | None, typer.Option("--checkpoints", help="Checkpoints of elsewhere: what this ledger must still hold.")
]
LeaveBehindOption = Annotated[
    bool,
    typer.Option("--leave-behind", help="Begin though workflows know more, or nobody knows: it is given up."),
]


def begin_epoch(
    actor: ActorOption,
    origin: Annotated[str, typer.Argument(help="The ledger's name; without one it keeps its own.")] = "",
    folder: CheckpointsOption = None,
    known: KnownOption = [],  # noqa: B006
    leave_behind: LeaveBehindOption = False,
    emergency: EmergencyOption = False,
    as_json: JsonOption = False,
) -> None:
    """Propose to begin an epoch of the ledger in this database, after its newest event. Another guardian must confirm.

    A ledger that was restored, copied, or taken over by another server accepts nothing else until this epoch has begun.
    From then on, decisions that were signed in the epoch before but not recorded, or signed for the original of a copy,
    are not accepted here. Give a copy a name of its own. With --checkpoints it says up to which of them the ledger is
    the one that was signed, and which speak of more: what those cover was lost, or recorded again since. It is refused
    if the ledger holds what none of them covers. As long as workflows know more than the ledger it is refused: record
    that again first (`accord revive P-... --record-again`). With Temporal away nobody knows, and it is refused as well:
    wait, or give --emergency and --leave-behind. See `accord runbook after-a-restore`.
    Example: accord ledger begin-epoch --checkpoints checkpoints --log ledger.key.pub --as dora.kim
    """

    async def work() -> None:
        async with open_desk(decider(emergency), hinting=True) as desk:
            if not leave_behind:
                await _require_nothing_to_record(desk)
            coverage = await _what_was_signed(desk, folder, known) if folder is not None else None
            newest = await newest_at(desk)
            acts = await _acts_since(desk, newest)
            change = await _propose(desk, origin, actor)
        change_id = str(change.change_id) if change.change_id else None
        if as_json:
            fields = {} if coverage is None else {"holds": coverage.size, "lost": coverage.lost}
            print_json({"changed": change.number, "change_id": change_id, "forgotten": acts, **fields})
            return
        if coverage is not None:
            _tell(coverage)
        out.print(f"Its newest event is of {newest:%Y-%m-%d %H:%M} UTC. {FORGOTTEN}", soft_wrap=True)
        _print_begun(change, acts)

    guarded(work)


def _print_begun(change: DirectoryChange, acts: list[str]) -> None:
    for line in acts:
        out.print(f"Forgotten, by what Temporal keeps: {line}", soft_wrap=True, markup=False)
    if change.change_id is None:
        out.print("It has begun.")
    else:
        print_proposed(change)


async def _require_nothing_to_record(desk: Desk) -> None:
    """Require that no workflow knows events that the ledger forgot: in the next epoch no signature on them counts.

    Raises:
        Refused: Some do; the message names their partnerships. Or Temporal is away, so that nobody knows.
        Unreachable: Temporal stopped answering meanwhile.
    """
    if desk.client is None:
        raise Refused(
            "Temporal does not answer, so nobody knows whether workflows know more than this ledger, and in the next "
            "epoch that cannot be recorded again. Wait for it; where it is lost, or this cannot wait, give "
            "--leave-behind",
            "TemporalAway",
        )
    try:
        ahead = await forgotten(desk, await differences(desk.temporal, desk.ledger))
    except RPCError as fault:
        raise Unreachable(temporal_answer(fault)) from fault
    if not ahead:
        return
    names = f"{', '.join(ahead[:MOST_NAMED])}{f' and {len(ahead) - MOST_NAMED} more' if ahead[MOST_NAMED:] else ''}"
    raise Refused(
        f"workflows know more than this ledger of {names}. Record it again first: `accord revive P-... --record-again`;"
        " in the next epoch what was signed in this one counts no more. Where that cannot be, give --leave-behind",
        "LedgerBehind",
    )


async def _acts_since(desk: Desk, newest: datetime) -> list[str]:
    """Return, in words, the acts outside of partnerships that the ledger forgot, or none where Temporal is away."""
    if desk.client is None:
        return []
    try:
        acts = await forgotten_acts(desk.temporal, desk.ledger, newest)
    except RPCError as fault:
        raise Unreachable(temporal_answer(fault)) from fault
    return [f"{act.event.signature.statement.at:%Y-%m-%d %H:%M} UTC, {act.actor}: {_words(act)}" for act in acts]


def _words(act: OrganisationAct) -> str:
    match act.event:
        case DirectoryChangeProposed(changes=changes, change_id=change_id):
            return f"proposed {change_id}: {'; '.join(map(fact_in_words, changes))}"
        case DirectoryChangeConfirmed(change_id=change_id):
            return f"confirmed {change_id}"
        case event:
            return f"{event.event_type}{f' of {act.subject}' if act.subject else ''}"


async def _propose(desk: Desk, origin: str, actor: str) -> DirectoryChange:
    try:
        epoch = await epoch_to_begin(desk, origin)
    except ValidationError as fault:
        raise BadInput(f"ORIGIN: {lines_of(fault)}; write a name such as ledger.example.org") from None
    return await change_directory(desk, (epoch,), actor)


class MatchingCheckpoints(NamedTuple):
    """The part of the checkpoints of elsewhere that the ledger still holds."""

    size: int
    """The events of the newest checkpoint that it holds."""
    at: datetime | None
    """The time at which the last of these was recorded, or None if it covers none."""
    lost: list[int]
    """The events of each checkpoint that speaks of more, the newest first."""


async def _what_was_signed(desk: Desk, folder: Path, log_keys: list[str]) -> MatchingCheckpoints:
    checkpoint_folder = CheckpointFolder(folder)
    if not checkpoint_folder.notes():
        raise Refused(f"--checkpoints: {folder} holds no checkpoint", "NoteRefused")
    newest, beyond = await reached_by(StoredTree(desk.ledger), checkpoint_folder.newest_first(known_keys(log_keys)))
    last = [event async for event in desk.ledger.read_between(newest.size - 1, newest.size)]
    return MatchingCheckpoints(
        newest.size, last[-1].recorded_at if last else None, [checkpoint.size for checkpoint in beyond]
    )


def _tell(coverage: MatchingCheckpoints) -> None:
    when = f", up to {coverage.at:%Y-%m-%d %H:%M} UTC," if coverage.at else ""
    out.print(f"The first {coverage.size} events{when} are those that were signed.", soft_wrap=True)
    if coverage.lost:
        of = ", ".join(map(str, coverage.lost[:MOST_NAMED])) + (" ..." if len(coverage.lost) > MOST_NAMED else "")
        out.print(
            f"Lost: {len(coverage.lost)} checkpoints speak of more (of {of} events). What they cover beyond that was"
            " lost, or recorded again since: was the database put back to that time? If not, do not confirm.",
            soft_wrap=True,
        )


def register(app: typer.Typer) -> None:
    """Add this command to those on the ledger."""
    app.command("begin-epoch")(begin_epoch)
