"""Invented organisations, and new register entries on them, so that it is known exactly whom a change affects."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from bench.lifecycle import BEHIND
from bench.registers.files import Files
from domain.parties import Party, PartyKind, Principal
from registers.sources.irs import MASTER_FILE_FIELDS


class Change(NamedTuple):
    """A new version of a register, and the ids of the partnerships that it affects."""

    register: str
    paths: Sequence[Path]
    touched: frozenset[str]


def invented(count: int) -> list[Party]:
    """Return organisations with invented names that resemble no other."""
    chance, names = random.Random(5), set[str]()
    while len(names) < count:
        names.add(f"{word(chance)} {word(chance)} Society")
    return [
        Party(name=name, kind=PartyKind.NONPROFIT, country="US", ein=f"00{number:07}")
        for number, name in enumerate(sorted(names), start=1)
    ]


def answered(payees: Iterable[Party]) -> list[Party]:
    """Return the payees, each of which says who is behind it, as the rules ask."""
    behind = tuple(Principal.model_validate(person) for person in BEHIND)
    return [payee.model_copy(update={"principals": behind, "nobody_owns": True}) for payee in payees]


def word(chance: random.Random) -> str:
    """Return an invented word of four syllables."""
    return "".join(chance.choice("bdfgjklmprtvwxz") + chance.choice("aeiou") for _ in range(4)).title()


def master_file(payees: Sequence[Party], folder: Path, name: str = "invented", tax_period: str = "202412") -> Path:
    """Write a file of the Business Master File that lists the payees as public charities, and return its path."""
    places, rest = (
        "1 MAIN ST,RIVERBEND,KS,00000-0000",
        f"0000,03,3,1000,200501,1,15,000000000,1,01,{tax_period},4,4,01,0,12,12,9,9,B700,",
    )
    path = folder / f"eo_{name}.csv"
    rows = (f"{payee.ein},{payee.name.upper()},,{places},{rest}" for payee in payees)
    path.write_text("\n".join((MASTER_FILE_FIELDS, *rows)) + "\n", "utf-8")
    return path


def revocations(files: Files, touched: dict[str, Party], folder: Path) -> Change:
    """Return a version of the revocation list that revokes the exemption of the touched payees."""
    posted = f"{datetime.now(UTC):%d-%b-%Y}".upper()
    rows = [
        f"{payee.ein}|{payee.name.upper()}||1 MAIN ST|RIVERBEND|KS|00000-0000|US|03|15-MAY-2020|{posted}|"
        for payee in touched.values()
    ]
    (path,) = files["irs-revocation"]
    return Change("irs-revocation", (_longer(path, rows, folder),), frozenset(touched))


def listings(files: Files, touched: dict[str, Party], folder: Path) -> Change:
    """Return a version of the SDN list with the touched payees on it."""
    rows = [
        f'{number},"{payee.name.upper()}",-0- ,"SAMPLE",{"-0- ," * 7}-0- '
        for number, payee in enumerate(touched.values(), start=900_001)
    ]
    main, *companions = files["ofac-sdn"]
    return Change("ofac-sdn", (_longer(main, rows, folder), *companions), frozenset(touched))


def _longer(path: Path, rows: Sequence[str], folder: Path) -> Path:
    """Write a publisher's file with rows added at its end, and return its path."""
    longer = folder / path.name
    end = b"\r\n\x1a" if path.read_bytes().endswith(b"\x1a") else b"\r\n"
    longer.write_bytes(path.read_bytes().rstrip(b"\x1a\r\n") + "".join(f"\r\n{row}" for row in rows).encode() + end)
    return longer
