"""The help's list of commands is read from a file, which says what each command's own help says."""

from __future__ import annotations

import json
import os
import pkgutil
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import typer

import accord.cli
from accord.cli import lazily
from accord.cli.main import app


def summaries() -> dict[str, dict[str, str]]:
    """The first line of each command's help, by the module that registers it, as the commands themselves say it."""
    names = [module.name for module in pkgutil.walk_packages(accord.cli.__path__, "accord.cli.") if not module.ispkg]
    registering = [name for name in sorted(names) if hasattr(import_module(name), "register")]
    modules = [name.removeprefix("accord.cli.") for name in registering]
    return {module: _first_lines(lazily._commands(module)) for module in modules}


def _first_lines(commands: Mapping[str, Any]) -> dict[str, str]:
    return {name: " ".join((command.help or "").split("\n\n")[0].split()) for name, command in commands.items()}


def test_the_list_says_of_each_command_what_its_own_help_says_first() -> None:
    """`ACCORD_WRITE_GOLDEN=1` writes the file anew."""
    if os.environ.get("ACCORD_WRITE_GOLDEN") == "1":
        lazily.SUMMARIES.write_text(json.dumps(summaries(), indent=1, ensure_ascii=False) + "\n", "utf-8")
    assert json.loads(lazily.SUMMARIES.read_text("utf-8")) == summaries()


def test_a_help_names_every_command_that_can_be_run() -> None:
    group: Any = typer.main.get_command(app)
    names = group.list_commands(None)
    group.is_listing = True
    assert group.list_commands(None) == names
    assert all(group.get_command(None, name).help for name in names)
