"""A command loads what it needs and no more: a read starts without Temporal, a list without the domain as well."""

from __future__ import annotations

import json
import pkgutil
import re
import subprocess
import sys
from importlib import import_module
from typing import Final

import pytest
import typer
from typer.core import TyperGroup

import accord.cli
import accord.cli.main
from tests.accord.shell import BAD_INPUT, Shell

LOADED: Final = """
import json, os, sys
sys.argv = ["accord", *sys.argv[1:]]
os._exit = lambda code: None
from accord.cli.main import main
main()
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""
TEMPORAL: Final = "temporalio"


def loaded_by(*words: str) -> set[str]:
    """The modules that a process has loaded once a command has run. Without a database it ends early, and says so."""
    environment = {"PATH": "", "ACCORD_DATA": "/nowhere"}
    ran = subprocess.run(
        [sys.executable, "-c", LOADED, *words], capture_output=True, text=True, env=environment, check=True
    )
    return set(json.loads(ran.stderr.splitlines()[-1]))


LISTS: Final = (("list",), ("payments", "list"), ("obligations",), ("work",))
LOOKS: Final = (
    ("verify-recipient", "--name", "Riverbend Library Network", "--kind", "NONPROFIT", "--funder", "ISOC"),
    ("registers", "screen", "Riverbend Library Network"),
)
"""Looks that record nothing: they read the registers, the lists and the rule book."""
READS: Final = (*LISTS, *LOOKS, ("show", "P-2026-0001"), ("history", "P-2026-0001"))


@pytest.mark.sampled(1)
@pytest.mark.parametrize("words", READS, ids=" ".join)
def test_a_read_loads_no_temporal(words: tuple[str, ...]) -> None:
    loaded = loaded_by(*words)
    assert "asyncpg" in loaded
    assert {one for one in loaded if one.partition(".")[0] == TEMPORAL} == set()


@pytest.mark.slow
@pytest.mark.parametrize("words", LISTS, ids=" ".join)
def test_a_list_of_now_loads_neither_the_rule_book_nor_the_domains_decisions(words: tuple[str, ...]) -> None:
    """Each of these is a module that other commands load, by that name."""
    decides = {"domain.proposal", "domain.partnership.state", "domain.policy.rulebook"}
    assert decides <= loaded_by("show", "P-2026-0001")
    assert decides.isdisjoint(loaded_by(*words))


@pytest.mark.slow
def test_who_can_do_the_work_is_told_without_partnerships_their_events_and_their_commands() -> None:
    code = "import sys, domain.partnership.people.steps, records.directory_stream; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    needless = {"domain.partnership.commands", "domain.partnership.state", "domain.recorded.schema", TEMPORAL}
    assert needless.isdisjoint(ran.stdout.split())


def test_every_command_of_a_module_is_offered_under_its_name_and_no_other() -> None:
    groups = {
        "COMMANDS": accord.cli.main.COMMANDS,
        "PAYMENTS": accord.cli.main.PAYMENTS,
        "REGISTERS": accord.cli.main.REGISTERS,
        "EDITIONS": accord.cli.main.EDITIONS,
        "LETTERS": accord.cli.main.LETTERS,
        "DOOR": accord.cli.main.DOOR,
        "SHADOW": accord.cli.main.SHADOW,
        "BOOKS": accord.cli.main.BOOKS,
        "LEDGER": accord.cli.main.LEDGER,
        "IMPORTS": accord.cli.main.IMPORTS,
        "PUBLISH": accord.cli.main.PUBLISH,
    }
    offered = {name for group in groups.values() for name in group(name="x").list_commands(None)}
    registered = set()
    for module in pkgutil.walk_packages(accord.cli.__path__, "accord.cli."):
        if hasattr(found := import_module(module.name), "register"):
            made = typer.Typer()
            found.register(made)
            group = typer.main.get_group(made)
            assert isinstance(group, TyperGroup)
            registered |= set(group.commands)
    assert offered == registered


async def test_the_help_shows_the_commands_in_groups_in_the_order_of_the_work() -> None:
    page = (await Shell().done("--help")).stdout
    groups = re.findall(r"╭─ ([\w ]+?) ─", page)
    assert groups == ["Options", "Propose and decide", "Pay", "Look", "People and partners", "Run it"]
    pay, look = page.index("╭─ Pay "), page.index("╭─ Look ")
    assert page.index("│ propose ") < pay < page.index("│ payments ") < look < page.index("│ audit ")
    assert page.index("╭─ Run it ") < page.index("│ ledger ")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("aprove", "P-2026-0001"), "Did you mean 'approve' or 'propose'?"),
        (("sign", "P-2026-0001"), "Did you mean 'assign' or 'sign-agreement'?"),
        (("payments", "exprt"), "Did you mean 'export'?"),
        (("hold", "P-2026-0001", "--reson", "late"), "Possible options: --json, --reason, --yes"),
        (("list", "--stage", "APROVAL"), "'APPROVAL'?"),
        (("list", "--stage", "aproval"), "'APPROVAL'?"),
        (("hold", "P-2026-0001", "--leg", "fund_out"), "Did you mean 'funds_out' or 'funds_in'?"),
    ],
)
async def test_a_slip_is_answered_with_what_may_be_meant(words: tuple[str, ...], meant: str) -> None:
    answer = await Shell()(*words)
    assert (answer.code, meant in answer.words) == (BAD_INPUT, True), answer
    assert "Value error" not in answer.words


async def test_a_word_that_is_like_no_command_gets_no_suggestion() -> None:
    answer = await Shell()("xyzzy")
    assert (answer.code, "Did you mean" in answer.words) == (BAD_INPUT, False)
