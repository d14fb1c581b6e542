"""Shell commands on the keys under which Temporal's payloads are encrypted: make them, use them, drop them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from accord.cli.options import JsonOption, run
from accord.cli.printing.output import out, print_json, rows_table
from accord.client.desk import open_desk, open_temporal
from accord.operations.webhooks.enrolling import number_sealed_by
from accord.presentation.faults import BadInput, Refused
from accord.runs.payload_keys import RUNBOOK, KeyUse, lost_keys, uses_of
from deploy.logins import SecretUnusable
from deploy.payloads.keys import FILE, PayloadKeys, make_payload_keys
from deploy.settings import secrets_folder

app = typer.Typer(
    no_args_is_help=True,
    help="""The keys under which everything that Temporal keeps of us is encrypted: a ring in a file `payloads`.

    Every process that speaks to Temporal has the file among its secrets (ACCORD_SECRETS): workers, console, loader,
    and the shells of staff. One key writes, and all of them read. To change it: add a key (`new-key`), give the file to
    every process, begin to write with it (`use`), and give the file out again. Once `status` says that no open run
    needs an old key, it can be dropped (`drop`).

    Example: accord payloads new-key; accord payloads status""",
)

KeyArgument = Annotated[str, typer.Argument(metavar="KEY", help="The id of a key, as `accord payloads status` says.")]
FolderOption = Annotated[
    Path | None, typer.Option("--folder", help="The folder of secrets; that of this machine if it is not given.")
]
_NONE: Final = (
    "there are no keys of payloads here; make some with `accord payloads new-key`, or put back those there were"
)


@app.command("new-key")
def new_key(folder: FolderOption = None) -> None:
    """Add a key, which only reads until it is used, or make the first one if there are none yet.

    Example: accord payloads new-key --folder secrets
    """
    file = _file(folder)
    if not file.exists():
        first = make_payload_keys(file.parent)
        return out.print(f"Made: {first.writes.key_id}, in {file}. Give the file to every process.", soft_wrap=True)
    payload_keys = _read(file).with_new()
    payload_keys.write(file)
    key_id = payload_keys.keys[-1].key_id
    return out.print(
        f"Added: {key_id}, which reads. Give {file} to every process, then: accord payloads use {key_id}",
        soft_wrap=True,
    )


@app.command()
def use(key: KeyArgument, folder: FolderOption = None) -> None:
    """Write with a key from now on. Every process must be able to read it by then.

    Example: accord payloads use 1f0c9b2e4d5a6c7b
    """
    file = _file(folder)
    _change(file, key, lambda ring: ring.using(key, datetime.now(UTC)))
    out.print(f"{key} writes, in {file}. Give the file to every process, and start each anew.", soft_wrap=True)


@app.command()
def drop(
    key: KeyArgument,
    folder: FolderOption = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Drop it although runs need it: open ones must be revived then.")
    ] = False,
) -> None:
    """Drop a key that nothing needs any more. What it wrote can be read by nobody then, closed runs included.

    Example: accord payloads drop 1f0c9b2e4d5a6c7b
    """
    file = _file(folder)
    if not anyway and (fault := _needed_by(_read(file), key) or run(_sealed_by(key))):
        raise Refused(fault, "StillNeeded")
    _change(file, key, lambda ring: ring.without(key))
    out.print(f"{key} is dropped from {file}.", soft_wrap=True)


@app.command()
def status(folder: FolderOption = None, as_json: JsonOption = False) -> None:
    """Show each key, and how many runs may still need it. It ends with 1 if open runs bear keys that are not here.

    Example: accord payloads status --json
    """
    uses, missing_keys = run(_status(_read(_file(folder))))
    if as_json:
        print_json([use._asdict() for use in uses])
    else:
        rows = (
            (use.key_id, "writes" if use.writes else "reads", use.since or "-", use.open_runs, use.closed_runs)
            for use in uses
        )
        out.print(rows_table(("Key", "Does", "Since", "Open runs that need it", "Closed runs kept"), rows))
    if missing_keys:
        usages = ", ".join(f"{key} by {runs}" for key, runs in sorted(missing_keys.items()))
        raise Refused(f"open runs bear keys that this ring lacks: {usages}; put it back, or see {RUNBOOK}", "KeyLost")


def _needed_by(ring: PayloadKeys, key: str) -> str | None:
    """Return the need for a key, with the remedy, or None if there is none."""
    use = next((use for use in run(_uses(ring)) if use.key_id == key), None)
    if use is not None and use.open_runs:
        return f"{use.open_runs} open runs need {key}; `accord deploy refresh` lets them begin anew, then ask again"
    if use is not None and use.closed_runs:
        return (
            f"{use.closed_runs} closed runs bear {key}, from which `accord revive` reads what a ledger forgot that was "
            "put back: ask again when Temporal's retention of them has ended"
        )
    return None


async def _sealed_by(key: str) -> str | None:
    async with open_desk() as desk:
        number = await number_sealed_by(desk, key)
    words = f"{number} endpoints of webhooks have their secret under {key}; start `accord webhooks send` anew with the"
    return f"{words} new ring, which seals them by the key that writes, then ask again" if number else None


async def _uses(ring: PayloadKeys) -> list[KeyUse]:
    return await uses_of(await open_temporal(), ring)


async def _status(ring: PayloadKeys) -> tuple[list[KeyUse], Counter[str]]:
    client = await open_temporal()
    return await uses_of(client, ring), await lost_keys(client, ring)


def _file(folder: Path | None) -> Path:
    return (folder or secrets_folder()) / FILE


def _read(file: Path) -> PayloadKeys:
    if not file.exists():
        raise BadInput(f"{file}: {_NONE}")
    try:
        return PayloadKeys.read(file)
    except SecretUnusable as fault:
        raise BadInput(str(fault)) from fault


def _change(file: Path, key: str, change: Callable[[PayloadKeys], PayloadKeys]) -> None:
    ring = _read(file)
    try:
        payload_keys = change(ring)
    except KeyError:
        ids = ", ".join(key.key_id for key in ring.keys)
        raise BadInput(f"KEY: {key!r} is none of {ids}, or it is the one that writes") from None
    payload_keys.write(file)


def register(parent: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    parent.add_typer(app, name="payloads")
