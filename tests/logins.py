"""Logins for a database of a test's own: they are named after it, and have the secrets of the run's stack."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

import asyncpg

from deploy.admission import make_logins
from deploy.logins import Login, read_secret, verifier
from deploy.roles import identifier, settled

_let_in: Final[set[str]] = set()


class Made(NamedTuple):
    """A login as the product made it: its task, and the roles that it has."""

    task: Login
    roles: list[str]


_made: Final[dict[tuple[str, str | None], list[Made]]] = {}
"""The logins of the first database of a server and of roles whose names begin so."""

_MADE: Final = """
SELECT substr(r.rolname, length($1) + 1), array_agg(quote_ident(t.rolname))
  FROM pg_authid r JOIN pg_auth_members m ON m.member = r.oid JOIN pg_authid t ON t.oid = m.roleid
 WHERE starts_with(r.rolname, $1) GROUP BY 1
"""


async def let_in(address: str) -> None:
    """Make the logins of the database at an administrator's address, once. Nobody else may connect there any more.

    The product makes those of the first database. Those of each further one are made like them at once, with verifiers
    that are hashed once: PostgreSQL tries each with an empty secret, and all of it took a tenth of a second a database.
    """
    if address not in _let_in:
        connection = await asyncpg.connect(address)
        try:
            await _make(connection, address)
        finally:
            await connection.close()
        _let_in.add(address)


async def _make(connection: asyncpg.Connection, address: str) -> None:
    database = str(await connection.fetchval("SELECT current_database()"))
    secrets = Path(os.environ["ACCORD_SECRETS"])
    kind = re.sub(r"/\w+\?", "/?", address), await settled(connection)
    try:
        if kind in _made:
            await connection.execute(_like(_made[kind], database, secrets))
            return
    except (
        asyncpg.DuplicateObjectError,
        asyncpg.UniqueViolationError,
    ):  # made meanwhile: nothing was changed
        pass
    await make_logins(connection, secrets)
    _made.setdefault(
        kind, [Made(Login(task), roles) for task, roles in await connection.fetch(_MADE, f"{database}_login_")]
    )


def _like(made: Iterable[Made], database: str, secrets: Path) -> str:
    """A statement that makes logins like these for another database, and lets nobody else in."""
    named = [(identifier(one.task.of(database)), one) for one in made]
    created = (
        f"CREATE ROLE {name} LOGIN PASSWORD '{verifier(read_secret(secrets / one.task), iterations=1)}' "
        f"IN ROLE {', '.join(one.roles)}"
        for name, one in named
    )
    into = f"CONNECT ON DATABASE {identifier(database)}"
    granted = f"GRANT {into} TO {', '.join(name for name, _ in named)}"
    return ";".join((*created, f"REVOKE {into} FROM PUBLIC", granted))
