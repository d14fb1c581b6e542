"""Shell commands on the installation: the stack, the database schema, the directory, the schemas of input files."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer

from accord.cli.options import FileArgument, JsonOption, run
from accord.cli.organisation.changes import SignerOption, print_proposed
from accord.cli.organisation.founding import found
from accord.cli.organisation.staffing import AnywayOption, require_no_work_left
from accord.cli.printing.output import err, out, print_json, rows_table
from accord.client.desk import open_desk
from accord.organisation.governance import DirectoryChange, load_directory
from accord.presentation.acts import command_named, schema_of
from accord.presentation.faults import BadInput, Refused, Unreachable
from accord.presentation.input_files import read_file
from deploy.admission import END_OLD, Logins, LoginsRefused, make_logins, missing_logins
from deploy.logins import SecretUnusable
from deploy.migrate import CannotMigrate, migrate
from deploy.payloads.keys import FILE, make_payload_keys
from deploy.settings import admin_url, data_folder
from deploy.variables import NotConfigured
from domain.directory.directory import Directory
from domain.directory.directory_file import DirectoryFile, changes
from domain.grants import SubrecipientsFile
from domain.imported.mapping import ImportMapping
from domain.imported.totals import ControlTotals
from domain.partnership.procedure import PROCEDURE
from domain.payment.mapping import StatementMapping
from domain.proposal import Proposal
from domain.rerun.draft import EditionDraft
from domain.shadow.mapping import ShadowMapping
from payments.accounts import AccountDetails

directory_app = typer.Typer(no_args_is_help=True, help="The staff directory and the funder entities.")
schema_app = typer.Typer(no_args_is_help=True, help="The shape of input files, as JSON Schema.")


def up(
    workers: Annotated[int, typer.Option("--workers", min=1, max=16, help="Worker processes.")] = 1,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Fetch each register from its publisher now and once a day.")
    ] = False,
) -> None:
    """Start PostgreSQL, Temporal with its UI, workers, all pages, the API and the sender of webhooks, until Ctrl-C.

    All state is kept in one folder: $ACCORD_DATA, or .accord in the current folder. Free ports are chosen, and kept.
    The API answers whoever has a token (`accord api token enrol`), and serves the checkpoints in the folder
    `checkpoints` there; webhooks go to this machine too, unless ACCORD_WEBHOOK_HOSTS names hosts. Registers that are
    not refreshed become too old to be used: give --refresh, or run `accord registers refresh` from a timer.
    Example: accord up --refresh
    """
    run(_up(workers, refresh))


def migrate_database(
    logins: Annotated[
        Path | None, typer.Option("--logins", metavar="FOLDER", help="Make each task's login; its secret goes here.")
    ] = None,
    end_old: Annotated[
        bool, typer.Option(END_OLD, help="Let in no login of release 0.2.0, or of the database's earlier name.")
    ] = False,
) -> None:
    """Migrate the database at ACCORD_DATABASE_URL to the newest schema, as a user who owns it and may create roles.

    With --logins FOLDER, a database login is created for each task, named after the database, and its secret is written
    to a file of its own in FOLDER; nobody else may connect, whatever else is on the server. Give each process only its
    own task's file, in the folder that its ACCORD_SECRETS names. A secret whose file is missing is created anew. Logins
    of release 0.2.0 are let in until --end-old-logins says that no process uses them any more.
    Example: ACCORD_DATABASE_URL=postgresql://admin:SECRET@db.example.org/accord accord migrate --logins secrets
    """
    if end_old and logins is None:
        raise BadInput(f"{END_OLD}: say with --logins FOLDER where the secrets of the new logins are")
    migrations, login_changes, missing = run(migrated(logins, end_old))
    out.print(f"Applied: {', '.join(migrations)}." if migrations else "The schema is the newest already.")
    if logins is None:
        if missing:
            out.print("No process has a login of its own yet. Next: accord migrate --logins FOLDER", soft_wrap=True)
        return
    for line in _told(login_changes, logins):
        out.print(line, soft_wrap=True, markup=False)
    if not (logins / FILE).exists():
        make_payload_keys(logins)
        out.print(f"Keys of payloads made: {logins / FILE}, for every process that speaks to Temporal.", soft_wrap=True)


async def migrated(folder: Path | None, end_old: bool) -> tuple[tuple[str, ...], Logins, bool]:
    """Return the migrations that were applied, what became of the logins, and whether there are none yet."""
    async with administrator() as connection:
        migrations = await migrate(connection)
        logins = await make_logins(connection, folder, end_old) if folder else Logins()
        return migrations, logins, bool(await missing_logins(connection))


@asynccontextmanager
async def administrator() -> AsyncIterator[asyncpg.Connection]:
    """Give a connection of who migrates.

    Raises:
        Unreachable: The database does not answer.
        BadInput: The database is not one to migrate.
        Refused: The user may not migrate it.
    """
    try:
        connection = await asyncpg.connect(admin_url(), timeout=5)
    except (NotConfigured, SecretUnusable, OSError, TimeoutError, asyncpg.PostgresError, ValueError) as fault:
        raise Unreachable(f"the database cannot be reached: {fault}") from fault
    try:
        yield connection
    except (CannotMigrate, SecretUnusable) as fault:
        raise BadInput(str(fault)) from fault
    except LoginsRefused as fault:
        raise Refused(str(fault), "LoginsRefused") from fault
    except asyncpg.InsufficientPrivilegeError as fault:
        reason = str(fault).splitlines()[0]
        raise Refused(f"who migrates must own the database and may create roles: {reason}", "NotAllowed") from fault
    finally:
        await connection.close()


def _told(logins: Logins, folder: Path) -> Iterator[str]:
    """Yield the changes made to the logins, and the next step."""
    if logins.made:
        yield f"Logins made: {', '.join(logins.made)}; their secrets are in {folder}."
        yield "Who else connects to this database, such as a backup, needs: GRANT CONNECT ON DATABASE ... TO ..."
    if logins.repeated:
        yield (
            "Who migrates cannot see which secrets the server holds (a superuser can), so these were told those of "
            f"{folder} again: {', '.join(logins.repeated)}."
        )
    if logins.old:
        yield (
            f"Still let in: {', '.join(logins.old)}. Start every process on this release; next: "
            f"accord migrate --logins {folder} {END_OLD}"
        )
    if logins.ended:
        yield f"Let in no longer: {', '.join(logins.ended)}."
    if not any(logins):
        yield f"Every login has its secret of {folder} already."


@directory_app.command("load")
def load_from_file(file: FileArgument, actor: SignerOption = None, anyway: AnywayOption = False) -> None:
    """Change the directory to what a file asks for. Each change is recorded as an event, and nothing else changes.

    Once a director has a key the directory is sealed: a director or an auditor must sign (--as), and another confirm.
    Example: accord directory load directory.toml
    """
    directory_file = read_file(file, DirectoryFile)

    async def work() -> DirectoryChange:
        async with open_desk() as desk:
            await require_no_work_left(desk, changes(await desk.directory(), directory_file), anyway)
            return await load_directory(desk, directory_file, actor)

    change = run(work())
    if change.change_id is not None:
        return print_proposed(change)
    return out.print(f"{change.number} changed." if change.number else "The directory is as the file asks already.")


directory_app.command("found")(found)


@directory_app.command("show")
def show_directory(as_json: JsonOption = False) -> None:
    """Show the directory: the staff with their roles, the approval tiers, and the funder entities."""

    async def work() -> Directory:
        async with open_desk() as desk:
            return await desk.directory()

    directory = run(work())
    if as_json:
        return print_json(directory)
    staff = ((m.staff_id, m.name, ", ".join(role.value for role in m.roles)) for m in directory.staff)
    out.print(rows_table(("Staff", "Name", "Roles"), staff))
    tiers = directory.rules.tiers if directory.rules else ()
    rules = ((t.currency, t.up_to or "any sum", ", ".join(t.quorum)) for t in tiers)
    out.print(rows_table(("Currency", "Up to", "Must approve"), rules))
    funders = ((f.funder_id, f.name, f.profile.value, f.account) for f in directory.funders)
    out.print(rows_table(("Funder", "Name", "Profile", "Account"), funders))
    return None


@schema_app.command("proposal")
def proposal_schema() -> None:
    """Print the JSON Schema of a proposal."""
    _schema(Proposal)


@schema_app.command("account")
def account_schema() -> None:
    """Print the JSON Schema of bank details."""
    _schema(AccountDetails)


@schema_app.command("directory")
def directory_schema() -> None:
    """Print the JSON Schema of a directory file."""
    _schema(DirectoryFile)


@schema_app.command("subrecipients")
def subrecipients_schema() -> None:
    """Print the JSON Schema of a list of sub-recipients."""
    _schema(SubrecipientsFile)


@schema_app.command("mapping")
def mapping_schema() -> None:
    """Print the JSON Schema of the mapping of a bank's own CSV."""
    _schema(StatementMapping)


@schema_app.command("import-mapping")
def import_mapping_schema() -> None:
    """Print the JSON Schema of the mapping of a table of partnerships of before."""
    _schema(ImportMapping)


@schema_app.command("shadow-mapping")
def shadow_mapping_schema() -> None:
    """Print the JSON Schema of the mapping of another system's export."""
    _schema(ShadowMapping)


@schema_app.command("edition-draft")
def edition_draft_schema() -> None:
    """Print the JSON Schema of a draft of an edition of the rule book."""
    _schema(EditionDraft)


@schema_app.command("control-totals")
def control_totals_schema() -> None:
    """Print the JSON Schema of the control totals of such a table."""
    _schema(ControlTotals)


@schema_app.command("act")
def act_schema(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="The act, such as accept-report. All without it.")] = "",
) -> None:
    """Print the JSON Schema of an act's content, with its stages, its roles and an example.

    Example: accord schema act accept-report
    """
    if not name:
        return print_json({step.name: schema_of(command) for command, step in PROCEDURE.items()})
    command = command_named(name)
    if command is None:
        raise BadInput(
            f"NAME: there is no act {name!r}; there are {', '.join(step.name for step in PROCEDURE.values())}"
        )
    return print_json(schema_of(command))


def _schema(model: Any) -> None:
    print(json.dumps(model.model_json_schema(), indent=2))  # noqa: T201 - plain for machines


async def _up(workers: int, refresh: bool) -> None:
    from accord.operations.embedding import lost_to, make_stack, started

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    stack = make_stack(data_folder(), workers, refresh)
    with err.status("Starting PostgreSQL, Temporal and a worker ..."):
        migrations = await started(stack)
    if migrations:
        out.print(f"Database created and migrated ({len(migrations)} migrations).")
    if fault := await lost_to(stack):
        err.print(f"accord: {fault}", style="yellow", soft_wrap=True, markup=False)
    pages = {
        "Console": stack.state.console_url,
        "Counter": stack.state.counter_url,
        "Grantees": stack.state.grantee_url,
        "API": stack.state.api_url,
        "Temporal UI": stack.state.ui_url,
    }
    out.print("   ".join(f"{name}: [link]{address}[/link]" for name, address in pages.items()), soft_wrap=True)
    out.print(f"State and logs: {stack.folder}", soft_wrap=True)
    out.print("Up. Ctrl-C stops everything. Next, in another terminal: accord directory load FILE, accord --help")
    await supervise_until(stack, stop)


async def supervise_until(stack: Any, stop: asyncio.Event) -> None:
    """Supervise a stack, restarting processes that die, until `stop` is set. Then stop the stack."""
    keeper = asyncio.create_task(stack.supervise())
    await stop.wait()
    keeper.cancel()
    with err.status("Stopping ..."):
        await asyncio.to_thread(stack.stop)
    out.print("Stopped.")


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    app.command()(up)
    app.command("migrate")(migrate_database)
    app.add_typer(directory_app, name="directory")
    app.add_typer(schema_app, name="schema")
