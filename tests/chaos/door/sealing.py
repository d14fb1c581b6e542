"""A process that seals what was handed in, as each worker does, but without a minute between two looks."""

from __future__ import annotations

import asyncio
import logging
import sys
from contextlib import suppress

from deploy.database import open_pool
from domain.recorded.writers import Writer
from records.opening import open_ledger
from records.submissions.seals import seal_submissions
from tests.chaos.partnerships.drive import OUTAGES, PAUSE, persist


async def seal_forever(url: str) -> None:
    """Seal, again and again, also after an outage."""
    pool = await persist(lambda: open_pool(url, 2))
    while True:
        with suppress(*OUTAGES):
            await seal_submissions(open_ledger(pool, Writer.WORKER), pool)
        await asyncio.sleep(PAUSE)


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)  # the database is killed under it on purpose
    asyncio.run(seal_forever(sys.argv[1]))
