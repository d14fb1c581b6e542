"""Commands that are loaded when they are asked for: a list does not wait for what only a decision needs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup


def loading(modules: Mapping[str, tuple[str, ...]]) -> type[TyperGroup]:
    """Return the class of a group whose commands are in modules of `accord.cli`, each with its commands' names.

    Each module's `register(app)` adds them. Commands that are added to the group itself stand beside them.
    """
    places = {name: module for module, names in modules.items() for name in names}

    class Loading(TyperGroup):
        def list_commands(self, ctx: Any) -> list[str]:
            return [*places, *self.commands]

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            if cmd_name not in places:
                return super().get_command(ctx, cmd_name)
            return _commands(places[cmd_name])[cmd_name]

    return Loading


@lru_cache
def _commands(module: str) -> dict[str, Any]:
    """Return the commands that a module registers, by name."""
    app = typer.Typer()
    import_module(f"accord.cli.{module}").register(app)
    return dict(typer.main.get_group(app).commands)
