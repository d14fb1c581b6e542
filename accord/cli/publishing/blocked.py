"""The shell command that lists blocked property, for the report of what is held on 30 June."""

from __future__ import annotations

import typer

from accord.cli.options import JsonOption, KnownAtOption, run
from accord.cli.printing.output import out
from accord.cli.publishing.orders import (
    AtOption,
    FunderOption,
    OutOption,
    PublishingOrder,
    day_of,
    funder_of,
    write_publication,
)
from accord.cli.publishing.signatures import SigningOption, key_in
from accord.client.desk import open_desk
from accord.presentation.times.moments import moment_of
from publishing.blocked.property import BlockedItem
from publishing.blocked.publication import blocked_property
from publishing.cases import Stand
from records.publications.blocked import read_blocked
from records.publications.reading import published_state


def blocked_command(
    at: AtOption, folder: OutOption, known_at: KnownAtOption = None, funder: FunderOption = "",
    key: SigningOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """List the blocked property that the ledger knows of, for OFAC's report of what is held on 30 June.

    That report is due by 30 September, and one within ten business days of each blocking (31 CFR 501.603). Accord files
    neither, knows no property beside this ledger, and gives no legal advice.
    Example: accord publish blocked --at 2027-06-30 --out blocked-2027
    """
    order = PublishingOrder(at, known_at, funder, folder, as_json, key_in(key))
    stand, items = run(_read(order))
    publication = blocked_property(items, stand)
    write_publication(order, publication, stand)
    if not as_json:
        held_on, due = publication.options["held_on"], publication.options["report_due"]
        out.print(f"The report of what is held on {held_on} is due by {due}; what is held on it is what a list of that "
                  "day says.", markup=False, soft_wrap=True)  # fmt: skip


async def _read(order: PublishingOrder) -> tuple[Stand, tuple[BlockedItem, ...]]:
    true_at = day_of(order)
    async with open_desk() as desk:
        state = await published_state(desk.reader, moment_of(order.known_at, "--known-at"))
        funder = funder_of(state.directory, order.funder)
        return await read_blocked(desk.reader, state, funder, true_at)


def register(app: typer.Typer) -> None:
    """Add the command to the shell."""
    app.command("blocked")(blocked_command)
