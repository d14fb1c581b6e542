"""The sign-in of a stack on one machine: it shows the people of the directory, and believes whoever chooses one.

An OpenID provider (PyPI `oidc-provider-mock`) with a page of our own. Only for trying Accord; see docs/operations.md.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import uvicorn
from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader
from oidc_provider_mock import app as provider

from accord.client.desk import open_desk
from accord.presentation.words.organisation.directory import ROLE_WORK
from deploy.logins import Login

TEMPLATES: Final = Path(__file__).parent / "templates"
STYLE: Final = Path(__file__).parents[1] / "web" / "static"


class Choice(NamedTuple):
    """A person who may be chosen: as the directory names them, with their roles in words."""

    staff_id: str
    name: str
    roles: str
    work: tuple[str, ...] = ()
    """What each of the roles does."""


def application(people: Callable[[], list[Choice]]) -> Flask:
    """Return the provider, whose page shows the people that `people` finds."""
    app: Flask = provider()
    ours = FileSystemLoader(TEMPLATES)
    app.jinja_loader = ours if app.jinja_loader is None else ChoiceLoader([ours, app.jinja_loader])
    app.static_folder = str(STYLE)
    app.jinja_env.globals["people"] = people
    return app


async def people_of_the_directory() -> list[Choice]:
    """Return the people of the staff directory as it is now, in its order."""
    async with open_desk(Login.READER) as desk:
        staff = (await desk.directory()).staff
    return [
        Choice(member.staff_id, member.name, _words(member.roles), tuple(ROLE_WORK[role] for role in member.roles))
        for member in staff
    ]


def _words(roles: tuple[str, ...]) -> str:
    return ", ".join(role.replace("_", " ").lower() for role in roles)


def main() -> None:
    """Serve the provider on loopback, at the port that the command line names."""
    app = application(lambda: asyncio.run(people_of_the_directory()))
    uvicorn.run(app, interface="wsgi", host="127.0.0.1", port=int(sys.argv[-1]), log_level="info")


if __name__ == "__main__":
    main()
