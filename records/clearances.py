"""Add to each sanctions-list match the people whose clearances of it are valid."""

from __future__ import annotations

from domain.screening.matches import SanctionsMatch, ScreeningEvidence
from records.directory import DirectoryRepository


async def with_clearances(registrar: DirectoryRepository, screening: ScreeningEvidence) -> ScreeningEvidence:
    """Return the evidence with each match naming the people who cleared it. Without matches, the ledger is not read."""
    if not screening.matches:
        return screening
    matches = [await _with_clearance(registrar, match) for match in screening.matches]
    return screening.model_copy(update={"matches": tuple(matches)})


async def _with_clearance(registrar: DirectoryRepository, match: SanctionsMatch) -> SanctionsMatch:
    clearers = await registrar.cleared_by(match.pair) if match.pair else ()
    return match.model_copy(update={"cleared_by": clearers}) if clearers else match
