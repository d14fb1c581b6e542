"""Mentions: comments that name a person, until they open the partnership.

The ledger holds the comments, and the access log who looked. No more is kept of it.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final, NamedTuple

import asyncpg

from domain.directory.people import StaffMember
from domain.streams import PARTNERSHIP_STREAMS
from records.read_models.lists import kept_titles

KEPT: Final = timedelta(days=30)
"""The time that a mention stands where nobody opens the partnership."""
MOST: Final = 50
"""Comments that are read for one person, the newest first."""

COMMENTS_QUERY: Final = """
SELECT split_part(e.stream_id, '/', 2), e.payload ->> 'actor', e.payload ->> 'text'
  FROM ledger.readable e
 WHERE e.event_type = 'CommentMade' AND e.recorded_at > ledger.now() - $1::interval
   AND starts_with(e.stream_id, $2) AND e.payload ->> 'actor' <> $3
   AND lower(e.payload ->> 'text') LIKE ANY ($4)
   AND NOT EXISTS (SELECT FROM console.looks l WHERE l.subject = split_part(e.stream_id, '/', 2) AND l.staff_id = $3
                                                 AND l.at > e.recorded_at)
 ORDER BY e.position DESC LIMIT $5
"""


class OpenMention(NamedTuple):
    """A comment that names somebody, in a partnership that they have not opened since."""

    partnership_id: str
    actor: str
    """The id of who wrote it."""
    title: str
    text: str


async def mentions_of(pool: asyncpg.Pool, member: StaffMember) -> list[OpenMention]:
    """Return the comments that name a person and are newer than their last look, the newest of each partnership."""
    rows = await pool.fetch(COMMENTS_QUERY, *about_comments(member))
    newest = {row[0]: row for row in reversed(rows) if names_person(row[2], member)}
    titles = await kept_titles(pool, list(newest)) if newest else {}
    mentions = [
        OpenMention(partnership_id, actor, titles.get(partnership_id, (partnership_id,))[0], text)
        for partnership_id, actor, text in newest.values()
    ]
    return mentions[::-1]


def about_comments(member: StaffMember) -> tuple[timedelta, str, str, list[str], int]:
    """Return the arguments of `COMMENTS_QUERY` for a person."""
    likely = [f"%@{_escaped(name.lower())}%" for name in (member.staff_id, member.name)]
    return KEPT, PARTNERSHIP_STREAMS, member.staff_id, likely, MOST


def _escaped(name: str) -> str:
    return re.sub(r"([%_\\])", r"\\\1", name)


def names_person(text: str, member: StaffMember) -> bool:
    """True if a text names a person by @ and their id or their whole name, and means no longer name."""
    called = "|".join(re.escape(name) for name in (member.staff_id, member.name))
    return re.search(rf"(?<![\w@])@(?:{called})(?![\w-]|\.\w)", text, re.IGNORECASE) is not None
