"""The shell command that makes a donor's page: what became of a gift, with the proofs that a browser verifies."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NamedTuple

import typer

from accord.cli.options import JsonOption, KnownAtOption, run
from accord.cli.printing.output import err, out, print_json
from accord.cli.proof.proof_options import FolderOption, KeyOption
from accord.cli.publishing.folders import write_folder
from accord.cli.publishing.orders import OutOption
from accord.cli.publishing.signatures import signed
from accord.client.desk import Desk, open_desk
from accord.client.log_keys import signing_key
from accord.presentation.faults import BadInput, Refused
from accord.presentation.times.moments import moment_of
from domain.errors import DomainError
from domain.parties import Funder
from ledger import Ledger
from ledger.proof.checkpoints import CheckpointFolder, LedgerForked, require_consistent
from ledger.proof.notes import Checkpoint, NoteRefused, SigningKey
from ledger.proof.stored_tree import StoredTree
from publishing.cases import Stand
from publishing.files import folder_of
from publishing.gifts.publication import PAGE, gift_publication
from publishing.gifts.statement import statement_of
from records.gifts.proving import proofs_of
from records.gifts.reading import read_gift


class MadePage(NamedTuple):
    """The files of a donor's page by name, and the checkpoint that it was made under."""

    files: dict[str, bytes]
    checkpoint: Checkpoint


def gift(
    reference: Annotated[str, typer.Argument(metavar="REFERENCE", help="The gift, such as P-2026-0042.")],
    folder: OutOption,
    key_file: KeyOption,
    checkpoints: FolderOption,
    known_at: KnownAtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a donor's page: what became of a gift, verified in their browser, offline, against a root they bring.

    It is as of the newest checkpoint, or the newest of what was on record by --known-at, and --key signs what the
    page says of events that it does not show. Nobody else's name or sum is in it.
    Example: accord publish gift P-2026-0042 --out gift-42 --key ledger.key --checkpoints checkpoints
    """
    moment = moment_of(known_at, "--known-at")
    files, checkpoint = run(_made(reference, signing_key(key_file), CheckpointFolder(checkpoints), moment))
    write_folder(folder, files)
    if as_json:
        return print_json({"folder": str(folder), "position": checkpoint.size, "files": sorted(files)})
    out.print(str(folder / PAGE), markup=False, soft_wrap=True)
    return err.print(
        f"accord: the donor needs the checkpoint of {checkpoint.size} events and the ledger's public key, "
        "by another way than this folder",
        markup=False,
    )


async def _made(reference: str, key: SigningKey, folder: CheckpointFolder, known_at: datetime | None) -> MadePage:
    async with open_desk() as desk:
        return await made_page(desk, reference, key, folder, known_at)


async def made_page(
    desk: Desk, reference: str, key: SigningKey, folder: CheckpointFolder, known_at: datetime | None = None
) -> MadePage:
    """Return the files of a donor's page, as of the newest checkpoint of what was on record at a time.

    Raises:
        BadInput: There is no such checkpoint.
        Refused: The gift has no page, or the checkpoint is not of this ledger and key.
    """
    try:
        checkpoint = await _checkpoint(desk.ledger, folder, key, known_at)
        source = await read_gift(desk.reader, reference, checkpoint)
        statement = statement_of(source)
    except (DomainError, NoteRefused, LedgerForked) as fault:
        raise Refused(str(fault), type(fault).__name__) from fault
    proofs = await proofs_of(StoredTree(desk.ledger), statement.positions, checkpoint.size)
    publication = gift_publication(source, statement, key.line(statement.note), proofs)
    funder = (await desk.reader.registrar.directories()).at(checkpoint.size).funder(source.fund.funder)
    files = folder_of(publication, _stand(funder, checkpoint, source.head.recorded_at))
    return MadePage(signed(files, key), checkpoint)


async def _checkpoint(
    ledger: Ledger, folder: CheckpointFolder, key: SigningKey, known_at: datetime | None
) -> Checkpoint:
    """Return the newest checkpoint of what was on record at a time, which this ledger still holds."""
    limit = await ledger.head() if known_at is None else await ledger.position_at(known_at)
    checkpoint = next((each for each in folder.newest_first((key.verifier,)) if each.size <= limit), None)
    if checkpoint is None:
        raise BadInput(f"--checkpoints: none in {folder.folder} is of this ledger by then: `accord ledger checkpoint`")
    await require_consistent(StoredTree(ledger), checkpoint)
    return checkpoint


def _stand(funder: Funder | None, checkpoint: Checkpoint, recorded_at: datetime) -> Stand:
    if funder is None:
        raise Refused("the directory holds no funder of this gift", "UnknownFunder")
    return Stand(funder, recorded_at.date(), recorded_at, checkpoint.size, checkpoint.root.hex())


def register(app: typer.Typer) -> None:
    """Add the command to the shell."""
    app.command("gift")(gift)
