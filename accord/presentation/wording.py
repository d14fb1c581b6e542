"""Words for what a command says, as pages and the shell show it before it is signed."""

from __future__ import annotations

from typing import Any

from accord.presentation.acts import field_of, fields_of
from domain.partnership.commands import Assign, StaffRequest


def content_of(command: StaffRequest) -> list[tuple[str, str]]:
    """Return the content of a command beside its envelope, by field."""
    content = command.model_dump(mode="json", exclude={"command_id", "at", "actor", "kind", "signature"})
    if isinstance(command, Assign) and command.to is None:
        return [(field_of(Assign, "to").title, "nobody in particular")]
    titles = {field.name: field.title for field in fields_of(type(command))}
    return [(titles[name], plain(value)) for name, value in content.items() if value not in (None, "")]


def plain(content: Any) -> str:
    """Return a value of a command's content in words."""
    match content:
        case bool():
            return "yes" if content else "no"
        case list():
            return "; ".join(map(plain, content))
        case dict():
            return ", ".join(f"{name.replace('_', ' ')} {plain(part)}" for name, part in content.items())
        case _:
            return str(content)
