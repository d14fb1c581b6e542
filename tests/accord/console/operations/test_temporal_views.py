"""The lists of workflows that operators are handed are queries that the Temporal server answers."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from temporalio.client import Client

from accord.console.pages.operations.temporal_views import VIEWS, OperatorsList

WORKFLOWS = "http://localhost:8233/namespaces/default/workflows"


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
async def test_each_is_a_query_that_the_server_answers(client: Client, view: OperatorsList) -> None:
    assert (await client.count_workflows(view.query)).count >= 0


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_an_address_says_the_query_and_only_one_that_is_kept_the_name(view: OperatorsList) -> None:
    opened, kept = (parse_qs(urlsplit(view.address(WORKFLOWS, kept=kept)).query) for kept in (False, True))
    assert opened == {"query": [view.query]}
    assert kept == {"query": [view.query], "savedQuery": [view.name]}
