"""Personal data in events: encrypted under one key per person, unreadable once that is destroyed (crypto-shredding).

The encrypted text is what is stored and hashed, so every proof remains valid after an erasure. Whoever reads through
the ledger sees the names; whoever reads its table does not. Encryption is deterministic (AES-SIV, RFC 5297), so a retry
gives identical bytes; the price is that equal texts about the same person can be recognised as equal.
"""

from __future__ import annotations

import hmac
import re
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from domain.names.spelling import fold
from ledger.model import MARK, AppendRequest, PersonalName, ReadablePayload
from ledger.moment import lend
from ledger.names import NO_KEYS
from records.privacy.sealed_texts import ERASED, SEALED, decrypted, is_marked, opened, sealed_people
from records.privacy.sealing import Seal, Sealer

_KEY_BITS: Final = 512
_PEOPLE: Final = "SELECT * FROM privacy.known($1, $2, $3, $4, $5)"
_NAMED: Final = (
    "SELECT p.subject, p.person, p.key FROM privacy.mentions m JOIN privacy.people p USING (person) "
    "WHERE m.stream_id = $1 AND p.erased_at IS NULL"
)
_SALT: Final = "SELECT salt FROM privacy.salt"
_KEYS: Final = "SELECT person, key FROM privacy.people WHERE person = ANY ($1)"
_WITH_KEYS: Final = (
    "({}) UNION ALL "
    "SELECT NULL, '', 0, person, NULL, '', 0, key, NULL, NULL, NULL FROM privacy.people WHERE person = ANY (${})"
)
_STREAMS_REMEMBERED: Final = 5_000


class NamedPerson(NamedTuple):
    """A person named in the ledger, with the streams that name them."""

    person: UUID
    subject: str
    streams: tuple[str, ...]

    @property
    def name(self) -> str:
        """Their main name, by which the subject begins."""
        return re.split(r", | \(", self.subject, maxsplit=1)[0]


TOGETHER: Final = "; "
"""The separator of several people of one name in one partnership, who are one subject there."""


class SharedName(RuntimeError):
    """Nothing was erased: elsewhere the person stands together with a namesake, under one key."""


class StaleErasure(RuntimeError):
    """Nothing was erased: another stream names the person by now, or they were erased already. Read again."""


class Vault:
    """The encryption of names on appending, and their decryption on reading. Holds no key longer than one call."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._salt = b""
        self._named: OrderedDict[tuple[str, ...], frozenset[str]] = OrderedDict()
        """{streams read together: the pseudonyms of the people in them}: whose keys to read with them next time."""

    async def names_in(self, stream_id: str, connection: PoolConnectionProxy) -> Mapping[bytes, Seal]:
        """Return the seals of the people whom a stream names, by digest, without the erased.

        A key that is destroyed afterwards encrypts nothing more: the append refuses it (0014_erasures.sql).
        """
        rows = await connection.fetch(_NAMED, stream_id)
        return {row["subject"]: Seal(row["person"], row["key"]) for row in rows}

    async def seal(self, request: AppendRequest, connection: PoolConnectionProxy | None = None) -> AppendRequest:
        """Return the request with the names in its events encrypted. The same request always gives the same bytes."""
        namings = _by_text(naming for event in request.events for naming in event.named)
        if not namings:
            return request
        subjects = list(dict.fromkeys(naming.subject for naming in namings.values()))
        seals = await self._seals_of(request, subjects, connection)
        beside = {naming.text: naming.beside for naming in namings.values()}
        sealer = Sealer({naming.text: seals[naming.subject] for naming in namings.values()}, beside)
        return replace(request, events=tuple(map(sealer.event, request.events)), names=None)

    async def _seals_of(
        self, request: AppendRequest, subjects: Sequence[str], connection: PoolConnectionProxy | None
    ) -> dict[str, Seal]:
        """Return the seals of people. Those whom the request's stream is not known to name are registered there."""
        digests = {await self._digest(subject): subject for subject in subjects}
        seals = request.names or {}
        if connection is not None and not seals:
            seals = await self.names_in(request.stream_id, connection)
        if not digests.keys() <= seals.keys():
            seals = await self._register(request.stream_id, digests)
        return {subject: seals[digest] for digest, subject in digests.items()}

    async def _register(self, stream_id: str, digests: Mapping[bytes, str]) -> Mapping[bytes, Seal]:
        """Note that a stream names people, and return their seals. A new person gets a fresh one."""
        # Offered, not taken: for a person who is known already the database answers with the pseudonym and key that
        # they have.
        fresh = [Seal(uuid4(), AESSIV.generate_key(_KEY_BITS)) for _ in digests]
        sealed = list(map(Seal.of, fresh, digests.values()))
        columns = [seal.person for seal in fresh], [seal.key for seal in fresh], sealed
        async with lend(self._pool) as connection:
            rows = await connection.fetch(_PEOPLE, stream_id, list(digests), *columns)
        return {row["subject"]: Seal(row["person"], row["key"]) for row in rows}

    async def _digest(self, subject: str) -> bytes:
        """Return the salted digest by which a person is found. It does not reveal who they are."""
        if not self._salt:
            async with lend(self._pool) as connection:
                self._salt = bytes(await connection.fetchval(_SALT))
        return hmac.digest(self._salt, subject.encode(), "sha256")

    def with_keys(self, query: str, arguments: Sequence[Any], streams: Sequence[str]) -> tuple[str, Sequence[Any]]:
        """Return a query of the events of streams that reads the keys of those who were named in them last time."""
        people = self._named.get(tuple(streams))
        if not people:
            return query, arguments
        return _WITH_KEYS.format(query, len(arguments) + 1), (*arguments, [UUID(person) for person in people])

    async def open(
        self,
        payloads: Sequence[bytes],
        connection: PoolConnectionProxy | None = None,
        keys: Mapping[str, bytes | None] = NO_KEYS,
        streams: Sequence[str] = (),
    ) -> Sequence[ReadablePayload]:
        """Return the payloads with names decrypted, and ERASED in place of what no key opens."""
        people = sealed_people(payloads)
        keys = {**keys, **await self._keys_of(people - keys.keys(), connection)}
        if streams:
            self._remember(tuple(streams), people)
        return [opened(payload, keys) if is_marked(payload) else ReadablePayload(payload) for payload in payloads]

    async def _keys_of(
        self, people: Collection[str], connection: PoolConnectionProxy | None
    ) -> dict[str, bytes | None]:
        """Return the keys of people by pseudonym, without those whom nobody ever registered."""
        if not people:
            return {}
        async with nullcontext(connection) if connection else lend(self._pool) as proxy:
            rows = await proxy.fetch(_KEYS, [UUID(person) for person in people])
        return {str(row["person"]): row["key"] for row in rows}

    def _remember(self, streams: tuple[str, ...], people: frozenset[str]) -> None:
        self._named[streams] = self._named.pop(streams, frozenset()) | people
        if len(self._named) > _STREAMS_REMEMBERED:
            self._named.popitem(last=False)

    async def people(self) -> list[NamedPerson]:
        """Return all named people whose key still exists, ordered by subject."""
        query = (
            "SELECT p.person, p.key, p.sealed, array_agg(m.stream_id ORDER BY m.stream_id) AS streams "
            "FROM privacy.people p JOIN privacy.mentions m USING (person) WHERE p.erased_at IS NULL GROUP BY p.person"
        )
        async with lend(self._pool) as connection:
            rows = await connection.fetch(query)
        named_persons = [NamedPerson(row["person"], _subject(row), tuple(row["streams"])) for row in rows]
        return sorted(named_persons, key=lambda person: person.subject)

    async def named_in(self, people: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
        """Return the streams that name people, living or erased. Who is unknown here is not in it."""
        query = (
            "SELECT person, array_agg(stream_id) AS streams FROM privacy.mentions WHERE person = ANY ($1) GROUP BY 1"
        )
        async with lend(self._pool) as connection:
            rows = await connection.fetch(query, list(people))
        return {row["person"]: tuple(row["streams"]) for row in rows}

    async def shared_by(self, person: NamedPerson) -> str | None:
        """Return the subject under which a person stands together with a namesake, or None if there is none."""
        shared = (person.subject for person in await self.people() if TOGETHER in person.subject)
        return next((subject for subject in shared if person.subject in subject.split(TOGETHER)), None)

    async def bearing(self, named_person: NamedPerson) -> list[int]:
        """Return the positions of the events of a person's streams in which a text about them is encrypted."""
        query = (
            "SELECT position FROM ledger.events WHERE stream_id = ANY ($1) AND position($2::bytea IN payload) > 0 "
            "ORDER BY position"
        )
        async with lend(self._pool) as connection:
            rows = await connection.fetch(query, list(named_person.streams), f"{MARK}{named_person.person}:".encode())
        return [row["position"] for row in rows]

    async def destroy(self, named_person: NamedPerson, position: int, connection: PoolConnectionProxy) -> None:
        """Destroy a person's key and the data that identifies them, in the transaction of the connection.

        `position`: the position up to which it was listed which events name them.

        Raises:
            StaleErasure: They are named in a stream that is not listed or in a later event, or erased already.
            SharedName: They stand together with a namesake elsewhere, whose name must be erased with theirs first.
        """
        if shared := await self.shared_by(named_person):
            raise SharedName(f"{named_person.subject} has a namesake in the same partnership; first erase {shared!r}")
        query = "SELECT privacy.destroy($1, $2, $3)"
        if not await connection.fetchval(query, named_person.person, list(named_person.streams), position):
            raise StaleErasure(f"{named_person.subject} was named elsewhere meanwhile; look at it and try again")


def _by_text(namings: Iterable[PersonalName]) -> dict[str, PersonalName]:
    """Return the namings by their folded text. Several people of one name, whom nobody tells apart, are one subject."""
    namings_by_text: dict[str, PersonalName] = {}
    for naming in namings:
        name = namings_by_text.setdefault(fold(naming.text), naming)
        if fold(naming.subject) not in map(fold, name.subject.split(TOGETHER)):
            beside = tuple(dict.fromkeys((*name.beside, *naming.beside)))
            namings_by_text[fold(naming.text)] = PersonalName(
                TOGETHER.join((name.subject, naming.subject)), naming.text, beside
            )
    return namings_by_text


def _subject(row: asyncpg.Record) -> str:
    match = SEALED.fullmatch(row["sealed"].encode())
    if match is None:
        raise ValueError(f"the name of {row['person']} is not encrypted as it should be")
    return decrypted(match, row["key"]) or ERASED
