"""`make bench-follow EVENTS=n`: a ledger of so many events followed over its API, beside reading its table bare.

The events are lives of grants, as in `bench.books`. The API is a process of its own at a loopback address. The follower
has its address, a token and a folder: it keeps the bytes, proves each page, and verifies every event.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from accord.client.desk import Desk
from accord.follow.folder import Replica
from accord.follow.following import LedgerFollower
from accord.follow.wire import LedgerApi
from accord.organisation.governance import change_directory, confirm_change
from bench.api import served
from bench.books import A_LIFE, Lives
from bench.console.organisation import found_on_the_sample
from bench.growth import Spent, timed
from bench.office import Office, open_office
from deploy.logins import new_secret
from deploy.loop import work_through
from domain.directory.people import ApiTokenEnrolled
from domain.organisation.tokens import PREFIX, ApiToken, Scope, digest_of_secret, token_id_of
from ledger import Ledger, clock
from ledger.proof.checkpoints import CheckpointFolder, sign_checkpoint
from ledger.proof.notes import SIGNATURE, SigningKey
from ledger.proof.stored_tree import StoredTree
from records.codec import read_stored

LOG: Final = SigningKey.make("ledger.example.org", SIGNATURE)

out, err = Console(highlight=False), Console(stderr=True, highlight=False)


async def enrolled(desk: Desk) -> str:
    """Enrol an auditor's token, as two guardians do, and return its secret."""
    secret = PREFIX + new_secret()
    digest, scopes = digest_of_secret(secret), (Scope.EVENTS, Scope.PROOFS)
    token = ApiToken(
        token_id=token_id_of(digest), holder="audit-firm", scopes=scopes, sha256=digest, last_day=clock.today()
    )
    change = await change_directory(desk, (ApiTokenEnrolled(token=token),), "dora.kim")
    if change.change_id is not None:
        await confirm_change(desk, change.change_id, "otto.audit")
    return secret


async def measured(office: Office, url: str, secret: str, folder: Path, head: int) -> list[tuple[str, Spent]]:
    """Measure a whole ledger followed, beside reading and decoding its table and its pages alone."""
    ledger = office.desk.ledger

    async def bare() -> None:
        async for _ in ledger.read_between(0, head):
            pass

    async def decoded() -> None:
        async for event in ledger.read_all():
            read_stored(event)

    def pages() -> None:
        with LedgerApi(url, secret) as api:
            after = 0
            while events := api.events(after).events:
                after = events[-1].position
                if after == head:
                    return

    def followed() -> None:
        with Replica(folder) as replica, LedgerApi(url, secret) as api:
            LedgerFollower(api, replica, LOG.verifier).once()

    works = {
        "read bare": bare,
        "read and decoded": decoded,
        "pages over the API, with leaves": lambda: asyncio.to_thread(pages),
        "followed and verified": lambda: asyncio.to_thread(followed),
    }
    return [(name, await timed(work)) for name, work in works.items()]


async def main(events: int) -> int:
    """Fill a ledger with so many events, follow it, and print what each took."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with open_office(folder / "office") as office:
            secret = await enrolled(office.desk)
            lives = Lives(office.desk, await found_on_the_sample(office.desk), events)
            await lives.write_lives(events // A_LIFE)
            (checkpoints := folder / "checkpoints").mkdir()
            await sign_checkpoint(StoredTree(Ledger(office.desk.pool)), CheckpointFolder(checkpoints), LOG)
            head = await office.desk.ledger.head()
            os.environ["ACCORD_CHECKPOINTS"] = str(checkpoints)
            async with served(folder / "office") as url:
                lines = await measured(office, url, secret, folder / "replica", head)
        with Replica(folder / "replica", to_read=True) as replica:
            verified = replica.state("verified", {})
    table = Table("work", "seconds", "events a second", "computed here", "times bare reading")
    for work, spent in lines:
        times = spent.seconds / lines[0][1].seconds
        table.add_row(
            work, f"{spent.seconds:.2f}", f"{head / spent.seconds:,.0f}", f"{spent.computed:.2f}", f"{times:.0f}"
        )
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    out.print(f"{head:,} events; verified: {verified}; load of the machine at the end: {load}")
    out.print(table)
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=5_000)
    sys.exit(work_through(main(parser.parse_args().events)))
