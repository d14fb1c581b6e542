"""Shell command: upgrade an installation to the release on this machine, or go back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from temporalio.client import Client
from temporalio.service import RPCError

from accord.cli.installation.stack import migrated
from accord.cli.options import JsonOption, run
from accord.cli.printing.output import err, out, plain, print_json
from accord.client.desk import open_temporal
from accord.presentation.faults import BadInput, Refused, Unreachable
from accord.runs import versions
from accord.runs.rolling import Course, go_back, roll, version_before
from deploy.build import build_id
from deploy.connections import temporal_answer
from ledger import clock

REPORT: Final = "accord-upgrade-{:%Y%m%dT%H%M%SZ}.json"


def upgrade(
    back: Annotated[
        bool, typer.Option("--back", help="Go back to the version before, whose workers still run.")
    ] = False,
    sample: Annotated[int, typer.Option("--sample", min=1, help="How many open runs are replayed first.")] = 500,
    ramp: Annotated[
        float, typer.Option("--ramp", min=1, max=100, help="The part of new work at first, in per cent.")
    ] = 10,
    watch: Annotated[float, typer.Option("--watch", min=0, help="Seconds for which that part is watched.")] = 300,
    patience: Annotated[float, typer.Option("--patience", min=1, help="Seconds to wait for workers and runs.")] = 600,
    report: Annotated[Path | None, typer.Option("--report", help="Where its report goes; else a file here.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do what it says without asking.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Upgrade to the release that is installed here: migrate, try, ramp, make it current, and let what is open follow.

    Start its workers beside those of the release before, which go on until nothing runs on them. Each step says what
    it did. Stopped anywhere it can be given again, and leaves out what is done. A run that does not replay, or fails at
    the ramp, ends it, and new work goes where it went before. ACCORD_DATABASE_URL names who migrates. With --back the
    database stays migrated: what the release before calls is still there.
    Example: ACCORD_DATABASE_URL=postgresql://admin:SECRET@localhost/accord accord upgrade --watch 600
    """
    say = _silent if as_json else _say
    say(_plan(back, ramp, watch))
    if not (yes or as_json) and not typer.confirm("Do this?", err=True):
        raise typer.Exit(1)
    migrations = () if back else run(migrated(None, end_old=False))[0]
    say(f"Migrated: {', '.join(migrations)}." if migrations else "The schema is the newest already.")
    course = Course(build_id(), sample, ramp, watch, patience, say)
    build, remainder = run(_rolled(course, back))
    outcome = {"build": build, "back": back, "migrations": migrations, "still_run_on": remainder}
    place = report or Path(REPORT.format(clock.now()))
    _keep(place, outcome)
    if as_json:
        print_json({**outcome, "report": str(place)})
    else:
        for line in _words(build, remainder):
            out.print(line, markup=False, soft_wrap=True)
        out.print(f"Its report: {place}", markup=False, soft_wrap=True)
    if remainder:
        raise typer.Exit(1)


def _say(words: str) -> None:
    err.print(words, markup=False, soft_wrap=True)


def _silent(words: str) -> None:
    """Say nothing: what is printed is for a machine."""


def _plan(back: bool, ramp: float, watch: float) -> str:
    if back:
        return "This lets new work go to the version before, and every open run follow. The database stays as it is."
    return (
        f"This migrates the database, replays open runs with {build_id()}, lets {ramp:g} % of new work go to it for "
        f"{watch:.0f} seconds, then all of it, and every open run follow. Is there a backup of today?"
    )


async def _rolled(course: Course, back: bool) -> tuple[str, dict[str, int]]:
    """Roll forward, or back. Return the version to which new work goes, and how many runs stay on each other."""
    try:
        client = await open_temporal()
        if not back:
            return course.build, await roll(client, course)
        build = await _build_before(client, course.build)
        return build, await go_back(client, build, course)
    except RPCError as fault:
        raise Unreachable(temporal_answer(fault)) from fault


async def _build_before(client: Client, build: str) -> str:
    before = version_before(await versions.versions(client), build)
    if before is None:
        raise Refused("Temporal knows no version beside this one, so there is none to go back to", "NotRunning")
    return before.build


def _words(build: str, remainder: dict[str, int]) -> list[str]:
    if remainder:
        counts = ", ".join(f"{count} on {name}" for name, count in remainder.items())
        return [
            f"New work goes to {build}. Not every run has followed: {counts}. Keep those workers, and give this again."
        ]
    return [
        f"Everything runs on {build}. The other workers can be stopped; later `accord deploy forget` makes room.",
        "Now the projector, console, counter, notifier, loader and signer: restart each.",
    ]


def _keep(place: Path, outcome: dict[str, Any]) -> None:
    try:
        place.write_text(json.dumps(plain(outcome), indent=2) + "\n", "utf-8")
    except OSError as fault:
        raise BadInput(f"--report: {place} cannot be written ({fault.strerror}); what was done stays done") from fault


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command()(upgrade)
