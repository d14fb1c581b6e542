"""Payments: bank details, one frozen instruction per attempt to pay, files to the bank, and answers from it."""

from __future__ import annotations

from typing import TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

Connection: TypeAlias = asyncpg.Connection | PoolConnectionProxy
"""A PostgreSQL connection, opened on its own or acquired from a pool."""
