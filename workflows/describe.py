"""Describe a workflow to operators in the Temporal UI, as Markdown: its stage, who must act by when, and the amount."""

from __future__ import annotations

from domain.markdown import plain
from domain.partnership.state import Partnership, TrancheProgress
from domain.partnership.waiting.clock import open_deadline
from domain.partnership.waiting.outlook import outlook
from domain.payment.tranche.state import Tranche
from domain.proposal import Proposal

SUMMARY_BYTES = 200
"""The server's limit for a summary."""

_console = ""
"""The address of the console, or ''. It is this process's alone: details are asked for, and never in a history."""


def link_to_the_console(address: str) -> None:
    """Have the details of partnerships and payments link to the pages of a console, or to none if it is ''."""
    global _console  # set once, before the worker polls
    _console = address.rstrip("/")


def _link(partnership_id: str) -> list[str]:
    return [f"[Open {partnership_id} in the console]({_console}/{partnership_id})"] if _console else []


def clip(text: str) -> str:
    """Return the text, cut to the server's limit for summaries in bytes."""
    text_bytes = text.encode()
    return text if len(text_bytes) <= SUMMARY_BYTES else text_bytes[: SUMMARY_BYTES - 3].decode(errors="ignore") + "..."


def summary_of(proposal: Proposal) -> str:
    """Return the one-line summary of a partnership, which never changes."""
    money = f" - {proposal.money}" if proposal.money else ""
    counterparty = f"to {proposal.funds_out.payee.name}" if proposal.funds_out else f"with {proposal.partner.name}"
    return clip(f"{plain(proposal.title)}{money} {plain(counterparty)}")


def summary_of_attempt(tranche: TrancheProgress, payee: str) -> str:
    """Return the one-line summary of an attempt to pay."""
    again = f", attempt {tranche.attempt}" if tranche.attempt > 1 else ""
    return clip(f"Tranche {tranche.number}{again} - {tranche.order_money} to {plain(payee)}")


def stopped_line(why: str) -> str:
    """Return the line that tells operators why nothing may be decided."""
    return f"**STOPPED**: {plain(why)}"


def details_of(partnership: Partnership, stop_reason: str = "") -> str:
    """Return a partnership's details for the UI. `stop_reason`: why nothing can be decided in it, or ''."""
    now = outlook(partnership)
    lines = [stopped_line(stop_reason)] if stop_reason else []
    lines += _link(partnership.partnership_id)
    lines += [f"**Stage**: {partnership.stage.value}" + (" (ON HOLD)" if partnership.hold else "")]
    lines.append(f"**Next**: {plain(now.next_step)}")
    if now.awaiting:
        lines.append(f"**Who must act**: {', '.join(role.value for role in now.awaiting)}")
    if now.due:
        lines.append(f"**By**: {now.due:%Y-%m-%d %H:%M} UTC" + _urgency(partnership))
    if partnership.proposal and partnership.proposal.money:
        lines.append(f"**Amount**: {partnership.proposal.money}")
    if partnership.why:
        lines.append(f"**Why**: {plain(partnership.why)}")
    if partnership.tranches:
        rows = [f"| {t.number} | {t.money} | {t.state.value} | {t.attempt} |" for t in partnership.tranches]
        lines.append("\n".join(["| Tranche | Amount | State | Attempt |", "| --- | --- | --- | --- |", *rows]))
    if ids := partnership.open_conditions():
        lines.append(f"**Not on file yet**: {', '.join(ids)}")
    if partnership.recused:
        lines.append(f"**Recused**: {', '.join(sorted(partnership.recused))}")
    if act := partnership.last_act:
        lines.append(f"**Last**: {act.actor} {plain(act.what)}, {act.at:%Y-%m-%d %H:%M} UTC")
    lines.append(f"Ledger version {partnership.version}")
    return "\n\n".join(lines)


def _urgency(partnership: Partnership) -> str:
    deadline = open_deadline(partnership)
    if deadline is None or not (deadline.escalated or deadline.reminded):
        return ""
    return " (overdue: a director may step in)" if deadline.escalated else " (reminded)"


def details_of_tranche(tranche: Tranche, stop_reason: str = "") -> str:
    """Return an attempt's details for the UI. `stop_reason`: why its stream cannot be followed, or ''."""
    order = tranche.order
    lines = [
        *([stopped_line(stop_reason)] if stop_reason else []),
        *_link(order.partnership_id),
        f"**Status**: {tranche.status.value}",
        f"**Amount**: {order.money}",
        f"**Payee**: {plain(order.payee.name)}",
    ]
    if tranche.end_to_end_id:
        lines.append(f"**EndToEndId**: {tranche.end_to_end_id}")
    if tranche.message_id:
        lines.append(f"**File**: {tranche.message_id}")
    if tranche.reason:
        lines.append(f"**Why**: {plain(tranche.reason)}")
    return "\n\n".join(lines)
