"""Variants of the sample's registers: a payee appears on a sanctions list, loses its exemption, is reclassified."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import asyncpg

from accord.demo.sample import SAMPLE, SAMPLE_REGISTERS
from ledger import clock
from registers.loading.archive import Archive
from registers.loading.loader import load

if TYPE_CHECKING:
    from tests.simulation.grounds.world import World


class Payee(NamedTuple):
    """An organisation of the sample that may be paid."""

    name: str
    ein: str
    iban: str
    number: str
    """Its account at a bank in the United States, which ACH reaches."""

    @property
    def accounts(self) -> frozenset[str]:
        """Its accounts on record."""
        return frozenset({self.iban, self.number})


PAYEES: Final = (
    Payee("Riverbend Library Network", "001000001", "NL86MOCK0000002101", "0002101001"),
    Payee("Lakeside School of Networking", "001000002", "NL32MOCK0000002103", "0002103001"),
    Payee("Capitol Digital Archive", "001000012", "NL91MOCK0000002108", "0002108001"),
)


class Listed(NamedTuple):
    """The state of a payee by a register in force."""

    variant: str
    payee: str
    edits: dict[str, str]
    since: datetime


Variant = Callable[[str, Payee], str]


def _listed(content: str, payee: Payee) -> str:
    row = f'9900,"{payee.name.upper()}",-0- ,"SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- '
    return f"{row}\n{content}"


def _revoked(content: str, payee: Payee) -> str:
    day = f"{clock.today():%d-%b-%Y}".upper()
    row = f"{payee.ein}|{payee.name.upper()}||1 MAIN ST|TOWN|KS|00000-0000|US|03|{day}|{day}|"
    return f"{content.rstrip()}\n{row}\n"


def _reclassified(content: str, payee: Payee) -> str:
    """From a public charity to a private foundation: what it is paid now needs expenditure responsibility."""
    rows = content.splitlines()
    return "\n".join(_with_foundation(row, "04") if row.startswith(payee.ein) else row for row in rows) + "\n"


def _with_foundation(row: str, code: str) -> str:
    fields = row.split(",")
    return ",".join([*fields[:13], code, *fields[14:]])


def base(name: str) -> str:
    """Return a file of the sample's registers. The shortest are made longer, so that they may lose a row again."""
    content = (SAMPLE / "registers" / name).read_text("utf-8")
    if name == "sdn.csv":
        empty = "-0- ," * 7
        return "".join(f'{9200 + n},"QORVEX ZUMBEL {n}",-0- ,"SDGT",{empty}-0- \n' for n in range(20)) + content
    if name != "revocation.txt":
        return content
    filler = (
        f"0010002{n:02}|FILLER {n}||1 MAIN ST|TOWN|KS|00000-0000|US|03|15-NOV-2019|12-MAR-2020|" for n in range(20)
    )
    return "\n".join([content.rstrip(), *filler]) + "\n"


def _no_public_charity(content: str, payee: Payee) -> str:
    return "\n".join(row[:-2] + "PF" if row.startswith(payee.ein) else row for row in content.splitlines()) + "\n"


VARIANTS: Final[dict[str, tuple[tuple[str, str, Variant], ...]]] = {
    "listed": (("ofac-sdn", "sdn.csv", _listed),),
    "revoked": (("irs-revocation", "revocation.txt", _revoked),),
    "reclassified": (("irs-pub78", "pub78.txt", _no_public_charity), ("irs-bmf", "bmf.csv", _reclassified)),
}
"""What may become of a payee, and in which files of which registers it stands."""


async def change(world: World, variant: str, payee: Payee) -> str:
    """Load registers in which something became of a payee, and say what the loads said."""
    notes = []
    for register, name, edit in VARIANTS[variant]:
        changed = {name: edit(base(name), payee)}
        notes.append(await _load(world.pool, world.ground.folder, register, changed))
        before = world.lists.get(register)
        same = before is not None and before.edits == changed  # what was so already is no news
        world.lists[register] = before if before and same else Listed(variant, payee.name, changed, world.clock.at)
    return "; ".join(notes)


async def refresh(world: World) -> None:
    """Load every register as it stands once more: it says the same, and is of today."""
    for register in SAMPLE_REGISTERS:
        edits = world.lists[register].edits if register in world.lists else {}
        await _load(world.pool, world.ground.folder, register, edits)


async def restore(world: World) -> str:
    """Load the sample's registers again where others are in force."""
    notes = [await _load(world.pool, world.ground.folder, register, {}) for register in sorted(world.lists)]
    world.lists.clear()
    return "; ".join(notes)


async def load_base(pool: asyncpg.Pool, folder: Path) -> None:
    """Load every register as it is at the beginning."""
    for register in SAMPLE_REGISTERS:
        await _load(pool, folder, register, {})


async def _load(pool: asyncpg.Pool, folder: Path, register: str, edited: dict[str, str]) -> str:
    written = folder / "registers"
    written.mkdir(exist_ok=True)
    paths = tuple(_written(written, name, edited.get(name)) for name in SAMPLE_REGISTERS[register])
    async with pool.acquire() as connection:
        report = await load(connection, register, paths, clock.today(), Archive(folder / "archive"), minimum_rows=1)
    if report.refused:
        raise AssertionError(f"{register}: {report.note}")
    return f"{register} {report.note}"


def _written(folder: Path, name: str, content: str | None) -> Path:
    path = folder / name
    path.write_text(base(name) if content is None else content, "utf-8")
    return path
