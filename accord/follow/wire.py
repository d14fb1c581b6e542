"""Ask a ledger over its HTTP API: pages of events, the newest checkpoint, proofs, and the bank's files."""

from __future__ import annotations

import time
from base64 import b64decode
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final, NamedTuple, NoReturn
from uuid import UUID

import httpx

from accord.follow.faults import ApiRefused, ApiSilent
from accord.follow.files import FileRefusal, GivenFile
from ledger import StoredEvent
from ledger.tree import leaf_of

LARGEST_PAGE: Final = 1000
LARGEST_ANSWER: Final = 256_000_000
"""The most bytes of an answer once it is unpacked: a page of events has some three million."""
_SECONDS: Final = 60.0
_LONGEST: Final = 600.0
"""The seconds that a whole answer may take, however steadily it comes."""
_LARGEST_NUMBER: Final = 2**63 - 1
_UNREADABLE: Final = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""The faults of an answer that has not the form that was asked for."""
_AWAY: Final = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
_REFUSALS: Final[Mapping[int, FileRefusal]] = {
    HTTPStatus.FORBIDDEN: FileRefusal.SHUT,
    HTTPStatus.NOT_FOUND: FileRefusal.GONE,
    HTTPStatus.UNPROCESSABLE_ENTITY: FileRefusal.CHANGED,
}
"""The reason for which a file of the bank is not given, by the status of the answer."""


class EventPage(NamedTuple):
    """Events after a position, in order, and the number of events that the ledger says it has."""

    head: int
    events: tuple[StoredEvent, ...]
    changed: int | None
    """The position of the first event whose bytes do not make the leaf that the ledger keeps of it, or None."""


class LedgerApi:
    """The API of one organisation, asked with one token. Use it as a context manager: it keeps a connection open."""

    def __init__(self, url: str, token: str) -> None:
        self._client = httpx.Client(
            base_url=url.rstrip("/"),
            headers={"Authorization": f"Bearer {token}"},
            timeout=_SECONDS,
            follow_redirects=False,
        )

    def __enter__(self) -> LedgerApi:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def events(self, after: int, limit: int = LARGEST_PAGE) -> EventPage:
        """Return at most `limit` events after a position, each with the leaf of its own bytes.

        Raises:
            ApiSilent, ApiRefused: It does not answer, or does not answer this.
        """
        document = self._json("/v1/events", {"after": after, "limit": limit})
        try:
            events = tuple(map(event_of, document["events"]))
            leaves = [fields["leaf"] for fields in document["events"]]
            others = (event.position for event, leaf in zip(events, leaves, strict=True) if event.leaf.hex() != leaf)
            return EventPage(int(document["head"]["size"]), events, next(others, None))
        except _UNREADABLE as fault:
            raise ApiRefused(f"the events after {after} cannot be read ({type(fault).__name__}: {fault})") from None

    def checkpoint(self) -> str | None:
        """Return the newest signed checkpoint as a note, or None if nothing was signed yet. Raises as `events` does."""
        answer = self._ask("GET", "/v1/checkpoint", expected=frozenset({HTTPStatus.NOT_FOUND}))
        return answer.text if answer.is_success else None

    def consistency(self, size: int, new_size: int) -> list[bytes]:
        """Return the hashes that show how one tree extends another. Raises as `events` does."""
        document = self._json("/v1/consistency", {"from": size, "to": new_size})
        try:
            return [bytes.fromhex(part) for part in document["proof"]]
        except _UNREADABLE:
            raise ApiRefused(f"the proof from {size} to {new_size} cannot be read") from None

    def bank_file(self, digest: str) -> GivenFile:
        """Return a bank's file by its digest, or the reason for which it is not given. Raises as `events` does."""
        answer = self._ask("GET", f"/v1/bank-files/{digest}", expected=frozenset(_REFUSALS))
        refusal = _REFUSALS.get(answer.status_code)
        return GivenFile(answer.content) if refusal is None else GivenFile(refusal=refusal)

    def post(self, note: str) -> None:
        """Hand in a note with this follower's signature: a cosigned checkpoint, or where it stopped."""
        self._ask("POST", "/v1/cosignatures", content=note)

    def _json(self, path: str, query: Mapping[str, int]) -> Any:
        answer = self._ask("GET", path, query)
        try:
            return answer.json()
        except (ValueError, RecursionError):
            raise ApiRefused(f"{path} answers with what is no JSON") from None

    def _ask(
        self, method: str, path: str, query: Mapping[str, int] | None = None, content: str = "",
        expected: frozenset[int] = frozenset(),
    ) -> httpx.Response:  # fmt: skip
        """Return the answer, if it is a success or its status is in `expected`."""
        try:
            answer = self._whole_answer(method, path, query, content)
        except httpx.HTTPError as fault:
            raise ApiSilent(f"{self._client.base_url.host} does not answer ({type(fault).__name__})") from fault
        if answer.status_code in _AWAY:
            raise ApiSilent(f"{self._client.base_url.host} cannot answer now ({answer.status_code})")
        if not answer.is_success and answer.status_code not in expected:
            _refuse(path, answer)
        return answer

    def _whole_answer(
        self, method: str, path: str, query: Mapping[str, int] | None, content: str
    ) -> httpx.Response:  # fmt: skip
        """Return the answer to a request, read to its end. No more is held of it than an honest one has."""
        whole, begun = bytearray(), time.monotonic()
        with self._client.stream(method, path, params=query, content=content.encode() or None) as answer:
            for piece in answer.iter_bytes():
                whole += piece
                if len(whole) > LARGEST_ANSWER:
                    raise ApiRefused(f"{path} answers with more than {LARGEST_ANSWER:,} bytes")
                if time.monotonic() - begun > _LONGEST:
                    raise ApiSilent(f"{self._client.base_url.host} does not answer whole within {_LONGEST:.0f} s")
        forms = {name: answer.headers[name] for name in ("Content-Type",) if name in answer.headers}
        return httpx.Response(answer.status_code, headers=forms, content=bytes(whole))


def _refuse(path: str, answer: httpx.Response) -> NoReturn:
    """Raise ApiRefused in the words of the API's problem (RFC 9457), if it has any."""
    try:
        problem = answer.json()
        words = str(problem.get("detail") or problem.get("title"))
    except (ValueError, AttributeError):
        words = answer.reason_phrase
    raise ApiRefused(f"{path}: {words} ({answer.status_code})")


def _is_place(number: object) -> bool:
    return type(number) is int and 0 < number <= _LARGEST_NUMBER


def event_of(fields: Mapping[str, Any]) -> StoredEvent:
    """Return an event as the API writes it, with the leaf of these bytes, whatever it says of its leaf.

    Raises:
        LookupError, TypeError, ValueError, AttributeError, ArithmeticError: It is no event.
    """
    moment = datetime.fromisoformat(fields["recorded_at"])
    numbers = [fields["position"], fields["version"], fields["schema_version"]]
    if moment.tzinfo is None or not all(map(_is_place, numbers)):
        raise ValueError("a time has no zone, or a place is no number")
    event = StoredEvent(
        position=fields["position"],
        stream_id=str(fields["stream"]),
        version=fields["version"],
        event_id=UUID(fields["event_id"]),
        command_id=UUID(fields["command_id"]),
        event_type=str(fields["type"]),
        schema_version=fields["schema_version"],
        payload=fields["payload"].encode(),
        meta=fields["meta"].encode() if "meta" in fields else b64decode(fields["meta_base64"], validate=True),
        recorded_at=moment.astimezone(UTC),
        leaf=b"",
    )
    return event._replace(leaf=leaf_of(event))
