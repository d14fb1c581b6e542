"""One command is one trace: its trace id is the command's, so that whoever acts on the command later adds to it.

A partnership's one loop carries commands out long after their updates came, in whichever run; no context of an update
is at hand there, and none is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final
from uuid import UUID

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, NonRecordingSpan, SpanContext, TraceFlags

BEGINS: Final[ContextVar[UUID | None]] = ContextVar("begins", default=None)
"""The command whose first span is being made, which takes its ids from it."""

_SPAN_BITS: Final = (1 << 64) - 1


def first_span_id(command_id: UUID) -> int:
    """Return the id of a command's first span, of 64 bits."""
    return command_id.int & _SPAN_BITS


@contextmanager
def command_span(act: str, command_id: UUID) -> Iterator[None]:
    """Trace the giving of a command: the first span of its trace."""
    making = BEGINS.set(command_id)
    try:
        span = trace.get_tracer("accord").start_span(f"command {act}", Context(), attributes=_ids(command_id))
    finally:
        BEGINS.reset(making)
    with trace.use_span(span, end_on_exit=True):
        yield


@contextmanager
def append_span(command_id: UUID) -> Iterator[None]:
    """Trace an append in its command's trace, with a link to the activity that makes it."""
    trace_flags = TraceFlags(TraceFlags.SAMPLED)
    first = SpanContext(command_id.int, first_span_id(command_id), is_remote=True, trace_flags=trace_flags)
    under = trace.set_span_in_context(NonRecordingSpan(first))
    links = [Link(trace.get_current_span().get_span_context())]
    with trace.get_tracer("accord").start_as_current_span("append", under, attributes=_ids(command_id), links=links):
        yield


def _ids(command_id: UUID) -> dict[str, str]:
    return {"accord.command_id": str(command_id)}
