"""Grantees at the door: what they hold, what was acknowledged to them, and whoever stole their mailbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg

from accord.grantee.store import GranteeLink, OpenForm
from domain.partnership.submission.invitations import form_id
from domain.submissions.kinds import DoorForm
from ledger import clock
from records.submissions.forms import NewForm, asked_code, make_code, make_link, open_form, stored_link
from tests.simulation.grounds.clock import LATE

ADDRESS: Final = "ida.holm@library.example"
TELEPHONE: Final = "+1 971 555 0100"
THEIR_ADDRESS: Final = "ida@look-alike.example"
THEIR_TELEPHONE: Final = "+44 20 7946 0958"
THEIR_IBAN: Final = "DE89370400440532013000"
"""The thief's."""

WORDS: Final = (
    "Eleven courses were held",
    "We moved two courses into spring",
    f"Our treasurer's telephone is new: {THEIR_TELEPHONE}",
    f"Write to {THEIR_ADDRESS} from now on",
    f"Please call {THEIR_TELEPHONE} about our new account",
    "Our bank closed; pay to DE89 3704 0044 0532 0130 00 at once",
)
"""What the honest, the careless and a thief write. Pages refuse the last; the door's functions do not read it."""


def contact_of(organization: str) -> dict[str, Any]:
    """Return the contact of a payee, who answers the telephone on record, and knows of nothing."""
    return {"name": "Ida Holm", "email": ADDRESS, "organization": organization, "phone": TELEPHONE}


class Place(NamedTuple):
    """A form of a partnership."""

    partnership_id: str
    kind: DoorForm
    about: str

    @property
    def form(self) -> UUID:
        """Its id."""
        return form_id(self.partnership_id, self.kind, self.about, 0)


class Acknowledged(NamedTuple):
    """A submission of which a grantee was told that it is received, and when."""

    place: Place
    sha256: str
    at: datetime
    words: str


@dataclass
class Mailbox:
    """All that grantees have and know, or who stole it: the links in their mail, and what the door told them."""

    links: dict[Place, str] = field(default_factory=dict)
    received: list[Acknowledged] = field(default_factory=list)
    saved: dict[tuple[Place, str], dict[int, str]] = field(default_factory=dict)
    """By field: the texts that were said to be saved, by their revision, until somebody chose."""
    refused: int = 0

    def names_their_number(self, partnership_id: str) -> bool:
        """True if what was received for a partnership names the thief's telephone."""
        return any(
            told.place.partnership_id == partnership_id and THEIR_TELEPHONE in told.words for told in self.received
        )

    def copy(self) -> Mailbox:
        """Return what was known at this moment."""
        texts = {key: dict(revisions) for key, revisions in self.saved.items()}
        return Mailbox(dict(self.links), list(self.received), texts, self.refused)


async def mail_a_link(pool: asyncpg.Pool, box: Mailbox, place: Place) -> None:
    """Open a form and mail its link, as the process of mail does."""
    form = NewForm(place.form, place.kind, place.partnership_id, place.about, None, "en", clock.now() + LATE)
    async with pool.acquire() as connection, connection.transaction():
        key = await open_form(connection, form, {"title": "Digital skills", "partner": "Riverbend Library Network"})
        box.links[place] = await make_link(connection, form, key, ADDRESS)


async def code_in_mail(pool: asyncpg.Pool, link: GranteeLink, form: OpenForm, purpose: str) -> str | None:
    """Return the digits that the mailbox gets for a link, or None where there are no more today."""
    if not await link.ask_code(purpose):
        return None
    query = "SELECT id FROM grantee.codes WHERE link = $1 AND purpose = $2 ORDER BY asked_at DESC LIMIT 1"
    async with pool.acquire() as connection:
        newest = await connection.fetchval(query, form.link, purpose)
        asked, stored = await asked_code(connection, newest), await stored_link(connection, form.link)
        return await make_code(connection, newest, asked, stored.key) if asked and stored else None
