"""Make what Accord needs in Temporal: search attributes, the schedule of re-screening, a current version of workers.

A server whose database was lost, or another one behind the same address, holds none of them. So a worker looks again
and again and not only when it starts, and is not ready before they are there.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

import structlog
from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError, RPCStatusCode

from accord.runs.forms import tell_forms
from accord.runs.versions import begin_with, lacks_version
from deploy.schedules import RESCREENING, ensure_rescreening, has_schedule
from workflows import attributes

EVERY: Final = timedelta(seconds=15)
SOON: Final = timedelta(seconds=1)
"""The pause while something is missing: a first start waits for it."""

RETENTION: Final = timedelta(days=30)
"""The retention of a new namespace: longer than a long weekend."""

MANAGED_ELSEWHERE: Final = frozenset(
    {RPCStatusCode.ALREADY_EXISTS, RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.UNIMPLEMENTED}
)
"""A server's answers if search attributes exist, or if only operators may register them (Temporal Cloud)."""

log = structlog.get_logger("accord.preparing")


async def ensure_namespace(client: Client, name: str) -> bool:
    """Make a namespace where there is none, and return whether it was made now. An existing one stays as it is.

    Raises:
        RPCError: Temporal does not answer, or lets only its operators make one.
    """
    try:
        await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=name))
    except RPCError as fault:
        if fault.status is not RPCStatusCode.NOT_FOUND:
            raise
    else:
        return False
    kept = Duration(seconds=int(RETENTION.total_seconds()))
    request = RegisterNamespaceRequest(namespace=name, workflow_execution_retention_period=kept)
    await client.workflow_service.register_namespace(request)
    return True


async def prepare(client: Client) -> None:
    """Create the search attributes and the schedule of re-screening where they are missing. Existing ones stay.

    Raises:
        RPCError: Temporal does not answer.
    """
    await register_search_attributes(client)
    await ensure_rescreening(client)


async def missing_attributes(client: Client) -> list[SearchAttributeKey[Any]]:
    """Return our search attributes that the server does not know, or none where only operators may look.

    Raises:
        RPCError: Temporal does not answer.
    """
    request = ListSearchAttributesRequest(namespace=client.namespace)
    try:
        known_names = (await client.operator_service.list_search_attributes(request)).custom_attributes
    except RPCError as fault:
        if fault.status in MANAGED_ELSEWHERE:
            return []
        raise
    return [key for key in attributes.ALL if key.name not in known_names]


async def register_search_attributes(client: Client) -> None:
    """Register our search attributes with the server. Raises as `prepare` does."""
    keys = await missing_attributes(client)
    if not keys:
        return
    types = {key.name: IndexedValueType.ValueType(key.indexed_value_type) for key in keys}
    request = AddSearchAttributesRequest(namespace=client.namespace, search_attributes=types)
    try:
        await client.operator_service.add_search_attributes(request)
    except RPCError as fault:
        if fault.status not in MANAGED_ELSEWHERE:
            raise


async def lacks(client: Client, build: str = "") -> str:
    """Return what Temporal lacks, in words with the remedy, or ''. `build`: of a worker that has a version.

    Raises:
        RPCError: Temporal does not answer.
    """
    if keys := await missing_attributes(client):
        return f"search attributes are missing: {', '.join(key.name for key in keys)}; a worker makes them"
    if not await has_schedule(client, RESCREENING):
        return f"the schedule {RESCREENING} is missing; a worker makes it"
    return await lacks_version(client) if build else ""


class Preparation:
    """A worker's repeated look at what Temporal lacks. It makes what is missing, and tells what its version reads."""

    def __init__(self, client: Client, build: str = "") -> None:
        self._client = client
        self._build = build
        self.lacks = "not looked at yet"
        """The outcome of the last look: what was missing, in words, or ''."""
        self._announces = bool(build)

    async def forever(self) -> None:
        """Look until cancelled, more often while something is missing."""
        while True:
            with suppress(RPCError):  # the probe says by itself that Temporal does not answer
                await self.once()
            await asyncio.sleep((SOON if self.lacks or self._announces else EVERY).total_seconds())

    async def once(self) -> None:
        """Look once, and make what is missing.

        Raises:
            RPCError: Temporal does not answer.
        """
        fault = await lacks(self._client, self._build)
        if fault:
            await self._make(fault)
            fault = await lacks(self._client, self._build)
            self._announces = bool(self._build)  # perhaps another server, which was told nothing
        self.lacks = fault
        if self._announces:
            await self._tell()

    async def _tell(self) -> None:
        try:
            await tell_forms(self._client, self._build)
        except RPCError as fault:
            if fault.status not in MANAGED_ELSEWHERE:
                raise
        self._announces = False

    async def _make(self, fault: str) -> None:
        if fault != self.lacks:
            log.warning("temporal lacks something", reason=fault)
            self.lacks = fault
        await prepare(self._client)
        if self._build:
            await begin_with(self._client, self._build)
