"""Shell commands on matches with sanctions lists: show them, and clear one as a second person."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

import typer
from temporalio.service import RPCError

from accord.cli.options import ActorOption, IdArgument, JsonOption, ReasonOption, run
from accord.cli.printing.output import out, print_json, rows_table
from accord.client.desk import open_desk
from accord.organisation.clearances import clear, match_named, match_now, matches_of
from domain.screening.matches import SanctionsMatch
from domain.streams import StreamId


def show_matches(partnership_id: IdArgument, as_json: JsonOption = False) -> None:
    """Show the sanctions-list matches of a partnership's parties and of the payee's bank, and who cleared them.

    Example: accord matches P-2026-0042
    """

    async def work() -> list[SanctionsMatch]:
        async with open_desk() as desk:
            matches = await matches_of(desk, await desk.known_partnership(partnership_id))
            return [await match_now(desk, match) for match in matches]

    matches = run(work())
    if as_json:
        return print_json(matches)
    if not matches:
        return out.print(f"No party of {partnership_id} meets a sanctions list.")
    rows = (
        (
            match.pair[:12],
            match.party,
            f"{match.listed_name} (entity {match.entity})",
            f"{match.score:.0f}",
            ", ".join(match.cleared_by) or "-",
        )
        for match in matches
    )
    out.print(rows_table(("Pair", "Party", "Listed", "Score", "Cleared by"), rows))
    for sanctions_match in matches:
        for line in sanctions_match.explanation:
            out.print(f"{sanctions_match.pair[:12]}  {line}", markup=False, soft_wrap=True)
    return None


def clear_match(
    partnership_id: IdArgument,
    pair: Annotated[str, typer.Argument(help="The pair, as `accord matches` shows it, or its beginning.")],
    reason: ReasonOption,
    actor: ActorOption,
    as_json: JsonOption = False,
) -> None:
    """Clear a match: the party is not the listed entity.

    It must be signed by a verifier or a director other than the proposer. The clearance is valid for exactly this pair
    of party and listed entity, in every partnership, until the party or the list's entry changes.

    Example: accord clear-match P-2026-0042 3fa94c11 --reason 'born forty years later, passport seen' --as vera.lind
    """

    async def work() -> SanctionsMatch:
        async with open_desk(acting=True) as desk:
            partnership = await desk.known_partnership(partnership_id)
            match = match_named(await matches_of(desk, partnership), partnership_id, pair)
            await clear(desk, partnership, match, reason, actor)
            with suppress(RPCError):  # without the signal, the workflow rechecks before any decision or payment
                handle = desk.temporal.get_workflow_handle(StreamId.partnership(partnership_id))
                await handle.signal("registers_changed")
            return match

    match = run(work())
    if as_json:
        return print_json({"party": match.party, "entity": match.entity, "listed_name": match.listed_name})
    return out.print(f"Cleared: {match.party} is not entity {match.entity} ({match.listed_name}).", markup=False)


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    app.command("matches")(show_matches)
    app.command("clear-match")(clear_match)
