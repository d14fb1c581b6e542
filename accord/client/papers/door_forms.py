"""The forms of the grantee's door in which a person stands: they are found, and erased with the person's name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

from accord.client.desk import Desk
from domain.names.spelling import Names
from ledger.moment import lend
from records.privacy.vault import NamedPerson
from records.submissions.sealing import FormSealing, TextDamaged

_FORMS: Final = (
    "SELECT id, kind, opened_at FROM grantee.forms WHERE subject = $1 AND erased_at IS NULL ORDER BY opened_at"
)
_KEYS: Final = "SELECT form, key FROM grantee.keys_of($1, $2)"
_TEXTS: Final = "SELECT place, stored FROM grantee.texts_of($1)"
_ERASE: Final = "SELECT grantee.erase_of($1, $2)"


class NamingForm(NamedTuple):
    """A form of the door in which a person stands."""

    form: UUID
    partnership_id: str
    kind: str
    opened_at: datetime
    places: tuple[str, ...]
    """The kinds of texts that name them: address, field, submission."""

    @property
    def words(self) -> str:
        """The form, as a list says it."""
        places = " and ".join(self.places)
        return f"the {self.kind.lower()} form of {self.partnership_id} of {self.opened_at:%Y-%m-%d} ({places})"


async def forms_naming(desk: Desk, person: NamedPerson, partnerships: Collection[str], actor: str) -> list[NamingForm]:
    """Return the forms in which a person stands by name or address, in the partnerships that name them.

    To look into the forms of a partnership is a line of the access log, under `actor`.
    """
    names, naming = Names((person.name, *await _addresses(desk, person, partnerships))), list[NamingForm]()
    async with lend(desk.pool) as connection:
        for partnership_id in partnerships:
            keys = {row["form"]: bytes(row["key"]) for row in await connection.fetch(_KEYS, partnership_id, actor)}
            for form, kind, opened_at in await connection.fetch(_FORMS, partnership_id):
                texts = await connection.fetch(_TEXTS, form) if form in keys else ()
                places = _places(FormSealing(form, keys[form]), texts, names) if texts else ()
                if places:
                    naming.append(NamingForm(form, partnership_id, kind, opened_at, places))
    return naming


async def erase_forms(pool: asyncpg.Pool, person: UUID, forms: Sequence[NamingForm]) -> None:
    """Destroy the keys of forms in which a person stands whose erasure is on record, and write their table anew."""
    if not forms:
        return
    async with lend(pool) as connection:
        for naming in forms:
            await connection.execute(_ERASE, naming.form, person)
        await connection.execute("SELECT grantee.rewrite()")


async def _addresses(desk: Desk, person: NamedPerson, ids: Collection[str]) -> set[str]:
    """The addresses under which a person is a contact."""
    partnerships = [await desk.known_partnership(partnership_id) for partnership_id in ids]
    contacts = [contact for partnership in partnerships for contact in partnership.proposed.contacts]
    return {contact.email for contact in contacts if contact.email and contact.name == person.name}


def _places(sealing: FormSealing, texts: Iterable[asyncpg.Record], names: Names) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row["place"].partition("/")[0] for row in texts if names.are_in(_opened(sealing, row))))


def _opened(sealing: FormSealing, row: asyncpg.Record) -> str:
    """The text in a place, or '' where it was damaged: whoever verifies the ledger is told of that."""
    try:
        return sealing.opened(row["place"], bytes(row["stored"])).decode("utf-8", "replace")
    except TextDamaged:
        return ""
