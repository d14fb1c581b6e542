"""The encryption of people's names in events, as the ledger asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Protocol

from asyncpg.pool import PoolConnectionProxy

from ledger.model import AppendRequest, KnownNames, ReadablePayload

NO_KEYS: Final[Mapping[str, bytes | None]] = MappingProxyType({})


class NameEncryption(Protocol):
    """Encryption of people's names in events: they are encrypted when stored and decrypted when read."""

    async def names_in(self, stream_id: str, connection: PoolConnectionProxy) -> KnownNames:
        """Return the people whom a stream names, with their keys."""
        ...

    async def seal(self, request: AppendRequest, connection: PoolConnectionProxy | None = None) -> AppendRequest:
        """Return the request with its names encrypted. The same request always gives identical bytes.

        `connection`: where to look first for people whom the stream names already.
        """
        ...

    def with_keys(self, query: str, arguments: Sequence[Any], streams: Sequence[str]) -> tuple[str, Sequence[Any]]:
        """Return a query of the events of streams, and its arguments, which may read keys of their names as well.

        A key is a row without a position: its `event_id` is the person and its `payload` the key, NULL if destroyed.
        """
        ...

    async def open(
        self,
        payloads: Sequence[bytes],
        connection: PoolConnectionProxy | None = None,
        keys: Mapping[str, bytes | None] = NO_KEYS,
        streams: Sequence[str] = (),
    ) -> Sequence[ReadablePayload]:
        """Return the payloads with names decrypted. A name whose key was destroyed is replaced by a placeholder.

        Uses `connection`, or one of its own. `keys`: by person, as `with_keys` had them read with the payloads from
        `streams`; further ones are fetched.
        """
        ...


class NoNameEncryption:
    """An implementation of `NameEncryption` without encryption, which therefore refuses events that name people."""

    async def names_in(self, stream_id: str, connection: PoolConnectionProxy) -> KnownNames:
        """Return nobody."""
        return {}

    async def seal(self, request: AppendRequest, connection: PoolConnectionProxy | None = None) -> AppendRequest:
        """Return the request unchanged.

        Raises:
            ValueError: Its events contain people's names.
        """
        if any(event.named for event in request.events):
            raise ValueError("the events name people, and this ledger has nothing to seal them with")
        return request

    def with_keys(self, query: str, arguments: Sequence[Any], streams: Sequence[str]) -> tuple[str, Sequence[Any]]:
        """Return the query unchanged."""
        return query, arguments

    async def open(
        self,
        payloads: Sequence[bytes],
        connection: PoolConnectionProxy | None = None,
        keys: Mapping[str, bytes | None] = NO_KEYS,
        streams: Sequence[str] = (),
    ) -> Sequence[ReadablePayload]:
        """Return the payloads as they are stored."""
        return [ReadablePayload(payload) for payload in payloads]
