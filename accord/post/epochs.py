"""The ledger's epoch in which mail is sent. After a restore, none is sent before payments are open again."""

from __future__ import annotations

from accord.audit.bank.reopening import read_reopening
from accord.client.reading import LedgerAccess
from domain.directory.people import EpochBegun


class PutBack(Exception):
    """The ledger was restored, copied or moved, and people did not say yet that it goes on here."""


class EpochOfMail:
    """The epoch of the ledger, as a process of mail looks at it again and again."""

    def __init__(self, access: LedgerAccess) -> None:
        self._access = access
        self._open: EpochBegun | None = None
        """The epoch that was found open last: that stays so."""

    async def number(self) -> int:
        """Return the number of the current epoch, or 0 before the first.

        Raises:
            PutBack: It began in another database, or two of finance did not reopen payments in it.
        """
        if fault := await self._access.registrar.fault_of_installation():
            raise PutBack(str(fault))
        directory = await self._access.directory()
        epoch = directory.epoch
        if epoch is None:
            return 0
        if epoch not in {directory.epochs[0], self._open}:
            if (await read_reopening(self._access.reader, epoch.log.epoch)).reopened is None:
                raise PutBack(f"payments are not open in epoch {epoch.log.epoch}: `accord runbook after-a-restore`")
            self._open = epoch
        return epoch.log.epoch
