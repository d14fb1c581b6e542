"""Papers that come in by the door, as a browser brings them, and the examiner that looks at them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import asyncpg

from accord.grantee.papers import PaperDoor
from accord.grantee.store import GranteeLink, OpenForm, PaperAtDoor
from accord.operations.door.examining import Examiner
from papers.keeping import Papers
from papers.quarantine import FOLDER, Quarantine
from papers.store import Store
from tests.doors import entered, link_to
from tests.papers import files


class Doorway(NamedTuple):
    """A door with its quarantine, and the examiner behind it: each has its own login."""

    office: asyncpg.Pool
    door: asyncpg.Pool
    folder: Path
    papers: PaperDoor
    kept: Papers
    examiner: Examiner

    async def form(self, subject: str = "P-2026-0042", about: str = "1") -> tuple[GranteeLink, OpenForm]:
        """A form that a browser began, by a link that was just sent."""
        secret = await link_to(self.office, subject, about=about)
        return await entered(self.door, secret)

    async def hand_in(
        self, at: tuple[GranteeLink, OpenForm], content: bytes, name: str = "paper.pdf", part: int = 1 << 20
    ) -> UUID:
        """A paper that was handed in by parts."""
        link, form = at
        paper = await self.papers.begin(link, form, "papers", name, len(content))
        for beginning in range(0, len(content), part):
            await self.papers.add(link, form, paper, beginning, once(content[beginning : beginning + part]))
        await self.papers.finish(link, form, paper)
        return paper

    async def seen(self, at: tuple[GranteeLink, OpenForm], paper: UUID) -> PaperAtDoor:
        """The paper as its sender sees it."""
        return next(found for found in await at[0].papers(at[1]) if found.id == paper)

    def in_quarantine(self) -> list[str]:
        """The objects that lie in quarantine."""
        return sorted(path.name for path in (self.folder / "quarantine" / FOLDER).rglob("*") if path.is_file())


def doorway(office: asyncpg.Pool, door: asyncpg.Pool, examiner: asyncpg.Pool, folder: Path) -> Doorway:
    """A door whose quarantine and papers are in a folder."""
    quarantine = Quarantine(Store(str(folder / "quarantine")))
    kept = Papers(examiner, Store(str(folder / "papers")), files.SCANNER)
    return Doorway(office, door, folder, PaperDoor(quarantine), kept, Examiner(examiner, quarantine, kept))


async def once(*parts: bytes) -> AsyncIterator[bytes]:
    """A request's body, piece by piece."""
    for part in parts:
        yield part
