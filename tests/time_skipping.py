"""A Temporal server of a test's own on which each workflow's time can be moved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio.testing import WorkflowEnvironment

from deploy.connections import payload_keys
from deploy.embedded.processes import program
from deploy.payloads.keys import PayloadKeys
from deploy.payloads.plugin import converter
from workflows import attributes


@asynccontextmanager
async def time_skipping(keys: PayloadKeys | None = None) -> AsyncIterator[WorkflowEnvironment]:
    """Start the embedded server with time skipping, and end it afterwards. `keys`: this machine's, if not given."""
    async with await WorkflowEnvironment.start_time_skipping_v2(
        data_converter=converter(keys or payload_keys()),
        search_attributes=list(attributes.ALL),
        dev_server_existing_path=program("temporal"),
        dev_server_extra_args=["--dynamic-config-value", "frontend.WorkflowTimeSkippingEnabled=true"],
    ) as environment:
        yield environment
