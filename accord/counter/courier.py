"""Write a payment file to the folder it is sent from: atomically, durably, and readable by its owner alone."""

from __future__ import annotations

import os
import re
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from accord.presentation.faults import BadInput, Refused
from domain.payment.payment_file import MESSAGE_ID
from payments.out.files import StoredFile

_OWNER_ONLY: Final = 0o600


def try_folder(folder: Path) -> None:
    """Make a folder and check that it can be written to, before anything is signed.

    Raises:
        BadInput: The path is a file, or the folder cannot be written to.
    """
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"--out {folder} is a file; name a folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder) as trial_file:
            trial_file.write(b"\0" * 4096)
            trial_file.flush()
            os.fsync(trial_file.fileno())
    except OSError as fault:
        raise BadInput(
            f"--out {folder} cannot be written to ({fault.strerror}); nothing was signed or handed over"
        ) from None


def write_file(folder: Path, file: StoredFile) -> Path:
    """Write a payment file, named after its message id, and return its path.

    Raises:
        Refused: The file cannot be written, although its hand-over is recorded; the message names the remedy.
    """
    if not re.fullmatch(MESSAGE_ID, file.message_id):
        raise Refused(f"{file.message_id[:40]!r} is no message id of ours; nothing was written", "NotAuthorised")
    path = folder / file.name
    part = path.with_suffix(".part")
    try:
        _write_durably(part, file.content)
        part.replace(path)
        _sync_folder(folder)
    except OSError as fault:
        part.unlink(missing_ok=True)
        raise Refused(
            f"{file.message_id} is handed over and signed, but could not be written to {folder} ({fault.strerror}); "
            f"write it elsewhere: `accord payments write-again {file.message_id} --out FOLDER`",
            "NotWritten",
        ) from None
    return path


def _write_durably(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, _OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
