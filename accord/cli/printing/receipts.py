"""Print the outcome of a command: the events that it led to, the stage, and the next step."""

from __future__ import annotations

from typing import Final

from accord.cli.printing.output import out, print_json
from accord.cli.printing.partnerships import print_next
from domain.partnership.procedure import WORDS
from workflows.messages import Receipt


def print_receipt(receipt: Receipt, as_json: bool) -> None:
    """Print a command's receipt: the events it led to, the stage, and the next step."""
    if as_json:
        return print_json(receipt)
    events = (event for event in receipt.what if event != "DeadlineSet")
    outcome = ", ".join(_told(event) for event in events) or "nothing new"
    again = " (asked for before; nothing was done twice)" if receipt.replayed else ""
    out.print(f"[bold]{receipt.partnership_id}[/bold] {outcome}{again}")
    return print_next(receipt.stage, receipt.outlook, receipt.on_hold)


def _told(event_type: str) -> str:
    return WORDS[event_type].receipt if event_type in WORDS else FOLLOWS.get(event_type, event_type)


FOLLOWS: Final = {"PartnershipClosed": "closed", "FundsAllotted": "its funds keep the money"}
"""The wording on receipts for events that Accord records by itself, by event type."""
