"""What the signer keeps outside the database: checkpoints that it signs again and again, and ages that it tells."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

import asyncpg
import structlog
from temporalio.common import MetricMeter

from accord.operations.backups import PART, finished_in, report_of
from accord.operations.drill_notes import newest_of_each
from accord.operations.seals.receipts import keep_receipts
from accord.operations.signing import until_due
from ledger.proof.checkpoints import CheckpointFolder, LedgerForked, sign_checkpoint
from ledger.proof.notes import NoteRefused, SigningKey
from ledger.proof.receipts import ReceiptRefused
from ledger.proof.stored_tree import StoredTree
from records.opening import open_ledger

MANIFEST: Final = "backup_manifest"
"""The file that `pg_basebackup` gives its name at the very end of a backup. Other tools' scripts touch one."""
CHECKPOINT_AT: Final = "accord_checkpoint_at_seconds"
BACKUP_AT: Final = "accord_backup_at_seconds"
DRILL_AT: Final = "accord_drill_at_seconds"
KEPT: Final = {
    CHECKPOINT_AT: "When the newest checkpoint was last seen to cover the whole ledger, in seconds since 1970",
    BACKUP_AT: "When the newest backup ended, in seconds since 1970, or 0 where none is known",
    DRILL_AT: "When the newest drill that held was run, in seconds since 1970, or 0 where none is known",
}
"""The measures of the signer, by the name of the gauge."""

log = structlog.get_logger("accord.signer")


class ProofKeeper:
    """One signer's repeated work."""

    def __init__(self, pool: asyncpg.Pool, folder: Path, key: SigningKey, meter: MetricMeter, backups: str) -> None:
        """`backups`: the folder of backups, or '' if nobody told of one."""
        self._pool, self._ledger = pool, open_ledger(pool)
        self._folder, self._key, self._backups = CheckpointFolder(folder), key, backups
        self._drills = folder
        self._gauges = {name: meter.create_gauge(name, description) for name, description in KEPT.items()}
        self._fault = self._receipts_fault = ""
        # One that may not sign from its start on says by this how old the last one is.
        self._gauges[CHECKPOINT_AT].set(newest(self._folder.notes()))

    async def forever(self, every: float) -> None:
        """Look every so many seconds until cancelled, and at once when a payment file left."""
        while True:
            size = await self.once()
            try:
                await (asyncio.sleep(every) if self._fault else until_due(self._pool, size, every))
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                await asyncio.sleep(every)  # the database is away; the next look says so

    async def fault(self) -> str:
        """Return the reason why nothing was signed at the last look, or ''."""
        return self._fault

    async def once(self) -> int:
        """Sign what is new, and tell the ages. Return the size of the ledger before that, or 0 if nothing is signed.

        A fault ends nothing: it is logged once, and the signer is not ready.
        """
        self._gauges[BACKUP_AT].set(newest_backup(self._backups))
        self._gauges[DRILL_AT].set(newest_drill(self._drills, self._key))
        try:
            size = await self._ledger.head()
            path = await sign_checkpoint(StoredTree(self._ledger), self._folder, self._key)
        except Exception as fault:
            reason = str(fault) if isinstance(fault, (LedgerForked, NoteRefused, OSError)) else type(fault).__name__
            if reason != self._fault:
                log.error("not signed, and looks again", reason=reason)
            self._fault = reason
            return 0
        self._fault = ""
        self._gauges[CHECKPOINT_AT].set(int(time.time()))
        if path:
            log.info("signed", checkpoint=path.name)
        await self._keep_receipts()
        return size

    async def _keep_receipts(self) -> None:
        """Write down the receipts of what grantees handed in. A fault stops no signing: it is logged once."""
        reason = ""
        try:
            await keep_receipts(self._pool, self._ledger, self._folder, (self._key.verifier,))
        except Exception as fault:
            reason = str(fault) if isinstance(fault, (ReceiptRefused, NoteRefused)) else type(fault).__name__
            if reason != self._receipts_fault:
                log.error("no receipt of a submission is written, and it looks again", reason=reason)
        self._receipts_fault = reason


def newest_backup(folder: str) -> int:
    """Return when the newest backup below a folder ended, in seconds since 1970, or 0 if there is none.

    That is told by the report that `accord backup` leaves beside one, or by the manifest of another tool's, in the
    folder itself or in one of its folders.
    """
    place = Path(folder)
    if not folder or not place.is_dir():
        return 0
    manifests = [file for depth in ("", "*/") for file in place.glob(f"{depth}{MANIFEST}")]
    finished = [file for file in manifests if file.parent.suffix != PART]
    return newest([*map(report_of, finished_in(place)), *finished])


def newest_drill(folder: Path, key: SigningKey) -> int:
    """Return when the newest drill that held was run, in seconds since 1970, or 0 if no certificate of the key says so.

    Certificates stand beside the checkpoints.
    """
    certificates = newest_of_each(folder, (key.verifier,))
    return max((int(certificate.at.timestamp()) for certificate in certificates if certificate.held), default=0)


def newest(files: Iterable[Path]) -> int:
    """Return when the newest of files was written, in seconds since 1970, or 0 if there is none."""
    times = [0]
    for file in files:
        with suppress(OSError):  # it was deleted at this moment
            times.append(int(file.stat().st_mtime))
    return max(times)
