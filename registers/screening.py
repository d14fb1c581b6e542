"""Screen the names of parties against the sanctions list in force: exact by fold, near by trigram index and score."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import asyncpg

from domain.evidence import MatchKind, SanctionsMatch, ScreeningEvidence
from domain.parties import Party
from registers import Connection
from registers.formats import SDN, format_of
from registers.lookup import source_of, versions_in_force
from registers.names import agreement, fold

LISTS: Final = (SDN.register,)
"""The sanctions lists that are screened against."""

NEAR_SCORE: Final = 88.0
"""From this agreement (0 to 100) on, two names are near and a second person must look."""

TRIGRAM_FLOOR: Final = 0.4
"""Names whose trigram similarity is below this are not scored at all."""

_USE_THE_INDEX: Final = f"""
SET LOCAL pg_trgm.similarity_threshold = {TRIGRAM_FLOOR};
SET LOCAL enable_seqscan = off
"""
"""The planner takes a trigram comparison for cheap and would read every name; the index is ten times faster."""

_CANDIDATES: Final = """
SELECT DISTINCT ON (n.key, n.name) n.key, n.name, n.folded, v.register, v.version, v.sha256, v.source_date,
       v.files[n.file] AS file, n.line, r.row
  FROM registers.names n
  JOIN registers.versions v ON v.version = n.version AND v.state = 'IN_FORCE' AND v.register = ANY ($2)
  JOIN registers.rows r ON r.version = n.version AND r.key = n.key AND r.file = n.file AND r.line = n.line
 WHERE n.folded % $1
 ORDER BY n.key, n.name, n.file, n.line
"""

_ENTITY: Final = """
SELECT v.files[r.file] AS file, r.row
  FROM registers.rows r JOIN registers.versions v ON v.version = r.version
 WHERE r.key = $1 AND r.version = $2
"""


async def screen(connection: Connection, parties: tuple[Party, ...]) -> ScreeningEvidence:
    """Return which of the parties' names, or their other names, meet a listed name."""
    names = tuple(dict.fromkeys(name for party in parties for name in (party.name, *party.also_known_as)))
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await connection.execute(_USE_THE_INDEX)
        found = [match for name in names for match in await _matches(connection, name)]
        asked = await versions_in_force(connection, LISTS)
    return ScreeningEvidence(
        parties=names,
        asked=asked,
        asked_at=datetime.now(UTC),
        matches=tuple(sorted(found, key=lambda match: (-match.score, match.entity, match.listed_name))),
    )


async def _matches(connection: Connection, name: str) -> list[SanctionsMatch]:
    folded = fold(name)
    if not folded:
        return []
    rows = await connection.fetch(_CANDIDATES, folded, list(LISTS))
    scored = [(row, agreement(name, row["name"])) for row in rows]
    near = [(row, score) for row, score in scored if score >= NEAR_SCORE]
    return [_match(name, row, score, await _programme(connection, row), row["folded"] == folded) for row, score in near]


async def _programme(connection: Connection, listed: asyncpg.Record) -> str:
    """The programme stands in the entity's main row, whichever file the name was found in."""
    rows = await connection.fetch(_ENTITY, listed["key"], listed["version"])
    main = (row["row"] for row in rows if format_of(SDN.register, row["file"]) is SDN)
    return next((SDN.parse(row)[3] for row in main), "programme unknown")


def _match(name: str, row: asyncpg.Record, score: float, programme: str, exact: bool) -> SanctionsMatch:
    return SanctionsMatch(
        party=name,
        listed_name=row["name"],
        entity=row["key"],
        programme=programme,
        kind=MatchKind.EXACT if exact else MatchKind.NEAR,
        score=score,
        source=source_of(row),
    )
