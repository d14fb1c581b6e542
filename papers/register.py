"""The register of papers in the database: which are kept, for what, and the key of one at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from ledger.moment import lend
from papers.examination.findings import Examined, PaperVerdict
from papers.kinds import PaperKind

_COLUMNS: Final = "digest, object, size, kind, pages, verdict, why, put_by, put_at, stored_at, erased_at"


class KeptPaper(NamedTuple):
    """A paper in the register."""

    digest: bytes
    object: str
    size: int
    kind: PaperKind
    pages: int
    verdict: PaperVerdict
    why: str
    put_by: str
    put_at: datetime
    stored_at: datetime | None
    """The time since when it is whole in the store, or None if its put broke off."""
    erased_at: datetime | None

    @property
    def sha256(self) -> str:
        """Its digest as the ledger writes it."""
        return self.digest.hex()

    @property
    def is_here(self) -> bool:
        """True if it was stored whole, and not erased."""
        return self.stored_at is not None and self.erased_at is None

    @property
    def file_name(self) -> str:
        """Its name as a file. Nobody's choice: what it was called before is not kept."""
        return f"paper-{self.sha256[:16]}{self.kind.suffix}"


class SealingKey(NamedTuple):
    """The key of a paper that is about to be stored, and the object's name."""

    key: bytes
    object: str


async def is_kept(connection: asyncpg.Connection | PoolConnectionProxy, digest: bytes) -> bool:
    """True if a paper of this digest is stored whole, and not erased."""
    query = "SELECT true FROM papers.kept WHERE digest = $1 AND stored_at IS NOT NULL AND erased_at IS NULL"
    return bool(await connection.fetchval(query, digest))


class PaperRegister:
    """The register, as one login may use it."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def find(self, digest: bytes) -> KeptPaper | None:
        """Return a paper, also one that was erased or broke off, or None."""
        rows = await self._papers("WHERE digest = $1", digest)
        return rows[0] if rows else None

    async def among(self, digests: list[bytes]) -> dict[bytes, KeptPaper]:
        """Return those of some papers that are in the register, by their digests."""
        return {paper.digest: paper for paper in await self._papers("WHERE digest = ANY ($1)", digests)}

    async def every(self) -> list[KeptPaper]:
        """Return all papers, the newest first."""
        return await self._papers("ORDER BY put_at DESC, digest")

    async def _papers(self, clause: str, *arguments: object) -> list[KeptPaper]:
        async with lend(self._pool) as connection:
            rows = await connection.fetch(f"SELECT {_COLUMNS} FROM papers.kept {clause}", *arguments)  # noqa: S608
        return [
            KeptPaper(*row)._replace(kind=PaperKind(row["kind"]), verdict=PaperVerdict(row["verdict"])) for row in rows
        ]

    async def subjects(self, digest: bytes) -> tuple[str, ...]:
        """Return for what a paper was handed in."""
        query = "SELECT subject FROM papers.mentions WHERE digest = $1 ORDER BY subject"
        async with lend(self._pool) as connection:
            return tuple(row[0] for row in await connection.fetch(query, digest))

    async def of_subject(self, subject: str) -> list[KeptPaper]:
        """Return the papers that were handed in for something, the newest first."""
        clause = "WHERE digest IN (SELECT m.digest FROM papers.mentions m WHERE m.subject = $1)"
        return await self._papers(f"{clause} ORDER BY put_at DESC, digest", subject)

    async def drafts(self, partnership_id: str) -> list[KeptPaper]:
        """Return the papers that were handed in for a partnership and that no event names, the newest first."""
        clause = (
            "k WHERE digest IN (SELECT m.digest FROM papers.mentions m WHERE m.subject = $1) AND NOT EXISTS "
            "(SELECT FROM ledger.events e WHERE position(convert_to(encode(k.digest, 'hex'), 'UTF8') IN e.payload) > 0 "
            "AND e.stream_id <> 'papers') ORDER BY put_at DESC, digest"
        )
        return await self._papers(clause, partnership_id)

    async def begin(
        self, digest: bytes, fresh: SealingKey, size: int, kind: PaperKind, finding: Examined, by: str
    ) -> SealingKey | None:
        """Begin to keep a paper, and return the key to seal it under, or None if it is stored already or was erased."""
        query = "SELECT key, object FROM papers.begin($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        verdict_fields = (str(finding.verdict), finding.why[:300], by)
        async with lend(self._pool) as connection:
            row = await connection.fetchrow(query, digest, *fresh, size, str(kind), finding.pages, *verdict_fields)
        return SealingKey(*row) if row else None

    async def finish(self, digest: bytes) -> None:
        """Note that a paper is whole in the store."""
        await self._call("SELECT papers.finish($1)", digest)

    async def mention(self, digest: bytes, subject: str, by: str) -> bool:
        """Note for what a paper was handed in. False if it was erased meanwhile."""
        return bool(await self._call("SELECT papers.mention($1, $2, $3)", digest, subject, by))

    async def key_for_reading(self, digest: bytes, by: str) -> bytes | None:
        """Return a paper's key, noting in the access log who looks, or None where it is not opened."""
        key: bytes | None = await self._call("SELECT papers.open($1, $2)", digest, by)
        return key

    async def key_for_repair(self, digest: bytes, by: str) -> bytes | None:
        """Return a paper's key whatever its verdict, noting in the access log who takes it. For shells of staff."""
        key: bytes | None = await self._call("SELECT papers.take($1, $2)", digest, by)
        return key

    async def judge(self, digest: bytes, finding: Examined) -> None:
        """Keep the verdict of a new examination."""
        verdict_fields = (finding.pages, str(finding.verdict), finding.why[:300])
        await self._call("SELECT papers.judge($1, $2, $3, $4)", digest, *verdict_fields)

    async def destroy(self, digest: bytes, subjects: tuple[str, ...]) -> bool:
        """Destroy a paper's key by an erasure on record. False if anything but these subjects names it by now."""
        if not await self._call("SELECT papers.destroy($1, $2)", digest, list(subjects)):
            return False
        await self._call("SELECT papers.rewrite()")
        return True

    async def _call(self, query: str, *arguments: object) -> Any:
        async with lend(self._pool) as connection:
            return await connection.fetchval(query, *arguments)
