"""Shell commands on matches with sanctions lists: what they are, and that a second person looked at one."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

import typer
from pydantic import ValidationError
from temporalio.service import RPCError

from accord.cli.options import ActorOption, IdArgument, JsonOption, ReasonOption, run
from accord.cli.printing import out, print_json, rows_table
from accord.client.desk import Desk, open_desk
from accord.client.faults import BadInput, Refused
from accord.client.input_files import faults_of
from activities.verification import screen_with_clearances
from domain.identity import derive
from domain.partnership.state import Partnership
from domain.screening.clearance import (
    MatchCleared,
    clearance_content,
    clearance_fault,
    clearance_statement,
    conflict_of_duties,
)
from domain.screening.evidence import MatchKind, SanctionsMatch
from domain.streams import StreamId
from ledger import clock
from payments.accounts import AccountChanged, UnknownAccount, banks_of, read_account
from records.keys.ed25519 import verified

_ENOUGH = 8
"""How much of a pair's digest is enough to name it."""


def show_matches(partnership_id: IdArgument, as_json: JsonOption = False) -> None:
    """Show whom a partnership's parties and the payee's bank resemble on the sanctions lists, and who cleared what.

    Example: accord matches P-2026-0042
    """

    async def work() -> list[SanctionsMatch]:
        async with open_desk() as desk:
            met = await _matches(desk, await desk.known_partnership(partnership_id))
            return [await _now(desk, match) for match in met]

    found = run(work())
    if as_json:
        return print_json(found)
    if not found:
        return out.print(f"No party of {partnership_id} meets a sanctions list.")
    rows = (
        (
            one.pair[:12],
            one.party,
            f"{one.listed_name} (entity {one.entity})",
            f"{one.score:.0f}",
            ", ".join(one.cleared_by) or "-",
        )
        for one in found
    )
    out.print(rows_table(("Pair", "Party", "Listed", "Score", "Cleared by"), rows))
    for one in found:
        for line in one.explanation:
            out.print(f"{one.pair[:12]}  {line}", markup=False, soft_wrap=True)
    return None


def clear_match(
    partnership_id: IdArgument,
    pair: Annotated[str, typer.Argument(help="The pair, as `accord matches` shows it, or its beginning.")],
    reason: ReasonOption,
    actor: ActorOption,
) -> None:
    """Say that a party and the listed entity that it resembles are two. A verifier or a director, and not its proposer.

    It is remembered for exactly this pair, in every partnership, until the party or the list's entry changes.

    Example: accord clear-match P-2026-0042 3fa94c11 --reason 'born forty years later, passport seen' --as vera.lind
    """

    async def work() -> SanctionsMatch:
        async with open_desk(acting=True) as desk:
            partnership = await desk.known_partnership(partnership_id)
            match = _named(await _matches(desk, partnership), partnership_id, pair)
            await _clear(desk, partnership, match, reason, actor)
            with suppress(RPCError):  # who does not look at once looks before anything is decided or paid
                handle = desk.temporal.get_workflow_handle(StreamId.partnership(partnership_id))
                await handle.signal("registers_changed")
            return match

    match = run(work())
    out.print(f"Cleared: {match.party} is not entity {match.entity} ({match.listed_name}).", markup=False)


async def _matches(desk: Desk, partnership: Partnership) -> tuple[SanctionsMatch, ...]:
    """Return the matches of a partnership's last verification, and those of the payee's bank now."""
    recorded = partnership.verification.screening.matches if partnership.verification else ()
    if partnership.account is None:
        return recorded
    async with desk.pool.acquire() as connection:
        try:
            details = await read_account(connection, partnership.account.reference, partnership.account.sha256)
        except (UnknownAccount, AccountChanged) as fault:
            raise Refused(f"its payee's bank cannot be looked at: {fault}", "AccountChanged") from fault
        found = await screen_with_clearances(connection, desk.registrar, banks_of(details))
    return (*recorded, *found.matches)


async def _now(desk: Desk, match: SanctionsMatch) -> SanctionsMatch:
    """The match with who cleared it since it was recorded."""
    who = await desk.registrar.cleared_by(match.pair) if match.pair else ()
    return match.model_copy(update={"cleared_by": who or match.cleared_by})


def _named(matches: tuple[SanctionsMatch, ...], partnership_id: str, pair: str) -> SanctionsMatch:
    found = {one.pair: one for one in matches if len(pair) >= _ENOUGH and one.pair.startswith(pair)}
    if len(found) != 1:
        raise BadInput(
            f"{pair!r} names {len(found) or 'none'} of the matches of {partnership_id}; "
            f"see `accord matches {partnership_id}`"
        )
    (match,) = found.values()
    if match.kind is MatchKind.EXACT:
        what = f"{match.party!r} bears the listed name exactly; that is refused, not cleared"
        raise Refused(what, "IllegalTransition")
    return match


async def _clear(desk: Desk, partnership: Partnership, match: SanctionsMatch, reason: str, actor: str) -> None:
    stream, now, directory = StreamId.clearance(match.pair), clock.now(), await desk.directory()
    involved = partnership.involved | {*partnership.payers}
    if part := conflict_of_duties(actor, directory, now.date(), partnership.partnership_id, involved):
        raise Refused(part, "SeparationOfDuties")
    command_id = derive("clearance", match.pair, partnership.partnership_id, actor, desk.key_id(actor))
    content = clearance_content(match.pair, partnership.partnership_id, reason.strip())
    signature = await desk.sign(clearance_statement(content, actor, now, command_id))
    try:
        event = MatchCleared(at=now, actor=actor, signature=signature, **content)
    except ValidationError as fault:
        raise BadInput(f"the clearance has {faults_of(fault)}") from None
    if why := clearance_fault(event, directory, verified, now.date()):
        raise Refused(why, "NotAuthorised")
    known = await desk.ledger.read_stream(stream)
    if not any(one.command_id == command_id for one in known):
        await desk.append(stream, len(known), command_id, actor, event, people=partnership.people)


def register(app: typer.Typer) -> None:
    """Add these commands to the shell."""
    app.command("matches")(show_matches)
    app.command("clear-match")(clear_match)
