"""The fourth reader: the partnerships and payments that Temporal holds as open, and the sums that those say."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from temporalio.api.workflow.v1 import WorkflowExecutionInfo
from temporalio.api.workflowservice.v1 import ListWorkflowExecutionsRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey
from temporalio.converter import decode_typed_search_attributes

from domain.attestation.readings import OpenRun, WorkflowsReading

_AMOUNT: Final = SearchAttributeKey.for_float("AccordAmount")
_CURRENCY: Final = SearchAttributeKey.for_keyword("AccordCurrency")
_QUERY: Final = "CloseTime IS NULL AND WorkflowType = '{}'"
_PAGE: Final = 1000


async def read_workflows(client: Client) -> WorkflowsReading:
    """Return the open workflows of partnerships and payments, paused ones too, by Temporal's index.

    Raises:
        RPCError: Temporal does not answer.
    """
    partnerships = [run.workflow_id for run in await _open(client, "Partnership")]
    return WorkflowsReading(frozenset(partnerships), tuple(await _open(client, "Tranche")))


async def _open(client: Client, workflow_type: str) -> list[OpenRun]:
    runs, page = list[OpenRun](), b""
    while True:
        request = ListWorkflowExecutionsRequest(
            namespace=client.namespace, query=_QUERY.format(workflow_type), page_size=_PAGE, next_page_token=page
        )
        answer = await client.workflow_service.list_workflow_executions(request, retry=True)
        runs += [_run(info) for info in answer.executions]
        page = answer.next_page_token
        if not page:
            return runs


def _run(info: WorkflowExecutionInfo) -> OpenRun:
    attributes = decode_typed_search_attributes(info.search_attributes)
    amount = attributes.get(_AMOUNT)
    # Temporal keeps sums as binary floats, whose shortest text is the sum that was given.
    return OpenRun(
        info.execution.workflow_id, attributes.get(_CURRENCY) or "", None if amount is None else Decimal(str(amount))
    )
