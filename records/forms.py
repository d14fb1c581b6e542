"""Tell what of an event an installation does not record yet: it can still go back to a release that cannot read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import asyncpg

from domain.errors import FormShut
from domain.recorded.schema import FURTHER, AnyEvent, form_of

_FORM: Final = "SELECT min(form) FROM appending.rights WHERE event_type = $1"


async def shut_fields(pool: asyncpg.Pool, event: AnyEvent) -> tuple[str, ...]:
    """Return the fields of an event that the database's rights do not let through yet, or none.

    A form that was opened is never shut again, so an answer that is late says too little and never too much.
    """
    further = FURTHER.get(event.event_type)
    if further is None or form_of(event) < event.schema_version:
        return ()
    form = await pool.fetchval(_FORM, event.event_type)
    return further.fields if (form or 0) < event.schema_version else ()


async def require_open(pool: asyncpg.Pool, events: Iterable[AnyEvent]) -> None:
    """Raise FormShut if an event says what the database's rights do not let through yet."""
    for event in events:
        for field in await shut_fields(pool, event):
            raise FormShut(
                f"{field}: {FURTHER[event.event_type].meaning} is recorded once this installation no longer goes back "
                "to a release that cannot read it; whoever operates it says when: `accord upgrade --open`"
            )
