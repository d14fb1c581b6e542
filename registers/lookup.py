"""Ask the registers in force about one EIN, and keep the answer as evidence with the rows as published."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import asyncpg

from domain.evidence import (
    MasterFileEntry,
    Publication78Entry,
    RegisterVersion,
    RevocationEntry,
    Source,
    StatusEvidence,
)
from domain.parties import Party
from registers import Connection
from registers.formats import MASTER_FILE, PUBLICATION_78, REGISTERS, REVOCATIONS, parse_date
from registers.names import recognition

ABOUT_STATUS: Final = (MASTER_FILE.register, PUBLICATION_78.register, REVOCATIONS.register)
"""The registers that speak of an organisation's tax status."""

_ROWS: Final = """
SELECT v.register, v.version, v.sha256, v.source_date, v.files[r.file] AS file, r.line, r.row
  FROM registers.rows r JOIN registers.versions v ON v.version = r.version
 WHERE r.key = $1 AND v.state = 'IN_FORCE' AND v.register = ANY ($2)
 ORDER BY v.register, r.file, r.line
"""


async def versions_in_force(connection: Connection, registers: tuple[str, ...]) -> tuple[RegisterVersion, ...]:
    """Return the versions in force of some registers; one that was never loaded is absent."""
    rows = await connection.fetch(
        "SELECT register AS register_name, version, sha256, source_date FROM registers.versions "
        "WHERE state = 'IN_FORCE' AND register = ANY ($1) ORDER BY register",
        list(registers),
    )
    return tuple(RegisterVersion(**dict(row)) for row in rows)


async def status_of(connection: Connection, party: Party) -> StatusEvidence | None:
    """Return what the registers in force say of a party, or None if it has no EIN to ask about."""
    if party.ein is None:
        return None
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        rows = await connection.fetch(_ROWS, party.ein, list(ABOUT_STATUS))
        asked = await versions_in_force(connection, ABOUT_STATUS)
    found: dict[str, list[asyncpg.Record]] = {register: [] for register in ABOUT_STATUS}
    for row in rows:
        found[row["register"]].append(row)
    master = next((_master_file(row) for row in found[MASTER_FILE.register]), None)
    listed = tuple(_publication_78(row) for row in found[PUBLICATION_78.register])
    registered = [entry.name for entry in (master, *listed) if entry is not None]
    return StatusEvidence(
        ein=party.ein,
        asked=asked,
        asked_at=datetime.now(UTC),
        master_file=master,
        publication78=listed,
        revocations=tuple(_revocation(row) for row in found[REVOCATIONS.register]),
        name_agreement=_name_agreement(party, registered),
    )


def _name_agreement(party: Party, registered: list[str]) -> float:
    known_as = (party.name, *party.also_known_as)
    return max((recognition(own, name) for own in known_as for name in registered), default=0.0)


def source_of(row: asyncpg.Record) -> Source:
    """Return where a row stands."""
    version = RegisterVersion(
        register_name=row["register"], version=row["version"], sha256=row["sha256"], source_date=row["source_date"]
    )
    return Source(register_version=version, file=row["file"], line=row["line"], row=row["row"])


def _parsed(row: asyncpg.Record) -> tuple[str, ...]:
    return REGISTERS[row["register"]].parse(row["row"])


def _master_file(row: asyncpg.Record) -> MasterFileEntry:
    fields = _parsed(row)
    return MasterFileEntry(
        name=fields[1],
        state=fields[5],
        group_number=fields[7],
        subsection=fields[8],
        affiliation=fields[9],
        deductibility=fields[12],
        foundation=fields[13],
        status=fields[16],
        source=source_of(row),
    )


def _publication_78(row: asyncpg.Record) -> Publication78Entry:
    fields = _parsed(row)
    codes = tuple(code.strip() for code in fields[5].split(",") if code.strip())
    return Publication78Entry(name=fields[1], codes=codes, source=source_of(row))


def _revocation(row: asyncpg.Record) -> RevocationEntry:
    fields = _parsed(row)
    effective, posted = parse_date(fields[9]), parse_date(fields[10])
    if effective is None or posted is None:
        raise ValueError(f"the revocation row of EIN {fields[0]} lost its dates after it was loaded")
    return RevocationEntry(
        name=fields[1],
        effective_on=effective,
        posted_on=posted,
        reinstated_on=parse_date(fields[11]),
        source=source_of(row),
    )
