"""Furnish an office with the invented sample: registers, accounts, staff. For the demo, tests and benchmarks."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import asyncpg

from commands.desk import Desk
from commands.files import read_file
from commands.house import OPERATOR
from domain.parties import AccountReference
from domain.people import DirectoryFile
from payments.accounts import AccountDetails, record_account
from registers.loader import LoadReport, load

SAMPLE: Final = Path(__file__).resolve().parent.parent / "deploy" / "sample"
SAMPLE_DATE: Final = date(2026, 11, 1)
SAMPLE_REGISTERS: Final = {
    "irs-bmf": ("bmf.csv",),
    "irs-pub78": ("pub78.txt",),
    "irs-revocation": ("revocation.txt",),
    "ofac-sdn": ("sdn.csv", "alt.csv", "add.csv"),
}


async def load_sample_registers(pool: asyncpg.Pool) -> list[LoadReport]:
    """Load the sample's registers; a refusal is in the report, as for any other file."""
    reports = []
    for register, names in SAMPLE_REGISTERS.items():
        paths = tuple(SAMPLE / "registers" / name for name in names)
        async with pool.acquire() as connection:
            reports.append(await load(connection, register, paths, SAMPLE_DATE, minimum_rows=1))
    return reports


async def record_sample_accounts(pool: asyncpg.Pool) -> dict[str, AccountReference]:
    """Record the sample's bank accounts and return their references by name."""
    async with pool.acquire() as connection:
        return {
            path.stem: await record_account(connection, read_file(path, AccountDetails), OPERATOR)
            for path in sorted((SAMPLE / "accounts").glob("*.toml"))
        }


async def furnish(desk: Desk) -> dict[str, AccountReference]:
    """Furnish an office with staff, funders and accounts, and return the accounts by name."""
    await desk.load_directory(read_file(SAMPLE / "house.toml", DirectoryFile), OPERATOR)
    return await record_sample_accounts(desk.pool)


def sample_iban(name: str) -> str:
    """Return the IBAN of a sample account."""
    return str(read_file(SAMPLE / "accounts" / f"{name}.toml", AccountDetails).iban)
