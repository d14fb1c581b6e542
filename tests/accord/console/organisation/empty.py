"""A database in which nobody founded a directory, with its logins."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from deploy.embedded.stack import Stack
from tests.conftest import MIGRATED, Office, copy_of
from tests.logins import let_in


@asynccontextmanager
async def an_empty_house(stack: Stack, template: str) -> AsyncIterator[Office]:
    async with copy_of(MIGRATED, template) as name:
        made = Office(stack.postgres, name)
        await let_in(made.url)
        yield made
