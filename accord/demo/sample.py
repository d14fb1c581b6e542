"""Set up an organisation with invented registers, accounts and staff, for the demo, tests and benchmarks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import asyncpg

from accord.client.desk import Desk
from accord.organisation.funds import ask, confirm, open_fund
from accord.organisation.governance import OPERATOR, change_directory, confirm_account, load_directory, vouch
from accord.presentation.input_files import read_file
from deploy.settings import archive_folder
from domain.directory.directory_file import DirectoryFile
from domain.directory.people import KeyEnrolled
from domain.funds.events import FundKind
from domain.parties import AccountReference
from ledger import clock
from payments.accounts import AccountDetails, record_account
from registers.loading.archive import Archive
from registers.loading.loader import LoadReport, load

SAMPLE: Final = Path(__file__).resolve().parents[2] / "deploy" / "sample"
RECORDER: Final = "vera.lind"
CALLER: Final = "noor.haddad"
"""`RECORDER` records the sample's bank accounts, and `CALLER` calls back to verify them."""

RATES: Final = "eurofxref-hist.csv"
"""The invented reference rates. A column XTS, which ISO 4217 reserves for tests, tells them from published ones."""

SAMPLE_REGISTERS: Final = {
    "irs-bmf": ("bmf.csv",),
    "irs-pub78": ("pub78.txt",),
    "irs-revocation": ("revocation.txt",),
    "ofac-sdn": ("sdn.csv", "alt.csv", "add.csv"),
    "ofac-consolidated": ("cons_prim.csv", "cons_alt.csv", "cons_add.csv"),
    "un-consolidated": ("un_consolidated.xml",),
    "eu-consolidated": ("eu_consolidated.xml",),
    "uk-sanctions": ("uk_sanctions.csv",),
    "ecb-rates": (RATES,),
}


async def load_sample_registers(pool: asyncpg.Pool, archive: Archive | None = None) -> list[LoadReport]:
    """Load the sample registers as of today and return a report of each load. A refusal is noted in its report."""
    reports, archive = [], archive or Archive(archive_folder())
    with TemporaryDirectory(prefix="accord-sample-") as folder:
        for register, names in SAMPLE_REGISTERS.items():
            paths = tuple(_dated(Path(folder), name) for name in names)
            async with pool.acquire() as connection:
                reports.append(await load(connection, register, paths, clock.today(), archive, minimum_rows=1))
    return reports


def _dated(folder: Path, name: str) -> Path:
    """Return a file of the samples: the rates, of which each line is of a day, as if they were published today."""
    original = SAMPLE / "registers" / name
    if name != RATES:
        return original
    path = folder / name
    path.write_bytes(_as_of(original.read_bytes(), clock.today()))
    return path


def write_sample_registers(folder: Path, on: date) -> list[Path]:
    """Write the sample registers into a folder, with a day in the file that says its own, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in (name for names in SAMPLE_REGISTERS.values() for name in names):
        content = (SAMPLE / "registers" / name).read_bytes()
        path = folder / name
        path.write_bytes(_as_of(content, on))
        paths.append(path)
    return paths


_GENERATED: Final = re.compile(rb'(dateGenerated|generationDate)="\d{4}-\d{2}-\d{2}')
_RATES_DAY: Final = re.compile(rb"\n\d{4}-\d{2}-\d{2},")
_REPORT_DAY: Final = re.compile(rb"^Report Date: \d{2}-[A-Za-z]{3}-\d{4}")


def _as_of(content: bytes, on: date) -> bytes:
    """Return a sample as if it were of a day, where its format says its own."""
    content = _REPORT_DAY.sub(f"Report Date: {on:%d-%b-%Y}".encode(), _GENERATED.sub(rf'\1="{on}'.encode(), content))
    days = working_days(on)
    return _RATES_DAY.sub(lambda _line: f"\n{next(days)},".encode(), content)


def working_days(on: date) -> Iterator[date]:
    """Yield a day, and then the working days before it, the newest first."""
    yield on
    while True:
        on -= timedelta(days=1)
        if on.weekday() < _SATURDAY:
            yield on


_SATURDAY: Final = 5


async def record_sample_accounts(pool: asyncpg.Pool) -> dict[str, AccountReference]:
    """Record the sample's bank accounts and return their references by file name, without the suffix."""
    async with pool.acquire() as connection:
        return {
            path.stem: await record_account(connection, read_file(path, AccountDetails), OPERATOR)
            for path in sorted((SAMPLE / "accounts").glob("*.toml"))
        }


async def furnish(desk: Desk) -> dict[str, AccountReference]:
    """Set up the sample organisation (staff, funders, rules, keys, verified accounts) and return its accounts by name.

    Calling it again changes nothing; a sealed directory is not changed.
    """
    organisation = read_file(SAMPLE / "directory.toml", DirectoryFile)
    if not (await desk.directory()).sealed:
        await load_directory(desk, organisation)
        await change_directory(desk, _keys(desk, organisation))
    accounts = await record_sample_accounts(desk.pool)
    for account in accounts.values():
        await vouch(desk, account, RECORDER)
        await confirm_account(desk, account, CALLER, "called the number in the grantee's own published directory")
    return accounts


def _keys(desk: Desk, organisation: DirectoryFile) -> tuple[KeyEnrolled, ...]:
    for member in organisation.staff:
        if not desk.keyring.holds(member.staff_id):
            desk.keyring.make(member.staff_id)
    return tuple(KeyEnrolled(staff_id=m.staff_id, key=desk.keyring.public(m.staff_id)) for m in organisation.staff)


def sample_iban(name: str) -> str:
    """Return the IBAN of a sample account."""
    return str(read_file(SAMPLE / "accounts" / f"{name}.toml", AccountDetails).iban)


async def open_budget(desk: Desk, fund_id: str, programme: str, amount: str) -> None:
    """Open a programme's budget for this year: one person asks for it, another confirms it."""
    year, signers = clock.today().year, ("femi.ade", "dora.kim")
    await open_fund(
        desk, fund_id, signers[0], fund_kind=FundKind.PROGRAMME, name=f"{programme} {year}", funder="ISOC",
        currency="USD", first_day=date(year, 1, 1), last_day=date(year, 12, 31), programme=programme,
    )  # fmt: skip
    fund_change = await ask(
        desk, fund_id, {"kind": "budget", "amount": amount}, "the invented budget of the year", signers[0]
    )
    await confirm(desk, fund_id, str(fund_change.change_id), signers[1])
