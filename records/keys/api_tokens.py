"""The tokens of the HTTP API as the directory has them, and whether each opens anything now.

A token stands because two guardians signed it, whoever wrote the event. It is read anew for each request: the directory
adds what was recorded since, so that a revocation holds at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from domain.directory.directory import Directory
from domain.directory.people import ApiTokenEnrolled, ApiTokenRevoked, DirectoryChangeConfirmed, DirectoryChangeProposed
from domain.organisation.tokens import ApiToken
from domain.recorded.event import RecordedEvent
from domain.signatures.signing import Signature
from domain.streams import DIRECTORY_STREAM
from ledger import Ledger
from records.directory import is_doubted, readable
from records.directory_stream import DirectoryStream


class TokenStanding(StrEnum):
    """The standing of a token: open, or closed with its reason."""

    OPEN = "OPEN"
    REVOKED = "REVOKED"
    """Two guardians revoked it, or one proposed to: a token that leaked does not wait for the second."""
    OVER = "OVER"
    """Its last day is over."""
    DOUBTED = "DOUBTED"
    """A signature on its enrolment was made with a key that is now known to have been compromised by then."""


class HeldToken(NamedTuple):
    """A token on record, and its standing."""

    token: ApiToken
    standing: TokenStanding


class TokensOnRecord:
    """The tokens of one ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._directory = DirectoryStream(ledger)

    async def directory(self) -> Directory:
        """Return the directory as it stands."""
        return await self._directory.directory()

    async def held(self, digest: str, on: date) -> HeldToken | None:
        """Return the token whose secret has a digest, with its standing on a day, or None if nobody enrolled it."""
        directory = await self.directory()
        token = next((token for token in directory.tokens if token.sha256 == digest), None)
        return HeldToken(token, await self._standing(directory, token, on)) if token is not None else None

    async def all_held(self, on: date) -> list[HeldToken]:
        """Return every token that was ever enrolled, in that order, with its standing on a day."""
        directory = await self.directory()
        return [HeldToken(token, await self._standing(directory, token, on)) for token in directory.tokens]

    async def _standing(self, directory: Directory, token: ApiToken, on: date) -> TokenStanding:
        if token.token_id in directory.revoked_tokens or _is_to_be_revoked(directory, token.token_id):
            return TokenStanding.REVOKED
        if on > token.last_day:
            return TokenStanding.OVER
        if directory.compromised and await self._is_doubted(directory, token):
            return TokenStanding.DOUBTED
        return TokenStanding.OPEN

    async def _is_doubted(self, directory: Directory, token: ApiToken) -> bool:
        events = list(readable(await self._ledger.read_stream(DIRECTORY_STREAM)))
        return any(is_doubted(directory, _signature(event), event) for event in _enrolling(events, token))


def _is_to_be_revoked(directory: Directory, token_id: str) -> bool:
    """True if a guardian proposed that a token is revoked, and no second one confirmed it so far."""
    waiting = (fact for change in directory.pending for fact in change.changes)
    return any(isinstance(fact, ApiTokenRevoked) and fact.token_id == token_id for fact in waiting)


def _enrolling(events: Iterable[RecordedEvent], token: ApiToken) -> list[RecordedEvent]:
    """Return the proposals that name a token, and their confirmations."""
    proposals = [
        event
        for event in events
        if isinstance(event.event, DirectoryChangeProposed)
        and any(isinstance(fact, ApiTokenEnrolled) and fact.token == token for fact in event.event.changes)
    ]
    names = {event.event.change_id for event in proposals if isinstance(event.event, DirectoryChangeProposed)}
    confirmations = [
        event
        for event in events
        if isinstance(event.event, DirectoryChangeConfirmed) and event.event.change_id in names
    ]
    return [*proposals, *confirmations]


def _signature(event: RecordedEvent) -> Signature | None:
    return getattr(event.event, "signature", None)
