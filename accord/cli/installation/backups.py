"""Shell commands: back up the database, and put a backup back."""

from __future__ import annotations

import getpass
import os
import time
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import asyncpg
import typer

from accord.cli.options import JsonOption, run
from accord.cli.printing.output import err, out, print_json
from accord.operations.backups import (
    STAMP,
    Backup,
    Programs,
    Recovery,
    copy_server,
    drop_oldest,
    put_back,
    require_whole_copy,
    size_of,
    words_of_size,
)
from accord.presentation.faults import BadInput, Refused, Unreachable
from accord.presentation.times.moments import moment_of
from deploy.database import ServiceUnavailable, closing, open_pool
from deploy.logins import SecretUnusable
from deploy.migrate import applied
from deploy.settings import admin_url
from deploy.variables import NotConfigured
from ledger import clock
from ledger.proof.stored_tree import StoredTree
from records.opening import open_ledger

NOT_IN_IT: Final = (
    "Not in it, and to be kept apart: the folder of secrets with the ring of payload keys, people's keys, the key of "
    "checkpoints, the checkpoints, the kept erasures (ACCORD_ERASURES), the archive of registers, and the write-ahead "
    "log since. It holds the keys of names: keep it no longer than an erasure may take."
)


class _State(NamedTuple):
    """What the database holds as a backup begins."""

    major: int
    postgres: str
    events: int
    root: str
    installation: str
    migrations: int


def backup(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder of backups, on another machine's disk.")],
    keep: Annotated[int, typer.Option("--keep", min=0, help="Delete the oldest beyond so many; 0 keeps all.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Back up the whole server of the database, verify each file, and leave a report beside it.

    PostgreSQL's own programs do it, while everybody works: `pg_basebackup`, then `pg_verifybackup`. Whoever migrates
    the database needs REPLICATION for it, and a line in pg_hba.conf. A backup that was cut off leaves nothing that
    counts, and the next one clears it away. Give the signer the same folder as ACCORD_BACKUPS: it measures the age.
    Example: ACCORD_DATABASE_URL=postgresql://admin:SECRET@db.example.org/accord accord backup /mnt/backups --keep 14
    """
    report, deleted_names = _taken(folder, keep, silent=as_json)
    if as_json:
        print_json({"folder": str(folder / report.name), "backup": report, "deleted": deleted_names})
        return
    out.print(
        f"{folder / report.name}: {words_of_size(report.size)}, verified, in {report.seconds:.0f} s; at least "
        f"{report.events:,} events.", markup=False, soft_wrap=True,
    )  # fmt: skip
    if deleted_names:
        out.print(f"Deleted: {', '.join(deleted_names)}.", markup=False, soft_wrap=True)
    out.print(NOT_IN_IT, soft_wrap=True)


def _taken(folder: Path, keep: int, silent: bool) -> tuple[Backup, list[str]]:
    """Take a backup, and return it with the names of those that were deleted for it."""
    try:
        address = admin_url()
    except (NotConfigured, SecretUnusable) as fault:
        raise BadInput(str(fault)) from fault
    state, start, now = run(_state(address)), time.monotonic(), clock.now()
    programs, place = Programs(state.major), folder / now.strftime(STAMP)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as fault:
        raise BadInput(f"FOLDER: {folder} cannot be made ({fault.strerror})") from fault
    if not silent:
        err.print(f"Backing up {state.events:,} events, with everything else of the server ...", markup=False)
    copy_server(programs, address, place)
    report = Backup(
        place.name, now.isoformat(timespec="seconds"), state.events, state.root, state.installation, state.migrations,
        state.postgres, version("accord"), size_of(place), round(time.monotonic() - start, 1),
    )  # fmt: skip
    report.keep(place)
    return report, drop_oldest(folder, keep)


async def _state(address: str) -> _State:
    try:
        pool = await open_pool(address, 2)
    except ServiceUnavailable as fault:
        raise Unreachable(str(fault)) from fault
    async with closing(pool):
        if not await pool.fetchval("SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user"):
            raise Refused(
                "this user may not copy the server; a superuser says once: ALTER ROLE ... REPLICATION, and pg_hba.conf "
                "lets them connect to `replication`",
                "NotAllowed",
            )
        try:
            ledger = open_ledger(pool)
            events = await ledger.head()
            root = (await StoredTree(ledger).root(events)).hex()
        except asyncpg.UndefinedTableError as fault:
            raise Unreachable("the database is not migrated; run `accord migrate`") from fault
        async with pool.acquire() as connection:
            number = int(await connection.fetchval("SHOW server_version_num"))
            installation = str(await connection.fetchval("SELECT ledger.installation()"))
            migrations = len(await applied(connection))
            return _State(
                number // 10000,
                await connection.fetchval("SHOW server_version"),
                events,
                root,
                installation,
                migrations,
            )


WalOption = Annotated[
    Path | None, typer.Option("--wal", help="The folder of the archived write-ahead log, to go on from it.")
]
UntilOption = Annotated[
    str, typer.Option("--until", help="Stop at this moment, such as 2026-11-30T09:30:00Z; needs --wal.")
]


def restore(
    backup_folder: Annotated[Path, typer.Argument(metavar="BACKUP", help="A backup that `accord backup` finished.")],
    folder: Annotated[Path, typer.Argument(metavar="TO", help="A new data folder for the server.")],
    wal: WalOption = None,
    until: UntilOption = "",
    owner: Annotated[str, typer.Option("--owner", help="The user who runs the server, if that is not you.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Put a backup back into a new folder, verified, ready for a server to start from it. Nothing is written over.

    It starts no server, and touches none that runs: stop that, keep its files, and start PostgreSQL on the new folder.
    It recovers by itself, to the end of the backup, or with --wal to the end of the log or the moment of --until. Then
    `accord runbook after-a-restore` says what people do, in order: until then nothing is recorded and nothing paid.
    Example: accord restore /mnt/backups/20261130T020000Z /var/lib/postgresql/restored --wal /mnt/wal --owner postgres
    """
    if until and wal is None:
        raise BadInput("--until: say with --wal where the write-ahead log is; without it a backup ends at its own end")
    if os.geteuid() == 0 and not owner:
        raise BadInput("--owner: you are root, who cannot run PostgreSQL; name the user who does, such as postgres")
    if wal is not None and not wal.is_dir():
        raise BadInput(f"--wal: {wal} is no folder; name the one that archive_command fills")
    recovery = Recovery(wal, moment_of(until or None, "--until"))
    report = Backup.read(backup_folder)
    require_whole_copy(Programs(int(report.postgres.partition(".")[0])), backup_folder)
    put_back(backup_folder, folder, recovery, owner if owner and owner != getpass.getuser() else None)
    steps = _steps(report, folder, recovery)
    if as_json:
        print_json({"folder": str(folder), "backup": report, "next": steps})
        return
    out.print(f"{folder}: {words_of_size(report.size)} put back, as of {report.began}.", markup=False, soft_wrap=True)
    for number, step in enumerate(steps, 1):
        out.print(f"{number}. {step}", markup=False, soft_wrap=True)


def _steps(report: Backup, folder: Path, recovery: Recovery) -> list[str]:
    """Return what a person does next."""
    end = "to the end of the backup" if recovery.wal is None else f"to {recovery.until or 'the end of the log'}"
    return [
        f"Start PostgreSQL {report.postgres} on {folder}, and not the server before; it recovers {end}.",
        "`accord migrate --logins FOLDER`, with the secrets of now.",
        f"`accord ledger verify --checkpoints FOLDER --log KEY.pub`; the first {report.events} events of it have "
        f"the root {report.root}.",
        "`accord runbook after-a-restore`: two people say whether this is the ledger to go on from.",
    ]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    app.command()(backup)
    app.command()(restore)
