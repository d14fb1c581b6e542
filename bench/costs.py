"""The cost of a workflow in Temporal: actions as Temporal Cloud bills them, events and bytes, by its history.

Source: Temporal's documentation of Cloud pricing, "Actions": a start, an update, a signal, an upsert, a timer, an
activity, a child (two), and one for each workflow task in which local activities ran. Exempt is the search attribute
`TemporalChangeVersion`, which the SDK sets with each mark of a patch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Final, NamedTuple

from rich.console import Console
from rich.table import Table
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

from deploy.schedules import EVERY

_BILLED: Final = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: "starts",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: "updates",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: "signals",
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: "upserts of search attributes",
    EventType.EVENT_TYPE_TIMER_STARTED: "timers",
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: "activities",
    EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: "children",
}
_LOCAL: Final = "tasks with local activities"
_EXEMPT: Final = {"TemporalChangeVersion"}


class Cost(NamedTuple):
    """The cost of workflows together."""

    actions: Counter[str]
    """Actions by what they are for."""
    events: int
    size: int
    """Bytes of the histories, by the server."""

    def __add__(self, other: object) -> Cost:
        """Return the cost of both."""
        assert isinstance(other, Cost)
        return Cost(self.actions + other.actions, self.events + other.events, self.size + other.size)


NOTHING: Final = Cost(Counter(), 0, 0)


def actions_in(history: Iterable[HistoryEvent]) -> Counter[str]:
    """Return the actions in a history, by what they are for."""
    done: Counter[str] = Counter()
    local = 0
    for event in history:
        if _shown(event) == _EXEMPT:
            continue
        if billed := _BILLED.get(event.event_type):
            done[billed] += 1
        elif event.marker_recorded_event_attributes.marker_name == "core_local_activity":
            task = event.marker_recorded_event_attributes.workflow_task_completed_event_id
            done[_LOCAL] += task != local
            local = task
    return done


def _shown(event: HistoryEvent) -> set[str]:
    """Return the names of the search attributes that an event sets."""
    return set(event.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields)


async def cost_of(client: Client, *workflow_ids: str) -> Cost:
    """Return the cost of workflows so far, by the histories of their last runs."""
    found = NOTHING
    for workflow_id in workflow_ids:
        handle = client.get_workflow_handle(workflow_id)
        events = (await handle.fetch_history()).events
        info = (await handle.describe()).raw_description.workflow_execution_info
        found += Cost(actions_in(events), len(events), info.history_size_bytes)
    return found


def tell_costs(out: Console, costs: list[Cost], bare: list[Cost], watching: Cost) -> None:
    """Print the cost of a partnership in Temporal, and the yearly cost of watching the registers."""
    (ours, theirs), count = (sum(some, NOTHING) for some in (costs, bare)), len(costs)
    table = Table("In Temporal, for each", "Accord", "Bare workflow", title="What it costs")
    for what in sorted(ours.actions | theirs.actions):
        table.add_row(f"actions: {what}", f"{ours.actions[what] / count:.1f}", f"{theirs.actions[what] / count:.1f}")
    table.add_row("actions, together", f"{ours.actions.total() / count:.1f}", f"{theirs.actions.total() / count:.1f}")
    table.add_row("history events", f"{ours.events / count:.1f}", f"{theirs.events / count:.1f}")
    table.add_row("bytes of history", f"{ours.size / count:,.0f}", f"{theirs.size / count:,.0f}")
    out.print(table)
    runs = timedelta(days=365) // EVERY
    a_year = runs * watching.actions.total()
    out.print(
        f"Re-screening that finds nothing: {watching.actions.total()} actions a run, {a_year:,} a year ({runs:,} runs)"
    )
