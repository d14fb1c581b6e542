"""A day is typed in one form: what may be another day is asked back with the form, never in a parser's words."""

from __future__ import annotations

from datetime import datetime

import pytest
import typer

from accord.cli.typed_days import typed_day
from tests.accord.shell import BAD_INPUT, Shell


def test_a_day_is_read() -> None:
    assert typed_day("2026-11-30") == datetime(2026, 11, 30)  # noqa: DTZ001


@pytest.mark.parametrize("text", ["30.11.2026", "11/30/2026", "20261130", "2026-W49-3", "2026-11-31", "", "soon"])
def test_what_is_no_day_is_asked_back(text: str) -> None:
    with pytest.raises(typer.BadParameter, match=r"is no day; write it like 2026-11-30$"):
        typed_day(text)


async def test_the_shell_says_so_by_the_option(shell: Shell) -> None:
    answer = await shell("payments", "entries", "--day", "30.11.2026")
    told = "'--day': '30.11.2026' is no day; write it like 2026-11-30" in answer.words
    assert (answer.code, told) == (BAD_INPUT, True)
