"""A process's own signing key: made at its first start in its own folder, with the public one beside it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from ledger.proof.notes import SigningKey


def own_key(file: Path, name: str) -> SigningKey:
    """Return the key in a file, which is made under a name if there is none.

    Raises:
        NoteRefused: The file holds no signing key.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        _make(file, SigningKey.make(name))
    key = SigningKey.parse(file.read_text("utf-8"))
    file.with_name(f"{file.name}.pub").write_text(f"{key.verifier}\n", "utf-8")
    return key


def _make(file: Path, key: SigningKey) -> None:
    """Write a key whole, or not at all: of two who start at once the one's stays."""
    part = file.with_name(f"{file.name}.{uuid4().hex}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as private:
        private.write(f"{key.written()}\n")
    with suppress(FileExistsError):
        os.link(part, file)
    part.unlink()
