"""Shell command: upgrade an installation to the release on this machine, open its forms of events, or go back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple

import typer
from temporalio.client import Client
from temporalio.service import RPCError

from accord.cli.installation.stack import administrator
from accord.cli.options import JsonOption, run
from accord.cli.printing.output import err, out, plain, print_json
from accord.client.desk import open_temporal
from accord.presentation.faults import BadInput, Refused, Unreachable
from accord.runs import versions
from accord.runs.forms import meanings_of, words_on_shut
from accord.runs.rolling import Course, followed, go_back, require_all_read, roll, version_before
from deploy import rights
from deploy.build import build_id
from deploy.connections import temporal_answer
from deploy.migrate import alone, migrate, pending
from domain.recorded.further import NEW_FORMS
from ledger import clock

REPORT: Final = "accord-upgrade-{:%Y%m%dT%H%M%SZ}.json"


GoBackOption = Annotated[bool, typer.Option("--back", help="Go back to the version before, whose workers still run.")]
OpenFormsOption = Annotated[
    bool, typer.Option("--open", help="Stay for good: record what the release before cannot read.")
]
RampOption = Annotated[
    float, typer.Option("--ramp", min=1, max=100, help="The part of new work at first, in per cent.")
]


def upgrade(
    back: GoBackOption = False,
    opens: OpenFormsOption = False,
    sample: Annotated[int, typer.Option("--sample", min=1, help="How many open runs are replayed first.")] = 500,
    ramp: RampOption = 10,
    watch: Annotated[float, typer.Option("--watch", min=0, help="Seconds for which that part is watched.")] = 300,
    patience: Annotated[float, typer.Option("--patience", min=1, help="Seconds to wait for workers and runs.")] = 600,
    report: Annotated[Path | None, typer.Option("--report", help="Where its report goes; else a file here.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do what it says without asking.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Upgrade to the release that is installed here: migrate, try, ramp, make it current, and let what is open follow.

    Start its workers beside those of the release before, which go on until nothing runs on them. Each step says what
    it did. Stopped anywhere it can be given again, and leaves out what is done. A run that does not replay, or fails at
    the ramp, ends it, and new work goes where it went before. A run whose workers are gone is moved if it replays.
    ACCORD_DATABASE_URL names who migrates. With --back the database stays migrated: what the release before calls is
    still there. What the release before cannot read is recorded only after --open, the last step; from then on there is
    no way back.
    Example: ACCORD_DATABASE_URL=postgresql://admin:SECRET@localhost/accord accord upgrade --watch 600
    """
    if back and opens:
        raise BadInput("--back and --open: give one of them; after --open there is no way back")
    say = _silent if as_json else _say
    say(_plan(back, opens, ramp, watch))
    if not (yes or as_json) and not typer.confirm("Do this?", err=True):
        raise typer.Exit(1)
    course = Course(build_id(), sample, ramp, watch, patience, say)
    outcome = run(_outcome(course, back, opens))
    place = report or Path(REPORT.format(clock.now()))
    _keep(place, outcome._asdict())
    if as_json:
        print_json({**outcome._asdict(), "report": str(place)})
    else:
        for line in (*_words(outcome, opens), f"Its report: {place}"):
            out.print(line, markup=False, soft_wrap=True)
    if outcome.still_run_on:
        raise typer.Exit(1)


class Upgraded(NamedTuple):
    """What became of an upgrade, for its report."""

    build: str
    """The version to which new work goes."""
    back: bool
    migrations: tuple[str, ...] = ()
    still_run_on: Mapping[str, int] = {}
    """How many runs stay on each other version."""
    shut: tuple[str, ...] = ()
    """The types of events of which a form is held shut."""
    open: tuple[str, ...] = ()
    """The types of events of which a form was opened."""


def _say(words: str) -> None:
    err.print(words, markup=False, soft_wrap=True)


def _silent(words: str) -> None:
    """Say nothing: what is printed is for a machine."""


def _plan(back: bool, opens: bool, ramp: float, watch: float) -> str:
    if back:
        return "This lets new work go to the version before, and every open run follow. The database stays as it is."
    if opens:
        return (
            f"From now on this is recorded, for good: {meanings_of(NEW_FORMS)}. Workers, projector, console, counter, "
            "notifier, post, loader, signer and shells of the release before stop at the first of it, and there is no "
            "way back to them. Is each of them started anew, as this release?"
        )
    return (
        f"This migrates the database, replays open runs with {build_id()}, lets {ramp:g} % of new work go to it for "
        f"{watch:.0f} seconds, then all of it, and every open run follow. Is there a backup of today?"
    )


async def _outcome(course: Course, back: bool, opens: bool) -> Upgraded:
    """Roll forward, go back, or open what is held."""
    try:
        if opens:
            return await _opened(course)
        return await _went_back(course) if back else await _rolled(course)
    except RPCError as fault:
        raise Unreachable(temporal_answer(fault)) from fault


async def _rolled(course: Course) -> Upgraded:
    async with administrator() as connection:
        migrations = await migrate(connection)
    course.say(f"Migrated: {', '.join(migrations)}." if migrations else "The schema is the newest already.")
    remainder = await roll(await open_temporal(), course)
    async with administrator() as connection:
        shut = tuple(sorted(rights.shut_forms(await rights.granted_in(connection))))
    return Upgraded(course.build, False, migrations, remainder, shut)


async def _went_back(course: Course) -> Upgraded:
    client = await open_temporal()
    course = replace(course, build=await _build_before(client, course.build))
    # Nobody opens anything between the look and the way back, and after it the version before is in use.
    async with administrator() as connection, alone(connection):
        await go_back(client, course, rights.opened_forms(await rights.granted_in(connection)))
    return Upgraded(course.build, True, still_run_on=await followed(client, course))


async def _opened(course: Course) -> Upgraded:
    client = await open_temporal()
    async with administrator() as connection, alone(connection):
        if missing := await pending(connection):
            raise Refused(f"the database is not migrated ({', '.join(missing)}): first `accord upgrade`", "NotMigrated")
        await require_all_read(client, NEW_FORMS, course.build)
        return Upgraded(course.build, False, open=tuple(sorted(await rights.open_forms(connection))))


async def _build_before(client: Client, build: str) -> str:
    before = version_before(await versions.versions(client), build)
    if before is None:
        raise Refused("Temporal knows no version beside this one, so there is none to go back to", "NotRunning")
    return before.build


def _words(outcome: Upgraded, opens: bool) -> list[str]:
    if opens:
        what = f"Recorded from now on: {meanings_of(outcome.open)}" if outcome.open else "Everything is open already"
        return [f"{what}. There is no way back to the release before."]
    if outcome.still_run_on:
        counts = ", ".join(f"{count} on {name}" for name, count in outcome.still_run_on.items())
        return [
            f"New work goes to {outcome.build}. Not every run has followed: {counts}. Keep those workers, and give "
            "this again."
        ]
    return [
        f"Everything runs on {outcome.build}. The other workers can be stopped; later `accord deploy forget` makes "
        "room.",
        "Now the projector, console, counter, notifier, post, loader and signer: restart each.",
        *([f"Held: {words_on_shut(outcome.shut)}."] if outcome.shut else []),
    ]


def _keep(place: Path, outcome: dict[str, Any]) -> None:
    try:
        place.write_text(json.dumps(plain(outcome), indent=2) + "\n", "utf-8")
    except OSError as fault:
        raise BadInput(f"--report: {place} cannot be written ({fault.strerror}); what was done stays done") from fault


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command()(upgrade)
