"""Looks by people, from the access log."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final

import asyncpg

_LOOKS: Final = """
SELECT at, staff_id, subject FROM console.looks
 WHERE ($1::text[] IS NULL OR subject = ANY ($1)) AND ($2 = '' OR staff_id = $2)
   AND ($3::timestamptz IS NULL OR at >= $3) ORDER BY number DESC LIMIT $4
"""


async def looks_at(
    pool: asyncpg.Pool, partnerships: Sequence[str] | None, by: str, since: datetime | None, most: int | None
) -> AsyncIterator[dict[str, Any]]:
    """Yield the looks at some partnerships, or all, the newest first. `by`: one person's, or '' for anybody's."""
    for at, staff_id, subject in await pool.fetch(_LOOKS, partnerships, by, since, most):
        yield {"looked_at": at.isoformat(), "staff_id": staff_id, "subject": subject}
