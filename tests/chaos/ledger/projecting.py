"""A projector process with a small projection: per stream how many entries, their sum, and a chain over their bytes."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from ledger import Ledger, StoredEvent
from ledger.projections import Document, Projection, Projector
from tests.chaos.ledger.appending import PREFIX, end_if_orphaned, patient_pool


def fold(document: Document | None, events: Sequence[StoredEvent]) -> Document:
    """Take a stream's next entries into its document."""
    count, total, chain = (document["count"], document["sum"], document["chain"]) if document else (0, 0, "")
    for event in events:
        total += json.loads(event.payload)["amount"]
        chain = sha256(chain.encode() + event.payload).hexdigest()
    return {"count": count + len(events), "sum": total, "chain": chain}


PROJECTION: Final = Projection("chaos", 1, PREFIX, fold)


async def project(url: str) -> None:
    """Follow the ledger until killed."""
    watching = asyncio.create_task(end_if_orphaned(os.getppid()))
    await Projector(Ledger(await patient_pool(url)), PROJECTION).forever(lambda fault: print(fault, flush=True))  # noqa: T201
    watching.cancel()


def main() -> None:
    """Project, up to its own death."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    asyncio.run(project(parser.parse_args().url))


if __name__ == "__main__":
    main()
