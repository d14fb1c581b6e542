"""The ground that the pages of one process stand on: its settings, the database as its login sees it, its sessions."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, Protocol

from accord.client.sending import Sending
from accord.web.limits import RateLimits
from accord.web.sessions import Sessions
from domain.directory.people import StaffMember


class SignIn(Protocol):
    """The settings of a process with pages, as far as signing in needs them."""

    @property
    def origin(self) -> str:
        """The origin of its pages."""

    @property
    def issuer(self) -> str:
        """The OpenID provider that says who reads."""

    @property
    def client(self) -> str:
        """Its id there."""

    @property
    def secret(self) -> str:
        """Its secret there, or ''."""

    @property
    def claim(self) -> str:
        """The claim that holds a person's identifier in the staff directory."""


@dataclass(frozen=True)
class Site:
    """The pages of one process."""

    settings: SignIn
    desk: Sending
    provider: Any = None
    """The client of the OpenID provider, or None where nobody signs in."""
    sessions: Sessions = field(init=False)
    limits: RateLimits = field(default_factory=RateLimits, init=False)

    async def reader(self, cookie: str | None, by_person: bool) -> StaffMember | None:
        """Return the reader by a cookie, or None if their session is over, or if they left the staff directory since.

        `by_person`: see `Sessions.reader`.
        """
        if not cookie:
            return None
        reader, directory = await asyncio.gather(self.sessions.reader(cookie, by_person), self.desk.directory())
        return directory.person(reader)

    async def looked_at(self, reader: str, *subjects: str) -> None:
        """Note in the access log that somebody looked at what may name people: partnerships by id, or a list."""
        query = "SELECT console.look($1, subject) FROM unnest($2::text[]) subject"
        await self.sessions.pool.execute(query, reader, [subject[:200] for subject in subjects])
