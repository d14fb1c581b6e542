"""What the commands on proofs share: whose keys, which folder, and what does not hold told in one line."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from commands.faults import BadInput, Refused
from commands.options import run
from commands.screen import err
from projections import ProjectionStopped
from proof.checkpoints import LedgerForked
from proof.notes import NoteRefused, SigningKey, VerifierKey
from proof.receipts import ReceiptRefused
from proof.stored_tree import TreeIncomplete

KeyOption = Annotated[
    Path,
    typer.Option("--key", envvar="ACCORD_CHECKPOINT_KEY", help="The signing key's file."),
]
FolderOption = Annotated[
    Path, typer.Option("--checkpoints", "--to", envvar="ACCORD_CHECKPOINTS", help="The folder of checkpoints.")
]
KnownOption = Annotated[
    list[str], typer.Option("--log", help="A public key (NAME+ID+KEY) or a file of it; once for each that is trusted.")
]


def guarded(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run, and tell in one line what does not hold."""
    try:
        run(work())
    except (LedgerForked, TreeIncomplete, NoteRefused, ReceiptRefused, ProjectionStopped) as fault:
        raise Refused(str(fault), type(fault).__name__) from fault


def signing_key(file: Path) -> SigningKey:
    """Return the private key in a file. Raises BadInput."""
    try:
        return SigningKey.parse(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        raise BadInput(f"--key: {file} cannot be read; make one with `accord ledger key`") from fault
    except NoteRefused as fault:
        raise BadInput(f"--key: {file}: {fault}") from fault


def known_keys(written: list[str]) -> tuple[VerifierKey, ...]:
    """Return public keys, each given as it is or as a file. Raises BadInput."""
    if not written:
        raise BadInput("--log: name the public key of the ledger, or its file (made by `accord ledger key`)")
    return tuple(_verifier(one) for one in written)


def _verifier(written: str) -> VerifierKey:
    try:
        file = Path(written)
        return VerifierKey.parse(file.read_text("utf-8") if file.is_file() else written)
    except (OSError, UnicodeDecodeError) as fault:
        raise BadInput(f"--log: {written} cannot be read ({type(fault).__name__})") from fault
    except NoteRefused as fault:
        raise BadInput(f"--log: {fault}") from fault


def progress_bar() -> Progress:
    """Return a bar for work on many events; silent where there is no terminal."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f} of {task.total:,.0f}"),
        TimeElapsedColumn(), TimeRemainingColumn(), console=err, transient=True, disable=not err.is_terminal,
    )  # fmt: skip
