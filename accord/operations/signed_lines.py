"""Signed lines in files: each is written whole under its number, or not at all, and never written again."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

from ledger.proof.checkpoints import READABLE
from ledger.proof.notes import SigningKey


def write_line(path: Path, text: str, key: SigningKey) -> bool:
    """Write a text and its signature to a new file. Return False if another one has its name."""
    return write_once(path, f"{text}\n{key.line(text)}".encode())


def write_once(path: Path, content: bytes) -> bool:
    """Write a new file, whole or not at all. Return False if another one has its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{uuid4().hex}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fchmod(file.fileno(), READABLE)
        os.fsync(file.fileno())
    try:
        os.link(part, path)
    except FileExistsError:
        return False
    finally:
        part.unlink()
    return True
