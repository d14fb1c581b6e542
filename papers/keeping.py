"""Keep papers: put one by its content, find it by its digest, and open it again as it was."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import BinaryIO, Final

import asyncpg

from papers.examination.examiner import examine
from papers.examination.findings import Examined, PaperVerdict
from papers.kinds import PaperKind, PaperRefused, kind_of
from papers.register import KeptPaper, PaperRegister, SealingKey
from papers.sealing import FRAME, new_key, opened, sealed, sealed_size
from papers.store import Store, StoreUnavailable

UNKNOWN: Final = "no such paper is kept here; its digest stays valid, and the file is with whoever has it"


class PaperClosed(LookupError):
    """A paper is not opened: it is unknown, erased, or its verdict forbids it. The message is one line."""


class PaperLost(StoreUnavailable):
    """The store lost a paper that is kept: it waits for an operator, and no other paper does."""


class Papers:
    """The papers of an organisation: its register, its store, and the scanner that looks at them."""

    def __init__(self, pool: asyncpg.Pool, store: Store, scanner: str = "") -> None:
        """Use a database's register and a store. `scanner`: a command, clamd's address, or '' for none."""
        self.register = PaperRegister(pool)
        self.store = store
        self._scanner = scanner

    async def put(self, file: BinaryIO, by: str, subject: str = "", name: str = "") -> KeptPaper:
        """Keep a file, and return its paper. The same content again is the same paper.

        `subject`: for what it is handed in, such as a partnership's id. `name`: its name, which is not kept.

        Raises:
            PaperRefused: It is none that is kept here, a scanner found something, or it was erased.
            PaperChanged: Somebody wrote to it meanwhile.
            StoreUnavailable: The store cannot be used.
        """
        kind = kind_of(file, name)
        size, digest = file.seek(0, 2), _digest(file)
        kept_paper = await self._not_erased(digest)
        if kept_paper is None or not kept_paper.is_here:
            finding = await examine(file, kind, self._scanner)
            await self._keep(file, digest, size, kind, finding, by)
        elif await self.store.size_of(kept_paper.object) != sealed_size(size):
            await self._restore(file, kept_paper, by)
        await self._mention(digest, subject, by)
        return await self.known(digest)

    async def examine_for(self, file: BinaryIO, name: str) -> tuple[PaperKind, Examined]:
        """Return the kind of a file and the verdict on it. Raises PaperRefused."""
        kind = kind_of(file, name)
        return kind, await examine(file, kind, self._scanner)

    async def put_examined(self, file: BinaryIO, kind: PaperKind, finding: Examined, by: str, subject: str) -> None:
        """Keep a file that was examined. The same content again is the same paper: safe to repeat.

        Raises:
            PaperRefused: A scanner found something, or it was erased.
            PaperLost: The store lost the same paper.
            StoreUnavailable: The store cannot be used.
        """
        size, digest = file.seek(0, 2), _digest(file)
        kept_paper = await self._not_erased(digest)
        if kept_paper is None or not kept_paper.is_here:
            await self._keep(file, digest, size, kind, finding, by)
        elif await self.store.size_of(kept_paper.object) != sealed_size(size):
            raise PaperLost(f"the store lost paper {kept_paper.sha256[:16]}; an operator puts it again")
        await self._mention(digest, subject, by)

    async def _not_erased(self, digest: bytes) -> KeptPaper | None:
        kept_paper = await self.register.find(digest)
        if kept_paper is not None and kept_paper.erased_at is not None:
            raise PaperRefused(_erased(kept_paper))
        return kept_paper

    async def _mention(self, digest: bytes, subject: str, by: str) -> None:
        if subject and not await self.register.mention(digest, subject, by):
            raise PaperRefused("it was erased meanwhile, and is not kept again")

    async def _keep(
        self, file: BinaryIO, digest: bytes, size: int, kind: PaperKind, finding: Examined, by: str
    ) -> None:
        if finding.verdict is PaperVerdict.FOUND:
            raise PaperRefused(f"the scanner found {finding.why}; do not open it, and tell whoever sent it")
        key = new_key()
        sealing = await self.register.begin(digest, SealingKey(key, _object(key, digest)), size, kind, finding, by)
        if sealing is not None:
            await self._store(file, digest, size, sealing)
        await self.register.finish(digest)

    async def _restore(self, file: BinaryIO, paper: KeptPaper, by: str) -> None:
        """Store a paper again that the store lost or cut."""
        key = await self.register.key_for_reading(paper.digest, by)
        if key is None:
            raise PaperRefused(f"the store lost it, and it is {paper.verdict}; an operator puts it again by the shell")
        await self._store(file, paper.digest, paper.size, SealingKey(key, paper.object))

    async def _store(self, file: BinaryIO, digest: bytes, size: int, sealing: SealingKey) -> None:
        """Write the object, unless another has written it whole. What is there and not whole is written anew."""
        found_size = await self.store.size_of(sealing.object)
        if found_size == sealed_size(size):
            return
        if found_size is not None:
            await self.store.delete(sealing.object)
        await self.store.write(sealing.object, sealed(_parts(file), sealing.key, digest))

    async def known(self, digest: bytes) -> KeptPaper:
        """Return a paper that is kept.

        Raises:
            PaperClosed: None of this digest is.
        """
        paper = await self.register.find(digest)
        if paper is None or (paper.stored_at is None and paper.erased_at is None):
            raise PaperClosed(UNKNOWN)
        if paper.erased_at is not None:
            raise PaperClosed(_erased(paper))
        return paper

    async def open(self, digest: bytes, by: str) -> AsyncIterator[bytes]:
        """Yield the content of a paper whose verdict lets pictures of it be shown. It is a look in the access log.

        Raises:
            PaperClosed: It is not opened.
            PaperDamaged: What is stored is not it.
            ObjectMissing: The store has it not.
            StoreUnavailable: The store cannot be used.
        """
        paper = await self.known(digest)
        key = await self.register.key_for_reading(digest, by)
        if key is None:
            raise PaperClosed(_closed(paper))
        async for part in opened(self.store.read(paper.object), key, digest):
            yield part

    async def examine_again(self, digest: bytes, file: BinaryIO, by: str) -> Examined:
        """Examine a paper again, in a file to write it to, and keep the verdict. For shells of staff.

        Raises:
            PaperClosed: None of this digest is kept.
            PaperDamaged: What is stored is not it.
        """
        paper = await self.known(digest)
        key = await self.register.key_for_repair(digest, by)
        if key is None:
            raise PaperClosed(_erased(paper))
        async for part in opened(self.store.read(paper.object), key, digest):
            file.write(part)
        finding = await examine(file, paper.kind, self._scanner)
        await self.register.judge(digest, finding)
        return finding

    async def erase(self, digest: bytes, subjects: tuple[str, ...]) -> bool:
        """Destroy a paper's key by an erasure on record, and then its object. False if more names it by now."""
        paper = await self.register.find(digest)
        if paper is None or not await self.register.destroy(digest, subjects):
            return False
        await self.store.delete(paper.object)
        return True


def _object(key: bytes, digest: bytes) -> str:
    """Return an object's name, which tells nothing of the paper, and is another once its key is another."""
    name = hmac.digest(key, b"accord.paper.1" + digest, "sha256").hex()
    return f"{name[:2]}/{name[2:]}"


def _digest(file: BinaryIO) -> bytes:
    content = sha256()
    file.seek(0)
    while part := file.read(FRAME):
        content.update(part)
    return content.digest()


async def _parts(file: BinaryIO) -> AsyncIterator[bytes]:
    file.seek(0)
    while part := file.read(FRAME):
        yield part


def _erased(paper: KeptPaper) -> str:
    day = f" on {paper.erased_at:%Y-%m-%d}" if paper.erased_at is not None else ""
    return f"two guardians had it erased{day}; its digest stays on record, and it is not kept again"


def _closed(paper: KeptPaper) -> str:
    if paper.verdict is PaperVerdict.FOUND:
        return f"a scanner found {paper.why or 'something'} in it, so it is never opened"
    if paper.verdict is PaperVerdict.FAILED:
        return f"its examination failed ({paper.why}); `accord papers examine {paper.sha256[:16]}` does it again"
    return UNKNOWN
