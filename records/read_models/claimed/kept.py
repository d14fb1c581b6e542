"""Which partnerships of before a list shows: those whose import stands, each key once. It loads no models."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import Final, NamedTuple

import asyncpg

from records.read_models.lists import CLAIMS, IMPORTED_NAME, PARTNERSHIPS_NAME, ListQuery

_KEPT: Final = """
SELECT d.stream_id, d.document ->> 'order', d.document #>> '{record,source}', d.document #>> '{record,partnership,key}',
       (d.document ->> 'first')::bigint
  FROM projection.documents d JOIN projection.checkpoints c USING (name, generation)
 WHERE d.name = $1 AND c.live AND d.document -> 'record' <> 'null'
"""
ANY_CLAIM: Final = """
SELECT EXISTS (SELECT FROM ledger.events WHERE stream_id >= 'imported/' AND stream_id < 'imported0')
"""
"""The query whether there are partnerships of before at all, for which alone the domain is loaded."""
_GOING_ON: Final = """
SELECT DISTINCT split_part(l.stream_id, '/', 2)
  FROM projection.lines l JOIN projection.checkpoints c USING (name, generation)
 WHERE l.name = $1 AND c.live AND l.stream_id = ANY ($2) AND l.list = 'partnerships'
   AND CASE WHEN $3::date IS NULL THEN l.until IS NULL ELSE l.since <= $3 AND (l.until IS NULL OR l.until > $3) END
   AND l.line ->> 'stage' NOT IN ('DECLINED', 'WITHDRAWN')
"""


class KeptClaim(NamedTuple):
    """The place of a partnership of before in the system of before, and the import that brought it in."""

    stream_id: str
    order: str
    source: str
    key: str
    first: int
    """The position of the first event of its stream."""

    @property
    def reference(self) -> str:
        """Its reference here."""
        return self.stream_id.rpartition("/")[2]


async def kept_claims(pool: asyncpg.Pool) -> list[KeptClaim]:
    """Return the partnerships of before that the read model has, whether their imports stand or not."""
    return [KeptClaim(*row) for row in await pool.fetch(_KEPT, IMPORTED_NAME)]


async def going_on(pool: asyncpg.Pool, references: Collection[str], day: date | None = None) -> frozenset[str]:
    """Return those of some references under which a partnership goes on here, now or at the end of a day.

    One that was declined or withdrawn does not.
    """
    streams = [f"partnership/{reference}" for reference in references]
    return frozenset(row[0] for row in await pool.fetch(_GOING_ON, PARTNERSHIPS_NAME, streams, day))


def left_out(claims: Iterable[KeptClaim], standing_orders: Collection[str]) -> frozenset[str]:
    """Return the streams that no list shows.

    Those are of imports that do not stand, and of a key that stands under a reference that came sooner.
    """
    without, seen = set[str](), set[tuple[str, str]]()
    for claim in sorted(claims, key=lambda claim: claim.first):
        if claim.order not in standing_orders or (claim.source, claim.key) in seen:
            without.add(claim.stream_id)
        else:
            seen.add((claim.source, claim.key))
    return frozenset(without)


def of_before(question: ListQuery) -> ListQuery:
    """Return a question to a list as it is asked of the partnerships of before."""
    return replace(question, projection=IMPORTED_NAME, list=CLAIMS[question.list])
