"""Shell commands on statements: what a digest says, of a decision that waits to be signed or is on record."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any

import typer

from accord.cli.options import JsonOption, run
from accord.cli.printing.output import out, print_json, rows_table
from accord.client.desk import Desk, open_desk
from accord.console.deciding.prepared import Waiting, acts_under, fault_of_waiting, waiting_under
from accord.console.organisation.waiting import WaitingAct, WaitingChange, fault_of_act, fault_of_change
from accord.presentation.faults import BadInput, Refused
from accord.presentation.wording import content_of
from domain.directory.sealing import change_content
from domain.recorded.authorship import BEAR_SIGNATURES
from domain.signatures.signing import Signature, Statement
from records.codec import from_ledger

app = typer.Typer(no_args_is_help=True, help="Statements that people sign.")

SHORTEST = 8
"""Digits of a digest that tell one statement from others."""


@app.command()
def show(
    digest: Annotated[list[str], typer.Argument(metavar="DIGEST", help="Its digest, or at least eight digits of it.")],
    as_json: JsonOption = False,
) -> None:
    """Print the content of a statement: of a decision that waits to be signed in the console, or of one on record.

    Compare it here, on a machine that is not the console's, with what the page that signs shows; then touch your key.
    Example: accord statement show 4f1c 09ab 77e2 3d10
    """
    prefix = "".join(digest).lower()
    if not re.fullmatch(f"[0-9a-f]{{{SHORTEST},64}}", prefix):
        raise BadInput(f"DIGEST: give {SHORTEST} to 64 hexadecimal digits, as the page that signs shows them")

    async def work() -> tuple[list[Waiting], list[WaitingAct | WaitingChange], list[tuple[int, str, Signature]]]:
        async with open_desk() as desk:
            acts = await acts_under(desk.pool, prefix)
            return await waiting_under(desk.pool, prefix), acts, await _recorded(desk, prefix)

    waiting, acts, records = run(work())
    if not (waiting or acts or records):
        raise Refused(f"no statement with {prefix} waits or is on record", "Unknown")
    for waiting_statement in waiting:
        _print_waiting(waiting_statement, as_json)
    for act in acts:
        _print_act(act, as_json)
    for position, stream, signature in records:
        _print(signature.statement, {"recorded": f"event {position} of {stream}", "key": signature.key_id}, as_json)


async def _recorded(desk: Desk, digest: str) -> list[tuple[int, str, Signature]]:
    records = []
    async for stored_event in desk.ledger.read_all():
        if stored_event.event_type in BEAR_SIGNATURES:
            signature = getattr(from_ledger(stored_event).event, "signature", None)
            if signature is not None and signature.statement.digest.startswith(digest):
                records.append((stored_event.position, stored_event.stream_id, signature))
    return records


def _print_waiting(waiting: Waiting, as_json: bool) -> None:
    if fault := fault_of_waiting(waiting):
        raise Refused(str(fault), "Forged")
    _print(waiting.statement, {"recorded": "no, it waits to be signed", **dict(content_of(waiting.command))}, as_json)


def _print_act(waiting: WaitingAct | WaitingChange, as_json: bool) -> None:
    """Print an act of the organisation that waits: everything that its signature would cover."""
    match waiting:
        case WaitingAct(content=content):
            fault = fault_of_act(waiting)
        case WaitingChange(changes=facts):
            fault, content = fault_of_change(waiting), change_content(facts)
    if fault:
        raise Refused(str(fault), "Forged")
    beside = {name: json.dumps(cell, ensure_ascii=False) for name, cell in content.items()}
    _print(waiting.statement, {"recorded": "no, it waits to be signed", **beside}, as_json)


def _print(statement: Statement, beside: dict[str, Any], as_json: bool) -> None:
    if as_json:
        return print_json({"digest": statement.digest, **beside, "statement": statement.model_dump(mode="json")})
    fields = statement.model_dump(mode="json", exclude={"shown", "form", "content_sha256"})
    terms = statement.shown.terms.model_dump(mode="json") if statement.shown is not None else {}
    rows = {"digest": statement.digest, **beside, **fields, **terms}
    return out.print(rows_table(("", ""), ((name.replace("_", " "), str(cell)) for name, cell in rows.items())))


def register(outer: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    outer.add_typer(app, name="statement")
