"""People at work, by the code of whichever release runs this, until they are ended.

It is started with that release's folder as its path, and uses only what release 0.3.0 has as well. The receipts that
people get they write down at once, outside of the installation.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, Final

from accord.client.desk import Desk
from accord.demo.sample import furnish, load_sample_registers
from deploy.connections import connect_temporal
from deploy.database import open_pool
from deploy.embedded.bank import Bank
from deploy.settings import admin_url
from domain.parties import AccountReference
from domain.partnership import commands as c
from records.keys.keyring import Keyring
from registers.loading.archive import Archive
from tests.builders import funds_out, party, proposal
from tests.chaos.partnerships.drive import Staff, persist
from tests.chaos.partnerships.teller import Teller

PAUSE: Final = 1.0
"""Seconds from one partnership that is only decided on to the next: each stays open, and moves with each deploy."""


class Told(list[Any]):
    """The receipts that somebody got, each in a file before anything else happens."""

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__()
        folder.mkdir(parents=True, exist_ok=True)
        self._file = (folder / f"{name}.jsonl").open("ab", buffering=0)

    def append(self, receipt: Any) -> None:
        """Note a receipt."""
        super().append(receipt)
        self._file.write(receipt.model_dump_json().encode() + b"\n")


class People:
    """Whoever proposes, approves, signs, pays and carries files."""

    def __init__(self, desk: Desk, account: AccountReference, folder: Path) -> None:
        self._desk, self._account, self._folder = desk, account, folder

    async def decide(self, references: Iterator[str]) -> None:
        """Propose one partnership after another, and approve each. Nobody releases anything."""
        for reference in references:
            member = self._member(reference)
            member.acknowledged.append(
                await persist(lambda r=reference: self._desk.propose(_asked(r), "pia.berg"))  # type: ignore[misc]
            )
            await member._until(lambda known: known.assessment is not None)
            approved: dict[str, Any] = {"no_interest": True, "reason": "fits the programme"}
            await member._do(lambda known: len(known.approvals) >= 1, c.Approve, "ana.silva", **approved)
            await member._do(lambda known: len(known.approvals) == 2, c.Approve, "femi.ade", **approved)
            await asyncio.sleep(PAUSE)

    async def pay(self, references: list[str], bank: Bank) -> None:
        """Lead partnerships from wherever they are to their ends."""
        teller = Teller(self._desk, bank, self._folder, 1)
        teller.answers = sorted((self._folder / "answers").glob("*.xml"))
        await asyncio.gather(teller.forever(), *(self._member(reference).lead() for reference in references))

    def _member(self, reference: str) -> Staff:
        member = Staff(self._desk, _asked(reference), self._account)
        member.acknowledged = Told(self._folder / "receipts", reference)
        return member


def _asked(reference: str) -> Any:
    return proposal(reference, funds_out=funds_out("60.00", "40.00", payee=party(), final_report=False))


async def work(folder: Path, port: int, first: int, last: int, furnished: bool) -> None:
    """Work, from an empty database on if it is."""
    desk = Desk(await open_pool(admin_url()), Keyring(folder / "keys"), client=await connect_temporal(), patience=5.0)
    bank = Bank(folder / "bank")
    bank._port = port
    if not furnished:
        await load_sample_registers(desk.pool, Archive(folder / "archive"))
    people = People(desk, (await furnish(desk))["riverbend"], folder)
    if last:
        return await people.pay([f"P-2026-{number}" for number in range(first, last + 1)], bank)
    return await people.decide(f"P-2026-{number}" for number in count(first))


def main() -> None:
    """Work until ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("bank", type=int)
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int, help="0: they only propose and approve, one after the other")
    parser.add_argument("--furnished", action="store_true")
    chosen = parser.parse_args()
    asyncio.run(work(chosen.folder, chosen.bank, chosen.first, chosen.last, chosen.furnished))


if __name__ == "__main__":
    main()
