"""Logins for a database of a test's own: they are named after it, and have the secrets of the run's stack."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import asyncpg

from deploy.admission import make_logins

_let_in: Final[set[str]] = set()


async def let_in(address: str) -> None:
    """Make the logins of the database at an administrator's address, once. Nobody else may connect there any more."""
    if address not in _let_in:
        connection = await asyncpg.connect(address)
        await make_logins(connection, Path(os.environ["ACCORD_SECRETS"]))
        await connection.close()
        _let_in.add(address)
