"""Forms of events: what this installation still holds shut for the way back, and what each version of workers reads.

A version tells Temporal what it reads. One that told nothing reads none of the forms that were ever held.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Final

from temporalio.api.common.v1 import Payload
from temporalio.api.deployment.v1 import WorkerDeploymentVersion
from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentVersionRequest,
    UpdateWorkerDeploymentVersionMetadataRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from accord.runs.versions import PATIENCE, Version
from deploy import rights, settings
from deploy.build import DEPLOYMENT
from deploy.database import open_pool
from deploy.logins import Login
from domain.recorded.further import FURTHER, NEW_FORMS

KEY: Final = "accord.forms"

Forms = Mapping[str, int]
"""Forms by type of event."""


async def tell_forms(client: Client, build: str) -> None:
    """Tell the server what the workers of a version read.

    Raises:
        RPCError: Temporal does not answer, or no worker of the version polled yet.
    """
    forms = Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(NEW_FORMS).encode())
    request = UpdateWorkerDeploymentVersionMetadataRequest(
        namespace=client.namespace, deployment_version=_version(build), upsert_entries={KEY: forms},
        identity=client.identity,
    )  # fmt: skip
    await client.workflow_service.update_worker_deployment_version_metadata(request, timeout=PATIENCE)


async def cannot_read(client: Client, builds: Iterable[str], open_forms: Forms) -> list[str]:
    """Return those of the versions whose workers would stop at an event in a form that is open.

    Raises:
        RPCError: Temporal does not answer.
    """
    return [build for build in builds if open_forms and not _reads(await _forms_of(client, build), open_forms)]


def in_use(versions: Iterable[Version]) -> list[str]:
    """Return the versions to which work goes, or on which something runs."""
    return [version.build for version in versions if not version.is_idle]


def _reads(forms: Forms, open_forms: Forms) -> bool:
    return all(forms.get(event_type, 0) >= form for event_type, form in open_forms.items())


async def _forms_of(client: Client, build: str) -> Forms:
    request = DescribeWorkerDeploymentVersionRequest(namespace=client.namespace, deployment_version=_version(build))
    try:
        answer = await client.workflow_service.describe_worker_deployment_version(request, timeout=PATIENCE)
    except RPCError as fault:
        if fault.status is RPCStatusCode.NOT_FOUND:
            return {}
        raise
    entries = answer.worker_deployment_version_info.metadata.entries
    forms: Forms = json.loads(entries[KEY].data) if KEY in entries else {}
    return forms


def _version(build: str) -> WorkerDeploymentVersion:
    return WorkerDeploymentVersion(deployment_name=DEPLOYMENT, build_id=build)


def meanings_of(event_types: Iterable[str]) -> str:
    """Return what the newest forms of these types of event say, in words."""
    meanings = (further.meaning for event_type in sorted(event_types) for further in FURTHER[event_type])
    return "; ".join(dict.fromkeys(meanings))


def words_on_shut(event_types: Iterable[str]) -> str:
    """Return what is held, and the command that ends it."""
    return f"not recorded until `accord upgrade --open`, so that you can go back: {meanings_of(event_types)}"


def login_to_look_with() -> Login:
    """Return the staff's login, or else the first whose secret this machine has."""
    folder = settings.secrets_folder()
    return next((login for login in (Login.STAFF, *Login) if (folder / login).exists()), Login.STAFF)


async def shut_here() -> tuple[str, ...]:
    """Return the types of events of which this installation holds a form shut.

    Raises:
        NotConfigured, SecretUnusable, ServiceUnavailable: The database cannot be looked at from this machine.
    """
    async with await open_pool(settings.database_url(login_to_look_with()), 1) as pool, pool.acquire() as connection:
        return tuple(sorted(rights.shut_forms(await rights.granted_in(connection))))
