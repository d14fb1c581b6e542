"""Payments: bank details on their own, one frozen instruction per attempt, bank files out, bank answers in."""

from __future__ import annotations

from typing import TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

Connection: TypeAlias = asyncpg.Connection | PoolConnectionProxy
"""A connection to PostgreSQL, of its own or out of a pool."""
