"""What the README shows beside `make demo`: each line is typed as it stands, and answers what is shown there."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import pytest

from tests.tours.documents import Reading, beside_the_demo
from tests.tours.terminal import a_stack, a_terminal, faults_of, place

DEMO_OF_GRANTS: Final = """
from accord.cli import main
from accord.cli.installation import demo

demo.CASES = tuple(one for one in demo.CASES if one.number == 1)
demo.HOUSE = tuple(one for one in demo.HOUSE if one.number in {demo.TO_BE_PAID, 40, 41})
main.main()
"""
"""A demo with a partnership that ended, both grants that the README shows, and the payment that waits in every one."""


@pytest.mark.slow
async def test_each_line_of_the_readme_answers_what_is_shown_there(tmp_path: Path) -> None:
    folder = tmp_path / "reader"
    environment, reading, faults = place(folder), Reading(), []
    async with a_stack(folder, environment, "-c", DEMO_OF_GRANTS, "demo"), a_terminal(folder, environment) as terminal:
        for typed in beside_the_demo():
            faults += await faults_of(terminal, reading, typed)
    shutil.rmtree(folder, ignore_errors=True)
    assert not faults, "\n\n".join(faults)
