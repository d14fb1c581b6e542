"""Sealing: a paper as frames of AES-256-GCM, so that it is sealed and opened in constant memory.

The frames are those of STREAM (Hoang, Reyhanitabar, Rogaway, Vizár, 2015): a nonce is a prefix of chance, the frame's
number, and a mark on the last one. Frames that are missing, swapped, repeated or of another paper do not open.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FRAME: Final = 1 << 20
"""The bytes of a paper in a frame. Only the last frame has fewer."""
PREFIX: Final = 7
TAG: Final = 16
KEY: Final = 32
MOST_FRAMES: Final = 1 << 32

Parts = AsyncIterator[bytes]


class PaperDamaged(ValueError):
    """The stored bytes are not the paper: cut, changed, or another's."""


class PaperChanged(ValueError):
    """A file was changed while it was read."""


def new_key() -> bytes:
    """Return a new key, for one paper alone."""
    return secrets.token_bytes(KEY)


def sealed_size(size: int) -> int:
    """Return the bytes that a paper of a size takes once it is sealed."""
    return PREFIX + size + TAG * max(1, -(-size // FRAME))


async def sealed(parts: Parts, key: bytes, digest: bytes) -> Parts:
    """Yield the frames of a paper, sealed under its key.

    Raises:
        PaperChanged: The parts have not this SHA-256. The last frame is not yielded, so that nothing of it opens.
    """
    cipher, prefix, content, number = AESGCM(key), secrets.token_bytes(PREFIX), sha256(), 0
    yield prefix
    async for frame, is_last in _marked(_frames(parts, FRAME)):
        content.update(frame)
        if is_last and content.digest() != digest:
            raise PaperChanged("it was changed while it was read; try again once nobody writes to it")
        yield cipher.encrypt(_nonce(prefix, number, is_last), frame, digest)
        number += 1


async def opened(parts: Parts, key: bytes, digest: bytes) -> Parts:
    """Yield a paper's frames, opened. Each is proved to be the paper's, and the last one that none is missing.

    Raises:
        PaperDamaged: A frame is not the paper's, or the end is missing.
    """
    cipher, content, number = AESGCM(key), sha256(), 0
    frames = _frames(parts, FRAME + TAG, PREFIX)
    prefix = await anext(frames, b"")
    if len(prefix) != PREFIX:
        raise PaperDamaged("its beginning is missing")
    async for frame, is_last in _marked(frames):
        try:
            plain = cipher.decrypt(_nonce(prefix, number, is_last), frame, digest)
        except InvalidTag:
            raise PaperDamaged(f"its frame {number + 1} was changed, or what follows it is missing") from None
        content.update(plain)
        if is_last and content.digest() != digest:
            raise PaperDamaged("it is another paper")
        yield plain
        number += 1


def _nonce(prefix: bytes, number: int, is_last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([is_last])


async def _frames(parts: Parts, size: int, first: int = 0) -> Parts:
    """Yield parts of any sizes as frames of one size: the first of another, the last of what is left."""
    waiting, length = bytearray(), first or size
    async for part in parts:
        waiting += part
        while len(waiting) >= length:
            yield bytes(waiting[:length])
            del waiting[:length]
            length = size
    if waiting:
        yield bytes(waiting)


async def _marked(frames: Parts) -> AsyncIterator[tuple[bytes, bool]]:
    """Yield each frame, and whether it is the last: one that is empty, where there is none."""
    before = await anext(frames, b"")
    async for frame in frames:
        yield before, False
        before = frame
    yield before, True
