"""Print results: tables and colours for people, JSON for machines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final

from pydantic import BaseModel
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from domain.partnership.obligations import is_at_rest
from domain.partnership.outlook import Outlook, outlook
from domain.partnership.procedure import WORDS
from domain.partnership.state import ENDED, Partnership, Stage
from domain.proposal import Proposal
from workflows.messages import Receipt

PIPE_WIDTH = 160
"""The width in columns if there is no terminal, so that piped tables are not cut."""

out = Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)
"""The console for results, on standard output."""

err = Console(stderr=True, highlight=False)
"""The console for faults and progress, on standard error, so that results can be piped."""

STYLES = {
    Stage.CLOSED: "green",
    Stage.ACTIVE: "cyan",
    Stage.DECLINED: "red",
    Stage.WITHDRAWN: "yellow",
    Stage.TERMINATED: "red",
}


def print_json(value: Any) -> None:
    """Print a value as indented JSON, without colours or line wrapping. Pydantic models in it become objects."""
    out.print_json(json.dumps(_plain(value)), highlight=False) if out.is_terminal else print(  # noqa: T201
        json.dumps(_plain(value), indent=2)
    )


def _plain(value: Any) -> Any:
    match value:
        case BaseModel():
            return value.model_dump(mode="json")
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case _:
            return value


def print_receipt(receipt: Receipt, as_json: bool) -> None:
    """Print a command's receipt: the events it led to, the stage, and the next step."""
    if as_json:
        return print_json(receipt)
    told = (event for event in receipt.what if event != "DeadlineSet")
    happened = ", ".join(_told(event) for event in told) or "nothing new"
    again = " (asked for before; nothing was done twice)" if receipt.replayed else ""
    out.print(f"[bold]{receipt.partnership_id}[/bold] {happened}{again}")
    return print_next(receipt.stage, receipt.outlook, receipt.on_hold)


def _told(event_type: str) -> str:
    return WORDS[event_type].receipt if event_type in WORDS else FOLLOWS.get(event_type, event_type)


FOLLOWS: Final = {"PartnershipClosed": "closed", "FundsAllotted": "its funds keep the money"}
"""The wording on receipts for events that Accord records by itself, by event type."""


def print_next(stage: Stage, ahead: Outlook, on_hold: bool) -> None:
    """Print a partnership's stage and its next step."""
    held = " [yellow](on hold)[/yellow]" if on_hold else ""
    out.print(f"Stage: [{STYLES.get(stage, 'bold')}]{stage.value}[/]{held}", soft_wrap=True)
    who = f" - by {', '.join(role.value for role in ahead.awaiting)}" if ahead.awaiting else ""
    due = f", due {ahead.due:%Y-%m-%d}" if ahead.due else ""
    if stage not in ENDED or ahead.awaiting:
        out.print(f"Next: {ahead.next_step}{who}{due}", soft_wrap=True, markup=False)
        if ahead.command:
            out.print(f"  {ahead.command}", soft_wrap=True, markup=False)


def portfolio_table(portfolio: Iterable[Partnership], title: str = "") -> Table:
    """Return a table of partnerships, sorted by id."""
    table = Table(title=title or None, header_style="bold")
    table.add_column("Id", no_wrap=True)
    table.add_column("Title", ratio=3)
    table.add_column("Funder", overflow="fold")
    table.add_column("Fund", overflow="fold")
    table.add_column("Amount", justify="right", no_wrap=True)
    table.add_column("Stage", no_wrap=True)
    table.add_column("Why / next", ratio=4)
    for partnership in sorted(portfolio, key=lambda known: known.partnership_id):
        proposal = partnership.proposed
        stage = f"[{STYLES.get(partnership.stage, 'bold')}]{partnership.stage.value}[/]"
        table.add_row(
            partnership.partnership_id,
            escape(proposal.title),
            ", ".join(proposal.funder_ids),
            ", ".join([one.fund for one in partnership.shares] or funds_named(proposal)) or "-",
            str(proposal.money or "-"),
            stage + (" [yellow]HOLD[/]" if partnership.hold else ""),
            escape(_why_or_next(partnership)),
        )
    return table


def _why_or_next(partnership: Partnership) -> str:
    """Return the next step or, after the end, why it ended, and what is owed still."""
    next_step = outlook(partnership).next_step
    if not partnership.ended:
        return next_step
    return partnership.why if is_at_rest(partnership) else f"{partnership.why}; still owed: {next_step}"


def funds_named(proposal: Proposal) -> list[str]:
    """Return the funds that are to pay the money out."""
    return [one.fund for one in proposal.funds_out.parts] if proposal.funds_out is not None else []


def rows_table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> Table:
    """Return a table with these columns and rows. Markup in the cells is escaped."""
    table = Table(*columns, title=title or None, header_style="bold")
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    return table


def summary(partnership: Partnership) -> dict[str, Any]:
    """Return a partnership's JSON fields for `accord list --json`."""
    proposal, ahead = partnership.proposed, outlook(partnership)
    return {
        "partnership_id": partnership.partnership_id,
        "title": proposal.title,
        "funders": list(proposal.funder_ids),
        "money": _plain(proposal.money) if proposal.money else None,
        "funds": [one.fund for one in partnership.shares] or funds_named(proposal),
        "stage": partnership.stage.value,
        "on_hold": partnership.hold is not None,
        "why": partnership.why,
        "awaiting": [role.value for role in ahead.awaiting],
        "next": ahead.next_step,
        "due": ahead.due.isoformat() if ahead.due else None,
        "version": partnership.version,
    }
