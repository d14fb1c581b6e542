"""The part of a trace that leaves this process: ids, acts and times. Words of a failure may name people, and stay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import Status
from temporalio.client import Interceptor
from temporalio.contrib.opentelemetry import TracingInterceptor

from activities.tracing import BEGINS, first_span_id

TIMEOUT_SECONDS: Final = 2.0
"""Given to a collector: a command ends no later for one that does not answer."""


def exported_to(address: str) -> Interceptor:
    """Return the interceptor of clients and workers whose spans go to a collector, by OTLP over HTTP."""
    exporter = OTLPSpanExporter(f"{address.rstrip('/')}/v1/traces", timeout=TIMEOUT_SECONDS)
    return interceptor_of(BatchSpanProcessor(WithoutWords(exporter)))


def interceptor_of(processor: SpanProcessor) -> Interceptor:
    """Return the interceptor whose spans a processor gets, and ours with them."""
    provider = TracerProvider(resource=Resource.create({"service.name": "accord"}), id_generator=CommandIds())
    provider.add_span_processor(processor)
    trace.set_tracer_provider(provider)
    return TracingInterceptor(provider.get_tracer("accord.temporal"))


def finish() -> None:
    """Export the waiting spans, before a process that skips the interpreter's shutdown ends."""
    provider = trace.get_tracer_provider()
    if isinstance(provider, TracerProvider):
        provider.shutdown()


class CommandIds(RandomIdGenerator):
    """Makes the ids of a command's first span from the command's id, and others by chance."""

    def generate_trace_id(self) -> int:
        """Return the command's id, as it stands."""
        return command_id.int if (command_id := BEGINS.get()) else super().generate_trace_id()

    def generate_span_id(self) -> int:
        """Return the second half of the command's id."""
        return first_span_id(command_id) if (command_id := BEGINS.get()) else super().generate_span_id()


class WithoutWords(SpanExporter):
    """Exports spans without the descriptions of their statuses and without events, which repeat what failures say."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export spans."""
        return self._exporter.export([_bare(span) for span in spans])

    def shutdown(self) -> None:
        """Export nothing more."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Export the waiting spans. Return True if that was done in time."""
        return self._exporter.force_flush(timeout_millis)


def _bare(span: ReadableSpan) -> ReadableSpan:
    return ReadableSpan(
        name=span.name, context=span.context, parent=span.parent, resource=span.resource, attributes=span.attributes,
        links=span.links, kind=span.kind, status=Status(span.status.status_code), start_time=span.start_time,
        end_time=span.end_time, instrumentation_scope=span.instrumentation_scope,
    )  # fmt: skip
