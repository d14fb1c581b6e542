"""Tell what of an event an installation does not record yet: it can still go back to a release that cannot read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from domain.errors import FormShut
from domain.recorded.further import FURTHER, WITH_FIGURES, WITH_PLACES, Further, form_of, says
from domain.recorded.schema import AnyEvent

Connection: TypeAlias = asyncpg.Connection | PoolConnectionProxy

_FORM: Final = "SELECT min(form) FROM appending.rights WHERE event_type = $1"


async def shut_fields(pool: asyncpg.Pool, event: AnyEvent) -> tuple[str, ...]:
    """Return the fields of an event that the database's rights do not let through yet, or none.

    A form that was opened is never shut again, so an answer that is late says too little and never too much.
    """
    return tuple(field for _, further in await _shut(pool, (event,)) for field in further.fields if says(event, field))


async def _shut(pool: asyncpg.Pool, events: Iterable[AnyEvent]) -> list[tuple[AnyEvent, Further]]:
    """Return the parts of events whose forms are held shut. Of each type of event the database is asked once."""
    parts = [(event, further) for event in events for further in _further(event)]
    event_types = dict.fromkeys(event.event_type for event, _ in parts)
    forms = {event_type: await pool.fetchval(_FORM, event_type) or 0 for event_type in event_types}
    return [(event, further) for event, further in parts if further.form > forms[event.event_type]]


def _further(event: AnyEvent) -> tuple[Further, ...]:
    """Return the parts that the form of an event may hold, if it says something in one of them."""
    parts = FURTHER.get(event.event_type, ())
    said_parts = tuple(further for further in parts if further.form <= form_of(event)) if parts else ()
    return said_parts if any(says(event, field) for further in said_parts for field in further.fields) else ()


async def names_have_places(connection: Connection) -> bool:
    """True if an installation records names with their places: every event with evidence may say so."""
    return await _are_open(connection, WITH_PLACES)


async def bookings_have_figures(connection: Connection) -> bool:
    """True if an installation records the rate and the charges of a booking: every event with the bank's word may."""
    return await _are_open(connection, WITH_FIGURES)


async def _are_open(connection: Connection, forms: Mapping[str, Further]) -> bool:
    rights = [await connection.fetchval(_FORM, event_type) or 0 for event_type in forms]
    return all(form >= further.form for form, further in zip(rights, forms.values(), strict=True))


async def require_open(pool: asyncpg.Pool, events: Iterable[AnyEvent]) -> None:
    """Raise FormShut if an event says what the database's rights do not let through yet."""
    for event, further in await _shut(pool, events):
        field = next(field for field in further.fields if says(event, field))
        raise FormShut(
            f"{field}: {further.meaning} is recorded once this installation no longer goes back to a release that "
            "cannot read it; whoever operates it says when: `accord upgrade --open`"
        )
