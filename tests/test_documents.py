"""The names in documents exist: a path that moved is told here, and not by a reader years later."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import accord.cli.main
from domain.policy.rulebook import EDITIONS
from tests.tours.documents import README, TUTORIAL, Typed, beside_the_demo, typed_in

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
ROOMS = "accord|activities|bench|deploy|docs|domain|ledger|papers|payments|publishing|records|registers|tests|workflows"
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
    while words and hasattr(command, "get_command") and not words[0].startswith("-"):  # a group may be one itself
        found = command.get_command(typer.Context(command), words[0])
        assert found is not None, f"there is no `accord ... {words[0]}`"
        command, words = found, words[1:]
    return command, words


def faults_of(given: str) -> list[str]:
    """The options that a command lacks, or does not have; a command that is only named lacks nothing."""
    return faults_of_words(shlex.split(given))


def faults_of_words(said: list[str]) -> list[str]:
    """The options that a command lacks, or does not have, by its words."""
    command, words = command_of(said)
    options = [one for one in command.params if one.param_type_name == "option"]
    known = {name for one in options for name in (*one.opts, *one.secondary_opts)}
    lacks = [one.opts[0] for one in options if one.required and not {*one.opts} & {*words}]
    return [*(lacks if words else []), *({word for word in words if word.startswith("--")} - known)]


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "runbooks").glob("*.md")), ids=lambda page: page.name)
def test_a_command_in_a_runbook_can_be_typed_as_it_stands(page: Path) -> None:
    """A person woken at night types the words that stand there."""
    wrong = {given: faults for given in GIVEN.findall(page.read_text("utf-8")) if (faults := faults_of(given))}
    assert wrong == {}


def commands_in(line: str) -> Iterator[list[str]]:
    """The words of each command of ours in a line for a shell."""
    read = shlex.shlex(line, posix=True, punctuation_chars=";")
    read.whitespace_split = True
    for together in " ".join(map(shlex.quote, read)).split(" ';' "):
        name, *words = shlex.split(together)
        if name == "accord":
            yield words


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(typed_in(README.read_text("utf-8")), id="README"),
        pytest.param(beside_the_demo(), id="README, beside the demo"),
        pytest.param(typed_in(TUTORIAL.read_text("utf-8")), id="tutorial"),
    ],
)
def test_a_command_that_a_newcomer_types_has_the_options_that_stand_there(lines: list[Typed]) -> None:
    """Whether it answers what is shown, tests/tours tries on a stack of its own."""
    given = [words for one in lines for words in commands_in(one.line)]
    assert given
    assert {" ".join(words): faults for words in given if (faults := faults_of_words(words))} == {}


# The sections of the rules, which code, tests and documents cite by their numbers

RULES = ROOT / "docs" / "rules.md"
SECTIONS = re.findall(r'^### <a id="r([\d.]+)"></a>\1 \w', RULES.read_text("utf-8"), re.MULTILINE)
ONE = r"\d\.\d{1,2}\b(?!\.\d)"
NUMBER = re.compile(ONE)
CITED = re.compile(rf"\b(?:rules(?:\s+table)?|table)\s+{ONE}(?:(?:,|\s+and|\s+or|\s+to)\s+{ONE})*", re.IGNORECASE)
"""One section or several behind one word, as a list or a range, also over the end of a line."""
RANGE = re.compile(r"(\d)\.(\d+)\s+to\s+\1\.(\d+)")
LINK = re.compile(r"\[([^][]*)\]\(([^()\s]*#r[\d.]+)\)")
LINKED_ALREADY = "0.0"
"""Stands for the number of a citation that is a link to the very section."""

SUFFIXES = {".py", ".sql", ".html", ".js", ".md"}
OURS = [path for path in ROOT.iterdir() if not path.name.startswith(".")]
WRITTEN = sorted(path for top in OURS for path in (top, *top.rglob("*")) if path.suffix in SUFFIXES)


def cited_in(text: str) -> Iterator[tuple[int, str]]:
    """Each section that a text cites, and those that a range spans, with the line."""
    for cited in CITED.finditer(text):
        spanned = (f"{part}.{n}" for part, a, b in RANGE.findall(cited[0]) for n in range(int(a) + 1, int(b)))
        line = text.count("\n", 0, cited.start()) + 1
        yield from ((line, number) for number in (*NUMBER.findall(cited[0]), *spanned))


def without_links(page: Path) -> str:
    """The text of a page in which each link to the very section that it names is no citation any more."""

    def seen(link: re.Match[str]) -> str:
        path, _, anchor = link[2].partition("#r")
        there = (page.parent / path).resolve() if path else page
        right = (there, anchor) == (RULES, link[1].split(" ")[-1]) and anchor in SECTIONS
        return f"rules {LINKED_ALREADY}" if right else link[0]

    return LINK.sub(seen, page.read_text("utf-8"))


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("(R20; rules 3.5)", ["3.5"]),
        ("Rules 3.7, 3.8 say", ["3.7", "3.8"]),
        ("rules 3.13 and\n    4.2", ["3.13", "4.2"]),
        ("rules 4.9 to 4.12", ["4.9", "4.12", "4.10", "4.11"]),
        ("as rules\n4.5 to 4.7, 4.14 ask", ["4.5", "4.7", "4.14", "4.6"]),
        ("rules table 2.4, and table 2.1", ["2.4", "2.1"]),
        ("15 of its 45 rules, 3.5 a page; release 2.4.1; section 2.1", []),
    ],
)
def test_a_citation_is_one_section_or_several(words: str, numbers: list[str]) -> None:
    assert [number for _, number in cited_in(words)] == numbers


def test_each_section_of_the_rules_stands_once_in_the_order_of_its_number() -> None:
    places = [tuple(map(int, number.split("."))) for number in SECTIONS]
    assert places == sorted(set(places))


@pytest.mark.slow
def test_every_section_that_is_cited_is_in_the_rules_and_every_section_is_cited() -> None:
    cited = [(path, *found) for path in WRITTEN for found in cited_in(path.read_text("utf-8")) if path != RULES]
    lost = [f"{path.relative_to(ROOT)}:{line}: {n}" for path, line, n in cited if n not in SECTIONS]
    assert lost == []
    assert {*SECTIONS} <= {number for _, _, number in cited}


@pytest.mark.parametrize("page", [path for path in WRITTEN if path.suffix == ".md"], ids=lambda page: page.name)
def test_in_a_document_each_citation_is_a_link_to_the_very_section(page: Path) -> None:
    text = without_links(page)
    bare = [f"{page.name}:{line}: {number}" for line, number in cited_in(text) if number != LINKED_ALREADY]
    assert bare + LINK.findall(text) == []


def test_the_rules_name_rules_of_the_rule_book_alone() -> None:
    named = set(re.findall(r"`([A-Z]+(?:-[A-Z]+)*)`", RULES.read_text("utf-8")))
    known = {rule.rule_id for book in EDITIONS.values() for rule in book.rules}
    assert named - known == set()
    assert named & known != set()
