"""Shell commands on proofs: make signing keys, checkpoints and receipts, and check a receipt."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from accord.cli.options import JsonOption
from accord.cli.printing.output import out, print_json
from accord.cli.proof.proof_options import FolderOption, KeyOption, KnownOption, guarded
from accord.client.desk import open_desk
from accord.client.log_keys import known_keys, signing_key
from accord.client.receipts import receipt_of
from accord.operations.keeping_proofs import ProofKeeper
from accord.operations.processes.standing import StandingProcess, stand
from accord.presentation.faults import BadInput, Refused
from deploy.logins import Login
from deploy.settings import BACKUPS_VARIABLE, database_url
from deploy.variables import configured
from domain.streams import StreamId
from ledger import Ledger
from ledger.proof.checkpoints import CheckpointFolder, cosign_checkpoint, sign_checkpoint
from ledger.proof.notes import COSIGNATURE, SIGNATURE, NoteRefused, SigningKey
from ledger.proof.receipts import ReceiptRefused, check_receipt
from ledger.proof.stored_tree import StoredTree
from records.privacy.sealed_texts import blanked
from records.signers import NotTheirs, SignedBy, signed_by


def key(
    name: Annotated[str, typer.Argument(help="Of the ledger or the cosigner, as ledger.example.org.")],
    file: Annotated[Path, typer.Option("--out", help="Where the private key goes; the public one beside it, as .pub.")],
    cosigner: Annotated[bool, typer.Option("--cosigner", help="A key that confirms what another has signed.")] = False,
) -> None:
    """Make a signing key. Keep it on another machine than the database, and give the public key to all who verify.

    Example: accord ledger key ledger.example.org --out ledger.key
    """
    try:
        signing_key = SigningKey.make(name, COSIGNATURE if cosigner else SIGNATURE)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as private:
            private.write(signing_key.written() + "\n")
        public = file.with_name(file.name + ".pub")
        public.write_text(f"{signing_key.verifier}\n", "utf-8")
    except OSError as fault:
        raise BadInput(f"--out: {file} cannot be written ({fault.strerror}); name a new file") from fault
    except NoteRefused as fault:
        raise BadInput(str(fault)) from fault
    out.print(
        f"{file} is the private key, {public} the public one:\n{signing_key.verifier}", soft_wrap=True, markup=False
    )


def checkpoint(
    key_file: KeyOption,
    folder: FolderOption,
    every: Annotated[
        float | None,
        typer.Option(
            "--every", min=1, help="Go on, and look again so many seconds later, or once a payment file left."
        ),
    ] = None,
) -> None:
    """Sign the ledger's current root as a checkpoint, a file in a folder that you copy to another place.

    A ledger that no longer contains everything signed before is not signed. With --every it runs until stopped, and
    tells the age of the newest checkpoint, and of the newest backup in ACCORD_BACKUPS, as metrics.
    Example: accord ledger checkpoint --key ledger.key --to checkpoints --every 60
    """
    signing = signing_key(key_file)
    if every is not None:
        raise typer.Exit(stand("signer", lambda process: _keep_signing(process, signing, folder, every)))

    async def work() -> None:
        async with open_desk(Login.SIGNER) as desk:
            path = await sign_checkpoint(StoredTree(desk.ledger), CheckpointFolder(folder), signing)
            out.print(f"{path} signed." if path else "Nothing new since the last checkpoint.", soft_wrap=True)

    guarded(work)


async def _keep_signing(process: StandingProcess, signing: SigningKey, folder: Path, every: float) -> None:
    pool = await process.database(database_url(Login.SIGNER), 2)
    keeper = ProofKeeper(pool, folder, signing, process.meter, configured(BACKUPS_VARIABLE))
    process.checks["checkpoints"] = keeper.fault
    process.beside(keeper.forever(every))
    process.works("signing")
    await process.until_stopped()


def cosign(
    key_file: KeyOption,
    folder: FolderOption,
    known: KnownOption,
    memory: Annotated[Path, typer.Option("--memory", help="Your copy of what you signed last, out of others' reach.")],
) -> None:
    """Add a second signature to the newest checkpoint, if it extends the checkpoint that you cosigned last.

    Example: accord ledger cosign --key treasurer.key --to checkpoints --log ledger.key.pub --memory last.checkpoint
    """
    signing, [log, *_] = signing_key(key_file), known_keys(known)

    async def work() -> None:
        async with open_desk(Login.READER) as desk:
            tree, now = StoredTree(desk.ledger), int(time.time())
            path = await cosign_checkpoint(tree, CheckpointFolder(folder), signing, log, memory, now)
        out.print(f"{path} cosigned by {signing.name}." if path else "You have signed it already.", soft_wrap=True)

    guarded(work)


def receipt(
    event: Annotated[str, typer.Argument(help="A position, an event id, or PARTNERSHIP@VERSION.")],
    folder: FolderOption,
    known: KnownOption,
    file: Annotated[
        Path | None, typer.Option("--out", help="Where the receipt goes; standard output without it.")
    ] = None,
) -> None:
    """Write a receipt, which proves one event to somebody who has no access to the database and does not trust us.

    Example: accord ledger receipt P-2026-0042@12 --checkpoints checkpoints --log ledger.key.pub --out paid.tlog-proof
    """
    keys = known_keys(known)
    receipt_text = ""

    async def work() -> None:
        nonlocal receipt_text
        async with open_desk() as desk:  # not Login.READER: finding the event decrypts names
            position = await _position(desk.ledger, event)
            receipt_text = await receipt_of(desk.ledger, position, folder, keys)

    guarded(work)
    if file is None:
        return out.print(receipt_text, end="", markup=False, soft_wrap=True)
    file.write_text(receipt_text, "utf-8")
    return out.print(f"{file}: check it with `accord ledger check-receipt {file} --log KEY`.", soft_wrap=True)


def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A receipt.")],
    known: KnownOption,
    as_json: JsonOption = False,
) -> None:
    """Check a receipt and show what it proves. This needs only the file and the public key: no database, no network.

    The person's signature in the event is verified as well, with the key whose enrolment the receipt proves. It is not
    proved that the key was not revoked later. Exit code 1 if the receipt proves nothing, or the person did not sign.
    Example: accord ledger check-receipt paid.tlog-proof --log ledger.key.pub
    """
    try:
        proof = check_receipt(file.read_text("utf-8"), known_keys(known))
        signed_as = signed_by(proof.event, proof.enrolment)
    except (OSError, UnicodeDecodeError) as fault:
        raise BadInput(f"{file} cannot be read ({type(fault).__name__})") from fault
    except (ReceiptRefused, NoteRefused) as fault:
        raise Refused(f"it proves nothing: {fault}", "ReceiptRefused") from fault
    except NotTheirs as fault:
        raise Refused(f"it proves that the ledger holds this, and nobody's decision: {fault}", "NotTheirs") from fault
    event, signed_checkpoint = proof.event, proof.checkpoint
    content = json.loads(blanked(event.payload))
    if as_json:
        envelope = {"position": event.position, "version": event.version, "recorded_at": event.recorded_at.isoformat()}
        by = {"origin": signed_checkpoint.origin, "size": signed_checkpoint.size, "signers": proof.signers}
        fields = {"event_type": event.event_type, **content}
        decision = signed_as._asdict() if signed_as else None
        return print_json(
            {"stream": event.stream_id, "checkpoint": by, **envelope, "decided": decision, "event": fields}
        )
    when = f"{event.recorded_at:%Y-%m-%d %H:%M:%S} UTC"
    out.print(f"Proved: event {event.position} of {signed_checkpoint.origin}, recorded {when}", soft_wrap=True)
    out.print(f"Signed by {', '.join(proof.signers)}, over {signed_checkpoint.size} events.", soft_wrap=True)
    out.print(f"{event.stream_id}, version {event.version}: {event.event_type}", soft_wrap=True)
    out.print(_whose(signed_as), soft_wrap=True)
    return print_json(content)


def _whose(signed_by: SignedBy | None) -> str:
    if signed_by is None:
        return "Recorded by Accord itself; nobody signed it."
    positions = " and ".join(str(position) for position in signed_by.enrolled_at)
    signature = (
        f"the signature is of key {signed_by.key_id}, enrolled at event {positions}. That the key was not revoked since"
    )
    if signed_by.words_shown:
        return f"Decided by {signed_by.person}: {signature} is not proved."
    return (
        f"Signed by {signed_by.person}, for a decision of this kind: {signature} is not proved, nor that these were"
        " their very words, since names in it are encrypted."
    )


async def _position(ledger: Ledger, reference: str) -> int:
    """Return the position of an event, given as a position, an event id, or PARTNERSHIP@VERSION.

    Raises:
        BadInput: It has none of these forms, or there is no such event.
    """
    if re.fullmatch(r"[1-9]\d{0,17}", reference):
        return int(reference)
    if match := re.fullmatch(r"(P-\d{4}-\d{4,6})@([1-9]\d{0,8})", reference):
        events = await ledger.read_stream(StreamId.partnership(match[1]), int(match[2]) - 1, limit=1)
        if events:
            return events[0].position
        raise BadInput(f"{match[1]} has no version {match[2]}; see `accord history {match[1]}`")
    try:
        position = await ledger.position_of(UUID(reference))
    except ValueError:
        raise BadInput(
            f"{reference!r} is no position, event id, or PARTNERSHIP@VERSION such as P-2026-0042@1"
        ) from None
    if position is None:
        raise BadInput(f"there is no event {reference}")
    return position


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    app.command()(key)
    app.command()(checkpoint)
    app.command()(cosign)
    app.command()(receipt)
    app.command("check-receipt")(check)
