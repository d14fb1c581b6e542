"""Shell command on the receipt of a submission: check it without a database."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from accord.cli.options import JsonOption
from accord.cli.printing.output import out, print_json
from accord.cli.proof.proof_options import KnownOption
from accord.client.log_keys import known_keys
from accord.presentation.faults import BadInput, Refused
from ledger.proof.notes import NoteRefused
from ledger.proof.receipts import ReceiptRefused
from records.submissions.receipts import MOST_BYTES, ProvedSubmission, check_submission_receipt


def verify(
    file: Annotated[Path, typer.Argument(metavar="RECEIPT", help="The receipt, as the door gave it.")],
    known: KnownOption,
    copy: Annotated[
        Path | None, typer.Option("--copy", help="The copy of the answers that came with it, to be compared.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check the receipt of a submission and show what it proves: no database, no network.

    It proves that the submission lay at the door before the ledger recorded its seal. Exit code 1 if it proves nothing.
    Example: accord door verify receipt.json --log ledger.key.pub
    """
    try:
        outcome = check_submission_receipt(_read(file).decode("utf-8"), known_keys(known))
    except (ReceiptRefused, NoteRefused) as fault:
        raise Refused(f"it proves nothing: {fault}", "ReceiptRefused") from fault
    except UnicodeDecodeError as fault:
        raise BadInput(f"RECEIPT: {file} is no text; name the file that the door gave") from fault
    if copy is not None and hashlib.sha256(_read(copy)).hexdigest() != outcome.receipt.sha256:
        raise Refused(f"--copy: {copy} is not what was handed in under this receipt", "ReceiptRefused")
    return print_json(_fields(outcome)) if as_json else _print(outcome, copy)


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except OSError as fault:
        raise BadInput(f"{file} cannot be read ({fault.strerror}); name a file") from fault


def _fields(outcome: ProvedSubmission) -> dict[str, object]:
    checkpoint = outcome.event.checkpoint
    return {
        "number": outcome.receipt.number,
        "sha256": outcome.receipt.sha256,
        "case": outcome.receipt.case,
        "sealed_at": outcome.sealed_at.isoformat(),
        "position": outcome.event.event.position,
        "checkpoint": {"origin": checkpoint.origin, "size": checkpoint.size, "signers": outcome.event.signers},
    }


def _print(outcome: ProvedSubmission, copy: Path | None) -> None:
    event, checkpoint = outcome.event.event, outcome.event.checkpoint
    lines = [
        f"Proved: submission {outcome.receipt.number} was handed in before {outcome.sealed_at:%Y-%m-%d %H:%M:%S} UTC.",
        f"SHA-256 {outcome.receipt.sha256}",
        f"Event {event.position} of {checkpoint.origin} seals it, signed by {', '.join(outcome.event.signers)}.",
    ]
    if copy is not None:
        lines.append(f"{copy} is what was handed in.")
    for line in lines:
        out.print(line, markup=False, soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord door`."""
    app.command()(verify)
