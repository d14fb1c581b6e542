"""The details that operators read in the Temporal UI lead to the console, where a worker was told of one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from domain.partnership.state import Partnership
from tests.builders import proposal
from workflows.describe import details_of, link_to_the_console

PARTNERSHIP = Partnership(partnership_id="P-2026-0042", proposal=proposal("P-2026-0042"))


@pytest.fixture(autouse=True)
def told_of_none() -> Iterator[None]:
    yield
    link_to_the_console("")


def test_a_partnership_leads_to_its_page() -> None:
    link_to_the_console("https://accord.example.org/")
    assert "[Open P-2026-0042 in the console](https://accord.example.org/P-2026-0042)" in details_of(PARTNERSHIP)


def test_a_worker_that_knows_no_console_leads_nowhere() -> None:
    link_to_the_console("")
    assert "](" not in details_of(PARTNERSHIP)
