"""Quarantine: papers of the door, in sealed parts, until they were examined and are kept, refused or dropped.

A part is an object of its own, bound to its paper and to its beginning, so that a line that broke goes on where it was.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Sequence
from hashlib import sha256
from typing import BinaryIO, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from papers.sealing import PaperDamaged
from papers.store import Store

MOST_PART: Final = 1 << 20
"""The most bytes of one part."""
FOLDER: Final = "quarantine"
_NONCE: Final = 12


class Quarantine:
    """The store of papers that nobody has examined yet."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, paper: UUID, key: bytes, beginning: int, part: bytes) -> str:
        """Store a part, and return its name. It is created, and nothing is written over.

        Raises:
            StoreUnavailable: The store cannot be used.
        """
        name = f"{beginning}-{secrets.token_hex(4)}"
        nonce = secrets.token_bytes(_NONCE)
        sealed_part = nonce + AESGCM(key).encrypt(nonce, part, _bound_to(paper, beginning))
        await self._store.write(f"{FOLDER}/{paper}/{name}", _once(sealed_part))
        return name

    async def read(self, paper: UUID, key: bytes, parts: Sequence[str]) -> AsyncIterator[bytes]:
        """Yield the parts of a paper in their order, each proved to be its.

        Raises:
            PaperDamaged: One is not what was stored there.
            ObjectMissing: One is missing.
            StoreUnavailable: The store cannot be used.
        """
        beginning = 0
        for name in parts:
            stored_bytes = b"".join([piece async for piece in self._store.read(f"{FOLDER}/{paper}/{name}")])
            try:
                part = AESGCM(key).decrypt(stored_bytes[:_NONCE], stored_bytes[_NONCE:], _bound_to(paper, beginning))
            except (InvalidTag, ValueError):
                raise PaperDamaged(f"its part from byte {beginning} on was changed") from None
            yield part
            beginning += len(part)

    async def copy(self, paper: UUID, key: bytes, parts: Sequence[str], file: BinaryIO) -> bytes:
        """Write a paper to a file, and return its digest. Raises as `read` does."""
        content = sha256()
        async for part in self.read(paper, key, parts):
            content.update(part)
            file.write(part)
        return content.digest()

    async def digest(self, paper: UUID, key: bytes, parts: Sequence[str]) -> bytes:
        """Return the digest of a paper. Raises as `read` does."""
        content = sha256()
        async for part in self.read(paper, key, parts):
            content.update(part)
        return content.digest()

    async def remove(self, paper: UUID) -> None:
        """Delete all that there is of a paper, also parts that nobody noted. Safe to repeat.

        Raises:
            StoreUnavailable: The store does not answer.
        """
        for name in await self._store.names(f"{FOLDER}/{paper}"):
            await self._store.delete(name)


def _bound_to(paper: UUID, beginning: int) -> bytes:
    return f"{FOLDER}/{paper}/{beginning}".encode()


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
