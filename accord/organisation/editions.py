"""Ask for an edition, and confirm one that another person asked for: signed acts, recorded by a worker."""

from __future__ import annotations

from datetime import date
from typing import Final

from accord.client.acts import record_act
from accord.client.desk import Desk
from accord.organisation.signed_acts import require_may, signed_act
from accord.presentation.faults import BadInput, Refused
from domain.directory.directory import role_fault
from domain.editions.content import EditionContent
from domain.editions.events import EditionAsked, EditionConfirmed, EditionEvent
from domain.editions.kinds import MAY_CONFIRM
from domain.editions.models import digest_of_content
from domain.editions.series import EditionSeries, asked_fault
from domain.recorded.acts import OrganisationAct
from domain.streams import StreamId
from ledger import clock
from records.editions import Editions, keep_content

_ENOUGH: Final = 8
"""The least number of leading characters by which a content may be named."""


async def ask(desk: Desk, content: EditionContent, reason: str, starts_on: date | None, actor: str) -> EditionAsked:
    """Ask for an edition, keep its content, and return the request.

    Raises:
        BadInput: A field is wrong, or the content names an edition that is not confirmed; nothing is recorded.
        Refused: The person may not ask, or the series has this edition or a newer one.
    """
    await require_may(desk, actor, EditionAsked)
    if faults := await Editions(desk.reader).faults_of_references(content):
        raise BadInput("\n".join(map(str, faults)))
    canonical_bytes = content.canonical()
    series = await Editions(desk.reader).read(content.kind, content.name)
    event = await signed_act(
        desk, EditionAsked, StreamId.edition(content.kind, content.name), actor, edition_kind=content.kind,
        name=content.name, edition=content.edition, sha256=digest_of_content(canonical_bytes), starts_on=starts_on,
        reason=reason,
    )  # fmt: skip
    if fault := asked_fault(series, event):
        raise Refused(str(fault), "IllegalTransition")
    async with desk.pool.acquire() as connection:
        await keep_content(connection, canonical_bytes)
    await _record(desk, event)
    return event


async def confirm(desk: Desk, series: EditionSeries, digest: str, actor: str) -> EditionConfirmed:
    """Confirm the edition of a series that waits, named by the beginning of its digest, and return the act.

    Raises:
        BadInput: What waits has another digest, or nothing waits.
        Refused: The person may not confirm it, or asked for it.
    """
    waiting, request_id = series.waiting, series.request_id
    if waiting is None or request_id is None:
        raise BadInput(f"no edition of {series.name} waits for a second person; see `accord editions list`")
    if len(digest) < _ENOUGH or not waiting.sha256.startswith(digest.lower()):
        where = f"`accord editions preview {series.name} --edition {waiting.edition}` shows it with its digest"
        raise BadInput(
            f"DIGEST: {digest[:64]!r} does not begin the digest of what waits, with 8 signs at least; {where}"
        )
    if fault := role_fault(await desk.directory(), actor, "confirm edition", MAY_CONFIRM[series.kind], clock.today()):
        raise Refused(str(fault), "NotAuthorised")
    event = await signed_act(
        desk, EditionConfirmed, StreamId.edition(series.kind, series.name), actor, edition_kind=series.kind,
        name=series.name, edition=waiting.edition, sha256=waiting.sha256, request_id=request_id,
    )  # fmt: skip
    await _record(desk, event)
    return event


async def _record(desk: Desk, event: EditionEvent) -> None:
    act = {"command_id": event.signature.statement.command_id, "event": event}
    await record_act(desk, OrganisationAct.model_validate(act))
