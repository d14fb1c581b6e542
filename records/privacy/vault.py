"""Personal data in events: encrypted under one key per person, unreadable once that is destroyed (crypto-shredding).

The encrypted text is what is stored and hashed, so every proof remains valid after an erasure. Whoever reads through
the ledger sees the names; whoever reads its table does not. Encryption is deterministic (AES-SIV, RFC 5297), so a retry
gives identical bytes; the price is that equal texts about the same person can be recognised as equal.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from domain.canonical_json import canonical_json
from domain.names.spelling import Names, fold
from ledger.model import MARK, STRAY, AppendRequest, NewEvent, PersonalName, ReadablePayload
from ledger.moment import lend
from ledger.names import NO_KEYS

ERASED: Final = f"{MARK}erased⟧"
"""The text that replaces the name of a person whose key is destroyed."""

_SEALED: Final = re.compile(rf"{MARK}([0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}):([A-Za-z0-9_-]+)⟧".encode())
_MARK: Final = MARK.encode()
_ESCAPED: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u27[eE]6")
"""The mark as JSON may also write it. Whoever writes for Accord never does (RFC 8785)."""
_CODE: Final = re.compile(r"[A-Z0-9_.:/-]+|[a-z0-9_.:/-]+")
_KEY_BITS: Final = 512
_NOTHING: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({})
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
        matches = (match for payload in payloads if _MARK in payload for match in _SEALED.finditer(payload))
        people = frozenset(match[1].decode() for match in matches)
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


class Seal(NamedTuple):
    """A person's pseudonym and key."""

    person: UUID
    key: bytes

    def of(self, text: str) -> str:
        """Return the encrypted form of a text about the person."""
        # Bound to the pseudonym, so that a sealed text cannot be moved to another person.
        content = AESSIV(self.key).encrypt(text.encode(), [self.person.bytes])
        return f"{MARK}{self.person}:{base64.urlsafe_b64encode(content).decode().rstrip('=')}⟧"

    def within(self, value: Any) -> Any:
        """Return the value of a field about the person, a text or a list, with every text in it encrypted."""
        match value:
            case str():
                return self.of(value)
            case list():
                return [self.within(part) for part in value]
            case _:
                return value


class Sealer:
    """The encryption of names wherever an event's content contains them.

    A name of several words, or an address, is also found within longer texts; a name of one word only where it is the
    whole text and cannot be a code, an identifier or an event type. It may be written in any way that `fold` levels.
    Other personal data, such as a date of birth, cannot be recognised by its text, so it is found by its field, in
    every object that names the person.
    """

    def __init__(self, seals: dict[str, Seal], beside: Mapping[str, tuple[str, ...]] = _NOTHING) -> None:
        self._own = {fold(text): dict.fromkeys(fields, seals[text]) for text, fields in beside.items()}
        self._seals = {fold(text): seal for text, seal in seals.items() if not _CODE.fullmatch(text)}
        distinct = [text for text in self._seals if len(text.split()) > 1 or "@" in text]
        self._in_order = [self._seals[text] for text in distinct]
        self._names = Names(distinct)

    def event(self, event: NewEvent) -> NewEvent:
        """Return an event with its names encrypted."""
        content = self._value(json.loads(event.payload), event.event_type)
        return replace(event, payload=canonical_json(content), named=(), clear=event.payload)

    def _value(self, value: Any, event_type: str) -> Any:
        match value:
            case str():
                return value if value == event_type else self._text(value)
            case dict():
                return self._object(value, event_type)
            case list():
                return [self._value(part, event_type) for part in value]
            case _:
                return value

    def _object(self, value: dict[str, Any], event_type: str) -> dict[str, Any]:
        seals: dict[str, Seal] = {}
        for text in value.values():
            seals |= self._own.get(fold(text), {}) if isinstance(text, str) else {}
        return {
            key: seals[key].within(part) if key in seals else self._value(part, event_type)
            for key, part in value.items()
        }

    def _text(self, text: str) -> str:
        if (seal := self._seals.get(fold(text))) is not None and not _CODE.fullmatch(text):
            return seal.of(text)
        sealed_text, after = "", 0
        for start, end, name in self._names.within(text):
            sealed_text += text[after:start] + self._in_order[name].of(text[start:end])
            after = end
        return sealed_text + text[after:]


def _subject(row: asyncpg.Record) -> str:
    match = _SEALED.fullmatch(row["sealed"].encode())
    if match is None:
        raise ValueError(f"the name of {row['person']} is not encrypted as it should be")
    return _decrypted(match, row["key"]) or ERASED


def is_marked(payload: bytes) -> bool:
    """True if a payload holds the mark, written in either way."""
    return _MARK in payload or (b"\\u27" in payload and _ESCAPED.search(payload) is not None)


def opened(payload: bytes, keys: Mapping[str, bytes | None]) -> ReadablePayload:
    """Return a payload as readers see it, given the keys of the people in it, or None for a destroyed one."""
    unreadable_people: set[str] = set()

    def text_of(match: re.Match[bytes]) -> bytes:
        person = match[1].decode()
        text = _decrypted(match, keys.get(person))
        if text is None:
            # With a key at hand it is no erasure: the text was never sealed under that key.
            unreadable_people.add(STRAY if keys.get(person) else person)
            return ERASED.encode()
        # A decrypted text that bears the mark would pass for a seal itself.
        if MARK in text:
            unreadable_people.add(STRAY)
        return json.dumps(text, ensure_ascii=False)[1:-1].encode()

    readable_payload = _SEALED.sub(text_of, payload)
    # A mark that is no whole seal was written by somebody else, who would pass a text off as erased.
    if is_marked(_SEALED.sub(b"", payload)):
        unreadable_people.add(STRAY)
    return ReadablePayload(readable_payload, frozenset(unreadable_people))


def _decrypted(match: re.Match[bytes], key: bytes | None) -> str | None:
    """Return the text that was encrypted, or None if the key does not open it or is destroyed."""
    if key is None:
        return None
    with suppress(ValueError, InvalidTag):  # it was not encrypted under this key
        content = base64.urlsafe_b64decode(match[2] + b"=" * (-len(match[2]) % 4))
        return AESSIV(key).decrypt(content, [UUID(match[1].decode()).bytes]).decode()
    return None


def blanked(payload: bytes) -> bytes:
    """Return a payload for readers without keys: encrypted texts are replaced, and the rest is unchanged."""
    return _SEALED.sub("⟦sealed⟧".encode(), payload)
