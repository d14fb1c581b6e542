"""Who took a payment file out of the counter's folder: the access log says it, to the console and to the counter."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final, NamedTuple

import asyncpg

_TAKERS: Final = """
SELECT DISTINCT ON (subject) subject, staff_id, at FROM console.looks WHERE subject = ANY($1)
 ORDER BY subject, number DESC
"""


class Taking(NamedTuple):
    """The last time that somebody took a file."""

    staff_id: str
    at: datetime


def taken_subject(message_id: str) -> str:
    """Return the subject, in the access log, of taking a payment file out of the counter's folder."""
    return f"took the file {message_id}"


async def takings(pool: asyncpg.Pool, message_ids: Collection[str]) -> Mapping[str, Taking]:
    """Return the last taking of each file that somebody took."""
    by_subject = {taken_subject(message_id): message_id for message_id in message_ids}
    rows = await pool.fetch(_TAKERS, list(by_subject)) if by_subject else []
    return {by_subject[row["subject"]]: Taking(row["staff_id"], row["at"]) for row in rows}
