"""Public registers: load a publisher's own file as a version, look organisations up by EIN, screen names."""

from __future__ import annotations

from typing import TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

Connection: TypeAlias = asyncpg.Connection | PoolConnectionProxy
"""A PostgreSQL connection, standalone or from a pool."""
