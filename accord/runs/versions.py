"""Versions of workers in Temporal: which there are, which one new work goes to, and how a first one begins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

import structlog
from temporalio.api.deployment.v1 import WorkerDeploymentVersion
from temporalio.api.workflowservice.v1 import (
    DeleteWorkerDeploymentVersionRequest,
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
    SetWorkerDeploymentRampingVersionRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from accord.runs.open_workflows import count_open
from deploy.build import DEPLOYMENT, RULES_DEPLOYMENT

RETRY_SECONDS: Final = 1.0
SETTLED_SECONDS: Final = 10.0
TRIES: Final = 10
"""The most questions to the server about a deployment, which it answers only so often a second."""

PATIENCE: Final = timedelta(seconds=20)
"""Given to the server, whose own workflows change versions: one that was killed meanwhile never answers the call."""

MOST: Final = 100
"""The versions that the server keeps of a deployment, unless its `matching.maxVersionsInDeployment` says otherwise.

It turns the next one away, and does not always make room by itself (temporalio/temporal#10737).
"""

CROWDED: Final = 75
"""The number of them at which operators are warned."""

log = structlog.get_logger("accord.versions")


class Version(NamedTuple):
    """A version of workers."""

    build: str
    since: datetime | None
    """The time at which it was first seen."""
    current: bool
    """True if new work goes to it."""
    ramp: float
    """The part of new work that goes to it, in per cent, while it is ramped, or 0 if it is not."""
    open_runs: int
    """Open workflows that are pinned to it, or began on it, by Temporal's index."""
    rules: bool = False
    """True if its rules are asked: its worker for them cannot be stopped."""

    @property
    def is_idle(self) -> bool:
        """True if nothing runs on it, and nothing may begin on it."""
        return not (self.current or self.ramp or self.rules or self.open_runs)


async def versions(client: Client) -> list[Version]:
    """Return the versions that Temporal knows, the newest first, or none if no versioned worker ever polled.

    Raises:
        RPCError: Temporal does not answer, or has no versions of workers.
    """
    return await _versions_in_all(client, await _described(client))


async def _versions_in_all(client: Client, description: Any) -> list[Version]:
    if description is None:
        return []
    rules = await _described(client, RULES_DEPLOYMENT)
    routing = rules.worker_deployment_info.routing_config if rules is not None else None
    builds = (
        {routing.current_deployment_version.build_id, routing.ramping_deployment_version.build_id} if routing else set()
    )
    versions = [version async for version in _versions_in(client, description.worker_deployment_info)]
    return [version._replace(rules=version.build in builds) for version in versions]


async def _described(client: Client, deployment: str = DEPLOYMENT) -> Any:
    """Return the server's description of a deployment of ours, or None if no versioned worker of it ever polled."""
    request = DescribeWorkerDeploymentRequest(namespace=client.namespace, deployment_name=deployment)
    for remaining_tries in reversed(range(TRIES)):
        try:
            return await client.workflow_service.describe_worker_deployment(request, timeout=PATIENCE)
        except RPCError as fault:
            if fault.status is RPCStatusCode.NOT_FOUND:
                return None
            if fault.status is not RPCStatusCode.RESOURCE_EXHAUSTED or not remaining_tries:
                raise
            await asyncio.sleep(RETRY_SECONDS)
    return None


async def _versions_in(client: Client, info: Any) -> AsyncIterator[Version]:
    routing = info.routing_config
    summaries = sorted(
        info.version_summaries, key=lambda version_summary: version_summary.create_time.ToDatetime(), reverse=True
    )
    for summary in summaries:
        build = summary.deployment_version.build_id
        is_ramping = routing.ramping_deployment_version.build_id == build
        yield Version(
            build,
            summary.create_time.ToDatetime(UTC) if summary.HasField("create_time") else None,
            routing.current_deployment_version.build_id == build,
            routing.ramping_version_percentage if is_ramping else 0.0,
            await open_runs(client, build),
        )


async def open_runs(client: Client, build: str) -> int:
    """Return the number of open workflows on a version, by Temporal's index, which may lag by a moment."""
    return await count_open(client, f"TemporalWorkerDeploymentVersion = '{DEPLOYMENT}:{build}'")


async def make_current(client: Client, build: str, token: bytes = b"") -> None:
    """Let new work go to a version, and all questions to its rules. Ramp none.

    `token`: the server's token for what it told before, if it must not have changed since.

    Raises:
        RPCError: Temporal does not know the version, or no worker of it polls; or something changed.
    """
    await _make_current(client, DEPLOYMENT, build, token)
    with suppress(RPCError):  # its workers for the rules follow by themselves too, and may do so at this moment
        await follow(client, build)


async def _make_current(client: Client, deployment: str, build: str, token: bytes) -> None:
    await client.workflow_service.set_worker_deployment_current_version(
        SetWorkerDeploymentCurrentVersionRequest(
            namespace=client.namespace, deployment_name=deployment, build_id=build, identity=client.identity,
            conflict_token=token,
        ),
        timeout=PATIENCE,
    )  # fmt: skip


async def ramp(client: Client, build: str, percentage: float) -> None:
    """Let a part of new work go to a version, with its questions to the rules. Of 0 per cent, none.

    Raises:
        RPCError: Temporal does not know the version, or no worker of it polls.
    """
    await _ramp(client, DEPLOYMENT, build if percentage else "", percentage, b"")
    with suppress(RPCError):
        await follow(client, build)


async def _ramp(client: Client, deployment: str, build: str, percentage: float, token: bytes) -> None:
    await client.workflow_service.set_worker_deployment_ramping_version(
        SetWorkerDeploymentRampingVersionRequest(
            namespace=client.namespace, deployment_name=deployment, build_id=build, percentage=percentage,
            identity=client.identity, conflict_token=token,
        ),
        timeout=PATIENCE,
    )  # fmt: skip


async def follow(client: Client, build: str) -> None:
    """Let the rules be asked of a version as far as work goes to it.

    The server draws by a workflow's id, so it asks the rules of the version that it gave the workflow to.

    Raises:
        RPCError: Temporal does not answer, or something changed meanwhile.
    """
    leads, rules = await _described(client), await _described(client, RULES_DEPLOYMENT)
    if leads is None or rules is None or not _knows(rules, build):
        return None
    target, now = leads.worker_deployment_info.routing_config, rules.worker_deployment_info.routing_config
    # Each worker moves the rules to its own version only: several that follow at once do not undo each other's change.
    current, part = target.current_deployment_version.build_id, target.ramping_version_percentage
    if build == current != now.current_deployment_version.build_id:
        return await _make_current(client, RULES_DEPLOYMENT, build, rules.conflict_token)
    ramping_build, so_far = target.ramping_deployment_version.build_id, now.ramping_deployment_version.build_id
    if build in {ramping_build, so_far} and (ramping_build, part) != (so_far, now.ramping_version_percentage):
        await _ramp(client, RULES_DEPLOYMENT, ramping_build, part, rules.conflict_token)
    return None


def _knows(description: Any, build: str) -> bool:
    return any(
        version_summary.deployment_version.build_id == build
        for version_summary in description.worker_deployment_info.version_summaries
    )


def warning_of(versions: Sequence[Version]) -> str | None:
    """Return a warning of so many versions, with the oldest that can go, or None while there is room."""
    if len(versions) < CROWDED:
        return None
    idle = next((version.build for version in reversed(versions) if version.is_idle), "")
    remedy = f"Next: accord deploy forget {idle}" if idle else "Next: accord deploy refresh, and stop old workers"
    return f"Temporal knows {len(versions)} versions, and turns a new one away once it knows {MOST}. {remedy}"


async def forget(client: Client, build: str) -> None:
    """Let the server forget a version on which nothing runs, so that there is room for another.

    Raises:
        RPCError: The server does not call it drained yet, or a worker of it polled in the last minutes.
    """
    for deployment in (DEPLOYMENT, RULES_DEPLOYMENT):
        try:
            await _forget(client, deployment, build)
        except RPCError as fault:
            if fault.status is not RPCStatusCode.NOT_FOUND:
                raise


async def _forget(client: Client, deployment: str, build: str) -> None:
    await client.workflow_service.delete_worker_deployment_version(
        DeleteWorkerDeploymentVersionRequest(
            namespace=client.namespace,
            identity=client.identity,
            deployment_version=WorkerDeploymentVersion(deployment_name=deployment, build_id=build),
        ),
        timeout=PATIENCE,
    )  # fmt: skip


async def lacks_version(client: Client) -> str:
    """Return, in words with the remedy, why new work goes to no version of the workers, or '' if it does.

    Raises:
        RPCError: Temporal does not answer.
    """
    try:
        description = await _described(client)
    except RPCError as fault:
        if fault.status is RPCStatusCode.UNIMPLEMENTED:
            return "this server has no versions of workers: start them with --build-id none"
        raise
    routing = description.worker_deployment_info.routing_config if description is not None else None
    if routing is not None and routing.current_deployment_version.build_id:
        return ""
    return "no version of the workers is current: accord deploy replay, then accord deploy current BUILD"


async def begin_with(client: Client, build: str) -> None:
    """Let new work go to this worker's version where no partnership runs yet and no version is current: a first start.

    Anywhere else an operator says when. Nothing happens if the server does not know the version yet: its worker has
    only just begun to poll.

    Raises:
        RPCError: Temporal does not answer, or something changed meanwhile: what an operator says is not undone.
    """
    description = await _described(client)
    versions = await _versions_in_all(client, description)
    if any(version.current for version in versions) or not any(version.build == build for version in versions):
        return
    if not await count_open(client, "WorkflowType = 'Partnership'"):
        await make_current(client, build, description.conflict_token)
        log.info("current", build=build)


async def keep_following(client: Client, build: str) -> None:
    """Follow the operator's command until cancelled: it may come before this version's worker for the rules."""
    pause = RETRY_SECONDS
    while True:
        with suppress(RPCError):
            await follow(client, build)
        await asyncio.sleep(pause)
        pause = min(pause * 2, SETTLED_SECONDS)  # the server answers only so often, and so many workers ask
