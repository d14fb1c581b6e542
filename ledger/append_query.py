"""The statement that appends requests: its text, its arguments, and the answers in its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import accumulate
from typing import Any, Final, NamedTuple

import asyncpg

from ledger.model import AppendReport, AppendRequest, AppendResult, AppendStatus, StoredEvent
from ledger.tree import leaf_of

_APPEND: Final = "SELECT * FROM {}($1, $2, $3, $4, $5, $6, $7, $8, $9)"
_AND_REPORT: Final = (
    f"SELECT * FROM ({_APPEND}) a LEFT JOIN LATERAL "  # noqa: S608
    "ledger.just_recorded(a.first_position, $10, $11) ON a.status = 'NEW'"
)
_ALL_NEW: Final = "NEW"
"""The status of the single row returned by a call whose events were all new."""


class AppendQuery(NamedTuple):
    """A query and its arguments."""

    query: str
    arguments: tuple[Any, ...]


def append_query(function: str, requests: Sequence[AppendRequest]) -> AppendQuery:
    """Return the statement that appends requests through a function, with a report if one of them asks for it."""
    columns, beside = _columns(requests), _beside(requests)
    if not beside:
        return AppendQuery(_APPEND.format(function), columns)
    size = sum(len(request.events) for request in requests)
    return AppendQuery(_AND_REPORT.format(function), (*columns, size, beside))


def answers_of(requests: Sequence[AppendRequest], rows: Sequence[asyncpg.Record]) -> list[AppendResult]:
    """Return the answer to each request, from the rows of its statement."""
    if not rows or rows[0]["status"] != _ALL_NEW:
        return [AppendResult(AppendStatus(row["status"]), row["first_position"], row["stream_version"]) for row in rows]
    answers = _placed(requests, rows[0]["first_position"])
    return _with_reports(requests, answers, rows[0]) if _beside(requests) else answers


def _beside(requests: Sequence[AppendRequest]) -> str:
    return next((request.beside for request in requests if request.beside), "")


def _placed(requests: Sequence[AppendRequest], first_position: int) -> list[AppendResult]:
    """Return the answers to requests that were all new, given the position of the first event."""
    ends = accumulate(len(request.events) for request in requests)
    return [
        AppendResult(AppendStatus.OK, first_position + end - len(request.events), request.resulting_version)
        for request, end in zip(requests, ends, strict=True)
    ]


def _with_reports(
    requests: Sequence[AppendRequest], answers: Sequence[AppendResult], row: asyncpg.Record
) -> list[AppendResult]:
    """Return the answers to requests that were all new, with the events of those that ask for them."""
    beside, leaves, results = _beside(requests), iter(row["leaves"]), list[AppendResult]()
    for request, answer in zip(requests, answers, strict=True):
        events = _recorded(request, answer, row["recorded_at"], leaves)
        if events is not None and request.beside == beside:
            answer = replace(answer, report=AppendReport(events, row["newest"]))
        results.append(answer)
    return results


def _recorded(
    request: AppendRequest, answer: AppendResult, at: datetime, leaves: Iterator[bytes]
) -> tuple[StoredEvent, ...] | None:
    """Return a request's events as they were recorded, or None if a leaf is not that of the event that was sent."""
    first, version = answer.first_position or 0, request.expected_version + 1
    events = [
        StoredEvent(
            first + index, request.stream_id, version + index, request.event_id(index), request.command_id,
            event.event_type, event.schema_version, event.payload, event.meta, at, next(leaves),
        )
        for index, event in enumerate(request.events)
    ]  # fmt: skip
    if any(leaf_of(event) != event.leaf for event in events):
        return None
    pairs = zip(events, request.events, strict=True)
    return tuple(event._replace(payload=new_event.clear or event.payload) for event, new_event in pairs)


def _columns(requests: Sequence[AppendRequest]) -> tuple[list[object], ...]:
    """Return the arguments of the append function: one list per column, and the number of events per command."""
    append_requests = [request for request in requests for _ in request.events]
    events = [event for request in requests for event in request.events]
    return (
        [request.stream_id for request in append_requests],
        [
            version
            for request in requests
            for version in range(request.expected_version + 1, request.resulting_version + 1)
        ],
        [request.command_id for request in append_requests],
        [request.event_id(index) for request in requests for index in range(len(request.events))],
        [event.event_type for event in events],
        [event.schema_version for event in events],
        [event.payload for event in events],
        [event.meta for event in events],
        [len(request.events) for request in requests],
    )
