"""The page of one partnership: where it stands, why, who decided what with which key, and what the reader may do."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from accord.audit.signatures import authorship_of
from accord.client.counsel import confirmations, with_counsel
from accord.client.reading import unknown_partnership
from accord.client.sight import Sight
from accord.console.deciding.acts import offers
from accord.console.pages.pages import page, problem
from accord.console.pages.times import Times
from accord.console.serving.desk import Console
from accord.presentation.shown_accounts import shown_account
from accord.presentation.telling import told_of
from domain.fault import Fault
from domain.partnership.events import Event
from domain.partnership.evolution import fold
from domain.partnership.state import Partnership, TrancheState
from domain.partnership.waiting.obligations import obligations
from domain.partnership.waiting.outlook import outlook
from domain.policy.conditions import CONDITIONS
from domain.recorded.event import RecordedEvent
from domain.streams import StreamId
from domain.truths.touching import touching
from records.truths import ALIKE, read_truths


async def show(request: Request) -> Response:
    """Show a partnership, as it is or as of two dates, or as of a version that somebody was shown."""
    console: Console = request.app.state.console
    partnership_id, times = request.path_params["partnership"].upper(), Times.of(request)
    history = times.within(await console.desk.history(partnership_id))
    partnership = fold(partnership_id, tuple(cast(Event, recorded_event.event) for recorded_event in history))
    if partnership.proposal is None:
        reason = (
            str(unknown_partnership(partnership_id))
            if times.are_present
            else f"{partnership_id} was not proposed by then"
        )
        return problem(request, 404, reason)
    await console.looked_at(request.state.reader, partnership_id)
    if times.are_present:
        partnership = with_counsel(partnership, await confirmations(console.desk))
    facts = await facts_of(console, Sight(partnership, history[-1].position), history, request.state.reader)
    return page(request, "partnership.html", {**facts, "times": times})


async def facts_of(console: Console, sight: Sight, history: Sequence[RecordedEvent], reader: str) -> dict[str, Any]:
    """Return the page's facts on a partnership."""
    partnership, directory = sight.partnership, await console.desk.directory()
    faults = await authorship_of(
        console.desk.ledger, console.desk.registrar, StreamId.partnership(partnership.partnership_id)
    )
    return {
        "known": partnership,
        "seen": sight,
        "proposal": partnership.proposed,
        "outlook": outlook(partnership),
        "offers": offers(partnership, reader, directory),
        "timeline": [_entry(event, faults) for event in reversed(history)],
        "money": _money(partnership),
        "conditions": [
            (condition, CONDITIONS[condition], condition in partnership.met) for condition in partnership.conditions
        ],
        "obligations": obligations(partnership),
        "reports": [(plan, partnership.reporting.due(plan)) for plan in partnership.reporting.planned],
        "account": await shown_account(console.desk.pool, partnership.account.reference)
        if partnership.account
        else None,
        "people": _people(partnership),
        "told": [truth for truth, _ in touching(await read_truths(console.desk.reader), partnership.proposed, ALIKE)],
        "workflow": console.settings.workflow(StreamId.partnership(partnership.partnership_id)),
    }


def _people(partnership: Partnership) -> list[tuple[str, str]]:
    """Return the people with their parts in it, and the approvals that are still wanted."""
    approvals = ", ".join(f"{approval.actor} as {approval.role.value}" for approval in partnership.approvals)
    missing_roles = ", ".join(role.value for role in partnership.missing_approvals)
    recusals = ", ".join(sorted(partnership.recused))
    parts = {
        "Proposed by": ", ".join(partnership.proposers),
        "Cleared by": partnership.verifier,
        "Approved by": approvals,
        "Still to approve": missing_roles,
        "Recused": recusals,
        "Looked after by": partnership.assigned or "",
    }
    return [(part, names) for part, names in parts.items() if names]


def _entry(recorded_event: RecordedEvent, faults: dict[int, Fault | None]) -> dict[str, Any]:
    """Return a line of the timeline. Its signature was verified for this page."""
    event: Any = recorded_event.event
    signature = getattr(event, "signature", None)
    return {
        "version": recorded_event.version,
        "position": recorded_event.position,
        "at": event.at,
        "recorded_at": recorded_event.recorded_at,
        "event": event.event_type,
        "actor": getattr(event, "actor", ""),
        "words": told_of(event),
        "key": signature.key_id if signature is not None else "",
        "shown": _shown_version(signature),
        "fault": faults.get(recorded_event.version),
    }


def _shown_version(signature: Any) -> int:
    """Return the version that a signer was shown, or 0 if none."""
    snapshot = signature.statement.shown if signature is not None else None
    return snapshot.version if snapshot is not None else 0


def _money(partnership: Partnership) -> list[tuple[str, Decimal]]:
    """Return the sums that go out, by how far they have come."""
    out = partnership.proposed.funds_out
    if out is None:
        return []

    zero = 0 * out.total.amount  # with the currency's decimals

    def sum_of(*states: TrancheState) -> Decimal:
        return sum((tranche.money.amount for tranche in partnership.tranches if tranche.state in states), zero)

    return [
        ("planned", out.total.amount),
        ("released", sum_of(TrancheState.RELEASED)),
        ("handed over", sum_of(TrancheState.HANDED_OVER)),
        ("settled", sum_of(TrancheState.SETTLED)),
        ("returned", sum((tranche.returned for tranche in partnership.tranches), zero)),
    ]
