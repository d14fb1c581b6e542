"""Outages of the database or Temporal, as pages show them: nobody learns a wrong outcome."""

from __future__ import annotations

from typing import Final

import asyncpg

from accord.presentation.faults import Unreachable
from ledger import LedgerUnavailable

AWAY: Final = (Unreachable, LedgerUnavailable, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""The faults of a server that does not answer, or no longer."""


def first_line(fault: Exception) -> str:
    """Return the first line of a fault's words for a page, or its kind if it has none."""
    plain = fault.plain if isinstance(fault, Unreachable) else ""
    return (plain or str(fault) or type(fault).__name__).splitlines()[0]
