"""Say of each match who cleared it, if somebody did whose clearance counts."""

from __future__ import annotations

from domain.screening.evidence import SanctionsMatch, ScreeningEvidence
from records.directory import Registrar


async def with_clearances(registrar: Registrar, screening: ScreeningEvidence) -> ScreeningEvidence:
    """Return the evidence with who cleared each pair. Reads the ledger only where a match is near."""
    if not screening.matches:
        return screening
    matches = [await _with_clearance(registrar, match) for match in screening.matches]
    return screening.model_copy(update={"matches": tuple(matches)})


async def _with_clearance(registrar: Registrar, match: SanctionsMatch) -> SanctionsMatch:
    who = await registrar.cleared_by(match.pair) if match.pair else ()
    return match.model_copy(update={"cleared_by": who}) if who else match
