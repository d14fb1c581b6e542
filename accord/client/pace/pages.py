"""The page of a quarter's clock. It needs no network and no script."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Final

from accord.presentation.numbers import count_in_words
from domain.partnership.pace.quarters import Quarter, WaitFigures
from domain.partnership.pace.waits import PaceWait, Side

if TYPE_CHECKING:
    from accord.client.pace.publishing import PublicFigures

_DAY: Final = 86_400
_FRAME: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }}
table {{ border-collapse: collapse; width: 100%; }} caption {{ text-align: start; font-weight: 600; }}
td, th {{ text-align: start; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid #8885; }}
td.number, th.number {{ text-align: end; font-variant-numeric: tabular-nums; }} .wide {{ overflow-x: auto; }}
code {{ overflow-wrap: anywhere; }} a {{ color: inherit; }}
@media print {{ body {{ margin: 0; max-width: none; }} }}</style></head>
<body><main>{body}</main></body></html>
"""

NAMES: Final = {
    PaceWait.DECISION: "Decision: from the proposal, or a change, to the last approval, the refusal or a question",
    PaceWait.AGREEMENT: "Agreement: from the last approval until it went out",
    PaceWait.SUBMISSION: "What was handed in: from the door to the act that takes it over or returns it",
    PaceWait.JUDGEMENT: "Report: from its receipt to its acceptance or return",
    PaceWait.PAYMENT: "Payment: from the day on which nothing holds it back to the hand-over to the bank",
    PaceWait.ANSWER: "Answer: from a question to its answer",
    PaceWait.RETURN: "Return: from what was returned to the next in its place",
    PaceWait.SIGNATURE: "Signature: from the agreement that went out to its acceptance",
    PaceWait.REPORT: "Report: from the end of the day on which it was due to its receipt",
}
"""The kinds of wait as the public reads them."""

_CHECK: Final = """<h2>How to check it</h2>
<p>Every case of the quarter is a line in <a href="lines.json">lines.json</a>, by a digest that its grantee finds in
each receipt (<code>case</code>); figures and root follow from the lines, and the head is that of the signed ledger
(<a href="figures.json">figures.json</a>, <a href="ledger.pub">ledger.pub</a>). <code>accord clock verify FOLDER --log
ledger.pub --receipt receipt.json</code> checks all of it and shows one's own line; with <code>--ledger</code> an
auditor makes the lines anew from the ledger.</p>"""


def quarter_page(figures: PublicFigures, now: datetime) -> str:
    """Return the page of a quarter."""
    quarter = Quarter.parse(figures.quarter)
    title = f"How long it takes: {quarter.year}, quarter {quarter.number}"
    is_whole = "" if figures.until >= quarter.ends else " The quarter is not over yet."
    scope = f"{count_in_words(figures.cases, 'case')}, up to {figures.until:%Y-%m-%d %H:%M} UTC.{is_whole}"
    tables = [
        figures_table(caption, (wait for wait in figures.waits if wait.side is side))
        for side, caption in ((Side.WITH_US, "Days with us"), (Side.WITH_THEM, "Days with grantees"))
    ]
    head = (
        f"<p>Bound to the ledger's first {count_in_words(figures.size, 'event')}. Root over all lines:"
        f" <code>{figures.root}</code>. Made on {now:%Y-%m-%d}.</p>"
    )
    meaning = (
        "<p>Half of the waits took no longer than the median; each of the worst tenth took at least as long as the last"
        " column says. A wait that goes on is counted up to the end of the quarter.</p>"
    )
    return _FRAME.format(
        title=escape(title), body=f"<h1>{escape(title)}</h1><p>{scope}</p>{''.join(tables)}{meaning}{head}{_CHECK}"
    )


def figures_table(caption: str, waits: Iterable[WaitFigures]) -> str:
    """Return the table of the waits of a side."""
    rows = "".join(
        f'<tr><th scope="row">{escape(NAMES[wait.kind])}</th>'
        + "".join(f'<td class="number">{escape(cell)}</td>' for cell in cells_of(wait))
        + "</tr>"
        for wait in waits
    )
    heads = "".join(
        f'<th scope="col" class="number">{name}</th>' for name in ("Waits", "Still open", "Median", "Worst tenth")
    )
    empty = '<tr><td colspan="5">None in this quarter.</td></tr>'
    name = escape(caption)
    return (
        f'<div class="wide" role="region" aria-label="{name}" tabindex="0"><table><caption>{name}</caption>'
        f'<thead><tr><th scope="col">Wait</th>{heads}</tr></thead><tbody>{rows or empty}</tbody></table></div>'
    )


def cells_of(wait: WaitFigures) -> tuple[str, str, str, str]:
    """Return the cells of a wait's row: how many, how many are open, and the days."""
    return str(wait.waits), str(wait.still_open), in_days(wait.median), in_days(wait.worst_tenth)


def in_days(seconds: int) -> str:
    """Return seconds in days with a tenth."""
    return f"{seconds / _DAY:.1f}"
