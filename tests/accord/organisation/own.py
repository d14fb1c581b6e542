"""An organisation of a test's own: people and rules on a fresh database, with keys or without."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from accord.client.desk import Desk
from domain.directory.directory import Directory
from tests.accord.shell import Answer, Shell


class Organisation(NamedTuple):
    """Its terminal, and the desk that the test itself looks from."""

    shell: Shell
    desk: Desk

    @property
    def keys(self) -> Path:
        return self.desk.keyring.folder

    async def directory(self) -> Directory:
        return await self.desk.directory()

    async def key_of(self, staff_id: str) -> str | None:
        held = (one.key.key_id for one in (await self.directory()).keys if one.staff_id == staff_id)
        return next(held, None)

    async def confirmed(self, *words: str) -> Answer:
        """Run a command that proposes a change as Dora, and let Otto confirm it."""
        proposed = await self.shell.done(*words, "--as", "dora.kim")
        return await self.shell.done("staff", "confirm", change_of(proposed), "--as", "otto.audit")


def change_of(answer: Answer) -> str:
    """The change that an answer says must be confirmed."""
    [found] = re.findall(r"accord staff confirm (\S+) --as STAFF", answer.stdout)
    return str(found)
