"""Shell commands on the ledger itself: show its status, verify it, and rebuild read models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from rich.progress import Progress, TaskID

from accord.audit.bank.bank_tables import table_faults
from accord.audit.signatures import Signatures, verify_signatures
from accord.audit.takeovers import faults_of_takeovers
from accord.cli.options import JsonOption, run
from accord.cli.printing.output import out, print_json, rows_table
from accord.cli.proof.proof_options import KnownOption, guarded, progress_bar
from accord.client.desk import Desk, open_desk
from accord.client.log_keys import known_keys
from accord.operations.attesting.log import AttestationLog, faults_of_attestations
from accord.operations.read_models import ALONE, Processes, processes
from accord.presentation.faults import BadInput, Refused
from deploy import rights
from deploy.logins import Login
from deploy.settings import attestations_folder, database_url
from ledger import clock
from ledger.projections import Projector, ReadModel
from ledger.proof.checkpoints import CheckpointFolder
from ledger.proof.guards import guards_off
from ledger.proof.notes import NoteRefused
from ledger.proof.verification import ProofResult, verify
from records.access_log import faults_of_log, seals_of
from records.editions import Editions
from records.read_models.judging import judge_of
from records.read_models.projectors import ALL
from records.submissions.seals import faults_of_submissions

CheckpointsOption = Annotated[
    Path | None,
    typer.Option(
        "--checkpoints", envvar="ACCORD_CHECKPOINTS", help="Check these signed checkpoints against the ledger too."
    ),
]
StateOption = Annotated[
    Path | None, typer.Option("--state", help="Remember here how far it was verified, and go on from there.")
]


def verify_ledger(
    folder: CheckpointsOption = None,
    known: KnownOption = [],  # noqa: B006
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Verify the ledger: recompute its hashes, roots and read models from the events, and check every signature.

    Also checks that the database's triggers against changes are on, and that each task may append what this release
    says, and that no line of the access log is another one than when its day was sealed, and that exceptions, payment
    files and the contents of editions are what was signed of them, and with --checkpoints that the signed attestations
    follow one another and name checkpoints that are there. Exit code 1 if anything is not as it was recorded,
    is not signed by the person it names, a trigger is off, or a right is another one. Without --log the key is that of
    ACCORD_LOG.
    Example: accord ledger verify --checkpoints checkpoints --log ledger.key.pub --state verified.json
    """
    roots = _roots(folder, known)
    since = _remembered(state)

    start = since.frontier.size if since else 0

    async def work() -> WholeResult:
        async with open_desk() as desk:
            with processes(database_url(Login.STAFF)) as several:
                return await whole_of(desk, roots, since, several)

    whole = run(work())._replace(attestations=_attestation_faults(folder, known, roots))
    faults = whole.told()
    if state is not None and not faults:
        state.write_text(whole.events.remembered(), "utf-8")
    if as_json:
        print_json({"from": start, **whole.as_json()})
    elif not faults:
        _print_proved(whole, start, len(roots), _lines_in(folder))
    if faults:
        raise Refused(f"the ledger is not what was recorded. {'; '.join(faults)}", "LedgerForked")


class WholeResult(NamedTuple):
    """The result of verifying events, signatures, read models, guards, rights, and what stands beside the ledger."""

    events: ProofResult
    signatures: Signatures
    shown: list[tuple[str, str, str]]
    """(read model, stream, fault) of each document that differs from the fold of its events."""
    guards_off: list[str]
    rights: list[str]
    """Differences of the tasks' rights to append from those of this release."""
    access_log: list[str]
    submissions: list[str]
    """Seals that what grantees handed in does not bear out, what nobody sealed in time, and what was taken over so."""
    tables: list[str]
    """Differences of the tables of exceptions and payment files from the signed acts."""
    editions: list[str]
    """Confirmed editions whose content is missing, or another one than was signed."""
    attestations: tuple[str, ...] = ()
    """Lines of attestations that do not hold, or name another checkpoint than stands here."""

    def told(self) -> list[str]:
        """Return all faults, one line each."""
        return [
            *[f"event {position}: {fault}" for position, fault in (*self.events.faults, *self.signatures.faults)],
            *[f"read model {name}, {stream}: {fault} (`accord ledger rebuild`)" for name, stream, fault in self.shown],
            *[f"a guard against change is off: {guard}" for guard in self.guards_off],
            *self.rights,
            *self.access_log,
            *self.submissions,
            *self.tables,
            *self.editions,
            *self.attestations,
        ]

    def as_json(self) -> dict[str, Any]:
        """Return the JSON fields of the result."""
        return {
            "size": self.events.frontier.size,
            "root": self.events.frontier.root.hex(),
            "faults": [fault._asdict() for fault in self.events.faults],
            "signatures": {
                "verified": self.signatures.verified,
                "faults": [{"position": position, "what": fault} for position, fault in self.signatures.faults],
                "unproved": self.signatures.unproved,
            },
            "read_models": [{"name": name, "stream": stream, "what": fault} for name, stream, fault in self.shown],
            "guards_off": self.guards_off,
            "rights": self.rights,
            "access_log": self.access_log,
            "submissions": self.submissions,
            "tables": self.tables,
            "editions": self.editions,
            "attestations": list(self.attestations),
        }


def _print_proved(whole: WholeResult, start: int, checkpoints: int, lines: int) -> None:
    frontier = whole.events.frontier
    checkpoint_text = f"; signed checkpoints that hold: {checkpoints}" if checkpoints else ""
    checkpoint_text += f", lines of days: {lines}" if lines else ""
    out.print(f"{frontier.size - start} events verified, {frontier.size} in all{checkpoint_text}.")
    out.print(f"{whole.signatures.verified} signatures are their people's; read models are what the events make.")
    if unproven_events := whole.signatures.unproved:
        out.print(
            f"Not proved: the words of {len(unproven_events)} events, of erasures that listed none (docs/limits.md)."
        )
    out.print(f"Root: {frontier.root.hex()}")


async def whole_of(
    desk: Desk, roots: Mapping[int, bytes], since: ProofResult | None = None, several: Processes = ALONE
) -> WholeResult:
    """Verify everything, or what came since an earlier verification. `roots`: of signed checkpoints, by size."""
    head, start = await desk.ledger.head(), since.frontier.size if since else 0
    epochs = {epoch.position: bytes.fromhex(epoch.root) for epoch in (await desk.directory()).epochs if epoch.position}
    with progress_bar() as bar:
        events = _follow(bar, bar.add_task("Events", total=head, completed=start))
        verification = await verify(desk.ledger, {**epochs, **roots}, since, events)
        names = _follow(bar, bar.add_task("Signatures", total=head, completed=start))
        signatures = await verify_signatures(desk.ledger, start, names)
        model_faults = await several.differences(desk.ledger, await _followed(desk, bar))
    log = await faults_of_log(desk.pool, await seals_of(desk.ledger), clock.today())
    submissions = [*await faults_of_submissions(desk.pool, desk.ledger), *await faults_of_takeovers(desk.ledger)]
    async with desk.pool.acquire() as connection:
        tables = await table_faults(desk.reader, connection)
        editions = await Editions(desk.reader).content_faults(connection)
        rights_faults = await rights.differences(connection)
    return WholeResult(
        verification,
        signatures,
        model_faults,
        await guards_off(desk.ledger),
        rights_faults,
        log,
        submissions,
        tables,
        editions,
    )


async def _followed(desk: Desk, bar: Progress) -> Callable[[str, int], None]:
    """Return a function that shows how far each read model is compared."""
    counts = {projection.name: await desk.ledger.count(projection.prefix) for projection in ALL}
    tasks = {name: bar.add_task(name, total=count) for name, count in counts.items()}
    return lambda name, events: bar.update(tasks[name], completed=min(events, counts[name]))


def status(as_json: JsonOption = False) -> None:
    """Show the number of events in the ledger, and each read model's position or why it stopped.

    Example: accord ledger status
    """

    async def work() -> tuple[int, list[tuple[str, int, str, int]]]:
        async with open_desk(Login.READER) as desk:
            models = [ReadModel(desk.ledger, projection.name) for projection in ALL]
            states = [(m.name, await m.position(), await m.fault(), len(await m.quarantined())) for m in models]
            return await desk.ledger.head(), states

    head, model_states = run(work())
    if as_json:
        rows = [{"name": n, "position": p, "fault": f, "set_aside": q} for n, p, f, q in model_states]
        return print_json({"events": head, "read_models": rows})
    out.print(f"{head} events.")
    columns = ("Read model", "Position", "Behind", "Streams set aside", "Stopped because")
    return out.print(rows_table(columns, ((n, p, head - p, q, f or "-") for n, p, f, q in model_states)))


def rebuild(
    name: Annotated[str | None, typer.Argument(help="One read model; all of them without it.")] = None,
) -> None:
    """Rebuild read models from the ledger. Readers see each old document until its new one is there.

    Each processor folds. Given again after it was cut off, it goes on where it was, and so does `accord projector`.
    Run `accord ledger verify` first: a rebuild stops at an event that was changed. Example: accord ledger rebuild
    """
    projections = [projection for projection in ALL if name in (None, projection.name)]
    if not projections:
        raise BadInput(f"no read model {name}; there are {', '.join(projection.name for projection in ALL)}")

    async def work() -> None:
        async with open_desk(Login.PROJECTOR) as desk:
            head, judge = await desk.ledger.head(), judge_of(desk.ledger)
            with progress_bar() as bar, processes(database_url(Login.PROJECTOR)) as several:
                for projection in projections:
                    task = bar.add_task(projection.name, total=await desk.ledger.count(projection.prefix))
                    projector = Projector(desk.ledger, projection, judge)
                    await several.rebuild(projector, desk.ledger, _follow(bar, task))
        out.print(f"{', '.join(projection.name for projection in projections)} folded anew up to event {head}.")

    guarded(work)


def _follow(bar: Progress, task: TaskID) -> Callable[[int], None]:
    return lambda events: bar.update(task, completed=events)


def _roots(folder: Path | None, log_keys: list[str]) -> dict[int, bytes]:
    if folder is None:
        return {}
    keys = known_keys(log_keys)
    if not folder.is_dir():
        raise BadInput(f"--checkpoints: {folder} is no folder; name the one that `accord ledger checkpoint` writes to")
    try:
        checkpoints = CheckpointFolder(folder).checkpoints(keys)
    except NoteRefused as fault:
        raise Refused(str(fault), "NoteRefused") from fault
    if not checkpoints:
        raise BadInput(f"--checkpoints: {folder} holds no checkpoint; `accord ledger checkpoint` writes one")
    return {checkpoint.size: checkpoint.root for checkpoint in checkpoints}


def _attestation_faults(folder: Path | None, log_keys: list[str], roots: Mapping[int, bytes]) -> tuple[str, ...]:
    if folder is None:
        return ()
    return tuple(faults_of_attestations(attestations_folder(folder), known_keys(log_keys), roots))


def _lines_in(folder: Path | None) -> int:
    return 0 if folder is None else len(AttestationLog(attestations_folder(folder), ()).files())


def _remembered(state: Path | None) -> ProofResult | None:
    if state is None or not state.exists():
        return None
    try:
        return ProofResult.read(state.read_text("utf-8"))
    except (OSError, ValueError) as fault:
        raise BadInput(f"--state: {state}: {fault}; remove it to verify everything") from fault


def register(app: typer.Typer) -> None:
    """Add these commands to those on the ledger."""
    app.command("verify")(verify_ledger)
    app.command()(status)
    app.command()(rebuild)
