"""Print partnerships: what is next, and tables of several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rich.table import Table
from rich.text import Text

from accord.cli.printing.fitting import Heading, fitted
from accord.cli.printing.output import out
from domain.partnership.stages import ENDED, Stage
from domain.partnership.state import Partnership
from domain.partnership.waiting.obligations import is_at_rest
from domain.partnership.waiting.outlook import Outlook, outlook
from domain.proposal import Proposal

STYLES = {
    Stage.CLOSED: "green",
    Stage.ACTIVE: "cyan",
    Stage.DECLINED: "red",
    Stage.WITHDRAWN: "yellow",
    Stage.TERMINATED: "red",
}


def print_next(stage: Stage, ahead: Outlook, on_hold: bool) -> None:
    """Print a partnership's stage and its next step."""
    hold_mark = " [yellow](on hold)[/yellow]" if on_hold else ""
    out.print(f"Stage: [{STYLES.get(stage, 'bold')}]{stage.value}[/]{hold_mark}", soft_wrap=True)
    roles = f" - by {', '.join(role.value for role in ahead.awaiting)}" if ahead.awaiting else ""
    due = f", due {ahead.due:%Y-%m-%d}" if ahead.due else ""
    if stage not in ENDED or ahead.awaiting:
        out.print(f"Next: {ahead.next_step}{roles}{due}", soft_wrap=True, markup=False)
        if ahead.command:
            out.print(f"  {ahead.command}", soft_wrap=True, markup=False)


_PORTFOLIO: Final = (
    Heading("Id"), Heading("Title"), Heading("Funder", 4), Heading("Fund", 3), Heading("Amount", is_sum=True),
    Heading("Stage", 1), Heading("Why / next", 2),
)  # fmt: skip


def portfolio_table(portfolio: Iterable[Partnership], title: str = "") -> Table:
    """Return a table of partnerships, sorted by id."""
    rows = map(_portfolio_row, sorted(portfolio, key=lambda partnership: partnership.partnership_id))
    return fitted(_PORTFOLIO, rows, out.width, title)


def _portfolio_row(partnership: Partnership) -> tuple[Text, ...]:
    proposal, style = partnership.proposed, STYLES.get(partnership.stage, "bold")
    held = (" HOLD", "yellow") if partnership.hold else ""
    return (
        Text(partnership.partnership_id),
        Text(proposal.title),
        Text(", ".join(proposal.funder_ids)),
        Text(", ".join([share.fund for share in partnership.shares] or funds_named(proposal)) or "-"),
        Text(str(proposal.money or "-")),
        Text.assemble((partnership.stage.value, style), held),
        Text(_why_or_next(partnership)),
    )


def _why_or_next(partnership: Partnership) -> str:
    """Return the next step or, after the end, why it ended, and what is owed still."""
    next_step = outlook(partnership).next_step
    if not partnership.ended:
        return next_step
    return partnership.why if is_at_rest(partnership) else f"{partnership.why}; still owed: {next_step}"


def funds_named(proposal: Proposal) -> list[str]:
    """Return the funds that are to pay the money out."""
    return [part.fund for part in proposal.funds_out.parts] if proposal.funds_out is not None else []
