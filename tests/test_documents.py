"""The names in documents exist: a path that moved is told here, and not by a reader years later."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

import accord.cli.main

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
ROOMS = "accord|activities|bench|deploy|docs|domain|ledger|payments|records|registers|tests|workflows"
NAMED = re.compile(rf"(?<![\w/.-])((?:{ROOMS})/[\w./-]*\w)")
RULE_BOOK = (ROOT / "docs" / "rule-book.md").read_text("utf-8").replace("**", "")
LINKED = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def named_in(page: Path) -> set[str]:
    """The files and folders of ours that a page names, and those that it links to."""
    text = page.read_text("utf-8")
    linked = {str((page.parent / link).resolve().relative_to(ROOT)) for link in LINKED.findall(text)}
    return {*NAMED.findall(text), *linked}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_is_there(page: Path) -> None:
    assert [name for name in sorted(named_in(page)) if not any(ROOT.glob(f"{name}*"))] == []


def test_the_readme_says_how_much_of_the_rule_book_counsel_has_confirmed() -> None:
    said = re.search(r"Not confirmed by counsel: \d+ sources, on which \d+ of its \d+ rules rest", RULE_BOOK)
    assert said is not None
    assert said[0] in " ".join((ROOT / "README.md").read_text("utf-8").split())


def test_the_readme_shows_the_run_of_the_workflow_as_it_is() -> None:
    (shown,) = re.findall(r"```python\n(.+?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert shown in (ROOT / "workflows" / "partnership.py").read_text("utf-8")


def test_every_requirement_stands_in_the_list_once() -> None:
    text = (ROOT / "docs" / "requirements.md").read_text("utf-8")
    assert re.findall(r"^\| (R\d+) ", text, re.MULTILINE) == [f"R{number}" for number in range(1, 51)]


def test_every_record_of_a_decision_stands_in_the_index() -> None:
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text("utf-8")
    assert [path.name for path in sorted(folder.glob("0*.md")) if f"({path.name})" not in index] == []


GIVEN = re.compile(r"`accord ([^`]+)`")
"""What a runbook tells somebody to type."""


def command_of(words: list[str]) -> tuple[Any, list[str]]:
    """The command that words call, and the words that are left for it."""
    command: Any = typer.main.get_command(accord.cli.main.app)
    while words and hasattr(command, "get_command"):
        found = command.get_command(typer.Context(command), words[0])
        assert found is not None, f"there is no `accord ... {words[0]}`"
        command, words = found, words[1:]
    return command, words


def faults_of(given: str) -> list[str]:
    """The options that a command lacks, or does not have; a command that is only named lacks nothing."""
    command, words = command_of(shlex.split(given))
    options = [one for one in command.params if one.param_type_name == "option"]
    known = {name for one in options for name in (*one.opts, *one.secondary_opts)}
    lacks = [one.opts[0] for one in options if one.required and not {*one.opts} & {*words}]
    return [*(lacks if words else []), *({word for word in words if word.startswith("--")} - known)]


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "runbooks").glob("*.md")), ids=lambda page: page.name)
def test_a_command_in_a_runbook_can_be_typed_as_it_stands(page: Path) -> None:
    """A person woken at night types the words that stand there."""
    wrong = {given: faults for given in GIVEN.findall(page.read_text("utf-8")) if (faults := faults_of(given))}
    assert wrong == {}
