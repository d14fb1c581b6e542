"""Several things at once in the shell: what came of each is told, whatever ends it in the middle."""

from __future__ import annotations

import json

import pytest
import typer

from accord.cli.partnerships.deciding import AnswerPrinter, each
from accord.presentation.faults import Failure, Refused

TOLD: AnswerPrinter[str] = AnswerPrinter(
    words=lambda name, answer: print(f"{name}: {answer}"),  # noqa: T201 - what a command prints
    json=lambda name, answer: {"name": name, "answer": str(answer)},
    fault=lambda answer: Refused("void") if answer == "void" else None,
)


async def given(name: str) -> str:
    """Refuse, end or break, as the name says, or return it."""
    match name:
        case "refused":
            raise Refused("not today")
        case "ended":
            raise KeyboardInterrupt
        case "broken":
            raise ZeroDivisionError
        case _:
            return name


@pytest.mark.parametrize("end", ["ended", "broken"])
def test_what_was_done_before_an_unexpected_end_is_told(end: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Given three of which the second ends the program, then each is told as it is."""
    with pytest.raises((KeyboardInterrupt, ZeroDivisionError)):
        each(["one", end, "three"], given, True, TOLD)
    told = capsys.readouterr()
    assert json.loads(told.out) == [{"name": "one", "answer": "one"}]
    assert f"1 done, 0 not, of {end} it is not known: look at it, 1 not tried" in told.err


def test_one_that_is_refused_stops_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        each(["one", "refused", "three", "one"], given, False, TOLD)
    told = capsys.readouterr()
    assert (told.out, ended.value.exit_code) == ("one: one\nrefused: not today\nthree: three\n", Refused("").exit_code)
    assert "2 done, 1 not" in told.err


def test_one_alone_is_refused_as_it_is_and_an_answer_may_be_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Failure, match="not today"):
        each(["refused"], given, True, TOLD)
    assert capsys.readouterr().out == ""
    with pytest.raises(Failure, match="void"):
        each(["void"], given, True, TOLD)
    assert json.loads(capsys.readouterr().out) == {"name": "void", "answer": "void"}
