"""Open the database for a task. A fault of the connection is one line. It needs neither Temporal nor the domain."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from accord.presentation.faults import BadInput, Refused, Unreachable
from deploy.database import ServiceUnavailable, open_pool
from deploy.logins import Login, SecretUnusable
from deploy.settings import database_url
from deploy.variables import NotConfigured
from ledger import LedgerUnavailable

_OF_ANOTHER_SCHEMA: Final = (
    asyncpg.UndefinedTableError, asyncpg.UndefinedFunctionError, asyncpg.UndefinedColumnError,
    asyncpg.InvalidSchemaNameError,
)  # fmt: skip
"""Errors of a query in a database of an older release, which lacks a name of it."""


@asynccontextmanager
async def open_database(login: Login = Login.STAFF) -> AsyncIterator[asyncpg.Pool]:
    """Open a pool of connections under a task's login.

    Raises:
        BadInput: A file that what is done needs cannot be used.
        Refused: The login may not do what was tried.
        Unreachable: The database is not configured, does not answer, or is not migrated.
    """
    try:
        pool = await open_pool(database_url(login))
        async with pool:
            yield pool
    except (NotConfigured, SecretUnusable, ServiceUnavailable, LedgerUnavailable) as fault:
        raise Unreachable(str(fault)) from fault
    except (asyncpg.InterfaceError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, OSError) as fault:
        if isinstance(fault, OSError) and fault.filename is not None:  # a file here, and no connection
            raise BadInput(f"{fault.filename} cannot be used ({fault.strerror}); mend that, and try again") from fault
        raise Unreachable(f"the database went away ({type(fault).__name__}); try again") from fault
    except _OF_ANOTHER_SCHEMA as fault:
        raise Unreachable("the database is not migrated; run `accord migrate`") from fault
    except asyncpg.InsufficientPrivilegeError as fault:
        raise Refused(f"the login of the {login} may not do this: {fault}", "NotAllowed") from fault
