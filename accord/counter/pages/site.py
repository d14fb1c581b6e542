"""The counter as its pages and its errands use it: a desk for each of its logins, and no key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import asyncpg
from temporalio.client import Client

from accord.client.whole_ledger import require_whole
from accord.counter.pages.errands.errands import Errands
from accord.counter.pages.settings import CounterSettings
from accord.counter.pages.touching import TouchDesk
from accord.web.sessions import Sessions
from accord.web.site import Site
from deploy.logins import Login
from domain.signatures.signing import PasskeySignature
from records.books.reading import Books
from records.keys.keyring import Keyring

LOGINS: Final = (Login.COUNTER, Login.EXPORTER, Login.IMPORTER, Login.STAFF)
"""The logins of the counter's process: its own, and those under which the shell does the same."""
COOKIE: Final = "__Host-accord-counter"
SESSIONS: Final = "counter.sessions"
PATIENCE: Final = 60.0
"""Seconds for which an errand waits for a worker's look or answer."""


@dataclass(frozen=True)
class CounterSite(Site):
    """One counter. What it reads by itself, it reads under the exporter's login."""

    settings: CounterSettings
    pools: Mapping[Login, asyncpg.Pool] = field(default_factory=dict)
    client: Client | None = None
    errands: Errands = field(init=False)
    books: Books = field(init=False)
    """The book, which the process goes on with, under the importer's login."""

    def __post_init__(self) -> None:
        """Keep sessions and errands under the login that the pages have for themselves."""
        pool = self.pools[Login.COUNTER]
        object.__setattr__(self, "sessions", Sessions(pool, SESSIONS, COOKIE))
        object.__setattr__(self, "errands", Errands(pool))
        object.__setattr__(self, "books", Books(self.desk_of(Login.IMPORTER, client=False).reader))

    def desk_of(self, login: Login, touch: PasskeySignature | None = None, client: bool = True) -> TouchDesk:
        """Return a desk under a login, with the signature that was handed in, if any.

        `client`: False for one that only reads: it asks no worker to look.
        """
        keyless = Keyring(self.settings.folder)
        return TouchDesk(
            self.pools[login], keyless, client=self.client if client else None, patience=PATIENCE, touch=touch
        )

    async def exporting(self, touch: PasskeySignature | None = None) -> TouchDesk:
        """Return a desk for payment files, after checking that the ledger lost nothing. Raises Refused if it did."""
        desk = self.desk_of(Login.EXPORTER, touch)
        await require_whole(desk)
        return desk
