"""The pages' common ground: the database as its login sees it, Temporal, the sessions, and no key."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from accord.client.sending import Sending
from accord.console.deciding.prepared import Prepared
from accord.console.serving.limits import RateLimits
from accord.console.serving.sessions import Sessions
from accord.console.serving.settings import ConsoleSettings
from domain.directory.people import StaffMember
from ledger import clock
from ledger.projections import ReadModel
from records.read_models.lists import PARTNERSHIPS_NAME

PACE: Final = timedelta(seconds=10)
"""The time that a projector may take before people are told that lists are old."""


@dataclass(frozen=True)
class Console:
    """One console."""

    settings: ConsoleSettings
    desk: Sending
    provider: Any = None
    """The client of the OpenID provider, or None for the page that signs, where nobody signs in."""
    sessions: Sessions = field(init=False)
    prepared: Prepared = field(init=False)
    limits: RateLimits = field(default_factory=RateLimits, init=False)

    def __post_init__(self) -> None:
        """Keep sessions, and what is prepared, in the same database."""
        object.__setattr__(self, "sessions", Sessions(self.desk.pool))
        object.__setattr__(self, "prepared", Prepared(self.desk.pool))

    async def reader(self, cookie: str | None, by_person: bool) -> StaffMember | None:
        """Return the reader by a cookie, or None if their session is over, or if they left the staff directory since.

        `by_person`: see `Sessions.reader`.
        """
        reader = await self.sessions.reader(cookie, by_person)
        return (await self.desk.directory()).person(reader) if reader else None

    async def age_of_lists(self, name: str = PARTNERSHIPS_NAME) -> str:
        """Return in words since when the lists of a read model are old, or '' while its projector keeps pace."""
        since = await ReadModel(self.desk.ledger, name).waits_since()
        if since is None or clock.now() - since < PACE:
            return ""
        return f"These lists are old: nothing is in them that was recorded since {since:%d %b %Y, %H:%M} UTC."

    async def looked_at(self, reader: str, *subjects: str) -> None:
        """Note in the access log that somebody looked at what may name people: partnerships by id, or a list."""
        query = "SELECT console.look($1, subject) FROM unnest($2::text[]) subject"
        await self.desk.pool.execute(query, reader, [subject[:200] for subject in subjects])
