"""The table of entries that book a payment file of ours as a whole, by which they are looked at again."""

from __future__ import annotations

from collections.abc import Iterable

from payments import Connection
from payments.answers.matching.matched import MatchedEntry

_KEEP = "INSERT INTO payments.booked_files (file_sha256, place, message_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
_HEARD = "UPDATE payments.booked_files SET is_heard = true WHERE file_sha256 = $1 AND place = $2"


async def keep_booked_files(connection: Connection, file_sha256: str, matched_entries: Iterable[MatchedEntry]) -> None:
    """Store the entries of a bank file that book a payment file. The same ones again change nothing."""
    for matched_entry in matched_entries:
        if matched_entry.file:
            await connection.execute(_KEEP, file_sha256, matched_entry.entry.place, matched_entry.file)


async def mark_heard(connection: Connection, file_sha256: str, place: str) -> None:
    """Mark an entry whose payments all heard it, so that nobody looks at it again."""
    await connection.execute(_HEARD, file_sha256, place)


async def unheard_files(connection: Connection) -> list[str]:
    """Return the digests of the bank's files with an entry that books a payment file and that no payment heard yet."""
    query = "SELECT DISTINCT file_sha256 FROM payments.booked_files WHERE NOT is_heard ORDER BY file_sha256"
    return [row["file_sha256"] for row in await connection.fetch(query)]
