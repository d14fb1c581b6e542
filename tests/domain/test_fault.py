"""A fault of the domain is a value, and no empty text means that all is well (ADR 0086)."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from domain.fault import Fault
from tests.conftest import ROOT

Function = ast.FunctionDef | ast.AsyncFunctionDef


def test_a_fault_is_read_as_its_words_and_the_first_of_several_stands() -> None:
    first, second = Fault("the partnership has ended"), Fault("nobody signed it")
    assert str(first) == "the partnership has ended"
    assert (None or first or second) == Fault("the partnership has ended")


def test_what_has_no_words_is_no_fault() -> None:
    with pytest.raises(ValueError, match="a fault says what is wrong"):
        Fault("")


def texts_for_faults(code: str) -> Iterator[str]:
    """Yield the functions that return a text for a fault: `fault` in the name, or '' for none in the docstring."""
    for function in ast.walk(ast.parse(code)):
        if isinstance(function, Function) and function.returns is not None and ast.unparse(function.returns) == "str":
            told = ast.get_docstring(function) or ""
            if "fault" in function.name or "'' if" in told or "or ''" in told:
                yield function.name


def test_no_text_of_the_domain_means_by_being_empty_that_nothing_is_wrong() -> None:
    files = sorted((ROOT / "domain").rglob("*.py"))
    assert len(files) > 300
    assert {path.stem: found for path in files if (found := [*texts_for_faults(path.read_text("utf-8"))])} == {}


@pytest.mark.parametrize(
    "code",
    [
        "def day_fault() -> str: ...",
        "async def _fault_of(event: object) -> str: ...",
        'def unfunded() -> str:\n    """Return the reason why it is not paid; \'\' if it is."""',
        'def told() -> str:\n    """Return what speaks against it, or \'\'."""',
    ],
)
def test_a_text_for_a_fault_is_found(code: str) -> None:
    assert [*texts_for_faults(code)] == [code.split("def ")[1].split("(")[0]]


@pytest.mark.parametrize("code", ["def day_fault() -> Fault | None: ...", "def name() -> str:\n    '''Return it.'''"])
def test_a_fault_and_a_text_that_is_never_empty_are_let_be(code: str) -> None:
    assert [*texts_for_faults(code)] == []
