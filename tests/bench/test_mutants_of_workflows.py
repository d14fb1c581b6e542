"""The golden histories notice changes of workflows, and each change that is explained can be made: in `make check`."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path

import pytest

from bench.mutation.mutants import WORKFLOWS, all_mutants
from bench.mutation.unnoticed import UNNOTICED

ROOT = Path(__file__).resolve().parents[2]

NOTICED = (
    "DeadlineTimer._until: without await workflow.sleep",
    "OperatorsView.show: without workflow.upsert_search_attributes",
    "PartnershipWorkflow.run: not self._is_over() -> self._is_over()",
    "_ask: since(RELEASE_0_3) -> not since(RELEASE_0_3)",
    "_events_of: outcome.withheld is not None -> outcome.withheld is None",
    "RescreeningWorkflow.run: partnerships.partnership_ids -> not partnerships.partnership_ids",
)
"""One change of each kind of command: a timer, what operators see, an end, a patch, an append, an activity."""


@pytest.mark.slow
async def test_changes_of_each_kind_of_command_are_noticed() -> None:
    pattern = "|".join(map(re.escape, NOTICED))
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.mutation", "workflows", "--jobs", "1", "--json", "--only", pattern,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    told, faults = await running.communicate()
    assert running.returncode == 0, faults.decode()
    report = json.loads(told)
    assert (len(report["killed"]), report["survivors"]) == (len(NOTICED), [])


@pytest.mark.slow
def test_each_change_that_is_explained_can_be_made() -> None:
    """An explanation of a line that is gone explains nothing."""
    mutants = all_mutants(ROOT, package=WORKFLOWS)
    names = {name for one in mutants for name in (one.key, f"{one.path} {one.scope}", one.path)}
    assert set(UNNOTICED) - names == set()
