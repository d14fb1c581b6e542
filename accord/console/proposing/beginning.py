"""The first content of a draft: under a reference that is free, or from what is claimed of a partnership of before."""

from __future__ import annotations

from typing import Any, Final

import asyncpg

from accord.client.imported.beginning import begun_from, open_tranches
from accord.client.imported.claim import claim_on_record
from accord.console.proposing.content import texts_of
from accord.console.serving.desk import Console
from accord.presentation import forms
from accord.presentation.faults import Refused
from ledger import clock
from records.read_models.lists import PARTNERSHIPS_NAME

_FREE: Final = """
WITH newest AS (
    SELECT COALESCE(max(split_part(l.stream_id, '-', 3)::integer), 0) AS number
      FROM projection.lines l JOIN projection.checkpoints c USING (name, generation)
     WHERE c.live AND l.name = $1 AND l.list = 'partnerships' AND l.until IS NULL
       AND l.stream_id LIKE 'partnership/' || $2 || '%'
       AND NOT EXISTS (SELECT FROM ledger.events WHERE stream_id = replace(l.stream_id, 'partnership/', 'imported/')))
SELECT free.number FROM newest, LATERAL (
    SELECT n AS number, $2 || lpad(n::text, greatest(4, length(n::text)), '0') AS reference
      FROM generate_series(newest.number + 1, 999999) n) free
 WHERE NOT EXISTS (
    SELECT FROM ledger.events WHERE stream_id IN ('partnership/' || reference, 'imported/' || reference)) LIMIT 1
"""
"""The number behind the newest that was proposed here, under which nothing was proposed or brought in."""


async def next_reference(pool: asyncpg.Pool) -> str:
    """Return a reference of this year that is free. Whoever prefers another one writes it."""
    prefix = f"P-{clock.today().year}-"
    return f"{prefix}{await pool.fetchval(_FREE, PARTNERSHIPS_NAME, prefix):04}"


async def begun_content(console: Console, reader: str, reference: str) -> dict[str, Any]:
    """Return the content of a draft that goes on from a partnership of before. A look at it is on record.

    Raises:
        Refused: None stands under the reference, or it goes on here already.
    """
    claim = await claim_on_record(console.desk, reference)
    if claim is None:
        raise Refused("no partnership of before stands under this reference", "Unknown")
    if claim.here is not None:
        raise Refused(f"{claim.record.reference} goes on here already", "IllegalTransition")
    await console.looked_at(reader, claim.record.reference)
    content: dict[str, Any] = texts_of(begun_from(claim.record))
    if (out := content.get("funds_out")) is not None:
        agreed = claim.record.partnership.agreed
        first = {forms.NUMBERED: 0, "money": {"currency": agreed.currency if agreed is not None else ""}}
        out["payee"] = {forms.SAME: "partner"}
        out["tranches"] = open_tranches(claim.record.partnership) or [first]
    return content
