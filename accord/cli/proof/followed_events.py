"""`accord follow show`: an event as the auditor's own folder keeps it, with what stands against it."""

from __future__ import annotations

import json
from typing import Any

from accord.cli.printing.output import out, print_json
from accord.follow.folder import Replica
from accord.presentation.faults import BadInput
from ledger import StoredEvent
from ledger.stored_json import event_as_json


def show_event(replica: Replica, position: int, as_json: bool) -> None:
    """Print the event at a position of a replica. Raises BadInput if the replica has none there."""
    event = next(iter(replica.page(position - 1, 1)), None)
    if event is None:
        raise BadInput(f"POSITION: the replica has {replica.frontier.size:,} events; write a number up to that")
    findings = [finding.reason for finding in replica.findings() if finding.position == position]
    judgement = replica.judgements().get(position)
    if as_json:
        return print_json({**event_as_json(event), "findings": findings, "judged": judgement})
    out.print(_heading(event), soft_wrap=True, markup=False)
    for reason in findings:
        out.print(f"Against it: {reason}.", style="red", soft_wrap=True, markup=False)
    if judgement is not None:
        out.print(f"Your judgement: {judgement}", soft_wrap=True, markup=False)
    return out.print(_content(event), soft_wrap=True, markup=False, highlight=False)


def _heading(event: StoredEvent) -> str:
    place = f"version {event.version} of {event.stream_id}"
    return f"Event {event.position:,}: {event.event_type}, {place}, recorded {event.recorded_at:%Y-%m-%d %H:%M:%S} UTC"


def _content(event: StoredEvent) -> str:
    """Return what the event says, indented, or its text as it is kept where that is no JSON."""
    try:
        content: Any = json.loads(event.payload)
    except ValueError:
        return event.payload.decode(errors="replace")
    return json.dumps(content, indent=2, ensure_ascii=False)
