"""The bank's files as an auditor is given them, held against the digest that the record of their import names."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from hashlib import sha256
from typing import Final, NamedTuple


class FileRefusal(StrEnum):
    """A reason for which a file of the bank is not given."""

    SHUT = "SHUT"
    """The token does not open files of the bank."""
    GONE = "GONE"
    CHANGED = "CHANGED"
    """What lies there is not what was brought in, by the API's own word."""


class GivenFile(NamedTuple):
    """A file of the bank as it is given, or the reason for which it is not."""

    content: bytes = b""
    refusal: FileRefusal | None = None


BankFile = Callable[[str], GivenFile]
"""Gives a file of the bank by the SHA-256 of its content."""
NO_FILES: Final[BankFile] = lambda _digest: GivenFile(refusal=FileRefusal.SHUT)  # noqa: E731 - without the scope


def file_fault(given: GivenFile, digest: str) -> str:
    """Return what stands against the file that was imported under a digest, or ''. Nothing does if it is shut."""
    name = f"the bank's file {digest[:12]}"
    if given.refusal is FileRefusal.GONE:
        return f"{name} is gone: nothing is kept under its digest"
    if given.refusal is FileRefusal.CHANGED:
        return f"{name} was changed since it was imported"
    if given.refusal is None and sha256(given.content).hexdigest() != digest:
        return f"{name} is another one: what is given under its digest has not that digest"
    return ""
