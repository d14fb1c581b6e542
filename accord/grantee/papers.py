"""Papers at the door: handed in by parts that resume, or whole where there is no script, and laid into quarantine.

Nothing is held longer than one part. What is too large is cut off where it becomes so, and nothing of it stays.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from typing import Final
from uuid import UUID

from accord.grantee.store import GranteeLink, OpenForm, PaperAtDoor
from accord.web.limits import Places
from papers.kinds import MOST_BYTES
from papers.quarantine import MOST_PART, Quarantine
from papers.sealing import PaperDamaged
from papers.store import ObjectMissing, StoreUnavailable

MOST_AT_ONCE: Final = 40
"""The most uploads at once in this process. The next is asked to come again."""
MOST_OF_A_LINK: Final = 4
"""The most of them by one link: whoever sends slowly holds nobody else's place."""
MOST_SEALED: Final = 8
"""The most parts that are sealed and stored, or read back, at once: each is held several times over meanwhile."""
COME_AGAIN: Final = 20
"""Seconds after which it may."""
LONGEST_NAME: Final = 240
_MOST_BYTES_OF_NAME: Final = 900
_FIELD: Final = re.compile(r"[a-z][a-z0-9_.-]{0,99}")


class PaperNotTaken(Exception):
    """A paper or a part was not taken.

    `code`: LINK (the link opens nothing, or not this), CLOSED (the form takes nothing more), EMPTY, LARGE, MANY (too
    many or too much by this form or today), BUSY (come again after COME_AGAIN seconds), AWAY (the store does not
    answer), PLACE (another part is expected).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def status(self) -> int:
        """The HTTP status of an answer that says so."""
        return {"LINK": 404, "EMPTY": 422, "LARGE": 413, "MANY": 429, "CLOSED": 410, "PLACE": 409}.get(self.code, 503)


class PaperDoor:
    """The way of papers into quarantine."""

    def __init__(self, quarantine: Quarantine) -> None:
        self._quarantine = quarantine
        self._places = Places(MOST_AT_ONCE, MOST_OF_A_LINK)
        self._sealed = asyncio.Semaphore(MOST_SEALED)

    @contextmanager
    def place(self, of_link: str) -> Iterator[None]:
        """Hold one of the places for uploads.

        Raises:
            PaperNotTaken: None is free for this link, or the store is away meanwhile.
        """
        if not self._places.take(of_link):
            raise PaperNotTaken("BUSY")
        try:
            yield
        except (StoreUnavailable, ObjectMissing, PaperDamaged) as fault:
            raise PaperNotTaken("AWAY") from fault
        finally:
            self._places.leave(of_link)

    async def begin(self, link: GranteeLink, form: OpenForm, field: str, name: str, size: int) -> UUID:
        """Begin a paper of a size, and return its id. Raises PaperNotTaken."""
        if size <= 0:
            raise PaperNotTaken("EMPTY")
        if size > MOST_BYTES:
            raise PaperNotTaken("LARGE")
        if form.may == "READ" or not _FIELD.fullmatch(field):
            raise PaperNotTaken("LINK")
        paper = await link.begin_paper(form, field, as_name(name), size)
        if paper is None:
            raise PaperNotTaken("MANY")
        return paper

    async def add(
        self, link: GranteeLink, form: OpenForm, paper: UUID, beginning: int, parts: AsyncIterator[bytes]
    ) -> int:
        """Lay the next part of a paper into quarantine, and return the bytes that are there by now.

        Raises:
            PaperNotTaken: It is empty or too large, or another part is expected.
        """
        with self.place(link.name):
            begun = await _begun(link, form, paper)
            if begun.received != beginning or begun.sha256 is not None:
                raise PaperNotTaken("PLACE")
            part = await _whole(parts, min(MOST_PART, begun.size - begun.received))
            return await self._lay(link, form, paper, beginning, part)

    async def finish(self, link: GranteeLink, form: OpenForm, paper: UUID) -> str:
        """Read a paper back, note that it is whole, and return its digest. Safe to repeat. Raises PaperNotTaken."""
        begun = await _begun(link, form, paper)
        if begun.sha256 is not None:
            return begun.sha256
        with self.place(link.name):
            async with self._sealed:
                digest = await self._quarantine.digest(paper, form.sealing.key_of_paper(paper), begun.parts)
        if not await link.finish_paper(paper, digest.hex(), begun.received):
            raise PaperNotTaken("PLACE")
        return digest.hex()

    async def take(self, link: GranteeLink, form: OpenForm, paper: UUID, content: AsyncIterator[bytes]) -> str:
        """Take the content of a paper at once, as a form without a script sends it, and return its digest.

        Raises:
            PaperNotTaken: It is empty or too large, and was dropped.
        """
        received = 0
        try:
            with self.place(link.name):
                async for part in _parts(content):
                    received = await self._lay(link, form, paper, received, part)
            if not received:
                raise PaperNotTaken("EMPTY")
            return await self.finish(link, form, paper)
        except BaseException:
            await link.drop_paper(paper)
            raise

    async def _lay(self, link: GranteeLink, form: OpenForm, paper: UUID, beginning: int, part: bytes) -> int:
        async with self._sealed:
            name = await self._quarantine.add(paper, form.sealing.key_of_paper(paper), beginning, part)
        received = await link.add_part(paper, beginning, len(part), name)
        if received is None:  # another request was first, or it is larger than was said; what was stored goes with it
            raise PaperNotTaken("LARGE" if beginning + len(part) > MOST_BYTES else "PLACE")
        return received


def as_name(name: str) -> str:
    """Return a file's name as it is kept: of one line, without a path, and no longer than is shown.

    Signs that turn or hide letters are dropped.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    kept_name = "".join(sign for sign in last if sign.isprintable()).strip()
    return kept_name.encode()[-_MOST_BYTES_OF_NAME:].decode("utf-8", "ignore")[-LONGEST_NAME:] or "paper"


async def _begun(link: GranteeLink, form: OpenForm, paper: UUID) -> PaperAtDoor:
    """Return a paper that this link's form knows. Raises PaperNotTaken."""
    for begun in await link.papers(form):
        if begun.id == paper and form.may != "READ":
            return begun
    raise PaperNotTaken("LINK")


async def _whole(parts: AsyncIterator[bytes], most: int) -> bytes:
    """Return the bytes of one part. Raises PaperNotTaken once they are too many, and reads no further."""
    part = bytearray()
    async with aclosing(parts) as pieces:  # type: ignore[type-var]
        async for piece in pieces:
            part += piece
            if len(part) > most:
                raise PaperNotTaken("LARGE")
    if not part:
        raise PaperNotTaken("EMPTY")
    return bytes(part)


async def _parts(content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield a content in parts of one size. Raises PaperNotTaken once it is too large."""
    part, total = bytearray(), 0
    async for piece in content:
        part += piece
        total += len(piece)
        if total > MOST_BYTES:
            raise PaperNotTaken("LARGE")
        while len(part) >= MOST_PART:
            yield bytes(part[:MOST_PART])
            del part[:MOST_PART]
    if part:
        yield bytes(part)
