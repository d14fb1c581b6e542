"""Rights to append: the rows by which the database lets tasks append, compared with `domain.recorded.writers`.

No login writes them. `accord migrate` adds what this release needs and takes nothing away: a row that the code does not
have was written by a newer release, or by whoever owns the database. A form that the release before cannot read is
held shut by them until `accord upgrade --open` (ADR 0102). A new database is granted all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from domain.recorded.further import KNOWN_BEFORE, NEW_FORMS
from domain.recorded.schema import NEWEST_FORMS
from domain.recorded.writers import MAY_APPEND

NAME: Final = "rights to append"


class Right(NamedTuple):
    """A task's right to append a type of event to the streams of a kind."""

    writer: str
    event_type: str
    stream: str
    """The pattern of the streams' names."""

    def __str__(self) -> str:
        return f"the {self.writer}'s right to append {self.event_type} on {self.stream}"


Rights = Mapping[Right, int]
"""Rights, each with the newest schema version that it covers."""

OF_THIS_RELEASE: Final[Rights] = {
    Right(writer, event_type, kind): NEWEST_FORMS[event_type]
    for writer, kinds in MAY_APPEND.items()
    for kind, event_types in kinds.items()
    for event_type in sorted(event_types)
}

BASE: Final[Rights] = {right: KNOWN_BEFORE.get(right.event_type, form) for right, form in OF_THIS_RELEASE.items()}
"""Those without which this release does not work: a form that is held is not needed."""

_GRANT: Final = """
INSERT INTO appending.rights (writer, event_type, stream, form) VALUES ($1, $2, $3, $4)
ON CONFLICT (writer, event_type, stream) DO UPDATE SET form = excluded.form
"""


async def granted_in(connection: asyncpg.Connection | PoolConnectionProxy) -> Rights:
    """Return the rights that the database grants, or none if it is not migrated."""
    if await connection.fetchval("SELECT to_regclass('appending.rights')") is None:
        return {}
    rows = await connection.fetch("SELECT writer, event_type, stream, form FROM appending.rights")
    return {Right(*right): form for *right, form in rows}


async def grant(connection: asyncpg.Connection, rights: Rights) -> None:
    """Grant rights, or raise the forms that they cover."""
    await connection.executemany(_GRANT, [(*right, form) for right, form in rights.items()])


def missing_from(current_rights: Rights) -> Rights:
    """Return the rights to grant: all to a new database, else those that are needed and are not there."""
    least = BASE if current_rights else OF_THIS_RELEASE
    return {right: form for right, form in least.items() if current_rights.get(right, 0) < form}


def shut_in(current_rights: Rights) -> Rights:
    """Return the rights that are held shut, each with the form that it would cover."""
    return {
        right: form
        for right, form in OF_THIS_RELEASE.items()
        if BASE[right] < form and current_rights.get(right, 0) < form
    }


def shut_forms(current_rights: Rights) -> dict[str, int]:
    """Return the forms that are held shut, by type of event."""
    return {right.event_type: form for right, form in shut_in(current_rights).items()}


def opened_forms(current_rights: Rights) -> dict[str, int]:
    """Return the forms that can be held and are open, by type of event."""
    return {kind: form for kind, form in NEW_FORMS.items() if kind not in shut_forms(current_rights)}


async def open_forms(connection: asyncpg.Connection) -> dict[str, int]:
    """Let what is held be recorded from now on. Return the forms that were shut, by type of event."""
    async with connection.transaction():
        current_rights = await granted_in(connection)
        await grant(connection, shut_in(current_rights))
    return shut_forms(current_rights)


def beyond(current_rights: Rights) -> list[str]:
    """Return, in words, the rights that are granted and not of this release, or up to a form that it does not know."""
    above = {right: form for right, form in current_rights.items() if form > OF_THIS_RELEASE.get(right, 0)}
    return sorted(f"{right} in form {form}" for right, form in above.items())


async def differences(connection: asyncpg.Connection | PoolConnectionProxy) -> list[str]:
    """Return, in words and each with its remedy, where the rights that are granted are not those of this release."""
    current_rights = await granted_in(connection)
    remedy = "verify with the release that granted it; if none did, delete its row of appending.rights as the owner"
    return [
        *[f"{right} is not of this release ({remedy})" for right in beyond(current_rights)],
        *[
            f"{right} in form {form} is missing (`accord migrate`)"
            for right, form in missing_from(current_rights).items()
        ],
    ]
