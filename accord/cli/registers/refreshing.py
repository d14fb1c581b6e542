"""Shell commands that update registers: from their publishers, or by a signed override of a refused version."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from accord.cli.options import ActorOption, JsonOption, ReasonOption, run
from accord.cli.printing.output import err, out, print_json
from accord.cli.registers.kept import index_on_disk
from accord.cli.registers.versions import as_machine, print_report
from accord.client.desk import open_desk
from accord.operations.switching import start_rescreening
from accord.organisation.overrides import Answering, answer_for, answering
from accord.presentation.faults import BadInput, Failure, Refused, Unreachable
from deploy.logins import Login
from deploy.settings import archive_folder, list_token, user_agent
from deploy.variables import NotConfigured
from registers.loading.archive import Archive, ArchiveUnwritable
from registers.loading.download.request import FetchFailed
from registers.loading.loader import LoadReport, override, readable
from registers.loading.refreshing import RegisterSource, fetchable_registers, refresh
from registers.loading.texts import UnreadableFile
from registers.loading.versions import refused_version, version_in_force
from registers.sources.catalogue import REGISTERS

RegistersArgument = Annotated[list[str] | None, typer.Argument(metavar="[REGISTER]...", help="All if none is named.")]
MirrorOption = Annotated[
    str, typer.Option("--mirror", help="Fetch the files by name below this address, not from the publishers.")
]
MinimumRowsOption = Annotated[
    int | None, typer.Option("--minimum-rows", help="Accept a first load of fewer rows: for samples.")
]


def refresh_registers(
    registers: RegistersArgument = None,
    mirror: MirrorOption = "",
    minimum_rows: MinimumRowsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fetch and load the registers that their publishers changed, and start the re-screening of open partnerships.

    A file that the publisher reports as unchanged is not fetched again. Run this command from a timer, once a day. The
    European Union's list is fetched with a token (ACCORD_EU_TOKEN); without one it is left out.

    Example: accord registers refresh; accord registers refresh ofac-sdn eu-consolidated uk-sanctions
    """
    token = _setting(list_token)
    names = registers or list(fetchable_registers(token, mirror))
    if unknown := [name for name in names if name not in REGISTERS]:
        raise BadInput(f"no register {unknown[0]!r}; there are {', '.join(REGISTERS)}")
    if mirror and urlsplit(mirror).scheme not in ("https", "http"):
        raise BadInput(f"--mirror: {mirror!r} is not an address that begins with https://")
    reports, away = dict[str, LoadReport | None](), dict[str, Failure]()
    for name in names:
        try:
            reports[name] = run(_refresh(name, mirror, minimum_rows, token))
        except (Unreachable, BadInput) as fault:
            away[name] = fault
    notice = run(start_rescreening()) if any(report.loaded for report in reports.values() if report) else None
    run(index_on_disk(reports.values()))
    if as_json:
        print_json({name: as_machine(report) if report else None for name, report in reports.items()})
    else:
        _print(reports, notice)
    for name, why in list(away.items())[1:]:
        err.print(f"{name}: {why}", markup=False, soft_wrap=True)
    if away:
        raise next(iter(away.values()))
    if refusals := [name for name, report in reports.items() if report and report.refused]:
        raise Refused(f"refused: {', '.join(refusals)}; their versions in force stay")


def _print(reports: dict[str, LoadReport | None], notice: str | None) -> None:
    for name, report in reports.items():
        if report is None:
            out.print(f"[bold]{name}[/bold]: the publisher has nothing new.")
        else:
            print_report(report)
            if report.refused:
                out.print(f"[bold]{name}[/bold] refused: {report.note}.", soft_wrap=True)
    if notice:
        err.print(notice)


async def _refresh(register: str, mirror: str, minimum_rows: int | None, token: str) -> LoadReport | None:
    async with open_desk(Login.LOADER) as desk, desk.pool.acquire() as connection:
        with _progress(register) as bar, tempfile.TemporaryDirectory(prefix="accord-register-") as folder:
            task = bar.add_task(f"Asking for {register}", total=None)
            source = RegisterSource(
                register, Path(folder), Archive(archive_folder()), mirror, _setting(user_agent), token
            )

            def fetching(name: str, came: int, total: int | None) -> None:
                bar.update(task, description=f"Fetching {name}", completed=came, total=total)

            def loading(file: str, rows: int) -> None:
                bar.update(task, description=f"Loading {file}, row {rows}")

            try:
                return await refresh(connection, source, fetching, loading, minimum_rows)
            except (FetchFailed, ArchiveUnwritable) as fault:
                raise Unreachable(f"{fault}; the version in force stays") from fault
            except UnreadableFile as fault:
                raise BadInput(f"{fault}; the version in force stays") from fault


def _setting(setting: Callable[[], str]) -> str:
    try:
        return setting()
    except NotConfigured as fault:
        raise BadInput(str(fault)) from fault


@contextmanager
def _progress(register: str) -> Iterator[Progress]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        yield bar


def override_guard(
    version: Annotated[int, typer.Argument(help="The refused version; see `accord registers status`.")],
    reason: ReasonOption,
    actor: ActorOption,
    as_json: JsonOption = False,
) -> None:
    """Put a register version in force that the plausibility checks refused. A verifier or a director must sign for it.

    For a sanctions list two people must, each by this command. The version's files are loaded from the archive. The
    signed overrides are recorded in the ledger.

    Example: accord registers override 12 --reason 'the IRS removed closed organisations, see its notice' --as vera.lind
    """
    register_version, answers, report = run(_override(version, reason, actor))
    if report is None:
        return _print_waiting(register_version, answers, as_json)
    notice = run(start_rescreening()) if report.loaded else None
    if as_json:
        return print_json(as_machine(report))
    print_report(report)
    return err.print(notice) if notice else None


def _print_waiting(register: str, answers: Answering, as_json: bool) -> None:
    if as_json:
        return print_json(
            {"register": register, "loaded": False, "answers": list(answers.by), "needed": answers.needed}
        )
    out.print(
        f"{', '.join(answers.by)} answers for it. {register} says who may not be dealt with, so {answers.needed} "
        "people must. Next, another verifier or director gives the same command; until then nothing changes.",
        soft_wrap=True, markup=False,
    )  # fmt: skip
    return None


async def _override(version: int, reason: str, actor: str) -> tuple[str, Answering, LoadReport | None]:
    """Return the register, those who answer for the version, and the load.

    There is no load if another person must answer first.
    """
    async with open_desk(Login.LOADER) as desk, desk.pool.acquire() as connection:
        try:
            row, archive = await refused_version(connection, version), Archive(archive_folder())
            await readable(connection, version, archive)
            register = str(row["register"])
            before = await version_in_force(connection, register)
            await answer_for(desk, row, before["version"] if before else 0, reason, actor)
            answers = await answering(desk, row, before)
            in_force = before is not None and before["sha256"] == row["sha256"]
            if not answers.is_enough and not in_force:
                return register, answers, None
            return register, answers, await override(connection, version, archive, reason)
        except UnreadableFile as fault:
            raise BadInput(str(fault)) from fault


def register(app: typer.Typer) -> None:
    """Add these commands to those on registers."""
    app.command("refresh")(refresh_registers)
    app.command("override")(override_guard)
