"""Enrol an endpoint and revoke it as a guardian signs it, stop it, let it go on, and send anew what it took."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from accord.client.desk import Desk
from accord.client.reading import LedgerAccess
from accord.operations.webhooks import cursors
from accord.operations.webhooks.cursors import Cursor
from accord.operations.webhooks.sealing import seal
from accord.operations.webhooks.signing import digest_of, new_signing_secret
from accord.organisation.governance import DirectoryChange, change_directory
from accord.presentation.faults import BadInput, Refused
from accord.presentation.input_files import faults_of
from deploy.payloads.keys import PayloadKeys
from domain.directory.directory import Directory
from domain.directory.people import EndpointEnrolled, EndpointRevoked
from domain.recorded.schema import KINDS as EVENT_TYPES
from domain.webhooks.endpoint import Endpoint
from ledger import clock

MOST_DAYS: Final = 731
"""The most days for which an endpoint is enrolled: then two guardians look at it again."""

ENDED: Final = frozenset({"OVER", "REVOKED"})
"""The states in which nothing is ever sent again."""


class EnrolledSecret(NamedTuple):
    """An endpoint that is proposed, with its secret, which is shown once and kept sealed."""

    endpoint: Endpoint
    secret: str
    change: DirectoryChange


class EndpointStanding(NamedTuple):
    """An endpoint with where it stands."""

    endpoint: Endpoint
    state: str
    """WAITS for a second guardian, ACTIVE, FAILING, STOPPED, OVER or REVOKED."""
    cursor: Cursor | None
    behind: int
    """The number of events that it hears and did not take."""


async def enrol(desk: Desk, keys: PayloadKeys, actor: str | None, content: Mapping[str, Any]) -> EnrolledSecret:
    """Propose an endpoint with a new secret. Nothing is sent to it before another guardian confirms it.

    `content`: its fields, without the digest of a secret.

    Raises:
        BadInput: A field has not its form, or nobody records such a type of event; each is named with the remedy.
        Refused: The person may not, or there is such an endpoint.
    """
    secret = new_signing_secret()
    try:
        endpoint = Endpoint.model_validate({**content, "sha256": digest_of(secret)})
    except ValidationError as fault:
        raise BadInput(f"the endpoint has {faults_of(fault)}") from None
    _require_possible(endpoint, await desk.ledger.head())
    directory = await desk.directory()
    if not directory.sealed:
        raise Refused("two guardians enrol an endpoint, and nobody has a key yet; see `accord staff enrol`")
    await cursors.keep(desk.pool, endpoint.sha256, seal(keys, secret))
    change = await change_directory(desk, (EndpointEnrolled(endpoint=endpoint),), actor)
    return EnrolledSecret(endpoint, secret, change)


def _require_possible(endpoint: Endpoint, head: int) -> None:
    unknown_types = [name for name in endpoint.event_types if name not in EVENT_TYPES]
    if unknown_types:
        raise BadInput(f"--hears: there is no event {unknown_types[0]}; `accord webhooks types` lists all")
    if endpoint.after > head:
        raise BadInput(f"--after: {endpoint.after} lies ahead; the ledger has {head} events")
    days = (endpoint.last_day - clock.today()).days
    if not 0 <= days <= MOST_DAYS:
        raise BadInput(f"--until: {endpoint.last_day} is over, or more than {MOST_DAYS} days ahead; name a nearer day")


async def revoke(desk: Desk, name: str, actor: str | None) -> DirectoryChange:
    """Revoke an endpoint: from the first guardian's signature on nothing is sent to it.

    Raises:
        Refused: The person may not, or there is no such endpoint.
    """
    endpoint = _named(await desk.directory(), name)
    return await change_directory(
        desk, (EndpointRevoked(endpoint_name=endpoint.name, endpoint_sha256=endpoint.sha256),), actor
    )


async def stop(desk: Desk, name: str, actor: str) -> None:
    """Stop an endpoint until somebody lets it go on. Raises Refused as `resume` does."""
    await _say(desk, name, actor, stops=True)


async def resume(desk: Desk, name: str, actor: str) -> None:
    """Let an endpoint go on where it was.

    Raises:
        Refused: There is no such endpoint, or the person is not in the directory.
    """
    await _say(desk, name, actor)


async def replay(desk: Desk, name: str, first: int, actor: str) -> None:
    """Send an endpoint again what it hears from a position on. It bears the ids that it bore before.

    Raises:
        BadInput: The position lies ahead of what it took, or before what two guardians let it hear.
        Refused: As `resume` does.
    """
    endpoint = _named(await desk.directory(), name)
    cursor = await cursors.read_cursor(desk.pool, endpoint.sha256)
    newest = cursor.begins(endpoint) if cursor is not None else endpoint.after
    if not endpoint.after < first <= max(newest, endpoint.after + 1):
        raise BadInput(
            f"--from: {first} is not between {endpoint.after + 1}, from which {name} hears, and {newest}, up to which"
            " it took all: nothing is skipped"
        )
    is_before = cursor is not None and first <= cursor.position
    await _say(desk, name, actor, position=first - 1 if is_before else None)


async def _say(desk: Desk, name: str, actor: str, position: int | None = None, stops: bool = False) -> None:
    directory = await desk.directory()
    endpoint = _named(directory, name)
    if directory.person(actor) is None:
        raise Refused(f"{actor!r} is not in the staff directory; see `accord staff list`", "Unknown")
    if not await cursors.say(desk.pool, endpoint.sha256, actor, position, stops):
        raise Refused(f"the secret of {name} is not kept here; revoke it, and enrol it anew", "Unknown")


def _named(directory: Directory, name: str) -> Endpoint:
    """Return the endpoint of a name that is not revoked. Raises Refused if there is none."""
    for endpoint in directory.endpoints:
        if endpoint.name == name and not directory.is_revoked(endpoint):
            return endpoint
    raise Refused(f"there is no endpoint {name!r} in force; see `accord webhooks list`", "Unknown")


async def standings(desk: LedgerAccess) -> list[EndpointStanding]:
    """Return every endpoint that two guardians enrolled, and those that wait for the second, with where each stands."""
    directory, kept = await desk.directory(), await cursors.read_cursors(desk.pool)
    waiting = [
        fact.endpoint for change in directory.pending for fact in change.changes if isinstance(fact, EndpointEnrolled)
    ]
    lines = [EndpointStanding(endpoint, "WAITS", None, 0) for endpoint in waiting]
    for endpoint in directory.endpoints:
        cursor = kept.get(endpoint.sha256)
        state = _state(directory, endpoint, cursor)
        begins = cursor.begins(endpoint) if cursor is not None else endpoint.after
        behind = 0 if state in ENDED else await cursors.number_behind(desk.pool, endpoint, begins)
        lines.append(EndpointStanding(endpoint, state, cursor, behind))
    return sorted(lines, key=lambda line: line.endpoint.name)


async def number_sealed_by(desk: Desk, key_id: str) -> int:
    """Return the number of endpoints in force whose secrets are sealed by a key of the ring of payloads."""
    in_force = (await desk.directory()).endpoints_in_force(clock.today())
    return await cursors.number_sealed_by(desk.pool, key_id, [endpoint.sha256 for endpoint in in_force])


def _state(directory: Directory, endpoint: Endpoint, cursor: Cursor | None) -> str:
    if directory.is_revoked(endpoint):
        return "REVOKED"
    if clock.today() > endpoint.last_day:
        return "OVER"
    if cursor is None or cursor.stopped_at is not None:
        return "STOPPED"
    return "FAILING" if cursor.tried else "ACTIVE"
