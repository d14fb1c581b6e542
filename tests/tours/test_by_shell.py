"""The tour by shell: each line of the tutorial is typed as it stands, and answers what is shown there."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import pytest

from tests.tours.documents import README, Reading, Typed, by_shell, typed_in
from tests.tours.terminal import Terminal, a_stack, a_terminal, faults_of, place

FIRST_RELEASE, LAST_IMPORT = "accord release P-2026-9001 --tranche 1", "accord payments import"
AGAIN: Final = "The second tranche goes the same way."
BY_ITSELF: Final = (
    "! accord show P-2026-9001 | grep -q 'by itself' && ! accord payments list --status RELEASED --json | grep -q 9001"
)
"""True once Accord did what it does by itself, which a reader waits for without knowing."""


def tour() -> list[Typed]:
    """What the tutorial tells a reader to type. Where it says that something goes the same way, it is typed again."""
    lines = typed_in(by_shell())
    assert AGAIN in by_shell()
    first = next(n for n, one in enumerate(lines) if one.line.startswith(FIRST_RELEASE))
    last = next(n for n, one in enumerate(lines) if one.line.startswith(LAST_IMPORT))
    again = [Typed(one.line.replace("--tranche 1", "--tranche 2"), one.shown) for one in lines[first : last + 1]]
    return [*lines[: last + 1], *again, *lines[last + 1 :]]


async def rest(terminal: Terminal) -> None:
    """Wait as a reader does between two acts."""
    while (await terminal.type(BY_ITSELF)).code:
        pass


@pytest.mark.slow
async def test_each_line_of_the_tutorial_answers_what_is_shown_there(tmp_path: Path) -> None:
    folder = tmp_path / "reader"
    environment, reading, faults = place(folder), Reading(), []
    async with a_stack(folder, environment, "-m", "accord", "up"), a_terminal(folder, environment) as terminal:
        for typed in tour():
            faults += await faults_of(terminal, reading, typed)
            if any(act in typed.line for act in ("accord propose ", "accord approve ", "accord release ")):
                await rest(terminal)
    shutil.rmtree(folder, ignore_errors=True)
    assert not faults, "\n\n".join(faults)


def test_what_the_readme_shows_is_shown_by_the_tutorial_too() -> None:
    assert {*typed_in(README.read_text("utf-8"))} <= {*typed_in(by_shell())}
