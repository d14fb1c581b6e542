"""The links to a partnership's forms: to whom, what they may, and who used them when."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

import asyncpg

from domain.submissions.kinds import DoorForm
from ledger import clock
from ledger.moment import lend
from records.submissions.sealing import FormSealing, TextDamaged

_HAS_FORMS: Final = "SELECT EXISTS (SELECT FROM grantee.forms WHERE subject = $1)"
_LINKS: Final = "SELECT * FROM grantee.links_of($1, $2)"
_HANDED_IN: Final = """
SELECT s.number, s.kind, s.at, s.sha256, f.about FROM grantee.submissions s JOIN grantee.forms f ON f.id = s.form
 WHERE f.subject = $1 ORDER BY s.number
"""


class DoorLink(NamedTuple):
    """A link to a form, as staff see it. Its secret is nowhere."""

    form: DoorForm
    about: str
    address: str
    may: str
    is_colleague: bool
    until: datetime
    is_open: bool
    has_secret: bool
    browsers: int
    first_use: datetime | None
    last_use: datetime | None


class HandedInOnce(NamedTuple):
    """A submission of a partnership, without its content."""

    number: int
    kind: str
    at: datetime
    sha256: str
    about: str


async def links_of(pool: asyncpg.Pool, partnership_id: str, reader: str) -> list[DoorLink]:
    """Return the links to a partnership's forms. Where there are any, it is a look of `reader`."""
    async with lend(pool) as connection:
        if not await connection.fetchval(_HAS_FORMS, partnership_id):
            return []
        return [_link(row) for row in await connection.fetch(_LINKS, partnership_id, reader)]


def _link(row: asyncpg.Record) -> DoorLink:
    try:
        address = FormSealing(row["form"], bytes(row["key"])).opened("address", bytes(row["address"])).decode()
    except TextDamaged:
        address = "an address that was changed in the database"
    now = clock.now()
    is_open = row["revoked_at"] is None and row["closed_at"] is None and now < min(row["until"], row["closes_at"])
    return DoorLink(
        form=DoorForm(row["kind"]),
        about=row["about"],
        address=address,
        may=row["may"],
        is_colleague=row["is_colleague"],
        until=row["until"],
        is_open=is_open,
        has_secret=row["is_sent"],
        browsers=row["browsers"],
        first_use=row["first_used"],
        last_use=row["last_used"],
    )


async def handed_in_for(pool: asyncpg.Pool, partnership_id: str) -> list[HandedInOnce]:
    """Return every submission of a partnership, the oldest first, without its content."""
    async with lend(pool) as connection:
        rows = await connection.fetch(_HANDED_IN, partnership_id)
    return [HandedInOnce(row["number"], row["kind"], row["at"], row["sha256"].hex(), row["about"]) for row in rows]
