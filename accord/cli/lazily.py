"""Commands that are loaded on demand: a list does not wait for a library that only a decision needs."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Final

import typer
from typer.core import TyperCommand, TyperGroup

SUMMARIES: Final = Path(__file__).parent / "summaries.json"
"""What a list of commands says of each, so that a help imports none of them."""


class _Loading(TyperGroup):
    """A group of commands, each of which is read from its module once it is asked for."""

    panels: ClassVar[tuple[str, ...]] = ()
    """The panels of the help, in their order."""
    places: ClassVar[Mapping[str, tuple[str, str]]] = {}
    """The panel and the module of each command."""
    default_module: ClassVar[str] = ""
    is_listing = False

    def format_help(self, ctx: Any, formatter: Any) -> None:
        self.is_listing = True
        super().format_help(ctx, formatter)

    def list_commands(self, ctx: Any) -> list[str]:
        others = _summaries().get(self.default_module, {}) if self.is_listing else _commands(self.default_module)
        names = dict.fromkeys([*self.places, *self.commands, *others])
        return sorted(names, key=lambda name: self.panels.index(self._panel(name)))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in self.commands:
            return super().get_command(ctx, cmd_name)
        panel, module = self.places.get(cmd_name, (self._panel(cmd_name), self.default_module))
        command = (_summary if self.is_listing else _loaded)(module, cmd_name)
        if command is not None:
            command.rich_help_panel = panel
        return command

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and not ctx.resilient_parsing and self.get_command(ctx, args[0]) is None:
            ctx.fail(_unknown(args[0], self.list_commands(ctx)))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.BadParameter as fault:
            fault.message = _with_a_suggestion(fault.message)
            raise

    def _panel(self, name: str) -> str:
        """The panel in which a command stands, or the first, where it names none."""
        if name in self.places:
            return self.places[name][0]
        panel = str(getattr(self.commands.get(name), "rich_help_panel", ""))
        return panel if panel in self.panels else self.panels[0]


def loading(panels: Mapping[str, Mapping[str, tuple[str, ...]]], default_module: str = "") -> type[TyperGroup]:
    """Return the class of a group whose commands are in modules of `accord.cli`: {panel of the help: {module: names}}.

    Each module's `register(app)` adds them. Commands that are added to the group itself stand in their own panels.
    `default_module`: a module whose commands are not named here; they stand in the first panel.
    """
    places = {
        name: (panel, module)
        for panel, modules in panels.items()
        for module, names in modules.items()
        for name in names
    }
    parts = {"panels": tuple(panels), "places": places, "default_module": default_module}
    return type("Loading", (_Loading,), parts)


def _unknown(name: str, names: Sequence[str]) -> str:
    """Return the words on a command that does not exist, with those that may be meant."""
    likely = [
        *get_close_matches(name, names),
        *(command for command in names if len(name) > 2 and command.startswith(name)),
    ]
    return f"No such command '{name}'.{_meant(likely)}"


_NO_CHOICE: Final = re.compile(r"(?:Value error, )?(?P<fault>'(?P<typed>[^']*)' is not one of (?P<choices>.*)\.)", re.S)
"""What the library says of a value that is none of an option's choices."""


def _with_a_suggestion(message: str) -> str:
    """Return the words on a value that is none of those that there are, with those that may be meant."""
    found = _NO_CHOICE.fullmatch(message)
    if found is None:
        return message
    choices = {choice.casefold(): choice for choice in re.findall(r"'([^']*)'", found["choices"])}
    likely = get_close_matches(found["typed"].casefold(), choices)
    return found["fault"] + _meant([choices[choice] for choice in likely])


def _meant(likely: Sequence[str]) -> str:
    words = " or ".join(f"'{name}'" for name in dict.fromkeys(likely))
    return f" Did you mean {words}?" if words else ""


def _loaded(module: str, name: str) -> Any:
    return _commands(module).get(name)


def _summary(module: str, name: str) -> Any:
    """Return a command for the list of a help alone: its name and its first line."""
    return TyperCommand(name, help=_summaries()[module][name])


@lru_cache
def _summaries() -> dict[str, dict[str, str]]:
    """Return the first line of each command's help, by module and name. A test holds the file against the commands."""
    return dict(json.loads(SUMMARIES.read_text("utf-8")))


@lru_cache
def _commands(module: str) -> dict[str, Any]:
    """Return the commands that a module registers, by name."""
    app = typer.Typer()
    if not module:
        return {}
    import_module(f"accord.cli.{module}").register(app)
    return dict(typer.main.get_group(app).commands)
