"""Shell commands on versions of workers: which there are, where new work goes, what still runs on an old one."""

from __future__ import annotations

import json
import random
from collections.abc import Awaitable, Callable
from typing import Annotated, Final, TypeVar

import typer
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from accord.cli.options import JsonOption, run
from accord.cli.printing.output import err, out, print_json, rows_table
from accord.cli.proof.proof_options import progress_bar
from accord.client.desk import open_temporal
from accord.presentation.faults import BadInput, Refused, Unreachable
from accord.runs import versions
from accord.runs.forms import shut_here, words_on_shut
from accord.runs.refreshing_runs import begin_anew
from accord.runs.replaying import HistoryReplay, replay_open
from deploy.build import build_id
from deploy.connections import temporal_answer
from deploy.database import ServiceUnavailable
from deploy.logins import SecretUnusable
from deploy.variables import NotConfigured

app = typer.Typer(
    no_args_is_help=True,
    help="""Versions of workers. A workflow stays on the version that it began on until it begins anew: a partnership
    after its next act, everything else when it is told to.

    A release: start its workers beside the old ones; `replay` a sample of what is open with the new code; `ramp` some
    of the new work to it, then make it `current`; `refresh` what is open; stop the old workers once `drained` says so.
    Back again: make the old version `current`. Registers, lists and rule book are asked of the current version.

    Example: accord deploy status; accord deploy ramp BUILD 10; accord deploy current BUILD""",
)

BuildArgument = Annotated[str, typer.Argument(metavar="BUILD", help="A version, as `accord deploy status` names it.")]
_MOST_A_SECOND: Final = 500
Answer = TypeVar("Answer")


@app.command()
def status(as_json: JsonOption = False) -> None:
    """Show the versions, where new work goes, how many workflows run on each, and what is not recorded yet.

    Example: accord deploy status --json
    """
    worker_versions = _asked(versions.versions)
    if words := run(_shut_forms()):
        err.print(words, style="yellow", markup=False, soft_wrap=True)
    if warning := versions.warning_of(worker_versions):
        err.print(warning, style="yellow", markup=False, soft_wrap=True)
    if as_json:
        return print_json([{**version._asdict(), "own": version.build == build_id()} for version in worker_versions])
    if not worker_versions:
        return out.print("No versioned worker ever polled; this build would be " + build_id() + ".", soft_wrap=True)
    rows = (
        (version.build + (" (this one)" if version.build == build_id() else ""), _work(version), version.open_runs)
        for version in worker_versions
    )
    return out.print(rows_table(("Version", "New work", "Run on it"), rows))


async def _shut_forms() -> str:
    """Return what is held shut, in words, or '' where nothing is."""
    try:
        event_types = await shut_here()
    except (NotConfigured, SecretUnusable, ServiceUnavailable) as fault:
        return f"whether something is held for the way back could not be looked at: {fault}"
    return f"Held: {words_on_shut(event_types)}" if event_types else ""


def _work(version: versions.Version) -> str:
    return "all" if version.current else f"{version.ramp:g} %" if version.ramp else "none"


@app.command()
def current(build: BuildArgument, as_json: JsonOption = False) -> None:
    """Let all new work go to a version, forward or back. A partnership that runs on another follows after its next act.

    Example: accord deploy current 0.3.0-1f0c9b2e4d5a
    """
    _known(build)
    _asked(lambda client: versions.make_current(client, build))
    if as_json:
        return print_json({"build": build, "current": True})
    return out.print(f"New work goes to {build}. Next: accord deploy refresh", soft_wrap=True)


@app.command()
def ramp(
    build: BuildArgument,
    percentage: Annotated[float, typer.Argument(min=0, max=100, help="The part of new work; 0 ends the ramp.")],
    as_json: JsonOption = False,
) -> None:
    """Let a part of new work go to a version.

    Example: accord deploy ramp 0.3.0-1f0c9b2e4d5a 10
    """
    version = _known(build)
    if not percentage and not version.ramp:
        raise Refused(f"{build} is not ramped; `accord deploy status` shows which one is", "NotRamped")
    _asked(lambda client: versions.ramp(client, build, percentage))
    if as_json:
        return print_json({"build": build, "ramp": percentage})
    return out.print(f"{percentage:g} % of new work goes to {build}.", soft_wrap=True)


@app.command()
def forget(build: BuildArgument, as_json: JsonOption = False) -> None:
    """Let Temporal forget a version on which nothing runs. Stop its workers some minutes before.

    Example: accord deploy drained 0.2.0-0a1b2c3d4e5f && accord deploy forget 0.2.0-0a1b2c3d4e5f
    """
    _require_idle(_known(build))
    _asked(lambda client: _forget(client, build))
    if as_json:
        return print_json({"build": build, "forgotten": True})
    return out.print(f"Temporal knows {build} no more.", soft_wrap=True)


async def _forget(client: Client, build: str) -> None:
    try:
        await versions.forget(client, build)
    except RPCError as fault:
        if fault.status is not RPCStatusCode.FAILED_PRECONDITION:
            raise
        remedy = "stop its workers, wait five minutes, and say so again"
        raise Refused(f"Temporal still counts {build} as in use ({fault.message}); {remedy}", "InUse") from fault


@app.command()
def drained(build: BuildArgument, as_json: JsonOption = False) -> None:
    """Say if a version is idle, so that its workers can be stopped. The exit code is 1 if anything runs on it.

    Example: accord deploy drained 0.2.0-0a1b2c3d4e5f && systemctl stop accord-worker@old
    """
    _require_idle(_known(build))
    if as_json:
        return print_json({"build": build, "drained": True})
    return out.print(f"Nothing runs on {build}: its workers can be stopped.", soft_wrap=True)


@app.command()
def refresh(
    build: Annotated[str, typer.Option("--build", help="Only what runs on this version.")] = "",
    a_second: Annotated[
        int, typer.Option("--a-second", min=1, max=_MOST_A_SECOND, help="How many are told a second.")
    ] = 50,
    as_json: JsonOption = False,
) -> None:
    """Let open partnerships and payments begin anew once at rest: on the current version, under the key that writes.

    Example: accord deploy refresh --build 0.2.0-0a1b2c3d4e5f
    """
    if build:
        _known(build)

    async def work() -> int:
        client = await open_temporal()
        with progress_bar() as progress:
            task = progress.add_task("Told", total=None)
            return await begin_anew(client, build, a_second, lambda count: progress.update(task, completed=count))

    workflow_count = run(work())
    if as_json:
        return print_json({"told": workflow_count})
    return out.print(
        f"Told: {workflow_count}. Each begins anew once it is at rest; `accord deploy status` counts.", soft_wrap=True
    )


@app.command()
def replay(
    sample: Annotated[int, typer.Option("--sample", min=1, help="How many histories, drawn at random.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """Replay a sample of open workflows with the code of this machine, before new work goes to it.

    Exit code 1 if one of them could not have been made by it. Example: accord deploy replay --sample 500
    """

    async def work() -> list[HistoryReplay]:
        client = await open_temporal()
        with progress_bar() as progress:
            task = progress.add_task("Replayed", total=sample)
            return await replay_open(client, sample, random.SystemRandom(), lambda: progress.advance(task))

    outcomes = run(work())
    failures = [outcome for outcome in outcomes if outcome.fault]
    if as_json:
        print_json({"replayed": len(outcomes), "failed": [outcome._asdict() for outcome in failures]})
    else:
        for failure in failures:
            err.print(f"{failure.workflow_id}: {failure.fault}", style="red", markup=False, soft_wrap=True)
        out.print(f"Replayed with {build_id()}: {len(outcomes)}, of which {len(failures)} failed.", soft_wrap=True)
    if failures:
        raise typer.Exit(1)


def _require_idle(version: versions.Version) -> None:
    """Raise Refused if anything runs on a version, or may begin on it."""
    if version.current or version.ramp:
        raise Refused(f"new work goes to {version.build}", "NotDrained")
    if version.rules:
        raise Refused(
            f"the rules of {version.build} are asked: start a worker of the current version that serves them",
            "NotDrained",
        )
    if version.open_runs:
        remedy = f"`accord deploy refresh --build {version.build}` lets them begin anew"
        raise Refused(f"{version.open_runs} run on {version.build}; {remedy}", "NotDrained")


def _known(build: str) -> versions.Version:
    """Return a version. Raises BadInput if Temporal knows none of that name."""
    worker_versions = _asked(versions.versions)
    for version in worker_versions:
        if version.build == build:
            return version
    names = ", ".join(version.build for version in worker_versions) or "none: no versioned worker ever polled"
    raise BadInput(f"BUILD: {json.dumps(build[:100])} is none of the versions that Temporal knows ({names})")


def _asked(ask: Callable[[Client], Awaitable[Answer]]) -> Answer:
    async def work() -> Answer:
        try:
            return await ask(await open_temporal())
        except RPCError as fault:
            raise Unreachable(temporal_answer(fault)) from fault

    return run(work())


def register(parent: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    parent.add_typer(app, name="deploy")
