"""`accord ledger begin-epoch`: two guardians sign that the ledger continues in this database, in a new epoch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from accord.cli.options import ActorOption, EmergencyOption, JsonOption, decider
from accord.cli.output import out, print_json
from accord.cli.proof_options import KnownOption, guarded
from accord.cli.staff import print_proposed
from accord.client.desk import Desk, open_desk
from accord.client.faults import BadInput, Refused
from accord.client.governance import DirectoryChange, change_directory, epoch_to_begin
from accord.client.input_files import lines_of
from accord.client.log_keys import known_keys
from ledger.proof.checkpoints import CheckpointFolder, require_consistent
from ledger.proof.stored_tree import StoredTree


def begin_epoch(
    actor: ActorOption,
    origin: Annotated[str, typer.Argument(help="The ledger's name; without one it keeps its own.")] = "",
    folder: Annotated[
        Path | None, typer.Option("--checkpoints", help="Checkpoints of elsewhere: what this ledger must still hold.")
    ] = None,
    known: KnownOption = [],  # noqa: B006
    emergency: EmergencyOption = False,
    as_json: JsonOption = False,
) -> None:
    """Propose to begin an epoch of the ledger in this database, after its newest event. Another guardian must confirm.

    A ledger that was restored, copied, or taken over by another server accepts nothing else until this epoch has begun.
    From then on, decisions that were signed in the epoch before but not recorded, or signed for the original of a copy,
    are not accepted here. Give a copy a name of its own. With --checkpoints the command is refused unless the ledger
    still holds everything that the newest checkpoint in that folder covers; if something was lost, see
    docs/runbooks/after-a-restore.md.
    Example: accord ledger begin-epoch --checkpoints checkpoints --log ledger.key.pub --as dora.kim
    """

    async def work() -> None:
        async with open_desk(decider(emergency)) as desk:
            if folder is not None:
                await _require_what_was_signed(desk, folder, known)
            changed = await _propose(desk, origin, actor)
        if as_json:
            print_json({"changed": changed.number, "change_id": str(changed.change_id) if changed.change_id else None})
        elif changed.change_id is not None:
            print_proposed(changed)
        else:
            out.print("It has begun.")

    guarded(work)


async def _propose(desk: Desk, origin: str, actor: str) -> DirectoryChange:
    try:
        epoch = await epoch_to_begin(desk, origin)
    except ValidationError as fault:
        raise BadInput(f"ORIGIN: {lines_of(fault)}; write a name such as ledger.example.org") from None
    return await change_directory(desk, (epoch,), actor)


async def _require_what_was_signed(desk: Desk, folder: Path, known: list[str]) -> None:
    newest = CheckpointFolder(folder).latest(known_keys(known))
    if newest is None:
        raise Refused(f"--checkpoints: {folder} holds no checkpoint", "NoteRefused")
    await require_consistent(StoredTree(desk.ledger), newest.checkpoint)


def register(app: typer.Typer) -> None:
    """Add this command to those on the ledger."""
    app.command("begin-epoch")(begin_epoch)
