"""Signed records on their way into the ledger: a worker writes them, and the pages show the progress."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog

from accord.client.sending import Sending
from accord.organisation.imports.applying import apply_import
from accord.organisation.imports.checking import SourceFile
from accord.presentation.faults import Failure
from accord.web.outages import AWAY

log = structlog.get_logger("accord.console")


class Writing:
    """The imports that this process has written now, by their digests. Cut off, one goes on when it is asked again."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.faults: dict[str, str] = {}
        """By import: why its writing stopped last, or what is left of it."""

    def is_going_on(self, order_sha256: str) -> bool:
        """True while this process has an import written."""
        task = self._tasks.get(order_sha256)
        return task is not None and not task.done()

    def begin(self, desk: Sending, order_sha256: str, file: SourceFile) -> None:
        """Have an import written, unless that goes on already."""
        if not self.is_going_on(order_sha256):
            self.faults.pop(order_sha256, None)
            self._tasks[order_sha256] = asyncio.create_task(self._write(desk, order_sha256, file))

    async def _write(self, desk: Sending, order_sha256: str, file: SourceFile) -> None:
        self.faults[order_sha256] = "it was cut off; have it written again, and it goes on"
        with suppress(*AWAY):
            try:
                result = await apply_import(desk, file, lambda _written, _total: None)
            except Failure as fault:
                log.warning("import stopped", order=order_sha256[:12], kind=type(fault).__name__)
                self.faults[order_sha256] = str(fault)
                return
            remainder = f"{result.left} records are asked about or other by now; look at the table again"
            self.faults[order_sha256] = remainder if result.left else ""
